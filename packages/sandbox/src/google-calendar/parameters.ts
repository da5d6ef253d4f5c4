import { Temporal } from "temporal-polyfill";
import type { GoogleCall } from "./call.ts";
import { invalid } from "./errors.ts";

/** `true` or `false` from the query. */
export function booleanOf(call: GoogleCall, name: string, otherwise = false): boolean {
  const text = call.query.get(name);
  if (text === null) return otherwise;
  if (text !== "true" && text !== "false") throw invalid(`Invalid boolean value: '${text}'.`, name);
  return text === "true";
}

/** A whole number from the query, checked against its bounds. */
export function numberOf(
  call: GoogleCall,
  name: string,
  bounds: { readonly min: number; readonly max: number },
): number | undefined {
  const text = call.query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < bounds.min || value > bounds.max)
    throw invalid(`Invalid value '${text}'. Values must be within the range: [${bounds.min}, ${bounds.max}]`, name);
  return value;
}

/** One of some words from the query. */
export function choiceOf<T extends string>(call: GoogleCall, name: string, words: readonly T[]): T | undefined {
  const text = call.query.get(name);
  if (text === null) return undefined;
  const found = words.find((word) => word === text);
  if (found === undefined)
    throw invalid(`Invalid string value: '${text}'. Allowed values: [${words.join(", ")}]`, name);
  return found;
}

/** A moment in RFC 3339 with its offset, which Google insists on; in milliseconds. */
export function momentOf(call: GoogleCall, name: string): number | undefined {
  const text = call.query.get(name);
  if (text === null) return undefined;
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    throw invalid("Bad Request", name);
  }
}

/** An IANA time zone. */
export function isTimeZone(name: unknown): name is string {
  try {
    return typeof name === "string" && !/^[+-]/.test(name) && Temporal.Now.zonedDateTimeISO(name) !== undefined;
  } catch {
    return false;
  }
}
