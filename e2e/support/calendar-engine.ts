import type { UniversalEvent } from "@syncer/calendar";
import {
  type Clock,
  createSyncEngine,
  defineProvider,
  type Encryption,
  keyring,
  type LogEvent,
  type StorageAdapter,
  type SyncEvent,
} from "@syncer/core";
import { type CaldavProvider, caldav } from "@syncer/provider-caldav";
import { type GoogleCalendarOptions, googleCalendar } from "@syncer/provider-google-calendar";
import { GOOGLE_APP } from "@syncer/sandbox";

export const CALENDAR_USER = { userId: "user-1" } as const;

/** One side of a pair, as requests name it. */
export interface CalendarChoice {
  readonly connectionId: string;
  /** The calendar's address. */
  readonly container: string;
}

export interface CalendarEngineOptions {
  readonly storage: StorageAdapter;
  readonly clock: Clock;
  readonly encryption?: Encryption;
  readonly fetch?: typeof fetch;
  readonly onLog?: (event: LogEvent) => void;
  readonly onEvent?: (event: SyncEvent) => void;
  /** Kinds of events that are read from Google. */
  readonly eventTypes?: NonNullable<GoogleCalendarOptions["eventTypes"]>;
  /** What the service `shared` shows of an event: a calendar at the same servers that somebody else shares with the user. */
  readonly shows?: (event: UniversalEvent) => UniversalEvent;
}

/** An engine for servers on this machine, which are asked as fast as they answer, and for Google's stand-in where `fetch` leads there. */
export function calendarEngine({
  storage,
  clock,
  onLog,
  onEvent,
  shows = (event) => event,
  eventTypes = ["default"],
  ...options
}: CalendarEngineOptions) {
  const provider = caldav({
    addresses: { allowPrivate: true, schemes: ["http", "https"] },
    rateLimit: { requests: 100_000 },
    now: () => clock.now(),
  });
  return createSyncEngine({
    providers: [
      provider,
      sharing(provider, shows),
      googleCalendar({ clientId: GOOGLE_APP.id, clientSecret: GOOGLE_APP.secret, eventTypes }),
    ],
    storage,
    clock,
    encryption: keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(7) } }),
    ...(onLog ? { logger: onLog } : {}),
    ...(onEvent ? { onEvent } : {}),
    ...options,
  });
}

function sharing(provider: CaldavProvider, shows: (event: UniversalEvent) => UniversalEvent) {
  const { events } = provider.collections;
  return defineProvider({
    ...provider,
    name: "shared" as const,
    displayName: "Shared",
    collections: {
      events: {
        ...events,
        toUniversal: (native: Parameters<typeof events.toUniversal>[0]) => shows(events.toUniversal(native)),
      },
    },
  });
}

export type CalendarEngine = ReturnType<typeof calendarEngine>;
