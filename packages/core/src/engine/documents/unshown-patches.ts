import type { DocumentKind } from "../../items/index.ts";
import { canonicalText } from "../../items/index.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * What is to be written to `target`, with what `source` cannot know. A service that shows only the times of a document shows them of its
 * entries too: that an entry then has no title of its own is unknown, and is not written over the title that it has.
 *
 * Entries are the same where their names are and they are of one sort: one that is left out now takes along what it was.
 */
export function keepUnshown(
  kind: DocumentKind<object>,
  written: object,
  { source, target }: { readonly source: object; readonly target: object },
): object {
  const shapes: Readonly<Record<string, string>> = kind.fields;
  const isField = (key: string) => Object.hasOwn(shapes, key);
  const isUnshown = (key: string) => isField(key) && Reflect.get(source, key) === undefined;
  const sortOf = (entry: Fields) => canonicalText(pick(entry, (key) => !isField(key)));
  const isOfOldNames = kind.patchesRestOn?.some((field) => field in written) ?? false;
  const kept = Object.entries(written).map(([field, value]): [string, unknown] => {
    const there: unknown = Reflect.get(target, field);
    if (shapes[field] !== "patches" || !isFields(value) || !isFields(there)) return [field, value];
    const entries = Object.entries(value).map(([name, entry]): [string, unknown] => {
      const old = there[name];
      if (!isFields(entry) || !isFields(old) || sortOf(entry) !== sortOf(old)) return [name, entry];
      return [name, { ...pick(old, isUnshown), ...entry }];
    });
    const others = isOfOldNames ? [] : unshownEntries(value, there, isUnshown);
    return [field, Object.fromEntries([...others, ...entries])];
  });
  return Object.fromEntries(kept);
}

/** Entries that say nothing but what is not shown. */
function unshownEntries(value: Fields, there: Fields, isUnshown: (key: string) => boolean): [string, unknown][] {
  return Object.entries(there).filter(([name, entry]) => {
    if (name in value || !isFields(entry)) return false;
    const keys = Object.keys(entry);
    return keys.length > 0 && keys.every(isUnshown);
  });
}

function pick(entry: Fields, isWanted: (key: string) => boolean): Fields {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => isWanted(key)));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
