import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor, redact, redactHeaders, redactorFor, redactUrl } from "../../src/transport/redaction.ts";
import { providerOf } from "./support/transport-lab.ts";

const names = [
  "access_token",
  "refresh_token",
  "code",
  "client_secret",
  "secret",
  "token",
  "password",
  "state",
  "code_verifier",
  "arl",
  "api_key",
];
const secretText = fc.stringMatching(/^[A-Za-z0-9._~-]{8,40}$/).map((text) => `S3cr3t${text}`);
const secretName = fc.constantFrom(...names, ...names.map((name) => name.toUpperCase()));

describe("redaction", () => {
  it("leaves no value of a secret parameter in a URL, wherever it stands", () => {
    fc.assert(
      fc.property(secretName, secretText, (name, secret) => {
        for (const url of [
          `https://api.example/x?limit=5&${name}=${secret}&${name}=${secret}`,
          `https://id.example/cb#${name}=${secret}&expires=0`,
          `https://anna:${secret}@api.example/`,
          `/relative?${name}=${secret}`,
        ]) {
          expect(redactUrl(url)).not.toContain(secret);
        }
      }),
    );
    expect(redactUrl("https://api.deezer.com/user/me/tracks?access_token=frX&limit=50")).toBe(
      "https://api.deezer.com/user/me/tracks?access_token=***&limit=50",
    );
  });

  it("leaves no secret in headers", () => {
    const headers = new Headers({
      Authorization: "Bearer abcdef",
      Cookie: "sid=abcdef",
      "Set-Cookie": "a=abcdef",
      Accept: "text/html",
      Link: "<https://x/?access_token=abcdef>",
    });
    const shown = redactHeaders(headers);
    expect(JSON.stringify(shown)).not.toContain("abcdef");
    expect(shown).toMatchObject({ accept: "text/html", authorization: "***" });
  });

  it("leaves no secret in text that names it, in the forms in which programs write", () => {
    fc.assert(
      fc.property(secretName, secretText, (name, secret) => {
        for (const text of [
          `GET /x?a=1&${name}=${secret}&b=2 failed`,
          `{"${name}":"${secret}","b":1}`,
          `{ '${name}': '${secret}' }`,
          `{"nested":{"${name}" : "${secret} with blanks and \\"quotes\\""}}`,
          `${name}: ${secret}`,
          `redirect_uri=x%26${name}%3D${secret}`,
          `Authorization: Bearer ${secret}`,
          `authorization: Basic ${secret}==`,
          `sent Bearer ${secret} to it`,
          `postgres://anna:${secret}@db/x`,
        ]) {
          expect(redact(text), text).not.toContain(secret);
        }
      }),
    );
  });

  it("keeps what is no secret", () => {
    const text = 'GET /tracks/{id}?limit=50 answered 404 {"error":{"code":800,"type":"DataException"}}';
    expect(redact(text)).toBe(text);
    expect(redactUrl("https://api.example/x?q=a%20b&limit=5")).toContain("limit=5");
  });

  it("knows the provider's own names, whatever characters they have", () => {
    const redactor = redactorFor(providerOf({ secretParameters: ["user[key]", "app.secret"] }));
    expect(redactor.redactUrl("https://x.example/?user%5Bkey%5D=abcdef&q=1")).not.toContain("abcdef");
    expect(redactor.redact("app.secret=abcdef")).not.toContain("abcdef");
    expect(createRedactor().redact("app.secret=abcdef")).not.toContain("abcdef");
    expect(createRedactor(["app.id"]).redact("appXid=abcdef")).toContain("abcdef");
  });
});
