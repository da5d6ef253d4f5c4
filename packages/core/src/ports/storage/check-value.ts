import type { Column, ColumnClass } from "./columns.ts";

/** What is wrong with a value that is not null, or `undefined`. Never repeats the value: it may be anything. */
type ValueRule = (value: unknown) => string | undefined;

const text: ValueRule = (value) => {
  if (typeof value !== "string") return `expected a string, got ${kindOf(value)}`;
  // Databases differ in what they do with these two (refuse, cut off, replace), so nobody gets them.
  if (!value.isWellFormed()) return "the string holds half of a surrogate pair, which has no UTF-8 form";
  if (value.includes("\0")) return "the string holds a NUL character, which not every database can store";
  return undefined;
};

const wholeNumber: ValueRule = (value) =>
  Number.isSafeInteger(value) ? undefined : `expected a whole number within ±(2^53 - 1), got ${kindOf(value)}`;

const truth: ValueRule = (value) =>
  typeof value === "boolean" ? undefined : `expected true or false, got ${kindOf(value)}`;

const share: ValueRule = (value) =>
  typeof value === "number" && value >= 0 && value <= 1 ? undefined : `expected a number in 0..1, got ${kindOf(value)}`;

const FIELD_HASHES = /^\d{1,6}:([A-Za-z]\w*=([\w-]{16}|\[([\w-]{16}(,[\w-]{16})*)?\])(;(?=.)|$))*$/;

const listOfIds: ValueRule = (value) => {
  const wrong = text(value);
  if (wrong !== undefined || typeof value !== "string") return wrong;
  let list: unknown;
  try {
    list = JSON.parse(value);
  } catch {
    list = undefined;
  }
  return Array.isArray(list) && list.every((id) => typeof id === "string") ? undefined : "expected a JSON array of ids";
};

const hashesOfFields: ValueRule = (value) =>
  typeof value === "string" && FIELD_HASHES.test(value)
    ? undefined
    : "expected hashes by field, as the column class field-hashes describes them";

const rules: { readonly [C in Exclude<ColumnClass, "enum">]: ValueRule } = {
  id: text,
  "catalogue-id": text,
  "catalogue-ids": listOfIds,
  name: text,
  code: text,
  hash: text,
  "field-hashes": hashesOfFields,
  ciphertext: text,
  time: wholeNumber,
  count: wholeNumber,
  flag: truth,
  ratio: share,
};

/** The check of a column's values. Null is for the caller to decide: comparisons treat it otherwise than rows. */
export function ruleOf(column: Column): ValueRule {
  if (column.class !== "enum") return rules[column.class];
  const known = new Set<unknown>(column.values);
  const list = [...(column.values ?? [])].join(", ");
  return (value) => (known.has(value) ? undefined : `expected one of ${list}`);
}

export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "number") return Number.isInteger(value) ? "a number out of range" : "a fraction or NaN";
  return Array.isArray(value) ? "an array" : typeof value;
}
