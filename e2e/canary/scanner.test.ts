import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Scanner } from "./support/scanner.ts";

const TITLE = "Kanarienvögel über Wien (Live)";
const scanner = new Scanner([{ kind: "title", value: TITLE }]);
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("the scanner", () => {
  it.each<[string, string | Buffer]>([
    ["plain", `x${TITLE}x`],
    ["lower case", TITLE.toLowerCase()],
    ["JSON", JSON.stringify({ title: TITLE })],
    ["ASCII JSON", JSON.stringify(TITLE).replace(/[^ -~]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)],
    ["a URL", `https://service.example/search?q=${encodeURIComponent(TITLE)}`],
    ["a form", new URLSearchParams({ q: TITLE }).toString()],
    ["hex", Buffer.from(TITLE).toString("hex")],
    ["UTF-16", Buffer.from(TITLE, "utf16le")],
    ...["", "a", "ab", "abc", "abcd"].map((before): [string, string] => [
      `base64 behind "${before}"`,
      base64(`${before}${TITLE}and more`),
    ]),
    ["base64url", Buffer.from(`?>~${TITLE}`).toString("base64url")],
    ["SHA-256 in hex", createHash("sha256").update(TITLE).digest("hex")],
    ["SHA-1 in base64url", createHash("sha1").update(TITLE).digest("base64url")],
    ["MD5 of lower case", createHash("md5").update(TITLE.toLowerCase()).digest("base64")],
    ["SHA-256 as bytes", createHash("sha256").update(TITLE).digest()],
  ])("finds a canary in %s", (_form, hay) => {
    expect(scanner.find("here", hay)).not.toEqual([]);
  });

  it("finds nothing where there is nothing, and names what it finds", () => {
    expect(scanner.find("here", "Some other title, and MD5 d41d8cd98f00b204e9800998ecf8427e")).toEqual([]);
    expect(scanner.find("table links", TITLE)[0]).toEqual({
      kind: "title",
      value: TITLE,
      form: "plain",
      where: "table links",
    });
  });
});
