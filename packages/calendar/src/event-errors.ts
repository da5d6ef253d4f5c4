/** Why an event, though well-formed, is not synced. */
export type UnsupportedCode =
  /** More than one RRULE. */
  | "recurrence.several-rules"
  /** EXRULE, which RFC 5545 has withdrawn. */
  | "recurrence.exclusion-rule"
  /** RSCALE and SKIP (RFC 7529). */
  | "recurrence.other-calendar"
  /** RDATE with PERIOD: an extra instance of a length of its own. */
  | "recurrence.period"
  /** SECONDLY. */
  | "recurrence.frequency"
  /** A rule part that no RFC names. */
  | "recurrence.unknown-part"
  /** UNTIL is of another type than RFC 5545 §3.3.10 asks for with this DTSTART, so that its last day is a guess. */
  | "recurrence.until-type"
  /** RECURRENCE-ID with RANGE=THISANDFUTURE. */
  | "recurrence.this-and-future"
  /** An extra instance in the second of two equal hours of a night in autumn. */
  | "recurrence.ambiguous-date"
  /** More instances than are looked at. */
  | "recurrence.too-many"
  /** A zone by a name that nobody knows, with rules of no known zone, or without rules. */
  | "zone.unknown"
  /** Changed instances of a series that is not there. */
  | "event.orphan-overrides";

/** Why a text is not taken for an event. */
export type MalformedCode =
  | "calendar.too-large"
  | "calendar.malformed-line"
  | "calendar.unbalanced"
  | "calendar.no-event"
  | "calendar.several-uids"
  | "calendar.several-masters"
  /** What was to be written is no `UniversalEvent`; `at` is the field. */
  | "event.malformed"
  | "event.no-uid"
  | "event.no-start"
  | "event.end-type"
  | "event.inverted"
  | "time.malformed"
  | "duration.malformed"
  | "recurrence.malformed"
  | "zone.malformed";

/**
 * One event that cannot be read or written; others are not touched by it. `code` says why, `at` names the property
 * (`RRULE`). Neither holds content.
 */
export class EventError<C extends UnsupportedCode | MalformedCode = UnsupportedCode | MalformedCode> extends Error {
  override readonly name: string = "EventError";
  readonly code: C;
  readonly at: string | undefined;
  constructor(code: C, at?: string) {
    super(at === undefined ? code : `${code} (${at})`);
    this.code = code;
    this.at = at;
  }
}

/** The event is in order, and holds something that `UniversalEvent` cannot say. */
export class UnsupportedEventError extends EventError<UnsupportedCode> {
  override readonly name = "UnsupportedEventError";
}

/** The text breaks RFC 5545 in a way that leaves its meaning open. */
export class MalformedEventError extends EventError<MalformedCode> {
  override readonly name = "MalformedEventError";
}
