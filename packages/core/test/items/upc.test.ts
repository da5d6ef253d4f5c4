import { normalizeUpc, upcSchema } from "@syncer/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** Eleven digits of a code, with the twelfth that checks them. */
const upc = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 11, maxLength: 11 })
  .filter((digits) => digits.some((digit) => digit > 0))
  .map((digits) => {
    const sum = digits.reduce((total, digit, place) => total + digit * (place % 2 === 0 ? 3 : 1), 0);
    return `${digits.join("")}${(10 - (sum % 10)) % 10}`;
  });

describe("a bar code", () => {
  it.each([
    ["a UPC of 12 digits", "724384960650", "724384960650"],
    ["an EAN of 13", "5060000000016", "5060000000016"],
    ["an EAN that is a UPC", "0724384960650", "724384960650"],
    ["a GTIN of 14 that is a UPC", "00724384960650", "724384960650"],
    ["a GTIN of 14 that is an EAN", "05060000000016", "5060000000016"],
    ["spaces and hyphens", " 7-24384-96065-0 ", "724384960650"],
    ["a UPC that begins with zeros", "000000000017", "000000000017"],
    ["the same with 14 digits", "00000000000017", "000000000017"],
  ])("is read from %s", (_, raw, canonical) => {
    expect(normalizeUpc(raw)).toBe(canonical);
    expect(upcSchema.safeParse(canonical).success).toBe(true);
  });

  it.each([
    ["nothing", undefined],
    ["null", null],
    ["an empty text", ""],
    ["a wrong check digit", "724384960651"],
    ["two swapped digits", "723484960650"],
    ["11 digits", "72438496065"],
    ["15 digits", "000724384960650"],
    ["only zeros", "000000000000"],
    ["letters", "A24384960650"],
    ["digits of another script", "٧٢٤٣٨٤٩٦٠٦٥٠"],
  ])("is unknown where there is %s", (_, raw) => {
    expect(normalizeUpc(raw)).toBeUndefined();
  });

  it("is the same however many leading zeros it has, and is canonical once", () => {
    fc.assert(
      fc.property(upc, (code) => {
        const forms = [code, `0${code}`, `00${code}`].map(normalizeUpc);
        expect(new Set(forms)).toEqual(new Set([code]));
        expect(upcSchema.safeParse(forms[0]).success).toBe(true);
        expect(upcSchema.safeParse(`0${code}`).success).toBe(false);
      }),
    );
  });

  it("is unknown when one digit is wrong, whichever", () => {
    fc.assert(
      fc.property(upc, fc.integer({ min: 0, max: 11 }), fc.integer({ min: 1, max: 9 }), (code, place, by) => {
        const digit = (Number(code[place]) + by) % 10;
        expect(normalizeUpc(`${code.slice(0, place)}${digit}${code.slice(place + 1)}`)).toBeUndefined();
      }),
    );
  });
});
