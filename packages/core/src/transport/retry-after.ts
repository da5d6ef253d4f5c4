const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The three forms of RFC 9110 §5.6.7, which recipients must all accept. */
const IMF_FIXDATE = /^[A-Za-z]{3}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const RFC_850 = /^[A-Za-z]{6,9}, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const ASCTIME = /^[A-Za-z]{3} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/;

/**
 * The quiet that an answer asks for, in ms from its arrival: whole seconds or an HTTP date (RFC 9110 §10.2.3).
 * A date is measured against the answer's own `Date`, so that a wrong clock on either side does no harm.
 * Anything else (fractions, lists, other formats of dates) counts as absent: `undefined`.
 */
export function retryAfterMs(headers: Headers, arrivedAtMs: number): number | undefined {
  const value = headers.get("retry-after")?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const untilMs = parseHttpDate(value, arrivedAtMs);
  if (untilMs === undefined) return undefined;
  const sentAtMs = parseHttpDate(headers.get("date")?.trim() ?? "", arrivedAtMs) ?? arrivedAtMs;
  return Math.max(0, untilMs - sentAtMs);
}

/**
 * @param nowMs decides the century of a two-digit year: the last one that is not more than 50 years ahead
 * @returns ms since the epoch, `undefined` if it is no HTTP date
 */
export function parseHttpDate(value: string, nowMs: number): number | undefined {
  const fixdate = IMF_FIXDATE.exec(value);
  if (fixdate) return toMs(fixdate[3], fixdate[2], fixdate[1], fixdate.slice(4));
  const asctime = ASCTIME.exec(value);
  if (asctime) return toMs(asctime[6], asctime[1], asctime[2], asctime.slice(3, 6));
  const rfc850 = RFC_850.exec(value);
  if (rfc850) return toMs(fullYear(Number(rfc850[3]), nowMs), rfc850[2], rfc850[1], rfc850.slice(4));
  return undefined;
}

function fullYear(twoDigits: number, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}

function toMs(
  year: string | number | undefined,
  month: string | undefined,
  day: string | undefined,
  [hour, minute, second]: readonly string[],
): number | undefined {
  const monthIndex = MONTHS.indexOf(month ?? "");
  if (monthIndex < 0) return undefined;
  return Date.UTC(Number(year), monthIndex, Number(day), Number(hour), Number(minute), Number(second));
}
