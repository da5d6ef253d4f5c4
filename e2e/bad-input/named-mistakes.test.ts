import {
  createMatcher,
  createSyncEngine,
  describeError,
  keyring,
  memoryStorage,
  type PairPlan,
  type Plan,
  SyncerError,
} from "@syncer/core";
import { deezer } from "@syncer/provider-deezer";
import { spotify } from "@syncer/provider-spotify";
import { signIn } from "@syncer/sandbox";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { describe, expect, it } from "vitest";
import { connectedHost, createHost, type Host, REDIRECT, TEST_KEY } from "../support/host.ts";
import { dump, expectRefusal, problemOf, untyped } from "./support/refusals.ts";

const PAIR = { source: "spotify", target: "deezer", mode: "sync-from" } as const;
const REQUEST = { userId: "user-1", pairs: [PAIR], type: "favorites" } as const;
const NOBODY = "con_AAAAAAAAAAAAAAAAAAAA";

async function connectAs(host: Host, userId: string, service: "spotify" | "deezer", user: string | number) {
  const { url } = await host.engine.connections.begin({ userId, service, redirectUrl: REDIRECT[service] });
  const callbackUrl = await signIn({ fetch: host.sandbox.fetch, url, user });
  return (await host.engine.connections.complete({ service, callbackUrl })).connection;
}

describe("ENG-3: a request that cannot be", () => {
  const mistakes: readonly (readonly [string, string, RegExp, unknown])[] = [
    ["no pair", "request.no-pair", /at least one/, { pairs: [] }],
    ["pairs that are none", "request.no-pair", /pairs/, { pairs: "spotify" }],
    ["a missing source", "request.side-missing", /Pair 1 has no source/, { pairs: [{ ...PAIR, source: undefined }] }],
    ["a missing target", "request.side-missing", /Pair 2 has no target/, { pairs: [PAIR, { ...PAIR, target: "" }] }],
    [
      "both sides the same service",
      "request.same-connection",
      /Pair 1|pair 1/,
      { pairs: [{ ...PAIR, target: "spotify" }] },
    ],
    ["an unknown service", "service.unknown", /spotify, deezer/, { pairs: [{ ...PAIR, target: "tidal" }] }],
    [
      "a service with a prototype's name",
      "service.unknown",
      /constructor/,
      { pairs: [{ ...PAIR, target: "constructor" }] },
    ],
    ["a missing mode", "request.mode-missing", /sync-from/, { pairs: [{ ...PAIR, mode: undefined }] }],
    ["an unknown mode", "request.mode-unknown", /sync-from, sync-to/, { pairs: [{ ...PAIR, mode: "both" }] }],
    ["a mode that is none", "request.mode-unknown", /object/, { pairs: [{ ...PAIR, mode: {} }] }],
    ["an unknown type", "request.type-unknown", /favorites/, { type: "events" }],
    ["a type that is none", "request.type-unknown", /undefined/, { type: undefined }],
    [
      "history both ways",
      "request.invalid",
      /pairs\.0\.mode.*sync-from/,
      { type: "recently_played", pairs: [{ ...PAIR, mode: "bidirectional" }] },
    ],
    [
      "history that takes away",
      "request.invalid",
      /propagation/,
      { type: "recently_played", options: { propagation: "mirror" } },
    ],
    [
      "a playlist of no plays",
      "request.invalid",
      /history\.length/,
      { type: "recently_played", options: { history: { length: 0 } } },
    ],
    [
      "a playlist that is longer than the service's get",
      "request.invalid",
      /history\.length.*2000/,
      { type: "recently_played", options: { history: { length: 2_001 } } },
    ],
    [
      "a playlist of a name that is none",
      "request.invalid",
      /history\.name/,
      { type: "recently_played", options: { history: { name: "  " } } },
    ],
    ["a playlist of plays for favourites", "request.invalid", /history/, { options: { history: { length: 10 } } }],
    ["a threshold of 0", "request.invalid", /matchThreshold/, { options: { matchThreshold: 0 } }],
    ["a negative threshold", "request.invalid", /matchThreshold/, { options: { matchThreshold: -0.1 } }],
    ["a threshold above 1", "request.invalid", /matchThreshold/, { options: { matchThreshold: 1.1 } }],
    ["a threshold that is no number", "request.invalid", /matchThreshold/, { options: { matchThreshold: Number.NaN } }],
    ["an unknown policy", "request.invalid", /conflictPolicy/, { options: { conflictPolicy: "coin" } }],
    ["an unknown option", "request.invalid", /options/, { options: { propogation: "mirror" } }],
    ["prune that is additive", "request.invalid", /mirror/, { options: { prune: true, propagation: "additive" } }],
    ["prune without a mirror", "request.invalid", /mirror/, { options: { prune: true } }],
    ["no user", "request.invalid", /userId/, { userId: undefined }],
    ["an empty user", "request.invalid", /userId/, { userId: "" }],
    ["a huge user", "request.invalid", /userId/, { userId: "x".repeat(1_000_000) }],
    ["a huge service", "request.invalid", /source/, { pairs: [{ ...PAIR, source: "x".repeat(1_000_000) }] }],
    ["a user who connected nothing", "service.not-connected", /begin/, { userId: "user-2" }],
    ["another tenant", "service.not-connected", /begin/, { tenantId: "tenant-2" }],
    ["an unknown connection", "connection.unknown", /con_/, { pairs: [{ ...PAIR, source: { connectionId: NOBODY } }] }],
  ];

  it.each(mistakes)("%s: %s", async (_name, code, words, change) => {
    const host = await connectedHost({ favourites: 3 });
    await host.sync();
    const before = await dump(host);
    host.sandbox.control.clearStats();
    const request = untyped({ ...REQUEST, ...(change as object) });
    const error = await expectRefusal(() => host.engine.sync(request), code);
    expect(error.message).toMatch(words);
    expect(error.remedy).toBe("change-request");
    await expectRefusal(() => host.engine.plan(request), code);
    expect(await dump(host)).toBe(before);
    expect(host.sandbox.control.stats().spotify.requests).toBe(0);
  });

  it("a service that stands for several connections: names them", async () => {
    const host = await connectedHost();
    const second = await connectAs(host, "user-1", "spotify", "ben.listener");
    const error = await expectRefusal(() => host.engine.plan(REQUEST), "service.ambiguous");
    expect(error.message).toContain(second.id);
    const plan = await host.engine.plan({ ...REQUEST, pairs: [{ ...PAIR, source: { connectionId: second.id } }] });
    expect(plan.pairs[0]?.ok).toBe(true);
  });

  it("the same connection twice, by name and by id", async () => {
    const host = await connectedHost();
    const [own] = await host.engine.connections.list({ userId: "user-1", service: "spotify" });
    const target = { connectionId: own?.id ?? "" };
    await expectRefusal(
      () => host.engine.sync(untyped({ ...REQUEST, pairs: [{ ...PAIR, target }] })),
      "request.same-connection",
    );
  });

  it("a foreign connection does not exist, no more than an invented one", async () => {
    const host = await connectedHost();
    const foreign = await connectAs(host, "user-2", "spotify", "ben.listener");
    const by = (connectionId: string) =>
      expectRefusal(
        () => host.engine.sync({ ...REQUEST, pairs: [{ ...PAIR, source: { connectionId } }] }),
        "connection.unknown",
      );
    const [one, other] = [await by(foreign.id), await by(NOBODY)];
    expect(one.message.replace(foreign.id, "")).toBe(other.message.replace(NOBODY, ""));
  });

  it("two sides that are a pair already, the other way round", async () => {
    const host = await connectedHost();
    await host.sync();
    const reversed = { ...REQUEST, pairs: [{ source: "deezer", target: "spotify", mode: "sync-from" }] } as const;
    await expectRefusal(() => host.engine.sync(reversed), "request.pair-exists");
  });

  it("public Deezer as a target: it can be read only", async () => {
    const host = createHost();
    const engine = createSyncEngine({
      providers: [spotify({ clientId: "a", clientSecret: "b" }), deezer({ mode: "public" })],
      storage: host.storage,
      clock: host.clock,
      fetch: host.sandbox.fetch,
      encryption: keyring({ current: "k1", keys: { k1: TEST_KEY } }),
    });
    await host.engine.migrate();
    await host.connect("spotify");
    await engine.connections.addPublic({ userId: "user-1", service: "deezer", accountId: `${host.anna.deezerId}` });
    const error = await expectRefusal(() => engine.sync(untyped(REQUEST)), "request.type-unsupported");
    expect(error.message).toContain("deezer cannot write");
  });
});

describe("a reference to nothing", () => {
  it("a pair that is not there, and another tenant's or user's, are the same", async () => {
    const host = await connectedHost({ favourites: 2 });
    const { pairId } = await host.sync();
    const before = await dump(host);
    const { engine } = host;
    for (const ref of [
      { userId: "user-1", pairId: "pair_of_nobody" },
      { userId: "user-2", pairId },
      { userId: "user-1", tenantId: "tenant-2", pairId },
    ]) {
      const calls = [
        () => engine.syncPair(ref),
        () => engine.confirm({ ...ref, planHash: "x" }),
        () => engine.pairs.get(ref),
        () => engine.pairs.pause(ref),
        () => engine.pairs.resume(ref),
        () => engine.pairs.rescope(ref, { mode: "sync-to" }),
        () => engine.pairs.forget(ref),
        () => engine.schedules.set({ ...ref, everyMs: 60_000 }),
        () => engine.schedules.remove(ref),
      ];
      for (const call of calls) await expectRefusal(call, "pair.unknown");
    }
    expect(await dump(host)).toBe(before);
  });

  it("a connection that is not there", async () => {
    const { engine } = await connectedHost();
    const ref = { connectionId: NOBODY };
    for (const call of [
      () => engine.connections.get(ref),
      () => engine.connections.tokens(ref),
      () => engine.connections.disconnect(ref),
      () => engine.limits(ref),
      () => engine.explain({ ...ref, externalId: "1" }),
    ]) {
      await expectRefusal(call, "connection.unknown");
    }
  });

  it("a schedule below a minute, of no length, or of none at all", async () => {
    const host = await connectedHost({ favourites: 2 });
    const { pairId } = await host.sync();
    const before = await dump(host);
    for (const everyMs of [59_999, 0, -1, 60_000.5, Number.NaN, Number.POSITIVE_INFINITY, "60000", null]) {
      const error = await expectRefusal(
        () => host.engine.schedules.set({ userId: "user-1", pairId, everyMs: untyped(everyMs) }),
        "request.invalid",
      );
      expect(error.message).toContain("everyMs");
    }
    for (const limit of [0, -1, 1.5]) {
      await expectRefusal(() => host.engine.schedules.runDue({ limit }), "request.invalid");
    }
    for (const retention of [{ logsMs: -1 }, { logsMs: "1" }, { logMs: 1 }, [], null]) {
      await expectRefusal(() => host.engine.maintenance.run(untyped(retention)), "request.invalid");
    }
    expect(await dump(host)).toBe(before);
  });
});

/** The report's error of the only pair. */
async function errorOfApplying(host: Host, plan: Plan, confirm?: readonly string[]): Promise<string | undefined> {
  const [report] = (await host.engine.apply(plan, confirm ? { confirm } : {})).pairs;
  if (report?.error) expect(problemOf(report.error)).toBeUndefined();
  return report?.error?.code;
}

describe("a plan that is not to be carried out", () => {
  async function planned() {
    const host = await connectedHost({ favourites: 6 });
    const plan = await host.engine.plan(host.request());
    const [pair] = plan.pairs;
    if (!pair?.ok) throw new Error("there is a plan");
    const altered = (change: (pair: PairPlan) => object): Plan => ({
      ...plan,
      pairs: [{ ...pair, ...change(pair) }],
    });
    return { host, plan, altered, before: await dump(host) };
  }

  const alterations: readonly (readonly [string, (pair: PairPlan) => object])[] = [
    ["an operation less", ({ operations }) => ({ operations: operations.slice(1) })],
    ["an operation twice", ({ operations }) => ({ operations: [...operations, ...operations.slice(0, 1)] })],
    [
      "another item to write",
      ({ operations: [one, ...rest] }) => ({ operations: [{ ...one, toId: "3135556" }, ...rest] }),
    ],
    [
      "a removal for an addition",
      ({ operations: [one, ...rest] }) => ({ operations: [{ ...one, kind: "remove" }, ...rest] }),
    ],
    ["another hash", () => ({ hash: "0".repeat(43) })],
    ["another pair", () => ({ pairId: "pair_1_0000000000000000000000" })],
    [
      "other sides",
      ({ request }) => ({
        request: {
          ...request,
          mode: "sync-to",
          sourceConnectionId: request.targetConnectionId,
          targetConnectionId: request.sourceConnectionId,
        },
      }),
    ],
  ];

  it.each(alterations)("altered: %s", async (_name, change) => {
    const { host, altered, before } = await planned();
    expect(await errorOfApplying(host, altered(change))).toBe("plan.altered");
    expect(await dump(host)).toBe(before);
    expect(host.favourites.deezer()).toEqual([]);
  });

  it("no plan at all", async () => {
    const { host, plan, before } = await planned();
    for (const none of [
      { userId: "user-1" },
      { userId: "user-1", pairs: [null] },
      { userId: "user-1", pairs: [{ ok: true }] },
      { ...plan, pairs: [{ ...plan.pairs[0], operations: [null] }] },
      JSON.parse(JSON.stringify({ ...plan, pairs: [{ ok: true, hash: "x" }] })),
    ]) {
      await expectRefusal(() => host.engine.apply(untyped(none)), "plan.altered");
    }
    expect(await dump(host)).toBe(before);
  });

  it("another user's", async () => {
    const { host, plan, before } = await planned();
    expect(await errorOfApplying(host, { ...plan, userId: "user-2" })).toBe("connection.unknown");
    expect(await dump(host)).toBe(before);
  });

  it("stale: the pair was changed since", async () => {
    const { host, plan } = await planned();
    await host.sync({ matchThreshold: 0.9 });
    await host.sync({ matchThreshold: 0.7 });
    const before = await dump(host);
    expect(await errorOfApplying(host, plan)).toBe("plan.stale");
    expect(await dump(host)).toBe(before);
  });

  it("applied already, and a copy of it does nothing either", async () => {
    const { host, plan } = await planned();
    const copy: Plan = structuredClone(plan);
    expect(await errorOfApplying(host, plan)).toBeUndefined();
    const [held, writes] = [host.favourites.deezer(), host.sandbox.control.stats().deezer.byKind.write];
    expect(await errorOfApplying(host, plan)).toBe("plan.applied");
    const [report] = (await host.engine.apply(copy)).pairs;
    expect(report?.items.map(({ reason }) => reason?.code)).toEqual(
      report?.items.map(() => "refused.precondition-moved"),
    );
    expect(host.favourites.deezer()).toEqual(held);
    expect(host.sandbox.control.stats().deezer.byKind.write).toBe(writes);
  });

  it("confirmed by a hash that nothing is held under", async () => {
    const { host, plan } = await planned();
    const [report] = (await host.engine.apply(plan)).pairs;
    const ref = { userId: "user-1", pairId: report?.pairId ?? "" };
    for (const planHash of ["", "0".repeat(43), untyped(null), untyped(undefined)]) {
      await expectRefusal(() => host.engine.confirm({ ...ref, planHash }), "plan.stale");
    }
  });
});

describe("a sign-in that is not one", () => {
  it("an expired, a replayed, a foreign and an invented state", async () => {
    const host = createHost();
    await host.engine.migrate();
    const { connections } = host.engine;
    const begin = () => connections.begin({ userId: "user-1", service: "spotify", redirectUrl: REDIRECT.spotify });
    const invented = { service: "spotify", code: "a-code", state: "A".repeat(43) } as const;
    await expectRefusal(() => connections.complete(invented), "auth.state-unknown");

    const late = await begin();
    await host.clock.advance(10 * 60_000 + 1);
    await expectRefusal(() => connections.complete({ ...invented, state: late.state }), "auth.state-expired");

    const foreign = await begin();
    await expectRefusal(
      () => connections.complete({ ...invented, state: foreign.state, userId: "user-2" }),
      "auth.state-foreign",
    );
    const { url } = await begin();
    const callbackUrl = await signIn({ fetch: host.sandbox.fetch, url, user: "anna" });
    await connections.complete({ service: "spotify", callbackUrl });
    await expectRefusal(() => connections.complete({ service: "spotify", callbackUrl }), "auth.state-unknown");
    await expectRefusal(
      () => connections.begin({ userId: "user-1", service: "spotify", redirectUrl: "not a url" }),
      "request.invalid",
    );
  });
});

describe("keys and ciphertexts that are not right", () => {
  it.each([0, 16, 31, 33, 64])("a key of %i bytes", async (bytes) => {
    const error = await expectRefusal(
      () => keyring({ current: "k1", keys: { k1: new Uint8Array(bytes) } }),
      "config.invalid",
    );
    expect(error.message).toContain("32");
    expect(error.message).toContain("k1");
  });

  it("a tampered token, one that was moved, and one under an unknown key: nothing is overwritten", async () => {
    const host = await connectedHost({ favourites: 2 });
    const [own] = await host.engine.connections.list({ userId: "user-1", service: "spotify" });
    const [other] = await host.engine.connections.list({ userId: "user-1", service: "deezer" });
    const where = { id: own?.id ?? "" };
    const [row] = await host.storage.select({ table: "user_services", where });
    const [strange] = await host.storage.select({ table: "user_services", where: { id: other?.id ?? "" } });
    const good = row?.access_token ?? "";
    const flipped = `${good.slice(0, -5)}${good.at(-5) === "A" ? "B" : "A"}${good.slice(-4)}`;
    for (const [access_token, code] of [
      [flipped, "crypto.tampered"],
      [strange?.access_token ?? "", "crypto.tampered"],
      [good.replace("v1.k1.", "v1.k9."), "crypto.key-unknown"],
      ["v1.k1.short", "crypto.ciphertext-malformed"],
      ["plain", "crypto.ciphertext-malformed"],
    ] as const) {
      await host.storage.write({ statements: [{ update: "user_services", set: { access_token }, where }] });
      const { engine } = host.restart();
      await expectRefusal(() => engine.connections.tokens({ connectionId: where.id }), code);
      const [report] = (await engine.sync(host.request())).pairs;
      expect(report?.error?.code).toBe(code);
      const [after] = await host.storage.select({ table: "user_services", where });
      expect(after?.access_token).toBe(access_token);
      expect(after?.state).toBe("active");
    }
  });
});

describe("services that answer nonsense", () => {
  it.each([
    ["HTML in a 200", { type: "html" }],
    ["JSON that ends too early", { type: "truncated-json" }],
    ["a listing without items", { type: "without-items" }],
    ["an empty body", { type: "empty-body" }],
  ] as const)("%s: a typed error in the report, and nothing concluded", async (_name, fault) => {
    const host = await connectedHost({ favourites: 6 });
    await host.sync({ propagation: "mirror" });
    const held = host.favourites.deezer();
    host.sandbox.control.spotify.removeFavourites("anna", host.favourites.spotify().slice(0, 1));
    host.sandbox.control.fault({ service: "spotify", path: "/v1/me/tracks", times: null, fault });
    const report = await host.sync({ propagation: "mirror" });
    expect(report.status).toBe("failed");
    expect(problemOf(report.error)).toBeUndefined();
    expect(host.favourites.deezer()).toEqual(held);
  });
});

describe("a configuration that cannot be", () => {
  const storage = memoryStorage();
  const encryption = keyring({ current: "k1", keys: { k1: TEST_KEY } });
  const provider = spotify({ clientId: "a", clientSecret: "b" });

  it("createSyncEngine names every problem at once", async () => {
    const error = await expectRefusal(
      () =>
        createSyncEngine(
          untyped({
            providers: [provider, provider, 7],
            storage: {},
            bounds: { maxItems: -1, maxRequests: Number.NaN },
          }),
        ),
      "config.invalid",
    );
    for (const path of [
      "providers(spotify)",
      "providers[2]",
      "storage",
      "encryption",
      "bounds.maxItems",
      "bounds.maxRequests",
    ]) {
      expect(error.message).toContain(path);
    }
    await expectRefusal(() => createSyncEngine(untyped({ providers: [], storage, encryption })), "config.invalid");
  });

  it.each<[string, () => unknown]>([
    ["spotify without a client", () => spotify(untyped({}))],
    ["deezer with half an app", () => deezer(untyped({ appId: "1" }))],
    ["deezer in an unknown mode", () => deezer(untyped({ mode: "secret" }))],
    ["sqlite without a file", () => sqlite("")],
    ["sqlite with a prefix that is SQL", () => sqlite(":memory:", { tablePrefix: "x; drop table links" })],
    ["sqlite with a negative time-out", () => sqlite(":memory:", { busyTimeoutMs: -1 })],
    ["a matcher above 1", () => createMatcher({ threshold: 1.2 })],
    ["a matcher below 0", () => createMatcher({ threshold: -1 })],
    ["a key ring without its current key", () => keyring({ current: "k2", keys: { k1: TEST_KEY } })],
    ["a key ring with a prototype's name", () => keyring(untyped({ current: "__proto__", keys: {} }))],
  ])("%s", async (_name, create) => {
    const error = await expectRefusal(create, "config.invalid");
    expect(error.remedy).toBe("change-request");
  });

  it("work after stop", async () => {
    const host = await connectedHost();
    const plan = await host.engine.plan(host.request());
    await host.engine.stop();
    for (const call of [
      () => host.engine.plan(host.request()),
      () => host.engine.apply(plan),
      () => host.engine.sync(host.request()),
      () => host.engine.syncPair({ userId: "user-1", pairId: "p" }),
    ]) {
      await expectRefusal(call, "engine.stopped");
    }
  });

  it("an error's text can be another, and its code stays", async () => {
    const host = createHost();
    await host.engine.migrate();
    const error = await expectRefusal(() => host.engine.sync(untyped({ ...REQUEST, pairs: [] })), "request.no-pair");
    expect(describeError(error, { "request.no-pair": () => "Es fehlt ein Paar." })).toBe("Es fehlt ein Paar.");
    expect(SyncerError.is(error)).toBe(true);
  });
});
