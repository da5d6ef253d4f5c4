import { z } from "zod";
import {
  type AnyProvider,
  defineProvider,
  type HttpRequest,
  type ProviderTransport,
  type RateLimit,
} from "../../../src/contract/index.ts";
import type { LogEvent, Random, StorageAdapter } from "../../../src/ports/index.ts";
import { createTransport } from "../../../src/transport/create-transport.ts";
import type { Governor } from "../../../src/transport/governor.ts";
import type { SessionOptions, TokenSource } from "../../../src/transport/types.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";
import { type Step, scriptedFetch } from "./hostile-fetch.ts";

export const fastLimit: RateLimit = { requests: 1_000, perMs: 1_000, concurrency: 50, sharedBy: "client" };

/** A service with plain manners: what its statuses say is left to the transport. */
export function providerOf(
  options: { readonly rateLimit?: Partial<RateLimit>; readonly name?: string } & Partial<
    Omit<ProviderTransport, "rateLimit">
  > = {},
): AnyProvider {
  const { rateLimit, name = "fake", ...transport } = options;
  return defineProvider<Record<never, never>, string, Record<never, never>>({
    contractVersion: 1,
    name,
    displayName: "Fake",
    category: "music",
    authorization: {
      kind: "oauth2",
      client: { clientId: "client-1" },
      endpoints: { authorize: "https://id.fake.example/authorize", token: "https://id.fake.example/token" },
      pkce: true,
      clientAuthentication: "none",
      baseScopes: [],
    },
    transport: { classify: () => undefined, ...transport, rateLimit: { ...fastLimit, ...rateLimit } },
    items: {},
    collections: {},
    profile: () => Promise.reject(new Error("not asked for")),
    health: () => Promise.reject(new Error("not asked for")),
    dataPolicy: {
      readOn: "2026-11-22",
      idsMayBeKept: "unclear",
      attribution: "",
      commercialUse: "allowed",
      newApplications: "",
      notes: [],
    },
  });
}

/** Randomness that is the same each time; 0.5 unless a test says otherwise. */
export const fixedRandom = (uniform: () => number = () => 0.5): Random => ({
  bytes: (length) => new Uint8Array(length),
  uniform,
});

export function tokensOf(...values: [string, ...string[]]): TokenSource & { readonly renewals: string[] } {
  const renewals: string[] = [];
  const current = (): string => values[Math.min(renewals.length, values.length - 1)] ?? "";
  return {
    renewals,
    current: async () => current(),
    renew: async (refusedToken) => {
      renewals.push(refusedToken);
      return current();
    },
  };
}

interface LabOptions {
  readonly provider?: AnyProvider;
  readonly clock?: VirtualClock;
  readonly random?: Random;
  readonly storage?: StorageAdapter;
  readonly governor?: Governor;
  readonly session?: Partial<Omit<SessionOptions, "provider">>;
}

/** A transport on a clock that moves by itself, a scripted service, and what was logged and counted. */
export function lab(steps: [Step, ...Step[]], options: LabOptions = {}) {
  const clock = options.clock ?? virtualClock({ autoAdvance: true });
  const { fetch, seen } = scriptedFetch(clock, ...steps);
  const events: LogEvent[] = [];
  const counted: string[] = [];
  const provider = options.provider ?? providerOf();
  const transport = createTransport({
    fetch,
    clock,
    random: options.random ?? fixedRandom(),
    logger: (event) => events.push(event),
    ...(options.storage ? { storage: options.storage } : {}),
    ...(options.governor ? { governor: options.governor } : {}),
  });
  const open = (session: Partial<SessionOptions> = {}) =>
    transport.session({
      provider,
      tenantId: "tenant",
      connectionId: "connection-1",
      meter: { count: (purpose, cost) => counted.push(`${purpose}:${cost}`) },
      ...options.session,
      ...session,
    });
  const startMs = clock.now();
  return {
    clock,
    transport,
    provider,
    open,
    http: open().http,
    seen,
    events,
    counted,
    /** When requests went out, in ms from the beginning. */
    sentAt: () => seen.map(({ atMs }) => atMs - startMs),
    eventNames: () => events.map(({ event }) => event).filter((event) => event !== "http.request"),
  };
}

export const track = z.object({ id: z.string() });

export function getTrack(overrides: Partial<HttpRequest<{ id: string }>> = {}): HttpRequest<{ id: string }> {
  return {
    method: "GET",
    base: "https://api.fake.example/v1",
    route: "/tracks/{id}",
    path: { id: "t1" },
    schema: track,
    purpose: "read",
    ...overrides,
  };
}

export function putTrack(overrides: Partial<HttpRequest<unknown>> = {}): HttpRequest<unknown> {
  return {
    method: "PUT",
    base: "https://api.fake.example/v1",
    route: "/me/tracks",
    json: { ids: ["t1"] },
    schema: z.unknown(),
    purpose: "write",
    ...overrides,
  };
}

/** The error that a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
