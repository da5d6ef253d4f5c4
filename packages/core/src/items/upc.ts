import { z } from "zod";

/** Lengths under which a code may come: UPC-A, EAN-13, GTIN-14. */
const GTIN = /^\d{12,14}$/;
/** In canonical form a code has no leading zeros that it can do without. */
const CANONICAL = /^(?:\d{12}|[1-9]\d{12,13})$/;

/**
 * The bar code of a release (UPC or EAN, GS1 General Specifications) in its one canonical form: 12 digits, or 13 or 14 if the
 * first of them is not 0. The same code comes with 12, 13 or 14 digits, because leading zeros mean nothing.
 *
 * @returns `undefined` for anything that is no such code: another length, other signs, a wrong check digit, only zeros. A
 * bad code is unknown, not different.
 */
export function normalizeUpc(raw: string | null | undefined): string | undefined {
  if (!raw) return undefined;
  const digits = raw.replace(/[\s-]/g, "");
  if (!GTIN.test(digits) || !isChecked(digits) || /^0+$/.test(digits)) return undefined;
  return digits.replace(/^0{1,2}(?=\d{12})/, "").padStart(12, "0");
}

/** The last digit follows from the others, weighed 3 and 1 in turn from the right. */
function isChecked(digits: string): boolean {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

export const upcSchema = z
  .string()
  .regex(CANONICAL, "expected a normalised UPC: 12 digits, or 13 or 14 without a leading zero")
  .refine(isChecked, "the check digit is wrong");
