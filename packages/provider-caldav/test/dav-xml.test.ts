import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeXml, readMultistatus, readXml } from "../src/dav/index.ts";

describe("XML of strangers", () => {
  it("is read by namespace, whatever the prefixes are", () => {
    const row = (p: string) =>
      `<${p}response><${p}href>/a</${p}href><${p}status>HTTP/1.1 404 Not Found</${p}status></${p}response>`;
    const wanted = [{ hrefs: ["/a"], status: 404, props: new Map(), conditions: [] }];
    expect(readMultistatus(`<multistatus xmlns="DAV:">${row("")}</multistatus>`)?.responses).toEqual(wanted);
    expect(readMultistatus(`<q:multistatus xmlns:q="DAV:">${row("q:")}</q:multistatus>`)?.responses).toEqual(wanted);
    expect(readMultistatus(`<d:multistatus xmlns:d="OTHER:">${row("d:")}</d:multistatus>`)).toBeUndefined();
    const mixed = `<d:multistatus xmlns:d="DAV:">${row("e:").replace("<e:response", '<e:response xmlns:e="DAV:"')}</d:multistatus>`;
    expect(readMultistatus(mixed)?.responses).toEqual(wanted);
  });

  it.each([
    ["an entity bomb", '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>'],
    ["a file from outside", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ["a DTD that does nothing", "<!DOCTYPE a><a/>"],
    ["an entity that nobody knows", "<a>&x;</a>"],
    ["a page of HTML", "<!doctype html><html><body><br>Sign in</body></html>"],
    ["nothing", ""],
    ["a cut-off text", '<multistatus xmlns="DAV:"><response>'],
    ["nesting without an end", "<a>".repeat(100_000)],
    ["nesting too deep", `${"<a>".repeat(200)}${"</a>".repeat(200)}`],
  ])("is refused as %s", (_, text) => {
    expect(readXml(text)).toBeUndefined();
  });

  it("puts no name of its into anything that others look at", () => {
    const text = '<__proto__ constructor="x" toString="y"><hasOwnProperty>1</hasOwnProperty></__proto__>';
    const read = readXml(text);
    expect([read?.name, read?.attributes.get("constructor")]).toEqual(["{}__proto__", "x"]);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    expect(({} as Record<string, unknown>).hasOwnProperty).toBe(Object.prototype.hasOwnProperty);
  });

  it("is read without the control characters that some servers let through", () => {
    expect(readXml("\ufeff<a>one\u0008two\u0000</a>")?.text).toBe("onetwo");
  });

  it("gives back any text that was escaped", () => {
    const plain = fc.string({ unit: "grapheme" }).map((text) => text.replace(/\r/g, ""));
    fc.assert(
      fc.property(plain, (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they cannot be in XML
        const wanted = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
        expect(readXml(`<a>${escapeXml(text)}</a>`)?.text).toBe(wanted);
      }),
    );
  });

  it("leaves out properties that a server says it does not have", () => {
    const stat = (prop: string, status: string) =>
      `<propstat><prop>${prop}</prop><status>HTTP/1.1 ${status}</status></propstat>`;
    const text = `<multistatus xmlns="DAV:"><response><href>/a</href>${stat("<getetag>1</getetag>", "200 OK")}${stat("<displayname/>", "404 Not Found")}</response></multistatus>`;
    expect([...(readMultistatus(text)?.responses[0]?.props.keys() ?? [])]).toEqual(["{DAV:}getetag"]);
  });

  it("is no multistatus where a row names nothing", () => {
    const row = "<response><status>HTTP/1.1 404 Not Found</status></response>";
    expect(readMultistatus(`<multistatus xmlns="DAV:">${row}</multistatus>`)).toBeUndefined();
    expect(readMultistatus('<error xmlns="DAV:"/>')).toBeUndefined();
    expect(readMultistatus({ multistatus: [] })).toBeUndefined();
  });
});
