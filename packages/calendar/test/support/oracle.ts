import ICAL from "ical.js";

/**
 * When a series takes place, told without this package and its expander: ical.js gives the days, `Intl` the offsets, and the rest is
 * arithmetic by hand.
 */
export interface OracleSeries {
  /** `20260327T023000`, or `20260327` for all-day series. */
  readonly start: string;
  /** An id that `Intl` knows; `undefined` for floating and all-day series. */
  readonly zone: string | undefined;
  /** Without COUNT and UNTIL. */
  readonly rule: string;
  readonly count?: number;
  /** The last moment, in ms since the epoch; on a clock in UTC for floating and all-day series. */
  readonly untilMs?: number;
}

export interface OracleSlot {
  /** As the start is written. */
  readonly local: string;
  /** On a clock in UTC for floating and all-day series. */
  readonly ms: number;
}

/** The first slots of a series. */
export function oracleSlots(series: OracleSeries, most: number): OracleSlot[] {
  const { start, zone, rule, count = Number.POSITIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = series;
  const first = { local: start, ms: firstMs(start, zone) };
  const slots: OracleSlot[] = [first];
  const iterator = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromString(dashed(start), undefined));
  for (let time = iterator.next(); time && slots.length < Math.min(most, count); time = iterator.next()) {
    const local = time.toICALString();
    if (local === start) continue;
    const ms = wallMs(local, zone);
    // A time that the clock skips: there is no such instance, and it does not count.
    if (ms === undefined) continue;
    if (ms > untilMs) break;
    slots.push({ local, ms });
  }
  return slots;
}

/** The first moment at which a zone's clock shows a time; `undefined`: it never does. */
export function wallMs(local: string, zone: string | undefined): number | undefined {
  const asUtc = Date.parse(`${dashed(local).padEnd(19, "T00:00:00")}Z`);
  if (zone === undefined) return asUtc;
  const candidates = [-86_400_000, 0, 86_400_000].map((near) => asUtc - offsetMs(asUtc + near, zone));
  return candidates.filter((ms) => ms + offsetMs(ms, zone) === asUtc).sort((a, b) => a - b)[0];
}

/** A first start that the clock skips is as much later as the clock was put on. */
function firstMs(local: string, zone: string | undefined): number {
  const asUtc = Date.parse(`${dashed(local).padEnd(19, "T00:00:00")}Z`);
  return wallMs(local, zone) ?? asUtc - offsetMs(asUtc - 86_400_000, zone ?? "UTC");
}

const formats = new Map<string, Intl.DateTimeFormat>();

export function offsetMs(ms: number, zone: string): number {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  formats.set(zone, format);
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return wall - ms;
}

export function dashed(stamp: string): string {
  return stamp.replace(/^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?.*$/, (_, y, m, d, h, min, s) =>
    h === undefined ? `${y}-${m}-${d}` : `${y}-${m}-${d}T${h}:${min}:${s}`,
  );
}
