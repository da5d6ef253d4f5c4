import { changedEvent, sameValue, tidyOverrides, type UniversalEvent } from "@syncer/calendar";
import { isFloating } from "./floating.ts";
import { type GoogleEvent, isGone } from "./google-event.ts";
import { type GoogleLoss, heldByGoogle } from "./held-by-google.ts";
import { ownProperties, ownProperty } from "./own-properties.ts";
import { isPending } from "./pending-instances.ts";
import { linesOf } from "./series-lines.ts";
import { bodyOf, changedFields, type EventBody } from "./write-google-event.ts";

/** What has to be written so that an event becomes another. */
export interface UpdatePlan {
  /** The event as it is to be, in the form of `heldByGoogle`. */
  readonly after: UniversalEvent;
  /** What of the single event, or of the series' master, is changed; empty: nothing. */
  readonly body: EventBody;
  /** The rule or the times become others: the service may forget the changed instances. */
  readonly isReplanned: boolean;
  /** Instances have to be looked at, or written, one by one. */
  readonly hasInstances: boolean;
}

/** @param zone the calendar's, for times that have none */
export function planUpdate(
  { item, exceptions, event }: GoogleEvent,
  changes: Partial<UniversalEvent>,
  zone: string,
  losses: Set<GoogleLoss>,
): UpdatePlan {
  const wanted = changedEvent(event, changes).after;
  const before = heldForm(event, zone, new Set());
  const after = heldForm(wanted, zone, losses);
  if (changes.conference !== undefined && !sameValue(changes.conference, event.conference ?? null)) {
    losses.add("conference.not-written");
  }
  const fields = changedFields(before, after);
  const lines = item.recurrence ?? [];
  const nextLines = linesOf(lines, before.when, after);
  const isOtherLines = !sameValue(lines, nextLines);
  const body: EventBody = {
    ...bodyOf(after, fields),
    ...(isOtherLines ? { recurrence: nextLines.length === 0 ? null : nextLines } : {}),
    ...floatingBody(item, wanted, zone),
  };
  const isReplanned = isOtherLines || fields.includes("when");
  const isOtherInstances = !sameValue(before.overrides, after.overrides);
  const isPatched = hasPatches(after);
  const hasLiving = exceptions.some((each) => !isGone(each));
  const isTouched = Object.keys(body).length > 0;
  return {
    after,
    body,
    isReplanned,
    hasInstances:
      isPending(item) ||
      (isTouched && hasLiving) ||
      (isReplanned && (exceptions.length > 0 || isPatched)) ||
      (isOtherInstances && !(isOtherLines && !isPatched)),
  };
}

/** @param zone for times that have none */
export function heldForm(event: UniversalEvent, zone: string, losses: Set<GoogleLoss>): UniversalEvent {
  const held = heldByGoogle(event, zone, losses);
  return { ...held, overrides: tidyOverrides(held, held.overrides) };
}

/** Whether some instance says something of its own, which no line of the series can say. */
export function hasPatches({ overrides }: UniversalEvent): boolean {
  return Object.values(overrides).some(hasFields);
}

function hasFields(override: UniversalEvent["overrides"][string]): boolean {
  return Object.keys(override).some((name) => name !== "added" && name !== "excluded");
}

/** Notes the zone in which an event without one is held; takes the note away from one that has been given a zone. */
function floatingBody(item: GoogleEvent["item"], { when }: UniversalEvent, zone: string): EventBody {
  const noted = ownProperty(item, "floating");
  const next = isFloating(when) ? zone : undefined;
  if (noted === next) return {};
  return { extendedProperties: { private: ownProperties(item.id, { floating: next ?? null }) } };
}
