import { z } from "zod";
import { recurrenceRuleSchema } from "./recurrence/index.ts";
import { isLocalDate, isLocalDateTime, whenSchema } from "./when/index.ts";

const reminderSchema = z.strictObject({
  /** Before the start; negative: after it. Of an all-day event: before its midnight. */
  minutes: z.int(),
  action: z.enum(["display", "email"]),
});

/** What a service leaves out of an event of which it only shows that somebody is busy. */
const textFields = {
  title: z.string(),
  /** Plain text, lines ended by `\n`. */
  description: z.string(),
  location: z.string(),
};

/** What every service says of an event, however little it shows; an instance of a series may have its own. */
const instanceFields = {
  when: whenSchema,
  status: z.enum(["confirmed", "tentative", "cancelled"]),
  /** `default`: what the calendar says; `private`: only that there is something; `secret`: not even that. */
  privacy: z.enum(["default", "public", "private", "secret"]),
  freeBusyStatus: z.enum(["busy", "free"]),
};

/** Fields that not every service has, or shows. */
const knownToSome = {
  reminders: z.array(reminderSchema),
  categories: z.array(z.string()),
  /** A CSS3 colour name (RFC 7986 §5.9). */
  color: z.string().nullable(),
  /** The address under which one joins. */
  conference: z.string().nullable(),
};

const patchFields = { ...textFields, ...instanceFields, ...knownToSome };

/**
 * What differs in one instance from what the series says: a strict subset, never equal to it. Lists are sorted.
 */
export const eventPatchSchema = z.strictObject(optional(patchFields));

const overrideSchema = z.union([
  z.strictObject({ excluded: z.literal(true) }),
  eventPatchSchema.extend({ added: z.literal(true).exactOptional() }),
]);

const personSchema = z.strictObject({
  email: z.string(),
  name: z.string().exactOptional(),
  response: z.enum(["needs-action", "accepted", "tentative", "declined", "delegated"]).exactOptional(),
  self: z.boolean().exactOptional(),
});

const slotSchema = z.string().refine((slot) => isLocalDate(slot) || isLocalDateTime(slot));

/**
 * An event, or a series of events with all that is special about its instances, in the words of JSCalendar (RFC 8984). Absent
 * means that the service does not know the field, or does not show it. Lives in memory only.
 */
export const universalEventSchema = z.strictObject({
  /** iCalendar's UID: one for a whole series. */
  uid: z.string().exactOptional(),
  ...optional(textFields),
  ...instanceFields,
  /** `null`: a single event, unless `overrides` adds instances. */
  recurrence: recurrenceRuleSchema.nullable(),
  /**
   * What is special, by the original start of the instance: a local time on the clock of the series, or a date. `excluded`: there is no
   * such instance. `added`: there is one although the rule gives none. `{}` for none.
   */
  overrides: z.record(slotSchema, overrideSchema),
  ...optional(knownToSome),
  url: z.string().nullable().exactOptional(),
  /** 1 is the most urgent, 9 the least; 0 is none. */
  priority: z.int().min(0).max(9).exactOptional(),
  attendees: z.array(personSchema).exactOptional(),
  organizer: personSchema.exactOptional(),
  myResponse: z.enum(["needs-action", "accepted", "tentative", "declined", "delegated"]).exactOptional(),
  eventType: z
    .enum(["default", "focusTime", "outOfOffice", "workingLocation", "birthday", "fromGmail"])
    .exactOptional(),
  sequence: z.int().exactOptional(),
});

export type UniversalEvent = z.infer<typeof universalEventSchema>;
export type EventPatch = z.infer<typeof eventPatchSchema>;
export type EventOverride = z.infer<typeof overrideSchema>;
export type EventOverrides = UniversalEvent["overrides"];
export type EventReminder = z.infer<typeof reminderSchema>;
export type EventPerson = z.infer<typeof personSchema>;
export type PatchField = keyof EventPatch;

export const patchFieldNames = Object.keys(patchFields) as readonly PatchField[];

type Optional<T extends Record<string, z.ZodType>> = { [K in keyof T]: z.ZodExactOptional<T[K]> };

function optional<T extends Record<string, z.ZodType>>(fields: T): Optional<T> {
  const entries = Object.entries(fields).map(([name, schema]) => [name, schema.exactOptional()]);
  return Object.fromEntries(entries) as Optional<T>;
}
