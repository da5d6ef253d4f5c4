import { Cron } from "croner";
import { InvalidRequestError } from "../../errors/index.ts";

/** When something repeats, in the time of a place. */
export interface CronTimes {
  /**
   * The first time after `afterMs`, in ms since the epoch. A local time that a day does not have comes when the clocks have
   * moved on; one that it has twice comes once, unless the expression names an interval (`*`).
   */
  next(afterMs: number): number;
  /** About how long it is from one time to the next. */
  readonly periodMs: number;
  /** The expression as it is stored: upper case, one space between fields. */
  readonly cron: string;
}

const FIELDS = 'five fields: minute, hour, day of the month, month, day of the week; for example "0 8 * * MON-FRI"';

/**
 * Reads a cron expression of five fields (by croner): so nothing runs more often than every minute.
 * @param timeZone an IANA name
 * @param nowMs from when on it must have a time at all
 * @throws {InvalidRequestError} `request.invalid`
 */
export function readCron(expression: string, timeZone: string, nowMs: number): CronTimes {
  const cron = expression.trim().replace(/\s+/g, " ").toUpperCase();
  const times = parse(cron, timeZone);
  const next = (afterMs: number): number => {
    const at = times.nextRun(new Date(afterMs))?.getTime();
    if (at === undefined) throw refused("cron", "there is no such day, so it would never run");
    return at;
  };
  const firstMs = next(nowMs);
  return { cron, next, periodMs: next(firstMs) - firstMs };
}

function parse(cron: string, timeZone: string): Cron {
  if (!isTimeZone(timeZone)) throw refused("timeZone", 'expected the name of a time zone, for example "Europe/Berlin"');
  if (!/^[\dA-Z*,/#+-]+( [\dA-Z*,/#+-]+){4}$/.test(cron)) throw refused("cron", `expected ${FIELDS}`);
  try {
    return new Cron(cron, { timezone: timeZone, mode: "5-part", fixedTimeRule: "no-wildcard", paused: true });
  } catch (cause) {
    throw refused("cron", `expected ${FIELDS}`, cause);
  }
}

/** Offsets such as "+02:00" are none: they know no summer time. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function refused(field: "cron" | "timeZone", problem: string, cause?: unknown): InvalidRequestError {
  return new InvalidRequestError("request.invalid", { path: `request.${field}`, problem }, { cause });
}
