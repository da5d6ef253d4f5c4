import {
  type Clock,
  createSyncEngine,
  type Encryption,
  keyring,
  type LogEvent,
  type StorageAdapter,
  type SyncEvent,
} from "@syncer/core";
import { caldav } from "@syncer/provider-caldav";

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
}

/** An engine for servers on this machine, which are asked as fast as they answer. */
export function calendarEngine({ storage, clock, onLog, onEvent, ...options }: CalendarEngineOptions) {
  return createSyncEngine({
    providers: [
      caldav({
        addresses: { allowPrivate: true, schemes: ["http", "https"] },
        rateLimit: { requests: 100_000 },
        now: () => clock.now(),
      }),
    ],
    storage,
    clock,
    encryption: keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(7) } }),
    ...(onLog ? { logger: onLog } : {}),
    ...(onEvent ? { onEvent } : {}),
    ...options,
  });
}

export type CalendarEngine = ReturnType<typeof calendarEngine>;
