/** What JSON has no word for and callers without types may hand in all the same. */
const ODD: readonly (readonly [name: string, is: (value: unknown) => boolean, make: () => unknown])[] = [
  ["undefined", (value) => value === undefined, () => undefined],
  ["NaN", (value) => Number.isNaN(value), () => Number.NaN],
  ["Infinity", (value) => value === Number.POSITIVE_INFINITY, () => Number.POSITIVE_INFINITY],
  ["-Infinity", (value) => value === Number.NEGATIVE_INFINITY, () => Number.NEGATIVE_INFINITY],
  ["Date", (value) => value instanceof Date, () => new Date(0)],
];
const TAG = "odd value";

/** A value as text, for the other side of an HTTP request. */
export function toWire(value: unknown): string {
  return JSON.stringify(tagged(value));
}

export function fromWire(text: string): unknown {
  return untagged(JSON.parse(text));
}

function tagged(value: unknown): unknown {
  const odd = ODD.find(([, is]) => is(value));
  if (odd) return { [TAG]: odd[0] };
  if (Array.isArray(value)) return value.map(tagged);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, tagged(inner)]));
}

function untagged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untagged);
  if (typeof value !== "object" || value === null) return value;
  const name = (value as Record<string, unknown>)[TAG];
  const odd = ODD.find(([known]) => known === name);
  if (odd) return odd[2]();
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, untagged(inner)]));
}
