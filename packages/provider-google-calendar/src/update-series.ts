import type { UniversalEvent } from "@syncer/calendar";
import { OutcomeUnknownError, type Session } from "@syncer/core";
import { seriesReader } from "./event-pages.ts";
import { type GoogleApi, SERVICE } from "./google-api.ts";
import { ROUTES } from "./google-errors.ts";
import { type GoogleEvent, type GoogleState, stateOf } from "./google-event.ts";
import type { GoogleLoss } from "./held-by-google.ts";
import { isPending, pendingErasure, pendingNote } from "./pending-instances.ts";
import { hasPatches, type UpdatePlan } from "./plan-update.ts";
import type { EventBody } from "./write-google-event.ts";
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
 * Writes a series whose instances are concerned: the master first, because a changed rule forgets instances, with a note of what is to be
 * done to them; then what is still to be done to the instances that there are now; then the note is taken away. `If-Match` knows the
 * master only, so that the whole is read before.
 *
 * Whatever fails after the first change leaves the outcome unknown. The series is read as it is meant to be then, as `unfinished`, and
 * the next update of it does the rest. Nobody's edit is undone by that, since instances that are special by now stay as they are.
 */
export async function updateSeries(api: GoogleApi, session: Session, update: SeriesUpdate): Promise<GoogleState> {
  const { calendarId, base, zone, plan, losses, read } = update;
  const now = await read();
  const isMasterWritten = Object.keys(plan.body).length > 0;
  if (isMasterWritten) {
    const { etag } = now.native.item;
    const body = withNote(plan, base.item.id);
    await api.patchEvent(session, calendarId, base.item.id, { body, ...(etag ? { etag } : {}) });
  }
  try {
    const series = isMasterWritten ? await readAgain(api, session, calendarId, base) : now;
    return await settle(api, session, { calendarId, series, zone }, plan.after, losses);
  } catch (error) {
    throw new OutcomeUnknownError(SERVICE, ROUTES.event, { cause: error });
  }
}

/** Does what is left to be done to the instances, and takes the note away. */
async function settle(
  api: GoogleApi,
  session: Session,
  { calendarId, series, zone }: { readonly calendarId: string; readonly series: GoogleState; readonly zone: string },
  after: UniversalEvent,
  losses: Set<GoogleLoss>,
): Promise<GoogleState> {
  const { native } = series;
  const wrote = await writeInstances(api, session, { calendarId, series: native, zone }, after, losses);
  const isNoted = isPending(native.item);
  if (isNoted) {
    const body = { extendedProperties: { private: pendingErasure(native.item) } };
    await api.patchEvent(session, calendarId, native.item.id, { body });
  }
  return wrote || isNoted ? await readAgain(api, session, calendarId, native) : series;
}

function withNote({ body, after }: UpdatePlan, id: string): EventBody {
  const note = hasPatches(after) ? pendingNote(id, after) : undefined;
  if (!note) return body;
  const given = (body.extendedProperties as { readonly private?: object } | undefined)?.private;
  return { ...body, extendedProperties: { private: { ...given, ...note } } };
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
