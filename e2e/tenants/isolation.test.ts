import { SyncerError, tableNames } from "@syncer/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { functionsOf } from "../bad-input/support/hostile.ts";
import { REDIRECT } from "../support/host.ts";
import { EVERYBODYS } from "./support/everybodys.ts";
import {
  type Belongings,
  furnish,
  type Installation,
  OVERRIDE,
  openInstallation,
  PEOPLE,
  pairsOf,
} from "./support/people.ts";
import type { Person } from "./support/tenant-watch.ts";

const HOUR_MS = 3_600_000;
const HEADERS = { "content-type": "application/json" };
const ADDRESS = "https://host.example/hook";

type Call = (installation: Installation, own: Belongings) => unknown;
/** What a function does with an id, whoever's it may be. */
type CallById = (installation: Installation, person: Person, id: string) => unknown;

/** Every function that acts for somebody, with what is theirs; in an order in which each finds what it needs. */
const FOR_SOMEBODY: Readonly<Record<string, Call>> = {
  "connections.begin": ({ engine }, { person }) =>
    engine.connections.begin({ ...person, service: "spotify", redirectUrl: REDIRECT.spotify }),
  "connections.list": ({ engine }, { person }) => engine.connections.list(person),
  "connections.get": ({ engine }, { person, connectionId }) => engine.connections.get({ ...person, connectionId }),
  "connections.accountName": ({ engine }, { person, connectionId }) =>
    engine.connections.accountName({ ...person, connectionId }),
  "connections.tokens": ({ engine }, { person, connectionId }) =>
    engine.connections.tokens({ ...person, connectionId }),
  "connections.refresh": ({ engine }, { person, connectionId }) =>
    engine.connections.refresh({ ...person, connectionId }),
  "connections.setEnabled": async ({ engine }, { person, connectionId }) => {
    await engine.connections.setEnabled({ ...person, connectionId }, false);
    await engine.connections.setEnabled({ ...person, connectionId }, true);
  },
  "connections.session": ({ engine }, { person, connectionId }) =>
    engine.connections.session({ ...person, connectionId }),
  "connections.requireScopes": async ({ engine }, { person, connectionId }) =>
    engine.connections.requireScopes(await engine.connections.get({ ...person, connectionId }), "favorites", "read"),
  "pairs.create": ({ engine }, { person }) =>
    engine.pairs.create({
      ...person,
      type: "favorites",
      pair: pairsOf().pairs[0],
    }),
  "pairs.list": ({ engine }, { person }) => engine.pairs.list(person),
  "pairs.get": ({ engine }, { person, pairId }) => engine.pairs.get({ ...person, pairId }),
  "pairs.pause": ({ engine }, { person, pairId }) => engine.pairs.pause({ ...person, pairId }),
  "pairs.resume": ({ engine }, { person, pairId }) => engine.pairs.resume({ ...person, pairId }),
  "pairs.rescope": ({ engine }, { person, pairId }) =>
    engine.pairs.rescope({ ...person, pairId }, { mode: "bidirectional" }),
  "pairs.confirm": ({ engine }, { person, pairId }) =>
    refused(engine.pairs.confirm({ ...person, pairId, planHash: "none" })),
  "engine.confirm": ({ engine }, { person, pairId }) =>
    refused(engine.confirm({ ...person, pairId, planHash: "none" })),
  "schedules.set": ({ engine }, { person, pairId }) => engine.schedules.set({ ...person, pairId, everyMs: HOUR_MS }),
  "schedules.list": ({ engine }, { person }) => engine.schedules.list(person),
  "schedules.pause": ({ engine }, { person, pairId }) => engine.schedules.pause({ ...person, pairId }),
  "schedules.resume": ({ engine }, { person, pairId }) => engine.schedules.resume({ ...person, pairId }),
  "schedules.remove": ({ engine }, { person, pairId }) => engine.schedules.remove({ ...person, pairId }),
  "jobs.list": ({ engine }, { person }) => engine.jobs.list(person),
  "jobs.get": ({ engine }, { person, jobId }) => engine.jobs.get({ ...person, jobId }),
  "jobs.deadLetters": ({ engine }, { person }) => engine.jobs.deadLetters(person),
  "jobs.replay": ({ engine }, { person, deadJobId }) => engine.jobs.replay({ ...person, jobId: deadJobId }),
  "jobs.cancel": ({ engine }, { person, deadJobId }) => engine.jobs.cancel({ ...person, jobId: deadJobId }),
  "conflicts.list": ({ engine }, { person }) => engine.conflicts.list(person),
  "conflicts.get": ({ engine }, { person, conflictId }) => engine.conflicts.get({ ...person, conflictId }),
  "conflicts.decide": ({ engine }, { person, conflictId }) =>
    engine.conflicts.decide({ ...person, conflictId, winner: "source" }),
  "overrides.set": ({ engine }, { person }) => engine.overrides.set({ ...person, ...OVERRIDE, idA: "another" }),
  "overrides.list": ({ engine }, { person }) => engine.overrides.list(person),
  "overrides.export": ({ engine }, { person }) => engine.overrides.export(person),
  "overrides.import": async ({ engine }, { person }) =>
    engine.overrides.import({ ...person, data: await engine.overrides.export(person) }),
  "overrides.remove": ({ engine }, { person, overrideId }) => engine.overrides.remove({ ...person, overrideId }),
  "webhooks.open": ({ engine }, { person, pairId }) =>
    refused(engine.webhooks.open({ ...person, pairId, address: ADDRESS })),
  "webhooks.list": ({ engine }, { person }) => engine.webhooks.list(person),
  "webhooks.stop": ({ engine }, { person, pairId }) => refused(engine.webhooks.stop({ ...person, pairId })),
  "engine.plan": ({ engine }, { person }) => engine.plan({ ...person, ...pairsOf() }),
  "engine.apply": async ({ engine }, { person }) => engine.apply(await engine.plan({ ...person, ...pairsOf() })),
  "engine.sync": ({ engine }, { person }) => engine.sync({ ...person, ...pairsOf("bidirectional") }),
  "engine.syncPair": ({ engine }, { person, pairId }) => engine.syncPair({ ...person, pairId }),
  "engine.planUndo": ({ engine }, { person, jobId }) => engine.planUndo({ ...person, jobId }),
  "engine.undo": ({ engine }, { person, jobId }) => engine.undo({ ...person, jobId }),
  "engine.enqueue": ({ engine }, { person }) => engine.enqueue({ ...person, ...pairsOf() }),
  "engine.explain": ({ engine }, { person, connectionId }) =>
    engine.explain({ ...person, connectionId, externalId: "some" }),
  "engine.limits": ({ engine }, { person, connectionId }) => engine.limits({ ...person, connectionId }),
  "engine.containers": ({ engine }, { person, connectionId }) =>
    refused(engine.containers({ ...person, connectionId, type: "favorites" })),
  "engine.checkHealth": ({ engine }, { person }) => engine.checkHealth("spotify", { tenantId: person.tenantId }),
  "plans.list": ({ engine }, { person }) => engine.plans.list(person),
  "plans.get": ({ engine }, { person, planId }) => engine.plans.get({ ...person, planId }),
  "plans.items": ({ engine }, { person, planId }) => engine.plans.items({ ...person, planId, names: true }),
  "plans.alternatives": ({ engine }, { person, planId }) =>
    refused(engine.plans.alternatives({ ...person, planId, position: 0 })),
  "plans.create": ({ engine }, { person, pairId }) => engine.plans.create({ ...person, pairId }),
  "plans.apply": ({ engine }, { person, planId }) => refused(engine.plans.apply({ ...person, planId })),
  "plans.forget": ({ engine }, { person, planId }) => engine.plans.forget({ ...person, planId }),
  "jobs.ended": ({ engine }, { person, deadJobId }) => engine.jobs.ended({ ...person, jobId: deadJobId }),
  "jobs.undo": ({ engine }, { person, jobId }) => engine.jobs.undo({ ...person, jobId }),
  "audit.list": ({ engine }, { person }) => engine.audit.list(person),
  "idempotency.once": ({ engine }, { person }) =>
    engine.idempotency.once({ ...person, key: "k", request: "r" }, async () => ({ status: 200, body: "" })),
  "users.export": async ({ engine }, { person }) => {
    for await (const page of engine.users.export(person)) expect(page.rows.length).toBeGreaterThan(0);
  },
  "pairs.forget": ({ engine }, { person, pairId }) => engine.pairs.forget({ ...person, pairId }),
  "connections.markForReauthorization": ({ engine }, { person, connectionId }) =>
    engine.connections.markForReauthorization({ ...person, connectionId }, "grant-expired"),
  "connections.disconnect": ({ engine }, { person, connectionId }) =>
    engine.connections.disconnect({ ...person, connectionId }),
  "users.erase": ({ engine }, { person }) => engine.users.erase(person),
};

/** The same for a tenant as a whole. */
const FOR_A_TENANT: Readonly<Record<string, Call>> = {
  "connections.expiringSoon": ({ engine }, { person }) =>
    engine.connections.expiringSoon({ withinMs: 365 * 24 * HOUR_MS, tenantId: person.tenantId }),
  "engine.reencrypt": ({ engine }, { person }) => engine.reencrypt({ tenantId: person.tenantId }),
  "engine.afterRestore": ({ engine }, { person }) => engine.afterRestore({ tenantId: person.tenantId }),
  "users.eraseTenant": ({ engine }, { person }) => engine.users.eraseTenant({ tenantId: person.tenantId }),
};

/** What acts for everybody at once. */
const FOR_EVERYBODY: Readonly<Record<string, (installation: Installation) => unknown>> = {
  "schedules.enqueueDue": ({ engine }) => engine.schedules.enqueueDue(),
  "schedules.runDue": ({ engine }) => engine.schedules.runDue(),
  "engine.activeConnections": ({ engine }) => engine.activeConnections(),
  "engine.health": ({ engine }) => engine.health(),
  "jobs.stats": ({ engine }) => engine.jobs.stats(),
  "webhooks.receive": ({ engine }) =>
    engine.webhooks.receive({ service: "spotify", headers: HEADERS, body: new Uint8Array() }),
  "webhooks.renewDue": ({ engine }) => engine.webhooks.renewDue(),
  "webhooks.renewBeside": ({ engine }) => engine.webhooks.renewBeside(),
  "maintenance.run": ({ engine }) => engine.maintenance.run(),
  "maintenance.runIfDue": ({ engine }) => engine.maintenance.runIfDue(),
  "engine.reencrypt": ({ engine }) => engine.reencrypt(),
  "engine.afterRestore": ({ engine }) => engine.afterRestore(),
};

/** Driven by the world itself, or touching nothing that is stored. */
const OTHERWISE = new Set([
  "connections.complete",
  "connections.addPublic",
  "connections.addBasic",
  "engine.migrate",
  "engine.on",
  "engine.start",
  "engine.stop",
]);

/** Every function that takes an id, with somebody's own and the id of anything. */
const BY_ID: readonly (readonly [name: string, idOf: keyof Belongings, call: CallById])[] = [
  ...(["get", "accountName", "tokens", "refresh", "disconnect", "session"] as const).map(
    (name) =>
      [
        `connections.${name}`,
        "connectionId",
        ({ engine }: Installation, person: Person, connectionId: string) =>
          engine.connections[name]({ ...person, connectionId }),
      ] as const,
  ),
  [
    "connections.setEnabled",
    "connectionId",
    ({ engine }, person, connectionId) => engine.connections.setEnabled({ ...person, connectionId }, false),
  ],
  [
    "connections.markForReauthorization",
    "connectionId",
    ({ engine }, person, connectionId) =>
      engine.connections.markForReauthorization({ ...person, connectionId }, "grant-expired"),
  ],
  ["engine.limits", "connectionId", ({ engine }, person, connectionId) => engine.limits({ ...person, connectionId })],
  [
    "engine.explain",
    "connectionId",
    ({ engine }, person, connectionId) => engine.explain({ ...person, connectionId, externalId: "some" }),
  ],
  [
    "engine.containers",
    "connectionId",
    ({ engine }, person, connectionId) => engine.containers({ ...person, connectionId, type: "favorites" }),
  ],
  [
    "webhooks.open, a connection's",
    "connectionId",
    ({ engine }, person, connectionId) =>
      engine.webhooks.open({ ...person, connectionId, type: "favorites", address: ADDRESS }),
  ],
  [
    "webhooks.stop, a connection's",
    "connectionId",
    ({ engine }, person, connectionId) => engine.webhooks.stop({ ...person, connectionId, type: "favorites" }),
  ],
  ...(["get", "pause", "resume", "forget"] as const).map(
    (name) =>
      [
        `pairs.${name}`,
        "pairId",
        ({ engine }: Installation, person: Person, pairId: string) => engine.pairs[name]({ ...person, pairId }),
      ] as const,
  ),
  ["pairs.rescope", "pairId", ({ engine }, person, pairId) => engine.pairs.rescope({ ...person, pairId }, {})],
  [
    "pairs.confirm",
    "pairId",
    ({ engine }, person, pairId) => engine.pairs.confirm({ ...person, pairId, planHash: "h" }),
  ],
  ["engine.confirm", "pairId", ({ engine }, person, pairId) => engine.confirm({ ...person, pairId, planHash: "h" })],
  ["engine.syncPair", "pairId", ({ engine }, person, pairId) => engine.syncPair({ ...person, pairId })],
  [
    "schedules.set",
    "pairId",
    ({ engine }, person, pairId) => engine.schedules.set({ ...person, pairId, everyMs: HOUR_MS }),
  ],
  ...(["pause", "resume", "remove"] as const).map(
    (name) =>
      [
        `schedules.${name}`,
        "pairId",
        ({ engine }: Installation, person: Person, pairId: string) => engine.schedules[name]({ ...person, pairId }),
      ] as const,
  ),
  [
    "webhooks.open, a pair's",
    "pairId",
    ({ engine }, person, pairId) => engine.webhooks.open({ ...person, pairId, address: ADDRESS }),
  ],
  ["webhooks.stop, a pair's", "pairId", ({ engine }, person, pairId) => engine.webhooks.stop({ ...person, pairId })],
  ["conflicts.list", "pairId", ({ engine }, person, pairId) => engine.conflicts.list({ ...person, pairId })],
  ["conflicts.list, after", "conflictId", ({ engine }, person, after) => engine.conflicts.list({ ...person, after })],
  ["conflicts.get", "conflictId", ({ engine }, person, conflictId) => engine.conflicts.get({ ...person, conflictId })],
  [
    "conflicts.decide",
    "conflictId",
    ({ engine }, person, conflictId) => engine.conflicts.decide({ ...person, conflictId, winner: "source" }),
  ],
  ["jobs.list, after", "jobId", ({ engine }, person, after) => engine.jobs.list({ ...person, after })],
  [
    "jobs.deadLetters, after",
    "deadJobId",
    ({ engine }, person, after) => engine.jobs.deadLetters({ ...person, after }),
  ],
  ["jobs.get", "jobId", ({ engine }, person, jobId) => engine.jobs.get({ ...person, jobId })],
  ["jobs.cancel", "deadJobId", ({ engine }, person, jobId) => engine.jobs.cancel({ ...person, jobId })],
  ["jobs.replay", "deadJobId", ({ engine }, person, jobId) => engine.jobs.replay({ ...person, jobId })],
  ["engine.planUndo", "jobId", ({ engine }, person, jobId) => engine.planUndo({ ...person, jobId })],
  ["engine.undo", "jobId", ({ engine }, person, jobId) => engine.undo({ ...person, jobId })],
  ...(["get", "items", "apply", "forget"] as const).map(
    (name) =>
      [
        `plans.${name}`,
        "planId",
        ({ engine }: Installation, person: Person, planId: string) => engine.plans[name]({ ...person, planId }),
      ] as const,
  ),
  ["plans.create", "pairId", ({ engine }, person, pairId) => engine.plans.create({ ...person, pairId })],
  ["plans.list, of a pair", "pairId", ({ engine }, person, pairId) => engine.plans.list({ ...person, pairId })],
  [
    "plans.alternatives",
    "planId",
    ({ engine }, person, planId) => engine.plans.alternatives({ ...person, planId, position: 0 }),
  ],
  ["jobs.ended", "jobId", ({ engine }, person, jobId) => engine.jobs.ended({ ...person, jobId })],
  ["jobs.undo", "jobId", ({ engine }, person, jobId) => engine.jobs.undo({ ...person, jobId })],
  ["overrides.list, after", "overrideId", ({ engine }, person, after) => engine.overrides.list({ ...person, after })],
  [
    "overrides.remove",
    "overrideId",
    ({ engine }, person, overrideId) => engine.overrides.remove({ ...person, overrideId }),
  ],
];

describe("tenants and their users", () => {
  let installation: Installation;
  let everything: Belongings[];

  beforeEach(async () => {
    installation = await openInstallation();
    everything = [];
    for (const person of PEOPLE) everything.push(await furnish(installation, person));
  }, 60_000);

  afterEach(() => installation.engine.stop());

  it("has every function of the engine in this test", () => {
    const parts = Object.entries(installation.engine).filter(
      ([name, part]) => name !== "registry" && typeof part === "object" && part !== null,
    );
    const offered = [["engine", installation.engine] as const, ...parts].flatMap(([part, object]) =>
      functionsOf(object as object).map(([name]) => `${part}.${name}`),
    );
    const known = [FOR_SOMEBODY, FOR_A_TENANT, FOR_EVERYBODY].flatMap((calls) => Object.keys(calls));
    expect(offered.filter((name) => !known.includes(name) && !OTHERWISE.has(name))).toEqual([]);
    expect([...known, ...OTHERWISE].filter((name) => !offered.includes(name))).toEqual([]);
  });

  it("cannot tell what others have from what is not there, and change nothing by it (L7)", async () => {
    const { watch } = installation;
    const before = await dump(installation);
    const [own, ...others] = everything as [Belongings, ...Belongings[]];
    const told: string[] = [];
    for (const [name, idOf, call] of BY_ID) {
      const answer = async (id: string) => {
        const given = await answerOf(() => watch.as(own.person, () => call(installation, own.person, id)));
        return given.replaceAll(id, "<id>");
      };
      const nothing = await answer("not-there");
      for (const other of others) {
        const given = await answer(String(other[idOf]));
        if (given !== nothing) told.push(`${name}: ${given} instead of ${nothing}`);
      }
    }
    expect(told).toEqual([]);
    expect(await dump(installation)).toEqual(before);
    expect(unexplained(watch.violations)).toEqual([]);
  }, 60_000);

  it("are worked for in the background without a look at others, but for what says why", async () => {
    const { engine, watch, clock } = installation;
    for (const { person } of everything) await watch.as(person, () => engine.enqueue({ ...person, ...pairsOf() }));
    await engine.start();
    await clock.advance(2 * HOUR_MS);
    for (const call of Object.values(FOR_EVERYBODY)) await call(installation);
    for (const { person } of everything) {
      const jobs = await watch.as(person, () => engine.jobs.list({ ...person, status: "succeeded" }));
      expect(jobs.length).toBeGreaterThan(1);
    }
    expect(unexplained(watch.violations)).toEqual([]);
    expect(unexplained(watch.unscoped)).toEqual([]);
    const looked = [...watch.unscoped, ...watch.violations];
    expect([...EVERYBODYS].filter((place) => !looked.includes(place))).toEqual([]);
  }, 60_000);

  it("are served by every function without a look at anything of others", async () => {
    const { watch } = installation;
    // No worker is awake: one would go on in the name of whoever woke it. Calls of all of them interleave: what is kept in memory between calls is put to the test as well.
    for (const [name, call] of Object.entries(FOR_SOMEBODY)) {
      const serve = (own: Belongings) => watch.as(own.person, () => answerOf(() => call(installation, own)));
      const answers = await Promise.all(everything.map(serve));
      expect(
        answers.filter((answer) => REFUSAL.test(answer)),
        name,
      ).toEqual([]);
      expect(unexplained(watch.violations), name).toEqual([]);
    }
    for (const [name, call] of Object.entries(FOR_A_TENANT)) {
      for (const own of everything) {
        await watch.as({ tenantId: own.person.tenantId }, async () => call(installation, own));
        expect(unexplained(watch.violations), name).toEqual([]);
      }
    }
  }, 60_000);
});

async function refused(call: Promise<unknown>): Promise<void> {
  await expect(call).rejects.toSatisfy((error) => SyncerError.is(error));
}

const REFUSAL = /^[a-z]+\.[a-z-]+ \{/;

async function answerOf(call: () => unknown): Promise<string> {
  try {
    return JSON.stringify((await call()) ?? null);
  } catch (error) {
    if (SyncerError.is(error)) return `${error.code} ${JSON.stringify(error.params)}`;
    throw error;
  }
}

function unexplained(places: ReadonlySet<string>): string[] {
  return [...places].filter((place) => !EVERYBODYS.has(place)).sort();
}

async function dump({ inner }: Installation): Promise<unknown> {
  return await Promise.all(tableNames.map((table) => inner.select({ table })));
}
