import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeHtml } from "../src/decode-html.ts";

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#x27;",
};

describe("decodeHtml", () => {
  it("gives back any text that was escaped, also one that looks escaped already", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."&<>\"';#xamplt7é😀 ") }), (text) => {
        expect(decodeHtml(text.replaceAll(/[&<>"']/g, (sign) => escapes[sign] ?? sign))).toBe(text);
      }),
    );
  });

  it.each([
    ["named", "R&amp;B &LT;3 &quot;x&quot; &apos;y&apos;", `R&B <3 "x" 'y'`],
    ["by number", "&#39;n&#x27; &#128512;&#x1F600;", "'n' 😀😀"],
    ["escaped twice, once", "&amp;amp;", "&amp;"],
    ["of nothing known", "AT&T &nosuch; &#0; &#x110000; &", "AT&T &nosuch; &#0; &#x110000; &"],
  ])("decodes references %s", (_, escaped, text) => {
    expect(decodeHtml(escaped)).toBe(text);
  });
});
