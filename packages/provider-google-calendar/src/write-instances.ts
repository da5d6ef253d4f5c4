import { type InstanceChange, instanceChanges, instantOfSlot, slotOf, type UniversalEvent } from "@syncer/calendar";
import type { Session } from "@syncer/core";
import { z } from "zod";
import { COSTS, type GoogleApi, SILENT } from "./google-api.ts";
import { type BatchAnswer, type BatchCall, sendTogether } from "./google-batch.ts";
import { ROUTES } from "./google-errors.ts";
import type { GoogleEvent } from "./google-event.ts";
import { originalStartOf } from "./google-when.ts";
import type { GoogleLoss } from "./held-by-google.ts";
import { withoutPending } from "./pending-instances.ts";
import { heldForm } from "./plan-update.ts";
import { readGoogleEvent } from "./read-google-event.ts";
import { bodyOf } from "./write-google-event.ts";

/** A series of a calendar, as it is now. */
export interface SeriesAt {
  readonly calendarId: string;
  readonly series: GoogleEvent;
  /** The calendar's zone, for times that have none. */
  readonly zone: string;
}

const found = z.object({ items: z.array(z.object({ id: z.string().min(1) })) });

/**
 * Makes the instances of a series what they are to be, by as few requests as possible: one for each 50 that have to be found by their
 * original start, and one for each 50 that have to be written. All of them can be sent twice without harm.
 * @param after in the form of `heldByGoogle`; what the series itself says is written already
 * @returns whether anything was written
 */
export async function writeInstances(
  api: GoogleApi,
  session: Session,
  { calendarId, series, zone }: SeriesAt,
  after: UniversalEvent,
  losses: Set<GoogleLoss>,
): Promise<boolean> {
  const now = heldForm(readGoogleEvent(withoutPending(series.item), series.exceptions), zone, new Set());
  const changes = instanceChanges(after, now.overrides, after.overrides).filter(isWritten);
  if (changes.length === 0) return false;
  const ids = await findIds(api, session, { calendarId, series, now }, after, changes);
  const writes = changes.flatMap((change) => {
    const id = ids.get(change.slot);
    if (id === undefined && change.change !== "cancel") losses.add("instance.missing");
    return id === undefined ? [] : [{ change, call: callFor(calendarId, id, change) }];
  });
  const answers = await sendTogether(
    api,
    session,
    writes.map(({ call }) => call),
  );
  for (const [index, { change }] of writes.entries()) noteLoss(change, answers[index], losses);
  return true;
}

function isWritten(change: InstanceChange): boolean {
  return change.change !== "update" || Object.keys(bodyOf(change.event, change.fields)).length > 0;
}

/** Ids of instances are opaque: those of changed ones are known, and the others are asked for. */
async function findIds(
  api: GoogleApi,
  session: Session,
  { calendarId, series, now }: Pick<SeriesAt, "calendarId" | "series"> & { readonly now: UniversalEvent },
  after: UniversalEvent,
  changes: readonly InstanceChange[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map(series.exceptions.map((each) => [slotOf(now.when, originalStartOf(each)), each.id] as const));
  const unknown = changes.map(({ slot }) => slot).filter((slot) => !ids.has(slot));
  const calls = unknown.map(
    (slot): BatchCall => ({
      method: "GET",
      route: `${ROUTES.event}/instances`,
      path: { calendarId, eventId: series.item.id },
      query: { originalStart: instantOfSlot(after.when, slot) ?? slot, showDeleted: true },
      cost: 1,
    }),
  );
  const answers = await sendTogether(api, session, calls);
  for (const [index, slot] of unknown.entries()) {
    const answer = answers[index];
    const [instance] = (answer && "body" in answer && found.safeParse(answer.body).data?.items) || [];
    if (instance) ids.set(slot, instance.id);
  }
  return ids;
}

function callFor(calendarId: string, eventId: string, change: InstanceChange): BatchCall {
  const at = { route: ROUTES.event, path: { calendarId, eventId }, query: SILENT };
  if (change.change === "cancel") return { ...at, method: "DELETE", cost: 1 };
  const { event } = change;
  const json =
    change.change === "update"
      ? bodyOf(event, change.fields)
      : { ...bodyOf(event, ADDED), status: event.status === "tentative" ? "tentative" : "confirmed" };
  return { ...at, method: "PATCH", json, cost: COSTS.patch };
}

/** What an instance that was cancelled is told when it is to be there again; it goes back to what it was, not to its series. */
const ADDED = ["title", "description", "location", "when", "freeBusyStatus", "reminders"] as const;

/** What cannot be held as it was meant is said, and keeps nothing else from being written. */
function noteLoss({ change }: InstanceChange, answer: BatchAnswer | undefined, losses: Set<GoogleLoss>): void {
  if (!answer || !("failure" in answer)) return;
  const isMissing = answer.failure.kind === "not-found";
  if (change === "cancel" && isMissing) return;
  losses.add(isMissing ? "instance.missing" : "instance.refused");
}
