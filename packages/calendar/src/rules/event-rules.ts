import { z } from "zod";
import type { UniversalEvent } from "../universal-event.ts";
import { canonicalZone } from "../zones/index.ts";

const skippable = [
  "all-day",
  "declined",
  "free",
  "tentative",
  "cancelled",
  "private",
  "focus-time",
  "out-of-office",
  "working-location",
  "birthday",
  "from-mail",
] as const;

/** What can be left out of a pair. `declined` and the last five are known only of services that tell them (Google). */
export type SkippedEvents = (typeof skippable)[number];

/** Working hours of a day: events that overlap them are synced. All-day events have no hours, and are not judged by them. */
export interface HoursRule {
  /** `09:00`. */
  readonly from: string;
  /** `17:00`; later than `from`, and `24:00` at most. */
  readonly to: string;
  /** 1 is Monday, 7 is Sunday. Default: every day. */
  readonly days?: readonly number[];
  /** IANA name of the zone of these hours. Default: the zone of each event. */
  readonly timeZone?: string;
}

/** What a copy says instead, and what then is each side's own. */
export type EventMask = Partial<
  Pick<
    UniversalEvent,
    "title" | "description" | "location" | "conference" | "url" | "categories" | "color" | "reminders" | "priority"
  >
>;

/**
 * What a pair of calendars leaves out, and what it changes on the way (`options.rules`). All that is given holds together.
 *
 * What is masked is neither compared nor copied, in either direction: an edit of it stays where it was made. Rules are about what is
 * made and changed from then on; copies that are there keep what they say.
 */
export interface EventRules {
  /** Events that are left out. A series is judged by what it says as a whole. */
  readonly skip?: readonly SkippedEvents[];
  /** A series is judged by its first instance. */
  readonly hours?: HoursRule;
  /**
   * Only what takes place within so many days of today; of a series, if any of its instances does. An absent end is open. What the
   * window leaves behind stays as it is on both sides. With `futureDays`, all events are listed once a day, to find what came nearer.
   */
  readonly window?: { readonly pastDays?: number; readonly futureDays?: number };
  /** Copies say only that there is something: `true`, or what they are called instead of `Busy`. */
  readonly busyOnly?: boolean | { readonly title: string };
  /** Field by field, what copies say instead. */
  readonly mask?: EventMask;
  /** What stands before the titles of copies, by the side that they are on: `{ target: "[Work] " }`. Not where titles are masked. */
  readonly titlePrefix?: { readonly source?: string; readonly target?: string };
  /** Copies have no addresses under which one joins a call (Zoom, Meet, Teams, Webex …), in no field. Default `false`. */
  readonly stripConferenceLinks?: boolean;
  /** Copies are private. Default `false`. */
  readonly markPrivate?: boolean;
}

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time such as "09:00"');
const zone = z.string().refine((name) => canonicalZone(name) !== undefined, 'an IANA zone such as "Europe/Berlin"');
const days = z.int("a whole number of days").min(0, "0 or more").max(36_500, "at most 36,500");
const text = z.string().max(2_000, "at most 2,000 characters");
const prefix = z.string().min(1, "leave it out for none").max(50, "at most 50 characters");

const hoursSchema = z
  .strictObject({
    from: time,
    to: time,
    days: z.array(z.int().min(1).max(7), "days of the week: 1 is Monday, 7 is Sunday").min(1).exactOptional(),
    timeZone: zone.exactOptional(),
  })
  .refine(({ from, to }) => from < to, "`from` is to be before `to`, on one day");

const maskSchema = z.strictObject({
  title: text.exactOptional(),
  description: text.exactOptional(),
  location: text.exactOptional(),
  conference: text.nullable().exactOptional(),
  url: text.nullable().exactOptional(),
  categories: z.array(text).exactOptional(),
  color: text.nullable().exactOptional(),
  reminders: z.array(z.strictObject({ minutes: z.int(), action: z.enum(["display", "email"]) })).exactOptional(),
  priority: z.int().min(0).max(9).exactOptional(),
});

export const eventRulesSchema: z.ZodType<EventRules> = z.strictObject({
  skip: z.array(z.enum(skippable, `one of ${skippable.join(", ")}`)).exactOptional(),
  hours: hoursSchema.exactOptional(),
  window: z
    .strictObject({ pastDays: days.exactOptional(), futureDays: days.exactOptional() })
    .refine(
      ({ pastDays, futureDays }) => pastDays !== undefined || futureDays !== undefined,
      "name an end, or leave it out",
    )
    .exactOptional(),
  busyOnly: z.union([z.boolean(), z.strictObject({ title: text })], "true, or { title }").exactOptional(),
  mask: maskSchema.exactOptional(),
  titlePrefix: z.strictObject({ source: prefix.exactOptional(), target: prefix.exactOptional() }).exactOptional(),
  stripConferenceLinks: z.boolean().exactOptional(),
  markPrivate: z.boolean().exactOptional(),
});
