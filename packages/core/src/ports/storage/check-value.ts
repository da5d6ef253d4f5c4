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

/** The names that a field may use, so that nobody can write a word of their own into one. */
const CRON_NAME = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT|L|W";
const CRON = new RegExp(`^(?:[\\d*,/#+-]|${CRON_NAME})+(?: (?:[\\d*,/#+-]|${CRON_NAME})+){4}$`);
const NUMBERS = /^\[(?:\d{1,16}(?:,\d{1,16})*)?\]$/;

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

const patternRule =
  (pattern: RegExp, problem: string): ValueRule =>
  (value) =>
    typeof value === "string" && pattern.test(value) ? undefined : problem;

const rules: { readonly [C in Exclude<ColumnClass, "enum">]: ValueRule } = {
  id: text,
  "catalogue-id": text,
  "catalogue-ids": listOfIds,
  name: text,
  code: text,
  hash: text,
  "field-hashes": patternRule(
    FIELD_HASHES,
    "expected hashes by field, as the column class field-hashes describes them",
  ),
  ciphertext: text,
  cron: patternRule(CRON, "expected a cron expression of five fields"),
  numbers: patternRule(NUMBERS, "expected a JSON array of whole numbers, 0 or more"),
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
