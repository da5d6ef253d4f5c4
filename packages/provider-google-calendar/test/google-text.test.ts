import type { UniversalEvent } from "@syncer/calendar";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentIdOf, googleIdOf } from "../src/google-ids.ts";
import { isHtml, readDescription, writeDescription } from "../src/html-description.ts";
import { pendingErasure, pendingNote, withPending } from "../src/pending-instances.ts";
import { seriesOfTuesdays } from "./support/sample-events.ts";

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

describe("what is pending of a series", () => {
  const series = seriesOfTuesdays("u@x", "Weekly");
  const overrides = fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 60 }).chain((weeks) =>
    fc.tuple(...weeks.map(() => words)).map((titles): UniversalEvent["overrides"] => {
      const slots = weeks.map((week) => new Date(Date.UTC(2026, 11, 1 + 7 * week)).toISOString().slice(0, 10));
      return Object.fromEntries(slots.map((slot, index) => [`${slot}T09:00:00`, { title: titles[index] ?? "" }]));
    }),
  );
  const words = fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => `!${text.toWellFormed()}`);

  it("is noted within Google's limits and read as it was, or not noted at all", () => {
    fc.assert(
      fc.property(overrides, (wanted) => {
        const note = pendingNote("event1", { ...series, overrides: wanted });
        if (!note) return JSON.stringify(wanted).length > 2_000;
        const values = Object.values(note);
        const fits = values.length <= 24 && values.every((value) => value.length <= 1_024);
        const item = { id: "event1", extendedProperties: { private: note } };
        expect(withPending(item, series)).toEqual(wanted);
        expect(withPending({ ...item, id: "event2" }, series)).toEqual({});
        expect(pendingErasure(item)).toEqual(Object.fromEntries(Object.keys(note).map((name) => [name, null])));
        return fits;
      }),
    );
  });

  it("is nothing where it has been cut, or is of another rule", () => {
    const wanted = { "2026-12-08T09:00:00": { title: "x".repeat(1_500) } };
    const note = pendingNote("event1", { ...series, overrides: wanted }) ?? {};
    const { syncerPending1: _, ...cut } = note;
    expect(Object.keys(note).length).toBeGreaterThan(1);
    expect(withPending({ id: "event1", extendedProperties: { private: cut } }, series)).toEqual({});
    const other = { ...series, recurrence: null };
    expect(withPending({ id: "event1", extendedProperties: { private: note } }, other)).toEqual({});
  });
});
