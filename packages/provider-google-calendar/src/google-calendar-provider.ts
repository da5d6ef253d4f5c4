import { eventKind, type UniversalEvent } from "@syncer/calendar";
import {
  defineProvider,
  type HealthStatus,
  type HeldDocuments,
  type HeldWriter,
  healthOf,
  type ServiceProvider,
  type Session,
  type UserProfile,
} from "@syncer/core";
import { createGoogleApi, type GoogleApi, SERVICE } from "./google-api.ts";
import { checkGoogleCalendarOptions, type GoogleCalendarOptions } from "./google-calendar-options.ts";
import { calendarsOf, zoneFinder } from "./google-calendars.ts";
import { googleChannels } from "./google-channels.ts";
import { googleCalendarDataPolicy } from "./google-data-policy.ts";
import { classifyGoogleAnswer } from "./google-errors.ts";
import type { GoogleEvent } from "./google-event.ts";
import { eventReader } from "./google-event-reader.ts";
import { eventWriter } from "./google-event-writer.ts";
import { googleAuthorization, SCOPES } from "./google-oauth.ts";

type GoogleCollections = {
  readonly events: HeldDocuments<GoogleEvent, UniversalEvent> & {
    readonly write: HeldWriter<GoogleEvent, UniversalEvent>;
  };
};

/** Google Calendar: the events of the calendars in a user's list. */
export type GoogleCalendarProvider = ServiceProvider<Record<never, unknown>, "google-calendar", GoogleCollections>;

/**
 * The provider for Google Calendar (API v3): events, read by sync tokens and written conditionally, series with all
 * that is special about their instances as one event each; channels that tell of changes. Performs no I/O by itself; every request
 * goes through the session that it is given.
 *
 * @throws {ConfigurationError} with every problem of the options, each under its path (`google-calendar.clientId`)
 */
export function googleCalendar(options: GoogleCalendarOptions): GoogleCalendarProvider {
  checkGoogleCalendarOptions(options);
  const { origins = {} } = options;
  const api = createGoogleApi(
    withoutSlash(origins.api ?? "https://www.googleapis.com"),
    withoutSlash(origins.userinfo ?? "https://openidconnect.googleapis.com"),
    options.eventTypes,
  );
  return defineProvider<Record<never, unknown>, "google-calendar", GoogleCollections>({
    contractVersion: 1,
    name: SERVICE,
    displayName: "Google Calendar",
    category: "calendar",
    authorization: googleAuthorization(options, {
      accounts: withoutSlash(origins.accounts ?? "https://accounts.google.com"),
      oauth: withoutSlash(origins.oauth ?? "https://oauth2.googleapis.com"),
    }),
    transport: {
      // 600 a minute for each user and project; the 10,000 of all users of a project are met by waiting when it says so.
      rateLimit: { requests: 600, perMs: 60_000, concurrency: 6, sharedBy: "user", ...options.rateLimit },
      classify: classifyGoogleAnswer,
      secretParameters: ["syncToken", "pageToken"],
    },
    items: {},
    // Events that were imported elsewhere have ids made of their UIDs, which may hold an address.
    itemIds: "sensitive",
    collections: {
      events: {
        shape: "held-documents",
        kind: eventKind,
        scopes: { read: SCOPES.read, write: SCOPES.write },
        fields: FIELDS,
        toUniversal: ({ event }) => event,
        containers: calendarsOf(api),
        read: eventReader(api),
        write: eventWriter({ api, zoneOf: zoneFinder(api) }),
      },
    },
    webhooks: googleChannels(api),
    profile: (session) => readProfile(api, session),
    health: (session) => checkHealth(api, session),
    dataPolicy: googleCalendarDataPolicy,
  });
}

/**
 * All but categories, links and priorities, which Google has not, and colours: numbers that mean what a user's own labels say.
 */
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
  "conference",
  "attendees",
  "organizer",
  "myResponse",
  "eventType",
  "sequence",
];

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

/** `sub` stays the account's whatever becomes of its address. */
async function readProfile(api: GoogleApi, session: Session): Promise<UserProfile> {
  const { sub, email, name } = await api.getUserinfo(session);
  return { externalId: sub, ...(email ? { email, username: email } : {}), ...(name ? { displayName: name } : {}) };
}

/** Without a token the list of calendars answers 401 as long as the API is up: one unit, and no credentials. */
async function checkHealth(api: GoogleApi, session: Session): Promise<HealthStatus> {
  try {
    await api.poke(session);
    return { status: "healthy" };
  } catch (error) {
    return healthOf(error);
  }
}
