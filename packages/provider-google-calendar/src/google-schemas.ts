import { z } from "zod";

/** A day, or a moment with the zone that it was made in. */
const timeSchema = z.object({
  date: z.string().nullish(),
  /** RFC 3339; its offset is the reader's. */
  dateTime: z.string().nullish(),
  timeZone: z.string().nullish(),
});

const attendeeSchema = z.object({
  email: z.string().nullish(),
  displayName: z.string().nullish(),
  responseStatus: z.string().nullish(),
  self: z.boolean().nullish(),
});

/**
 * What is read of an event (Events resource). Everything but the id may be missing: of a deleted event, of one of which only a busy
 * time is shown, of one that has no title.
 */
export const eventSchema = z.object({
  id: z.string().min(1),
  etag: z.string().nullish(),
  status: z.string().nullish(),
  updated: z.string().nullish(),
  iCalUID: z.string().nullish(),
  summary: z.string().nullish(),
  description: z.string().nullish(),
  location: z.string().nullish(),
  start: timeSchema.nullish(),
  end: timeSchema.nullish(),
  recurrence: z.array(z.string()).nullish(),
  recurringEventId: z.string().nullish(),
  originalStartTime: timeSchema.nullish(),
  visibility: z.string().nullish(),
  transparency: z.string().nullish(),
  reminders: z
    .object({
      useDefault: z.boolean().nullish(),
      overrides: z.array(z.object({ method: z.string(), minutes: z.int() })).nullish(),
    })
    .nullish(),
  attendees: z.array(attendeeSchema).nullish(),
  organizer: attendeeSchema.nullish(),
  hangoutLink: z.string().nullish(),
  conferenceData: z
    .object({
      entryPoints: z.array(z.object({ entryPointType: z.string().nullish(), uri: z.string().nullish() })).nullish(),
    })
    .nullish(),
  eventType: z.string().nullish(),
  sequence: z.int().nullish(),
  extendedProperties: z.object({ private: z.record(z.string(), z.string()).nullish() }).nullish(),
});

/** An item of Google's: a single event, the master of a series, or one instance. */
export type GoogleItem = z.infer<typeof eventSchema>;
export type GoogleTime = z.infer<typeof timeSchema>;

/** Items are read one by one: one that cannot be understood says nothing of the others. */
const rawItemSchema = z.looseObject({ id: z.string().min(1) });

/** A page of `events.list` or `events.instances`. */
export const eventPageSchema = z.object({
  items: z.array(rawItemSchema),
  nextPageToken: z.string().min(1).nullish(),
  nextSyncToken: z.string().min(1).nullish(),
});

export type RawItem = z.infer<typeof rawItemSchema>;

export const calendarSchema = z.object({
  id: z.string().min(1),
  summary: z.string().nullish(),
  summaryOverride: z.string().nullish(),
  primary: z.boolean().nullish(),
  accessRole: z.string().nullish(),
  timeZone: z.string().nullish(),
  deleted: z.boolean().nullish(),
});

/** An entry of the user's list of calendars. */
export type GoogleCalendarEntry = z.infer<typeof calendarSchema>;

export const calendarPageSchema = z.object({
  items: z.array(calendarSchema),
  nextPageToken: z.string().min(1).nullish(),
  nextSyncToken: z.string().min(1).nullish(),
});

/** OpenID Connect Core 1.0 §5.3.2. */
export const userinfoSchema = z.object({
  sub: z.string().min(1),
  email: z.string().nullish(),
  name: z.string().nullish(),
});

export const channelSchema = z.object({
  resourceId: z.string().min(1),
  /** Milliseconds since the epoch. */
  expiration: z.string().regex(/^\d{1,15}$/),
});
