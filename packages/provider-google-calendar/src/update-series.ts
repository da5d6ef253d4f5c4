import { OutcomeUnknownError, type Session } from "@syncer/core";
import { seriesReader } from "./event-pages.ts";
import { type GoogleApi, SERVICE } from "./google-api.ts";
import { ROUTES } from "./google-errors.ts";
import { type GoogleEvent, type GoogleState, stateOf } from "./google-event.ts";
import type { GoogleLoss } from "./held-by-google.ts";
import type { UpdatePlan } from "./plan-update.ts";
import { writeInstances } from "./write-instances.ts";

export interface SeriesUpdate {
  readonly calendarId: string;
  /** The series as it was when the change was decided. */
  readonly base: GoogleEvent;
  /** The calendar's zone, for times that have none. */
  readonly zone: string;
  readonly plan: UpdatePlan;
  readonly losses: Set<GoogleLoss>;
  /** Reads the series, and throws if it is not what it was. */
  readonly read: () => Promise<GoogleState>;
}

/**
 * Writes a series whose instances are concerned: the master first, because a changed rule forgets instances, then what is still to be
 * done to the instances that there are now. `If-Match` knows the master only, so that the whole is read before.
 *
 * Done again from the start, it does what is left to be done. Whatever fails after the first change leaves the outcome unknown: the next
 * run looks, and decides anew.
 */
export async function updateSeries(api: GoogleApi, session: Session, update: SeriesUpdate): Promise<GoogleState> {
  const { calendarId, base, zone, plan, losses, read } = update;
  let now: GoogleState = await read();
  const { etag } = now.native.item;
  const isMasterWritten = Object.keys(plan.body).length > 0;
  if (isMasterWritten) {
    await api.patchEvent(session, calendarId, base.item.id, { body: plan.body, ...(etag ? { etag } : {}) });
  }
  try {
    if (isMasterWritten) now = await readAgain(api, session, calendarId, base);
    const at = { calendarId, series: now.native, zone };
    const wrote = await writeInstances(api, session, at, plan.after, losses);
    return wrote ? await readAgain(api, session, calendarId, base) : now;
  } catch (error) {
    throw new OutcomeUnknownError(SERVICE, ROUTES.event, { cause: error });
  }
}

async function readAgain(
  api: GoogleApi,
  session: Session,
  calendarId: string,
  base: GoogleEvent,
): Promise<GoogleState> {
  const found = await findSeries(api, session, calendarId, base);
  if (!found) throw new OutcomeUnknownError(SERVICE, ROUTES.event);
  return found;
}

/**
 * A series that was seen before, by its UID: one request.
 * @returns `undefined`: that finds nothing, which proves nothing
 */
export async function findSeries(
  api: GoogleApi,
  session: Session,
  calendarId: string,
  { item }: GoogleEvent,
): Promise<GoogleState | undefined> {
  if (!item.iCalUID) return undefined;
  const { master, exceptions, isUnreadable } = await seriesReader(api, session, calendarId)(item.id, item.iCalUID);
  return master && !isUnreadable ? stateOf(master, exceptions) : undefined;
}
