import type { EventOverride, EventReminder, UniversalEvent, When } from "@syncer/calendar";
import { bound, isFloating, withWhens } from "./floating.ts";

/** What Google cannot hold as it was meant, and what it holds instead. No content. */
export type GoogleLoss =
  /** A time without a zone: held in the calendar's. */
  | "when.floating"
  /** An event of no length: held as one of a minute. */
  | "when.zero-length"
  /** More than five reminders: held are the five nearest to the start. */
  | "reminder.too-many"
  /** A reminder after the start, or more than four weeks before it: not held. */
  | "reminder.out-of-range"
  /** An address to join under: Google makes its own. */
  | "conference.not-written"
  /** The privacy of one instance, which would become that of the whole series: not held. */
  | "instance.privacy"
  /** A changed instance that Google's reading of the rule does not give: not held. */
  | "instance.missing"
  /** A changed instance that Google refuses. */
  | "instance.refused";

const MOST_REMINDERS = 5;
const MOST_MINUTES = 40_320;

/**
 * The event as Google holds it. What is written, and what it is compared with, has this form, so that nothing is written twice for
 * what cannot be.
 * @param zone the calendar's, for times that have none
 */
export function heldByGoogle(event: UniversalEvent, zone: string, losses: Set<GoogleLoss>): UniversalEvent {
  const timed = withWhens(bound(event, zone), (when) => widened(when, losses));
  if (isFloating(event.when)) losses.add("when.floating");
  const overrides = Object.entries(timed.overrides).map(
    ([slot, override]) => [slot, heldOverride(override, losses)] as const,
  );
  return { ...timed, ...heldReminders(timed, losses), overrides: Object.fromEntries(overrides) };
}

/** Google answers 400 `timeRangeEmpty`. */
function widened(when: When, losses: Set<GoogleLoss>): When {
  if (when.duration !== "PT0S") return when;
  losses.add("when.zero-length");
  return { ...when, duration: "PT1M" };
}

/**
 * Since July 2026 an instance that is made more private takes all of its series with it, and one that is made less so stays as it
 * is: what one instance should have, it cannot have alone.
 */
function heldOverride(override: EventOverride, losses: Set<GoogleLoss>): EventOverride {
  const { privacy, ...rest } = override as Partial<UniversalEvent>;
  if (privacy !== undefined) losses.add("instance.privacy");
  return { ...rest, ...heldReminders(rest, losses) } as EventOverride;
}

function heldReminders(
  { reminders }: { readonly reminders?: readonly EventReminder[] },
  losses: Set<GoogleLoss>,
): Pick<UniversalEvent, "reminders"> {
  if (!reminders) return {};
  const inRange = reminders.filter(({ minutes }) => minutes >= 0 && minutes <= MOST_MINUTES);
  if (inRange.length < reminders.length) losses.add("reminder.out-of-range");
  if (inRange.length > MOST_REMINDERS) losses.add("reminder.too-many");
  const nearest = [...inRange].sort((a, b) => a.minutes - b.minutes || (a.action < b.action ? -1 : 1));
  return { reminders: nearest.slice(0, MOST_REMINDERS) };
}
