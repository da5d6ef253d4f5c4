import { canonicalText, type DocumentKind } from "../../items/index.ts";

/** An object of fields, or a map of entries. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Only these fields; of what is no object, none. */
export function pick(entry: unknown, isWanted: (field: string) => boolean): Fields {
  if (!isFields(entry)) return {};
  return Object.fromEntries(Object.entries(entry).filter(([field]) => isWanted(field)));
}

export function isFieldOf(kind: DocumentKind<object>, field: string): boolean {
  return Object.hasOwn(kind.fields, field);
}

/** The maps of an item that hold fields of its kind, with something in them. */
export function patchesOf(kind: DocumentKind<object>, item: object): [string, Fields][] {
  const shapes: Readonly<Record<string, string>> = kind.fields;
  return Object.entries(item).flatMap(([field, value]): [string, Fields][] =>
    shapes[field] === "patches" && isFields(value) && Object.keys(value).length > 0 ? [[field, value]] : [],
  );
}

/** What an entry says beside its fields: that there is no such instance, or one more. Entries of two sorts have nothing in common. */
export function sortOf(kind: DocumentKind<object>, entry: unknown): string {
  return canonicalText(pick(entry, (key) => !isFieldOf(kind, key)));
}

/** Whether what is written gives the names of entries another meaning than they had. */
export function renamesPatches({ patchesRestOn = [] }: DocumentKind<object>, written: object, before: object): boolean {
  const textIn = (item: object, field: string) => canonicalText(Reflect.get(item, field));
  return patchesRestOn.some((field) => field in written && textIn(written, field) !== textIn(before, field));
}
