import { RRuleTemporal } from "rrule-temporal";
import { Temporal } from "temporal-polyfill";
import { UnsupportedEventError } from "../event-errors.ts";
import { localText, type When, zonedTime } from "../when/index.ts";
import type { RecurrenceRule } from "./recurrence-rule.ts";

/**
 * The starts that a rule gives, before anything is changed, left out or added: local times on the series' own clock, or dates. The
 * start of the series is always the first, and counts (RFC 5545 §3.8.5.3). Days on which the clock skips the time are left out and
 * do not count (§3.3.10).
 */
export interface Slots {
  has(slot: string): boolean;
  /**
   * In order, from the first one that is not before `from` on.
   * @param from local time or date on the series' clock; absent: the start of the series
   */
  iterate(from?: string): Iterable<string>;
}

export function slotsOf(when: When, rule: RecurrenceRule | null): Slots {
  if (rule === null) return onlySlot(when.start);
  const key = JSON.stringify([when.start, when.timeZone, when.allDay, rule]);
  const slots = remembered.get(key) ?? new RuleSlots(when, rule);
  // Moved to the end: the first is the one not asked for longest.
  remembered.delete(key);
  remembered.set(key, slots);
  const [oldest] = remembered.size > MOST_REMEMBERED ? remembered.keys() : [];
  if (oldest !== undefined) remembered.delete(oldest);
  return slots;
}

/** A series that is written is read again at once, and each time the same slots are looked for, at a millisecond each. */
const remembered = new Map<string, Slots>();
const MOST_REMEMBERED = 32;

function onlySlot(start: string): Slots {
  return {
    has: (slot) => slot === start,
    *iterate(from = start) {
      if (start >= from) yield start;
    },
  };
}

/** So many instances are looked at to find out which one is the last of a COUNT. */
const MOST_COUNTED = 25_000;
/** So many answers of a series are remembered. */
const MOST_KNOWN = 1_000;
const LAST_YEAR = 9_999;

class RuleSlots implements Slots {
  readonly #when: When;
  readonly #zone: string;
  readonly #rule: RRuleTemporal;
  readonly #first: Temporal.ZonedDateTime;
  readonly #count: number | undefined;
  /** What has been asked for. Whoever asks for a series asks for its exceptions, which are few. */
  readonly #known = new Map<string, boolean>();
  /** The first slots, as many as have been asked for, of a rule with a COUNT. */
  #counted: readonly string[] = [];

  constructor(when: When, rule: RecurrenceRule) {
    this.#when = when;
    // Floating times and dates are expanded on a clock that is never changed.
    this.#zone = when.timeZone ?? "UTC";
    this.#first = this.#timeOf(when.start);
    this.#count = rule.count;
    // The expander would count from the start each time that it is asked: counting is done here.
    this.#rule = new RRuleTemporal({
      ...ruleOptions(rule),
      ...this.#clockOf(rule),
      ...(rule.until === undefined ? {} : { until: this.#timeOf(rule.until) }),
      dtstart: this.#first,
      tzid: this.#zone,
      includeDtstart: true,
    });
  }

  has(slot: string): boolean {
    const known = this.#known.get(slot);
    if (known !== undefined) return known;
    const found = this.#lookFor(slot);
    if (this.#known.size < MOST_KNOWN) this.#known.set(slot, found);
    return found;
  }

  #lookFor(slot: string): boolean {
    if (slot === this.#when.start) return true;
    const time = this.#timeOf(slot);
    if (time.epochMilliseconds <= this.#first.epochMilliseconds || this.#nameOf(time) !== slot) return false;
    if (this.#next(time)?.epochMilliseconds !== time.epochMilliseconds) return false;
    return this.#count === undefined || this.#countedUpTo(slot).includes(slot);
  }

  *iterate(from: string = this.#when.start): Iterable<string> {
    const { start } = this.#when;
    if (start >= from) yield start;
    const begin = from > start ? from : start;
    let last = start;
    for (const slot of this.#count === undefined ? this.#iterateRule(begin) : this.#iterateCounted(begin)) {
      // In the second of two equal hours the names of hourly rules come again, and mean the first.
      if (slot > last) yield slot;
      last = slot > last ? slot : last;
    }
  }

  *#iterateRule(from: string): Iterable<string> {
    let time = this.#next(this.#timeOf(from));
    while (time) {
      const name = this.#nameOf(time);
      if (name !== this.#when.start) yield name;
      time = this.#next(time.add({ seconds: 1 }));
    }
  }

  *#iterateCounted(from: string): Iterable<string> {
    for (let index = 1; ; index += 1) {
      if (index >= this.#counted.length) this.#countTo((index + 1) * 4);
      const slot = this.#counted[index];
      if (slot === undefined) return;
      if (slot >= from) yield slot;
    }
  }

  #countedUpTo(slot: string): readonly string[] {
    for (;;) {
      const known = this.#counted.length;
      if ((this.#counted.at(-1) ?? "") >= slot) return this.#counted;
      this.#countTo(Math.max(known * 4, 64));
      if (this.#counted.length === known) return this.#counted;
    }
  }

  /** Of slots with the names of one clock the order of names is theirs. */
  #countTo(most: number): void {
    const limit = Math.min(most, this.#count ?? most);
    if (limit > MOST_COUNTED && this.#counted.length >= MOST_COUNTED) throw tooMany();
    const slots: string[] = [this.#when.start];
    this.#guarded(() =>
      this.#rule.all((time) => {
        const name = this.#nameOf(time);
        if (name !== this.#when.start) slots.push(name);
        return slots.length < Math.min(limit, MOST_COUNTED) && time.year < LAST_YEAR;
      }),
    );
    this.#counted = slots.slice(0, limit);
  }

  #next(from: Temporal.ZonedDateTime): Temporal.ZonedDateTime | undefined {
    const next = this.#guarded(() => this.#rule.next(from, true));
    return next && next.year <= LAST_YEAR ? next : undefined;
  }

  /** The expander gives up on rules that (almost) never match. */
  #guarded<T>(expand: () => T): T {
    try {
      return expand();
    } catch {
      throw tooMany();
    }
  }

  #timeOf(local: string): Temporal.ZonedDateTime {
    return zonedTime(local, this.#zone);
  }

  #nameOf(time: Temporal.ZonedDateTime): string {
    if (time.epochMilliseconds === this.#first.epochMilliseconds) return this.#when.start;
    const text = localText(Temporal.PlainDateTime.from(time.toPlainDateTime().toString()));
    return this.#when.allDay ? text.slice(0, 10) : text;
  }

  /** A start at a time that its day's clock skips is later than it says; the others are at the time that it says. */
  #clockOf({ frequency, byHour, byMinute, bySecond }: RecurrenceRule): object {
    if (frequency === "hourly" || frequency === "minutely") return {};
    const { hour, minute, second } = Temporal.PlainDateTime.from(this.#when.start);
    if (this.#first.hour === hour && this.#first.minute === minute) return {};
    return { byHour: byHour ?? [hour], byMinute: byMinute ?? [minute], bySecond: bySecond ?? [second] };
  }
}

function tooMany(): UnsupportedEventError {
  return new UnsupportedEventError("recurrence.too-many", "RRULE");
}

function ruleOptions(rule: RecurrenceRule) {
  const { byDay, byMonthDay, byMonth, bySetPosition, byYearDay, byWeekNo, byHour, byMinute, bySecond } = rule;
  return {
    freq: FREQUENCIES[rule.frequency],
    interval: rule.interval ?? 1,
    ...(byDay && { byDay: byDay.map(({ day, nthOfPeriod }) => `${nthOfPeriod ?? ""}${day.toUpperCase()}`) }),
    ...(byMonthDay && { byMonthDay }),
    ...(byMonth && { byMonth }),
    ...(bySetPosition && { bySetPos: bySetPosition }),
    ...(byYearDay && { byYearDay }),
    ...(byWeekNo && { byWeekNo }),
    ...(byHour && { byHour }),
    ...(byMinute && { byMinute }),
    ...(bySecond && { bySecond }),
    ...(rule.firstDayOfWeek && { wkst: rule.firstDayOfWeek.toUpperCase() }),
  };
}

const FREQUENCIES = {
  yearly: "YEARLY",
  monthly: "MONTHLY",
  weekly: "WEEKLY",
  daily: "DAILY",
  hourly: "HOURLY",
  minutely: "MINUTELY",
} as const;
