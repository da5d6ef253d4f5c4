import type { GoogleCall } from "./call.ts";
import { invalid, refusal } from "./errors.ts";
import { EVENT_TYPES, type StoredEvent } from "./event-model.ts";
import { momentIn } from "./event-times.ts";
import { choiceOf, momentOf } from "./parameters.ts";

/** A stretch of time: events that end after `min` and start before `max`. */
export interface TimeWindow {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export function windowOf(call: GoogleCall): TimeWindow {
  const [min, max] = [momentOf(call, "timeMin"), momentOf(call, "timeMax")];
  if (min !== undefined && max !== undefined && max <= min)
    throw refusal(400, {
      domain: "calendar",
      reason: "timeRangeEmpty",
      message: "The specified time range is empty.",
      location: "timeMax",
      locationType: "parameter",
    });
  return { min, max };
}

export function overlaps(event: StoredEvent, { min, max }: TimeWindow, zone: string): boolean {
  if (min !== undefined && momentIn(event.end, zone) <= min) return false;
  return max === undefined || momentIn(event.start, zone) < max;
}

/** Parameters that a token request must not have. */
const NOT_WITH_SYNC_TOKEN = [
  "iCalUID",
  "orderBy",
  "privateExtendedProperty",
  "q",
  "sharedExtendedProperty",
  "timeMin",
  "timeMax",
  "updatedMin",
];

/** Parameters that leave a listing without a sync token. */
const WITHOUT_TOKEN = NOT_WITH_SYNC_TOKEN.filter((name) => name !== "timeMin" && name !== "timeMax");

export function checkSyncParameters({ query }: GoogleCall): void {
  if (!query.has("syncToken")) return;
  const forbidden = NOT_WITH_SYNC_TOKEN.find((name) => query.has(name));
  if (forbidden !== undefined) throw invalid(`${forbidden} cannot be specified together with a sync token.`, forbidden);
  if (query.get("showDeleted") === "false")
    throw invalid("showDeleted must not be false with a sync token.", "showDeleted");
}

export function givesSyncToken({ query }: GoogleCall): boolean {
  return !WITHOUT_TOKEN.some((name) => query.has(name));
}

/** How far back `updatedMin` may lie. Google names no figure. */
const UPDATED_MIN_DAYS = 28;

export function updatedMinOf(call: GoogleCall): number | undefined {
  const updatedMin = momentOf(call, "updatedMin");
  if (updatedMin === undefined || call.now - updatedMin <= UPDATED_MIN_DAYS * 86_400_000) return updatedMin;
  const message = "The requested minimum modification time lies too far in the past.";
  throw refusal(410, { domain: "calendar", reason: "updatedMinTooLongAgo", message });
}

/** The filters by content: kind, words, uid, extended properties. */
export function contentFilter(call: GoogleCall): (event: StoredEvent) => boolean {
  const { query } = call;
  const types = query.getAll("eventTypes");
  const wrong = types.find((type) => !EVENT_TYPES.some((known) => known === type));
  if (wrong !== undefined) throw invalid(`Invalid string value: '${wrong}'.`, "eventTypes");
  const [uid, words] = [query.get("iCalUID"), query.get("q")?.toLowerCase().split(/\s+/)];
  const properties = (["private", "shared"] as const).flatMap((half) =>
    query.getAll(`${half}ExtendedProperty`).map((text) => ({ half, ...readProperty(text, half) })),
  );
  return (event) => {
    if (types.length > 0 && !types.includes(event.eventType)) return false;
    if (uid !== null && event.iCalUID !== uid) return false;
    if (words !== undefined && !words.every((word) => textOf(event).includes(word))) return false;
    return properties.every(({ half, key, value }) => event.content.extendedProperties?.[half]?.[key] === value);
  };
}

function readProperty(text: string, half: string): { readonly key: string; readonly value: string } {
  const equals = text.indexOf("=");
  if (equals < 1) throw invalid("Invalid extended property constraint.", `${half}ExtendedProperty`);
  return { key: text.slice(0, equals), value: text.slice(equals + 1) };
}

function textOf({ content, organizer }: StoredEvent): string {
  const people = (content.attendees ?? []).flatMap(({ email, displayName }) => [email, displayName]);
  const all = [content.summary, content.description, content.location, organizer.email, ...people];
  return all
    .filter((text) => typeof text === "string")
    .join(" ")
    .toLowerCase();
}

export function orderOf(call: GoogleCall, expanded: boolean): "startTime" | "updated" | undefined {
  const order = choiceOf(call, "orderBy", ["startTime", "updated"]);
  if (order === "startTime" && !expanded)
    throw invalid("The requested ordering is not available for the particular query.", "orderBy");
  return order;
}
