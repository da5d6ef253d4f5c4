import { eventKind, type UniversalEvent } from "@syncer/calendar";
import {
  defineProvider,
  type HealthStatus,
  type HeldDocuments,
  type HeldWriter,
  healthOf,
  type ServiceProvider,
  type Session,
} from "@syncer/core";
import { accountFinder, readProfile, serverOf } from "./account.ts";
import { caldavDataPolicy } from "./caldav-data-policy.ts";
import { classifyCaldavAnswer } from "./caldav-errors.ts";
import { type CaldavOptions, checkCaldavOptions } from "./caldav-options.ts";
import { calendarOpener } from "./calendar.ts";
import { calendarsOf } from "./calendars.ts";
import { askAround, isSameSite, propfindBody } from "./dav/index.ts";
import { eventReader } from "./event-reader.ts";
import type { CaldavEvent } from "./event-resource.ts";
import { eventWriter } from "./event-writer.ts";

type CaldavCollections = {
  readonly events: HeldDocuments<CaldavEvent, UniversalEvent> & {
    readonly write: HeldWriter<CaldavEvent, UniversalEvent>;
  };
};

/** Calendars of any CalDAV server; each user names his own. */
export type CaldavProvider = ServiceProvider<Record<never, unknown>, "caldav", CaldavCollections>;

/**
 * The provider for CalDAV servers (RFC 4791): accounts by name and password (`engine.connections.addBasic`), events read by deltas
 * (RFC 6578) and written conditionally. Performs no I/O by itself; every request goes through the session that it is given.
 *
 * A calendar's id is its address; an event's is the name of its file there.
 *
 * @throws {ConfigurationError} with every problem of the options, each under its path (`caldav.addresses.schemes`)
 */
export function caldav(options: CaldavOptions = {}): CaldavProvider {
  checkCaldavOptions(options);
  const { addresses = {}, sites = [], displayName = "CalDAV", now = Date.now } = options;
  const find = accountFinder(sites);
  const open = calendarOpener(sites);
  return defineProvider<Record<never, unknown>, "caldav", CaldavCollections>({
    contractVersion: 1,
    name: "caldav",
    displayName,
    category: "calendar",
    authorization: { kind: "basic", server: "given" },
    transport: {
      // Few at once, because servers are small and iCloud slows an account down that asks for more: so a slow server is asked slowly. The
      // rate only bounds what a fast one gets; other clients ask without any.
      rateLimit: { requests: 100, perMs: 1_000, concurrency: 4, sharedBy: "user", ...options.rateLimit },
      classify: classifyCaldavAnswer,
      addresses,
    },
    items: {},
    // Paths hold names of people, file names those of events.
    itemIds: "sensitive",
    collections: {
      events: {
        shape: "held-documents",
        kind: eventKind,
        scopes: { read: [], write: [] },
        fields: FIELDS,
        toUniversal: ({ event }) => event,
        containers: calendarsOf(find),
        read: eventReader(open),
        write: eventWriter(open, now),
      },
    },
    profile: (session) => readProfile(find, session),
    health: (session) => checkHealth(session, sites),
    dataPolicy: caldavDataPolicy,
  });
}

/** All but what iCalendar does not say of an event: its type at Google, and the user's own answer apart from the others'. */
const FIELDS: readonly (keyof UniversalEvent & string)[] = [
  "uid",
  "title",
  "description",
  "location",
  "when",
  "recurrence",
  "overrides",
  "status",
  "privacy",
  "freeBusyStatus",
  "reminders",
  "categories",
  "color",
  "conference",
  "url",
  "priority",
  "attendees",
  "organizer",
  "sequence",
];

/**
 * Whether the session's server answers as one does, if only by asking for a password. Without a connection there is no server, and
 * nothing that all users depend on could fail.
 */
async function checkHealth(session: Session, sites: readonly string[]): Promise<HealthStatus> {
  if (session.serverUrl === undefined) return { status: "healthy" };
  const server = serverOf(session);
  const body = propfindBody(["principal"]);
  const question = { method: "PROPFIND", route: "(server)", url: server, depth: "0", body, purpose: "health" } as const;
  try {
    await askAround(session, question, (url) => isSameSite(url, server, sites));
    return { status: "healthy" };
  } catch (error) {
    return healthOf(error);
  }
}
