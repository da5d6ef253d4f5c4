import { checkedEvent, EventError, tidyOverrides, type UniversalEvent, type When } from "@syncer/calendar";
import {
  type CreateDocument,
  type DeleteDocument,
  type HeldWriter,
  OutcomeUnknownError,
  type Session,
  serviceError,
  type UpdateDocument,
  type WrittenDocument,
} from "@syncer/core";
import { isFloating } from "./floating.ts";
import { type GoogleApi, SERVICE } from "./google-api.ts";
import { ROUTES } from "./google-errors.ts";
import { type GoogleEvent, type GoogleState, isSeries, stateOf } from "./google-event.ts";
import { getEvent } from "./google-event-reader.ts";
import { googleIdOf } from "./google-ids.ts";
import { type GoogleLoss, heldByGoogle } from "./held-by-google.ts";
import { ownProperties, ownProperty } from "./own-properties.ts";
import { planUpdate, type UpdatePlan } from "./plan-update.ts";
import { linesOf, recurs } from "./series-lines.ts";
import { findSeries, updateSeries } from "./update-series.ts";
import { bodyOf, changedFields, type EventBody, withoutNulls } from "./write-google-event.ts";

type Written = WrittenDocument<GoogleEvent>;

interface Writing {
  readonly api: GoogleApi;
  readonly zoneOf: (session: Session, calendarId: string) => Promise<string>;
}

/**
 * Writes events. Nobody is notified of anything, and nobody is ever invited.
 *
 * - A creation is one request; changed instances of a series follow as an update, see `createLacks`.
 * - An update is one request too, and none where all of it is so already, but for a series whose instances are concerned, see
 *   `updateSeries`.
 * - The operation is noted on the event where one request is all. An update of several is known to be done by what the event says
 *   then, so that one that was cut off is never taken for done.
 */
export function eventWriter(writing: Writing): HeldWriter<GoogleEvent, UniversalEvent> {
  return {
    consistencyWindowMs: 0,
    preconditions: "conditional",
    identity: "client-id",
    createLacks: ["overrides"],
    create: (session, calendarId, request) => create(writing, session, calendarId, request),
    update: (session, calendarId, request) => update(writing, session, calendarId, request),
    delete: (session, calendarId, request) => remove(writing, session, calendarId, request),
  };
}

/** The event's id is made of the operation's. Its UID is Google's own then, so that of the original is noted on it. */
async function create(
  { api, zoneOf }: Writing,
  session: Session,
  calendarId: string,
  { item, operationId }: CreateDocument<UniversalEvent>,
): Promise<Written> {
  const losses = new Set<GoogleLoss>();
  const { when } = item;
  if (!when) throw refused("event.no-start");
  const zone = isFloating(when) ? await zoneOf(session, calendarId) : "Etc/UTC";
  const id = googleIdOf(operationId);
  const body = expressed(() => creationBody({ ...item, when }, id, operationId, zone, losses));
  const made = await api.insertEvent(session, calendarId, body);
  return told(() => stateOf(made, []), losses);
}

function creationBody(
  item: Partial<UniversalEvent> & Pick<UniversalEvent, "when">,
  id: string,
  operationId: string,
  zone: string,
  losses: Set<GoogleLoss>,
): EventBody {
  const series = checkedEvent({ ...USUAL, recurrence: null, overrides: {}, ...item });
  assertHappens(series);
  const whole = { ...series, overrides: tidyOverrides(series, series.overrides) };
  const event = heldByGoogle(whole, zone, losses);
  if (event.conference) losses.add("conference.not-written");
  const lines = linesOf([], event.when, event);
  const floating = isFloating(series.when) ? zone : null;
  const own = ownProperties(id, { operation: operationId, uid: item.uid || null, floating });
  return withoutNulls({
    id,
    ...bodyOf(event, changedFields(USUAL, event)),
    ...(lines.length === 0 ? {} : { recurrence: lines }),
    extendedProperties: { private: own },
  });
}

/** What a new event is if nothing is said of it. */
const USUAL = { status: "confirmed", privacy: "default", freeBusyStatus: "busy" } as const;

async function update(
  writing: Writing,
  session: Session,
  calendarId: string,
  request: UpdateDocument<GoogleEvent, UniversalEvent>,
): Promise<Written> {
  const { id, item, operationId, previous, ifVersion } = request;
  const at: EventAt = { ...writing, session, calendarId, id, ...(ifVersion === undefined ? {} : { ifVersion }) };
  const base = ifVersion === undefined ? (await readNow(at)).native : previous;
  const losses = new Set<GoogleLoss>();
  const zone = await zoneFor(at, base, item);
  const plan = expressed(() => checkedPlan(base, item, zone, losses));
  if (plan.hasInstances) {
    const written = await updateSeries(writing.api, session, {
      calendarId,
      base,
      zone,
      plan,
      losses,
      read: () => readNow(at, base),
    });
    return withLosses(written, losses);
  }
  if (Object.keys(plan.body).length === 0) return withLosses(await readNow(at), losses);
  // A rule that becomes another forgets instances that somebody may have changed by now.
  if (plan.isReplanned && isSeries(base.item)) await readNow(at);
  const { etag } = base.item;
  const body = withOperation(plan.body, base, operationId);
  const made = await writing.api.patchEvent(session, calendarId, base.item.id, { body, ...(etag ? { etag } : {}) });
  return told(() => stateOf(made, base.exceptions), losses);
}

/** One event, and the version that it has to have. */
interface EventAt extends Writing {
  readonly session: Session;
  readonly calendarId: string;
  readonly id: string;
  readonly ifVersion?: string;
}

/**
 * @param known as it was lately: a series is found by its UID in one request
 * @throws {ServiceError} `not-found`, `version-moved`
 */
async function readNow(at: EventAt, known?: GoogleEvent): Promise<GoogleState> {
  const { api, session, calendarId, ifVersion } = at;
  const found = (known && (await findSeries(api, session, calendarId, known))) ?? (await readById(at));
  if (ifVersion === undefined || found.version === ifVersion) return found;
  throw serviceError(SERVICE, ROUTES.event, 412, { kind: "version-moved" });
}

async function readById({ api, session, calendarId, id }: EventAt): Promise<GoogleState> {
  const answer = await getEvent(api, session, calendarId, googleIdOf(id));
  if (answer.state === "gone") throw serviceError(SERVICE, ROUTES.event, 404, { kind: "not-found" });
  const { state: _, ...found } = answer;
  return found;
}

/** Where something has no zone: the one in which the event is held already, else the calendar's. */
async function zoneFor(at: EventAt, { item, event }: GoogleEvent, changes: Partial<UniversalEvent>): Promise<string> {
  const whens = [
    event.when,
    changes.when,
    ...overrideWhens(event.overrides),
    ...overrideWhens(changes.overrides ?? {}),
  ];
  if (!whens.some((when) => when && isFloating(when))) return "Etc/UTC";
  return ownProperty(item, "floating") ?? (await at.zoneOf(at.session, at.calendarId));
}

function overrideWhens(overrides: UniversalEvent["overrides"]): (When | undefined)[] {
  return Object.values(overrides).map((override) => ("when" in override ? override.when : undefined));
}

function checkedPlan(
  base: GoogleEvent,
  item: Partial<UniversalEvent>,
  zone: string,
  losses: Set<GoogleLoss>,
): UpdatePlan {
  const plan = planUpdate(base, item, zone, losses);
  assertHappens(plan.after);
  // One instance without its series cannot become a series.
  if (base.item.recurringEventId && recurs(plan.after)) throw refused("event.orphan-overrides");
  return plan;
}

/** At Google a cancelled event is a deleted one. */
function assertHappens({ status }: UniversalEvent): void {
  if (status === "cancelled") throw refused("event.cancelled");
}

function withOperation(body: EventBody, { item }: GoogleEvent, operation: string): EventBody {
  const given = (body.extendedProperties as { readonly private?: object } | undefined)?.private;
  return { ...body, extendedProperties: { private: { ...given, ...ownProperties(item.id, { operation }) } } };
}

async function remove(
  { api }: Writing,
  session: Session,
  calendarId: string,
  { id, ifVersion }: DeleteDocument,
): Promise<void> {
  // A series' version begins with the etag of its master.
  await api.deleteEvent(session, calendarId, googleIdOf(id), ifVersion?.split(" ")[0]);
}

function told(read: () => GoogleState, losses: ReadonlySet<GoogleLoss>): Written {
  try {
    return withLosses(read(), losses);
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
    // It is written, and what it is now is not known.
    throw new OutcomeUnknownError(SERVICE, ROUTES.event, { cause: error });
  }
}

function withLosses(state: GoogleState, losses: ReadonlySet<GoogleLoss>): Written {
  return losses.size === 0 ? state : { ...state, losses: [...losses].sort() };
}

/** What cannot be said at all is that event's failure. */
function expressed<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof EventError) throw refused(error.code);
    throw error;
  }
}

function refused(reason: string): Error {
  return serviceError(SERVICE, ROUTES.event, 0, { kind: "invalid", reason });
}
