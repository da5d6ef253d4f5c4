import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentIdOf, googleIdOf } from "../src/google-ids.ts";
import { isHtml, readDescription, writeDescription } from "../src/html-description.ts";

const operation = fc.string({
  unit: fc.constantFrom(..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-"),
  minLength: 40,
  maxLength: 60,
});
const googleId = fc.string({
  unit: fc.constantFrom(..."0123456789abcdefghijklmnopqrstuv_TZR"),
  minLength: 5,
  maxLength: 120,
});

describe("ids", () => {
  it("of operations are ids that Google takes, and come back as they were", () => {
    fc.assert(
      fc.property(operation, (id) => {
        expect(googleIdOf(id)).toMatch(/^[a-v0-9]{5,1024}$/);
        expect(documentIdOf(googleIdOf(id))).toBe(id);
      }),
    );
  });

  it("of Google's own come back as they were, also those that look like ids of operations", () => {
    fc.assert(fc.property(googleId, (id) => googleIdOf(documentIdOf(id)) === id));
    const instance = "0123456789abcdefghijklmnop_20261208T080000Z";
    expect([documentIdOf(instance), googleIdOf(documentIdOf(instance))]).toEqual([`=${instance}`, instance]);
  });

  it("are different for different events", () => {
    const any = fc.oneof(operation.map(googleIdOf), googleId);
    fc.assert(fc.property(any, any, (a, b) => (a === b) === (documentIdOf(a) === documentIdOf(b))));
  });
});

describe("a description", () => {
  const piece = fc.constantFrom(
    "<b>",
    "</b>",
    "<br>",
    "&amp;",
    "&lt;",
    "&",
    "<",
    ">",
    "a < b",
    "\n",
    "x",
    " ",
    "&#39;",
  );
  const words = fc
    .array(fc.oneof(piece, fc.string({ unit: "grapheme" })), { maxLength: 12 })
    .map((parts) => parts.join("").replace(/\r/g, ""));

  it("of any words is shown as it was meant, but for blanks at the ends of lines", () => {
    const tidy = (text: string) =>
      text
        .replace(/[^\S\n]+/g, " ")
        .split("\n")
        .map((line) => line.trim())
        .join("\n")
        .trim();
    fc.assert(fc.property(words, (text) => tidy(readDescription(writeDescription(text))) === tidy(text)));
  });

  it("without anything that looks like HTML is sent letter by letter", () => {
    for (const text of ["", "1 < 2 > 0 & so on", "Line\nline", "  kept  "]) {
      expect([isHtml(text), writeDescription(text), readDescription(text)]).toEqual([false, text, text]);
    }
  });

  it("in Google's HTML is read as words", () => {
    const html = 'Agenda:<ul><li>One</li><li><a href="https://x.example">Two</a></li></ul><p>A &amp; B</p>\nEnd';
    expect(readDescription(html)).toBe("Agenda:One\nTwo\nA & B\n\nEnd");
  });
});
