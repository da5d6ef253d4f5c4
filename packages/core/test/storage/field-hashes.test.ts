import { checkBatch } from "@syncer/core";
import { sampleRow } from "@syncer/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const isStored = (source_fields: unknown): boolean => {
  const row = { ...sampleRow("links"), source_fields };
  try {
    checkBatch({ statements: [{ insert: "links", rows: [row] }] });
    return true;
  } catch {
    return false;
  }
};

const BASE64URL = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"];
const aWord = (length: number) =>
  fc.string({ unit: fc.constantFrom(...BASE64URL), minLength: length, maxLength: length });
const aHash = aWord(16);
const aField = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,20}$/);
const aSet = fc.array(aHash, { maxLength: 5 }).map((hashes) => `[${hashes.join(",")}]`);
const fields = fc.dictionary(aField, fc.oneof(aHash, aSet), { maxKeys: 8 });
const text = fc.record({ format: fc.nat({ max: 999_999 }), fields }).map(({ format, fields }) => {
  const parts = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  return `${format}:${parts.join(";")}`;
});

describe("a column of hashes by field", () => {
  it("holds any number of fields and of elements, also none", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(isStored(value)).toBe(true);
      }),
    );
  });

  it("holds nothing in which one hash has another length", () => {
    const another = fc
      .integer({ min: 1, max: 40 })
      .filter((length) => length !== 16)
      .chain(aWord);
    fc.assert(
      fc.property(text, aField, another, fc.boolean(), fc.boolean(), (value, field, wrong, isFirst, isInSet) => {
        const [format = "", rest = ""] = value.split(/(?<=:)/);
        const separator = rest === "" ? "" : ";";
        const own = `${field}=${isInSet ? `[${wrong}]` : wrong}`;
        expect(isStored(format + (isFirst ? own + separator + rest : rest + separator + own))).toBe(false);
      }),
    );
  });

  it("holds nothing with a character that people's words have and the form has not", () => {
    const foreign = fc.constantFrom(" ", "\n", "'", ".", "/", "+", "@", "\u00e9", "\u{1f600}", "\0");
    fc.assert(
      fc.property(text, foreign, fc.nat(), (value, character, place) => {
        const at = place % (value.length + 1);
        expect(isStored(value.slice(0, at) + character + value.slice(at))).toBe(false);
      }),
    );
  });

  it("decides on a long value that is nearly right as quickly as on a right one", () => {
    const long = `1:${Array.from({ length: 20_000 }, (_, n) => `f${n}=${"A".repeat(16)}`).join(";")}`;
    expect(isStored(long)).toBe(true);
    expect(isStored(`${long};`)).toBe(false);
    expect(isStored(`${long}A`)).toBe(false);
  });
});
