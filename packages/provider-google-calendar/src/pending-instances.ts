import { type EventOverrides, sameValue, type UniversalEvent, universalEventSchema } from "@syncer/calendar";
import { z } from "zod";
import type { GoogleItem } from "./google-schemas.ts";

/**
 * What is still to be done to the instances of a series. It is noted on the master by the request that changes it, since a changed
 * rule makes Google forget changed instances, and whoever is cut off then would leave a series that looks as if a user had taken back
 * all that was special about it. While the note is there, the series is read as it is meant to be.
 */
const NAME = "syncerPending";
/** Of one value and of all (Calendar API, "Extended properties"). */
const MOST_CHARACTERS = 1_024;
const MOST_PARTS = 24;

type Noted = readonly [form: unknown, recurrence: unknown, overrides: EventOverrides];

/** Overrides mean something only with the times and the rule that they were made for. */
function notedFor({ when, recurrence }: UniversalEvent): readonly [form: unknown, recurrence: unknown] {
  const { start, timeZone, allDay } = when;
  return [{ start, timeZone, allDay }, recurrence];
}

/**
 * The note, as private extended properties.
 * @returns `undefined`: it does not fit on an event
 */
export function pendingNote(id: string, after: UniversalEvent): Readonly<Record<string, string>> | undefined {
  const noted: Noted = [...notedFor(after), after.overrides];
  const text = encodeURIComponent(JSON.stringify(noted));
  const length = MOST_CHARACTERS - id.length - 1;
  const parts = Array.from({ length: Math.ceil(text.length / length) }, (_, part) => {
    return [`${NAME}${part}`, `${id} ${text.slice(part * length, (part + 1) * length)}`] as const;
  });
  return parts.length > MOST_PARTS ? undefined : Object.fromEntries(parts);
}

/** What takes the note away; empty: there is none. */
export function pendingErasure(item: GoogleItem): Readonly<Record<string, null>> {
  return Object.fromEntries(namesIn(item).map((name) => [name, null]));
}

export function isPending(item: GoogleItem): boolean {
  return namesIn(item).length > 0;
}

/** The item as it is without the note. */
export function withoutPending(item: GoogleItem): GoogleItem {
  const names = new Set(namesIn(item));
  const left = Object.entries(item.extendedProperties?.private ?? {}).filter(([name]) => !names.has(name));
  return { ...item, extendedProperties: { private: Object.fromEntries(left) } };
}

function namesIn({ extendedProperties }: GoogleItem): readonly string[] {
  return Object.keys(extendedProperties?.private ?? {}).filter((name) => /^syncerPending\d+$/.test(name));
}

const notedSchema = z.tuple([z.unknown(), z.unknown(), universalEventSchema.shape.overrides]);

/**
 * The overrides that a series is to have. What its instances are by now comes first: it is done already, or a user's.
 * @param series as its items say
 */
export function withPending(item: GoogleItem, series: UniversalEvent): EventOverrides {
  const noted = readNote(item);
  if (!noted) return series.overrides;
  const [form, recurrence, overrides] = noted;
  return sameValue([form, recurrence], notedFor(series)) ? { ...overrides, ...series.overrides } : series.overrides;
}

function readNote(item: GoogleItem): z.infer<typeof notedSchema> | undefined {
  const names = namesIn(item);
  const values = names.map((_, part) => item.extendedProperties?.private?.[`${NAME}${part}`] ?? "");
  if (names.length === 0 || !values.every((value) => value.startsWith(`${item.id} `))) return undefined;
  try {
    const text = values.map((value) => value.slice(item.id.length + 1)).join("");
    return notedSchema.safeParse(JSON.parse(decodeURIComponent(text))).data;
  } catch {
    return undefined;
  }
}
