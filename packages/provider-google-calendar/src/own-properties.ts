import type { GoogleItem } from "./google-schemas.ts";

/**
 * What is kept on an event in private extended properties, which other calendars' copies do not get.
 *
 * - `operation`: the operation that made or last changed it
 * - `uid`: the iCalendar UID of what it is a copy of; Google takes an id or a UID of ours, not both
 * - `floating`: the zone in which an event without a zone is held
 */
export type OwnProperty = "operation" | "uid" | "floating";

const NAMES: Readonly<Record<OwnProperty, string>> = {
  operation: "syncerOperation",
  uid: "syncerUid",
  floating: "syncerFloating",
};

/** Of one value (Calendar API, "Extended properties"). */
const MOST_CHARACTERS = 1_024;

/** Each value begins with the id of its event: who duplicates an event in an application duplicates these too. */
export function ownProperty({ id, extendedProperties }: GoogleItem, name: OwnProperty): string | undefined {
  const value = extendedProperties?.private?.[NAMES[name]];
  return value?.startsWith(`${id} `) ? value.slice(id.length + 1) : undefined;
}

/**
 * These properties as part of an event that is written. What does not fit is left out.
 * @param values `null` takes one away
 */
export function ownProperties(
  id: string,
  values: { readonly [K in OwnProperty]?: string | null },
): Readonly<Record<string, string | null>> {
  const entries = Object.entries(values).flatMap(([name, value]) => {
    const text = value === null ? null : `${id} ${value}`;
    if (text !== null && text.length > MOST_CHARACTERS) return [];
    return [[NAMES[name as OwnProperty], text] as const];
  });
  return Object.fromEntries(entries);
}
