import { MalformedEventError } from "../event-errors.ts";

const DURATION = /^([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Nothing that is entered into a calendar takes longer. */
const MOST_DAYS = 100_000;

/** A duration of RFC 5545 §3.3.6 (or of ISO 8601 without years and months): nominal days, and exact seconds beside them. */
export interface DurationParts {
  readonly sign: 1 | -1;
  readonly days: number;
  readonly seconds: number;
}

/** @throws {MalformedEventError} `duration.malformed` */
export function parseDuration(text: string, at?: string): DurationParts {
  const match = DURATION.exec(text);
  const digits = match?.slice(2).some((part) => part !== undefined) ?? false;
  if (!match || !digits || text.endsWith("T") || text.length > 40) {
    throw new MalformedEventError("duration.malformed", at);
  }
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(2).map((part) => Number(part ?? 0));
  const parts = { days: weeks * 7 + days, seconds: hours * 3_600 + minutes * 60 + seconds };
  if (parts.days + parts.seconds / 86_400 > MOST_DAYS) throw new MalformedEventError("duration.malformed", at);
  return { sign: match[1] === "-" ? -1 : 1, ...parts };
}

/** `PT1H30M`; hours without end (`PT49H`), because a day of a clock change is no 24 hours. */
export function exactDuration(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  const text = `PT${hours ? `${hours}H` : ""}${minutes ? `${minutes}M` : ""}${rest ? `${rest}S` : ""}`;
  return text === "PT" ? "PT0S" : text;
}

export function exactSeconds(duration: string): number {
  const { days, seconds } = parseDuration(duration);
  return days * 86_400 + seconds;
}
