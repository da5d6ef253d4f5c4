import {
  type CallbackResult,
  type ConnectionEvent,
  type Connections,
  type ConnectionsOptions,
  createConnections,
} from "../../../src/connections/index.ts";
import { type AnyProvider, ProviderRegistry } from "../../../src/contract/index.ts";
import { createTenantHashes, keyring } from "../../../src/crypto/index.ts";
import {
  type Encryption,
  type LogEvent,
  memoryStorage,
  type Row,
  type StorageAdapter,
} from "../../../src/ports/index.ts";
import { createTransport } from "../../../src/transport/index.ts";
import { seededRandom } from "../../crypto/seeded-random.ts";
import { heldEncryption } from "../../support/held-encryption.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";
import { tunesProvider } from "./tunes-provider.ts";
import { createTunesService, REDIRECT, type TunesAccount, type TunesService } from "./tunes-service.ts";

export const ANN: TunesAccount = { id: "acc-ann-4711", name: "Ann Listener", email: "ann@mail.example" };
export const BOB: TunesAccount = { id: "acc-bob-1147", name: "Bob Listener", email: "bob@mail.example" };

export const KEYS = { k1: new Uint8Array(32).fill(1), k2: new Uint8Array(32).fill(2) };

export interface World {
  readonly clock: VirtualClock;
  readonly storage: StorageAdapter;
  readonly service: TunesService;
  readonly connections: Connections;
  readonly events: ConnectionEvent[];
  readonly logs: LogEvent[];
  /** Another process on the same database. */
  process(more?: Partial<ConnectionsOptions>): Connections;
  /** Begins, consents as `account`, completes. */
  signIn(
    account: TunesAccount,
    more?: { userId?: string; tenantId?: string; connectionId?: string },
  ): Promise<CallbackResult>;
  row(connectionId: string): Promise<Row<"user_services"> | undefined>;
  acts(): Promise<string[]>;
}

/** Processes that share a database must not draw the same ids. */
let seed = 0;

export function createWorld(
  more: { readonly provider?: AnyProvider; readonly storage?: StorageAdapter; readonly encryption?: Encryption } = {},
): World {
  const clock = virtualClock();
  const storage = more.storage ?? memoryStorage();
  const service = createTunesService(clock);
  const events: ConnectionEvent[] = [];
  const logs: LogEvent[] = [];
  const providers = new ProviderRegistry([
    more.provider ?? tunesProvider(),
    tunesProvider({ kind: "none" }, { name: "open-tunes", readOnly: true }),
  ]);

  function process(changes: Partial<ConnectionsOptions> = {}): Connections {
    seed += 1;
    const random = seededRandom(seed);
    const encryption = heldEncryption(
      clock,
      more.encryption ?? keyring({ current: "k1", keys: { k1: KEYS.k1 }, random }),
    );
    const logger = (event: LogEvent) => void logs.push(event);
    const ports = { storage: changes.storage ?? storage, encryption: changes.encryption ?? encryption, random, clock };
    return createConnections({
      ...ports,
      providers,
      hashes: createTenantHashes(ports),
      transport: createTransport({ fetch: service.fetch, clock, random, logger }),
      logger,
      onEvent: (event) => void events.push(event),
      ...changes,
    });
  }

  const connections = process();
  return {
    clock,
    storage,
    service,
    connections,
    events,
    logs,
    process,
    async signIn(account, { userId = "user-1", ...rest } = {}) {
      const { url } = await connections.begin({ userId, service: "tunes", redirectUrl: REDIRECT, ...rest });
      // Requests are paced, so the second one waits for a moment.
      return clock.run(() => connections.complete({ service: "tunes", callbackUrl: service.consent(url, account) }));
    },
    row: async (id) => (await storage.select({ table: "user_services", where: { id } }))[0],
    acts: async () => (await storage.select({ table: "audit_log", orderBy: ["at"] })).map(({ act }) => act),
  };
}

export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
