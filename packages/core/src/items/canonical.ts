import type { DocumentKind, FieldShape } from "./document-kind.ts";

/** The fields of a document in canonical form, as JSON text by field. Unknown fields are not there. */
export type Canonical = ReadonlyMap<string, CanonicalField>;

/** One text, or one for each element of a set, sorted and each once. Of a map, two for each entry: its name, and name and value. */
export type CanonicalField = string | readonly string[];

/**
 * A document in the form in which two services' documents are compared: Unicode NFC, trimmed, times as ISO 8601 text in
 * UTC, keys sorted, sets sorted and each element once. Fields that are never compared are left out.
 * @param fields only these; the fields that both services can hold
 */
export function canonicalOf<T extends object>(kind: DocumentKind<T>, item: T, fields: readonly string[]): Canonical {
  const canonical = new Map<string, CanonicalField>();
  const shapes: Readonly<Record<string, FieldShape>> = kind.fields;
  for (const field of fields) {
    const value: unknown = Reflect.get(item, field);
    const shape = shapes[field];
    if (value === undefined || shape === undefined || shape === "identity" || shape === "shown") continue;
    canonical.set(field, canonicalField(shape, value));
  }
  return canonical;
}

function canonicalField(shape: FieldShape, value: unknown): CanonicalField {
  if (shape === "set" && Array.isArray(value)) return setOf(value);
  const entries = shape === "map" || shape === "patches" ? mapEntries(value) : undefined;
  return entries ? [...entries].flatMap(([name, { text }]) => [canonicalText(name), text]) : canonicalText(value);
}

/** The entries of a map in the order of their names, each with the text of name and value; `undefined`: it is no map. */
export function mapEntries(
  map: unknown,
): ReadonlyMap<string, { readonly value: unknown; readonly text: string }> | undefined {
  if (typeof map !== "object" || map === null || Array.isArray(map) || map instanceof Date) return undefined;
  const entries = Object.entries(map).filter(([, value]) => value !== undefined);
  const inOrder = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(inOrder.map(([name, value]) => [name, { value, text: canonicalText([name, value]) }]));
}

/** Whether both hold the same in every field that is known of both. */
export function sameCanonical(left: Canonical, right: Canonical): boolean {
  for (const [field, value] of left) {
    const other = right.get(field);
    if (other !== undefined && !sameField(value, other)) return false;
  }
  return true;
}

export function sameField(left: CanonicalField, right: CanonicalField): boolean {
  if (typeof left === "string" || typeof right === "string") return left === right;
  return left.length === right.length && left.every((element, index) => element === right[index]);
}

function setOf(elements: readonly unknown[]): readonly string[] {
  return [...new Set(elements.map(canonicalText))].sort();
}

/** The text of one value or one element of a set. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(plain(value)) ?? "null";
}

function plain(value: unknown): unknown {
  if (typeof value === "string") return value.normalize("NFC").trim();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, plain(each)]));
}

/** The fields of a kind that two services can both hold, in a stable order. */
export function commonFields<T extends object>(
  kind: DocumentKind<T>,
  left: readonly string[] | undefined,
  right: readonly string[] | undefined,
): readonly string[] {
  return Object.keys(kind.fields)
    .filter((field) => (left?.includes(field) ?? true) && (right?.includes(field) ?? true))
    .filter((field) => Reflect.get(kind.fields, field) !== "shown")
    .sort();
}
