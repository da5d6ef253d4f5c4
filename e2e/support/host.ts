import {
  createSyncEngine,
  type Engine,
  keyring,
  type LogEvent,
  memoryStorage,
  type PairReport,
  type StorageAdapter,
  type SyncEngineOptions,
  type SyncEvent,
  type SyncMode,
  type SyncOptions,
} from "@syncer/core";
import { deezer } from "@syncer/provider-deezer";
import { spotify } from "@syncer/provider-spotify";
import {
  createSandbox,
  DEEZER_APP,
  type Sandbox,
  type SandboxOptions,
  type SandboxPerson,
  SPOTIFY_APP,
  signIn,
} from "@syncer/sandbox";
import { heldEncryption } from "../../packages/core/test/support/held-encryption.ts";
import { type VirtualClock, virtualClock } from "../../packages/core/test/support/virtual-clock.ts";

export const REDIRECT = {
  spotify: "http://127.0.0.1:8080/callback",
  deezer: "http://localhost:8080/callback",
} as const;

export interface HostOptions {
  readonly storage?: StorageAdapter;
  readonly sandbox?: SandboxOptions;
  readonly clock?: VirtualClock;
  readonly engine?: Partial<
    Pick<SyncEngineOptions, "beforeApply" | "sealIds" | "bounds" | "encryption" | "fetch" | "jobs">
  >;
}

/** The providers, wired to the sandbox's applications. */
export function providers() {
  return [
    spotify({ clientId: SPOTIFY_APP.id, clientSecret: SPOTIFY_APP.secret }),
    deezer({ appId: DEEZER_APP.id, appSecret: DEEZER_APP.secret }),
  ] as const;
}

export const TEST_KEY = new Uint8Array(32).fill(7);

/**
 * A host in one process: engine, real providers, sandbox, one virtual clock for all, so that hours of service time take
 * no time. Anna is the user; she has an account at both services.
 */
export function createHost(options: HostOptions = {}) {
  const clock = options.clock ?? virtualClock({ autoAdvance: true });
  const sandbox = createSandbox({ clock, ...options.sandbox, latencyMs: 0 });
  const storage = options.storage ?? memoryStorage();
  return startHost({ clock, sandbox, storage, ...(options.engine ? { engine: options.engine } : {}) });
}

/** Another process, as it were, on the same services and the same database: what a restart looks like. */
export function startHost(parts: {
  readonly clock: VirtualClock;
  readonly sandbox: Sandbox;
  readonly storage: StorageAdapter;
  readonly engine?: HostOptions["engine"];
}) {
  const { clock, sandbox, storage } = parts;
  const events: SyncEvent[] = [];
  const logs: LogEvent[] = [];
  const engine = createSyncEngine({
    providers: providers(),
    storage,
    clock,
    logger: (event) => logs.push(event),
    onEvent: (event) => events.push(event),
    ...parts.engine,
    fetch: exchangingAtOnce(clock, parts.engine?.fetch ?? sandbox.fetch),
    encryption: heldEncryption(clock, parts.engine?.encryption ?? keyring({ current: "k1", keys: { k1: TEST_KEY } })),
  });
  const anna = { spotifyId: "anna", deezerId: 4_000_000_001 } as const;
  const favourites = {
    spotify: () => sandbox.control.spotify.favourites(anna.spotifyId),
    deezer: () => sandbox.control.deezer.favourites(anna.deezerId),
  };
  return {
    clock,
    sandbox,
    storage,
    engine,
    events,
    logs,
    anna,
    favourites,
    /** Signs Anna in at a service through its real consent page. */
    connect: (service: "spotify" | "deezer") => connect(engine, sandbox, service, anna),
    /** Signs somebody else in, as another account of the same user's. */
    connectAs: (service: "spotify" | "deezer", person: SandboxPerson) => connect(engine, sandbox, service, person),
    /** One sync of Anna's favourites. Spotify to Deezer unless the mode says otherwise. */
    async sync(syncOptions: SyncOptions = {}, mode: SyncMode = "sync-from"): Promise<PairReport> {
      const report = await engine.sync({ ...requestFor(mode), options: syncOptions });
      const [pair] = report.pairs;
      if (!pair) throw new Error("a sync of one pair reports one pair");
      return pair;
    },
    request: requestFor,
    /** Restarts: a new engine on the same database and services. */
    restart: (engine: HostOptions["engine"] = {}) => startHost({ ...parts, engine: { ...parts.engine, ...engine } }),
  };
}

/**
 * The exchange of a code ends with a digest, which is made in such a thread too. Nothing of it may sleep, so the
 * sandbox's latency is switched on after connecting.
 */
function exchangingAtOnce(clock: VirtualClock, inner: typeof fetch): typeof fetch {
  return (input, init) => {
    const exchanges = typeof init?.body === "string" && init.body.includes("grant_type=authorization_code");
    return exchanges ? clock.hold(inner(input, init)) : inner(input, init);
  };
}

export type Host = ReturnType<typeof createHost>;

function requestFor(mode: SyncMode = "sync-from") {
  return { userId: "user-1", pairs: [{ source: "spotify", target: "deezer", mode }], type: "favorites" } as const;
}

async function connect(
  engine: Pick<Engine, "connections">,
  sandbox: Sandbox,
  service: "spotify" | "deezer",
  who: Pick<SandboxPerson, "spotifyId" | "deezerId">,
) {
  const { url } = await engine.connections.begin({ userId: "user-1", service, redirectUrl: REDIRECT[service] });
  const user = service === "spotify" ? who.spotifyId : who.deezerId;
  const callbackUrl = await signIn({ fetch: sandbox.fetch, url, user });
  return await engine.connections.complete({ service, callbackUrl });
}

/** A host that is migrated and signed in at both services, with that many favourites at Spotify. */
export async function connectedHost(options: HostOptions & { readonly favourites?: number } = {}): Promise<Host> {
  const host = createHost(options);
  await host.engine.migrate();
  await host.connect("spotify");
  await host.connect("deezer");
  host.sandbox.control.setLatency(options.sandbox?.latencyMs ?? 0);
  if (options.favourites) host.sandbox.control.spotify.seedFavourites(host.anna.spotifyId, options.favourites);
  return host;
}
