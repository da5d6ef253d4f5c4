import type { TableName } from "@syncer/core";
import { createSandbox, signIn } from "@syncer/sandbox";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { sampleRow } from "@syncer/testkit";
import { virtualClock } from "../../../packages/core/test/support/virtual-clock.ts";
import { REDIRECT, startHost } from "../../support/host.ts";
import { type Person, tenantWatch } from "./tenant-watch.ts";

/** Two tenants with two users each; users of different tenants have the same names. */
export const PEOPLE: readonly Person[] = ["tenant-1", "tenant-2"].flatMap((tenantId) =>
  ["anna", "ben"].map((userId) => ({ tenantId, userId })),
);

/** The account that all of them share. */
export const ACCOUNTS = { spotify: "anna", deezer: 4_000_000_001 } as const;

/** One installation, on SQLite, all of whose users have the same accounts. */
export async function openInstallation(beforeRequest: (request: Request) => Promise<void> = async () => undefined) {
  const clock = virtualClock({ autoAdvance: true });
  const sandbox = createSandbox({ clock, latencyMs: 0 });
  const inner = sqlite(":memory:");
  const watch = tenantWatch(inner);
  const { engine } = startHost({
    clock,
    sandbox,
    storage: watch,
    engine: {
      fetch: async (input, init) => {
        await beforeRequest(new Request(input, init));
        return await sandbox.fetch(input, init);
      },
    },
  });
  engine.on((event) => {
    // A worker runs jobs of anybody; from here on it runs this one.
    if (event.type === "run.started") watch.enter({ tenantId: event.tenantId, userId: event.userId });
  });
  await engine.migrate();
  sandbox.control.spotify.seedFavourites(ACCOUNTS.spotify, 3);
  const begin = async (person: Person, service: "spotify" | "deezer") => {
    const { url } = await engine.connections.begin({ ...person, service, redirectUrl: REDIRECT[service] });
    return await signIn({ fetch: sandbox.fetch, url, user: ACCOUNTS[service] });
  };
  const connect = async (person: Person, service: "spotify" | "deezer") =>
    await engine.connections.complete({ service, callbackUrl: await begin(person, service) });
  return { clock, sandbox, inner, watch, engine, begin, connect };
}

export type Installation = Awaited<ReturnType<typeof openInstallation>>;

/** What one of them has, by the ids that others must not be able to use. */
export interface Belongings {
  readonly person: Person;
  readonly connectionId: string;
  readonly pairId: string;
  readonly jobId: string;
  readonly deadJobId: string;
  readonly conflictId: string;
  readonly overrideId: string;
  readonly planId: string;
}

export const OVERRIDE = { verdict: "different", serviceA: "spotify", idA: "a", serviceB: "deezer", idB: "b" } as const;

export const pairsOf = (mode: "sync-from" | "bidirectional" = "sync-from") =>
  ({ pairs: [{ source: "spotify", target: "deezer", mode }], type: "favorites" }) as const;

/** Gives somebody one of everything that can be stored. */
export async function furnish(installation: Installation, person: Person): Promise<Belongings> {
  const { engine, inner, watch, clock } = installation;
  return await watch.as(person, async () => {
    const spotify = await installation.connect(person, "spotify");
    await installation.connect(person, "deezer");
    const report = await engine.sync({ ...person, ...pairsOf() });
    const { pairId } = report.pairs[0] as { pairId: string };
    const [run] = await engine.jobs.list(person);
    await engine.schedules.set({ ...person, pairId, everyMs: 3_600_000 });
    await engine.overrides.set({ ...person, ...OVERRIDE });
    const [override] = await engine.overrides.list(person);
    await engine.connections.begin({ ...person, service: "spotify", redirectUrl: REDIRECT.spotify });
    const own = `${person.tenantId}/${person.userId}`;
    const owner = { tenant_id: person.tenantId, user_id: person.userId };
    const of = { ...owner, pair_id: pairId };
    const connectionId = spotify.connection.id;
    const made = clock.now();
    const add = (table: TableName, values: object) =>
      inner.write({ statements: [{ insert: table, rows: [sampleRow(table, values as never)] } as never] });
    await add("sync_jobs", { ...of, id: `dead ${own}`, status: "dead", trigger: "scheduled", lane: "automatic" });
    await add("conflicts", { ...of, id: `conflict ${own}`, link_key: "x", state: "open", created_at: made });
    await add("watch_channels", { ...owner, id: `channel ${own}`, connection_id: connectionId, created_at: made });
    const plan_id = `plan ${own}`;
    const untilMs = made + 86_400_000;
    await add("plans", {
      ...of,
      id: plan_id,
      pair_version: 1,
      planned_at: made,
      expires_at: untilMs,
      created_at: made,
    });
    await add("plan_items", { tenant_id: person.tenantId, plan_id });
    await add("idempotency_keys", { ...owner, key_hash: `key ${own}`, expires_at: untilMs });
    return {
      person,
      connectionId,
      pairId,
      jobId: run?.id ?? "",
      deadJobId: `dead ${own}`,
      conflictId: `conflict ${own}`,
      planId: plan_id,
      overrideId: override?.overrideId ?? "",
    };
  });
}
