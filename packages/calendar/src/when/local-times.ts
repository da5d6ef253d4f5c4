import { Temporal } from "temporal-polyfill";
import { MalformedEventError } from "../event-errors.ts";

/** `2026-12-01T09:00:00`: a time on the clock of some zone, without the zone. Seconds always, no fractions. */
export type LocalDateTime = string;

/** `2026-12-01` */
export type LocalDate = string;

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/;

export function isLocalDate(text: string): text is LocalDate {
  return DATE.test(text) && isNear(text) && parses(() => Temporal.PlainDate.from(text));
}

export function isLocalDateTime(text: string): text is LocalDateTime {
  return (
    DATE_TIME.test(text) && isNear(text) && !text.endsWith(":60") && parses(() => Temporal.PlainDateTime.from(text))
  );
}

/** Years of which all arithmetic that is done with them has four digits too. */
function isNear(text: string): boolean {
  return text >= "0100" && text < "9000";
}

function parses(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}

/**
 * A moment in one form: ISO 8601 in UTC.
 * @throws {MalformedEventError} `time.malformed`
 */
export function checkedInstant(text: string): string {
  try {
    const ms = Temporal.Instant.from(text).epochMilliseconds;
    // Services tell fractions of seconds, and forget them.
    return Temporal.Instant.fromEpochMilliseconds(Math.floor(ms / 1_000) * 1_000).toString();
  } catch {
    throw new MalformedEventError("time.malformed");
  }
}

export function localText(time: Temporal.PlainDateTime | Temporal.ZonedDateTime): LocalDateTime {
  const plain = time instanceof Temporal.PlainDateTime ? time : time.toPlainDateTime();
  return plain.toString({ smallestUnit: "second" });
}

/**
 * The moment that a zone's clock shows this time: the first one where it does so twice; where it never does, as if the
 * clock had not yet been changed (RFC 5545 §3.3.5, which is what Temporal calls compatible).
 */
export function zonedTime(local: LocalDateTime, zone: string): Temporal.ZonedDateTime {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: "compatible" });
}

/** The moment of a local time, as ISO 8601 text in UTC; see `zonedTime` for times that are not there, or twice. */
export function instantOf(local: LocalDateTime, zone: string): string {
  return zonedTime(local, zone).toInstant().toString();
}

/** What a zone's clock shows at a moment. */
export function localAt(instant: string, zone: string): LocalDateTime {
  return localText(Temporal.Instant.from(instant).toZonedDateTimeISO(zone));
}

/** Whether a moment is the one that its own local time stands for: false in the second of two equal hours. */
export function isFirstOfItsName(instant: string, zone: string): boolean {
  const moment = Temporal.Instant.from(instant);
  return zonedTime(localAt(instant, zone), zone).toInstant().epochMilliseconds === moment.epochMilliseconds;
}

/** The last second of the equal hours in which a moment is, as their clock shows it. */
export function lastOfRepeated(instant: string, zone: string): LocalDateTime {
  const previous = Temporal.Instant.from(instant).toZonedDateTimeISO(zone).getTimeZoneTransition("previous");
  if (!previous) return localAt(instant, zone);
  return localText(previous.subtract({ seconds: 1 }));
}
