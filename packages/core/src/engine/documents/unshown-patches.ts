import type { DocumentKind } from "../../items/index.ts";
import { type Fields, isFieldOf, isFields, pick, renamesPatches, sortOf } from "./patch-entries.ts";

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
  const isUnshown = (key: string) => isFieldOf(kind, key) && Reflect.get(source, key) === undefined;
  const isOfOldNames = renamesPatches(kind, written, target);
  const kept = Object.entries(written).map(([field, value]): [string, unknown] => {
    const there: unknown = Reflect.get(target, field);
    if (shapes[field] !== "patches" || !isFields(value) || !isFields(there)) return [field, value];
    const entries = Object.entries(value).map(([name, entry]): [string, unknown] => {
      const old = there[name];
      if (!isFields(entry) || !isFields(old) || sortOf(kind, entry) !== sortOf(kind, old)) return [name, entry];
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
