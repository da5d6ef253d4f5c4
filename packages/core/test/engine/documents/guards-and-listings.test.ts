import type { DocumentHabits, ListingLie } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import type { AnyProvider, SyncOptions } from "../../../src/index.ts";
import { only } from "../support/bench.ts";
import { DAY_MS, HOUR_MS, idOf, inStep, type Mode, NotesBench } from "./notes-bench.ts";

const ways: readonly (readonly [mode: Mode, options: SyncOptions])[] = [
  ["bidirectional", {}],
  ["sync-from", { propagation: "mirror" }],
  ["sync-to", { propagation: "mirror" }],
];

async function quietly(bench: NotesBench, mode: Mode, options: SyncOptions): Promise<void> {
  const before = bench.writes;
  expect(await bench.sync(options, mode)).toMatchObject({ status: "succeeded", items: [] });
  expect(bench.writes).toBe(before);
}

describe.each(ways)("documents, deletes and guards, %s", (mode, options) => {
  async function ready(count: number, habits: Partial<DocumentHabits> = {}) {
    const bench = await inStep(count, { mode, habits: { left: habits, right: habits } });
    const [a, b] = mode === "sync-to" ? [bench.right, bench.left] : [bench.left, bench.right];
    await bench.sync(options, mode);
    return { bench, a, b, run: () => bench.sync(options, mode) };
  }

  it("D1: an empty listing after 200 is held without a delete, and the next good one goes on by itself", async () => {
    const { bench, a, run } = await ready(200);
    const before = await bench.links();
    a.adopt({ lie: { lie: "empty" } });
    const held = await run();
    expect(held).toMatchObject({ status: "held", items: [] });
    expect(held.hold?.reasons).toContain("side-empty");
    expect(held.hold?.operations).toHaveLength(200);
    await run();
    expect(bench.events.filter(({ type }) => type === "plan.held")).toHaveLength(1);
    expect([bench.left.notes().size, bench.right.notes().size]).toEqual([200, 200]);
    expect(await bench.links()).toEqual(before);
    a.behave();
    await quietly(bench, mode, options);
    expect(await bench.links()).toEqual(before);
  });

  it("D1: an empty listing of the other side makes nothing again, deletes nothing and forgets nothing", async () => {
    const { bench, b, run } = await ready(30);
    b.adopt({ lie: { lie: "empty" } });
    expect(await run()).toMatchObject({ status: "held", items: [] });
    expect([bench.left.notes().size, bench.right.notes().size]).toEqual([30, 30]);
    b.behave();
    await quietly(bench, mode, options);
    expect(await bench.linkStates()).toEqual({ linked: 30 });
  });

  it("D1: nothing new is written either while a side lists nothing", async () => {
    const { bench, a, b, run } = await ready(30);
    b.adopt({ lie: { lie: "empty" } });
    a.put({ title: "new" });
    a.edit(idOf(a, 3), { body: "edited" });
    const before = bench.writes;
    expect((await run()).status).toBe("held");
    expect(bench.writes).toBe(before);
    b.behave();
    expect((await run()).counts).toMatchObject({ added: 1, updated: 1 });
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it("D2: half of the notes missing without an error is held before anything is asked or deleted", async () => {
    const { bench, a, run } = await ready(60);
    const missing = new Set([...a.notes().keys()].slice(0, 30));
    a.adopt({ lie: { lie: "missing-rows", ids: (id) => missing.has(id) } });
    const asked = a.calls.get ?? 0;
    const held = await run();
    expect(held).toMatchObject({ status: "held", counts: { removed: 0 }, hold: { reasons: ["mass-removal"] } });
    expect(a.calls.get ?? 0).toBe(asked);
    expect([bench.left.notes().size, bench.right.notes().size]).toEqual([60, 60]);
    a.behave();
    await quietly(bench, mode, options);
    expect(await bench.linkStates()).toEqual({ linked: 60 });
  });

  it("D2: what is held elsewhere spares nobody the question whether a document is gone that is to be made again", async () => {
    const { bench, a, b, run } = await ready(60);
    const missing = new Set([...b.notes().keys()].slice(0, 30));
    const [edited = ""] = missing;
    a.edit(idOf(a, 0), { body: "edited" });
    expect(b.get(edited)?.title).toBe("note 0");
    b.adopt({ lie: { lie: "missing-rows", ids: (id) => missing.has(id) } });
    const merging = { ...options, conflictPolicy: "merge" } as const;
    expect((await bench.sync(merging, mode)).counts).toMatchObject({ added: 0 });
    expect(b.notes().size).toBe(60);
    b.behave();
    await run();
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it("D2: a few missing ones are asked for by id, and are there after all", async () => {
    const { bench, a, b, run } = await ready(60);
    for (const side of [a, b]) {
      const missing = new Set([...side.notes().keys()].slice(0, 3));
      side.adopt({ lie: { lie: "missing-rows", ids: (id) => missing.has(id) } });
      const asked = side.calls.get ?? 0;
      expect(await run()).toMatchObject({ status: "succeeded", items: [] });
      expect((side.calls.get ?? 0) - asked).toBe(3);
      side.behave();
    }
    expect([bench.left.notes().size, bench.right.notes().size]).toEqual([60, 60]);
    await quietly(bench, mode, options);
    expect(await bench.linkStates()).toEqual({ linked: 60 });
  });

  it.each<ListingLie>([
    { lie: "missing-page", page: 2, totals: "true" },
    { lie: "doubled-rows", totals: "true" },
  ])("D2: a listing whose exact total disagrees proves no absence (%o)", async (lie) => {
    const { bench, a, b, run } = await ready(60, { pageSize: 20 });
    a.adopt({ lie });
    const gone = idOf(b, 5);
    if (mode === "bidirectional") b.remove(gone);
    const report = await run();
    expect(report.hold).toBeUndefined();
    expect(report.counts).toMatchObject({ added: 0 });
    expect(a.notes().size).toBeGreaterThanOrEqual(59);
    a.adopt({ ...a.habits, lie: { lie: "missing-rows", ids: () => false } });
    await run();
    await quietly(bench, mode, options);
    expect(bench.shown.right).toEqual(bench.shown.left);
    expect(a.notes().size).toBe(mode === "bidirectional" ? 59 : 60);
  });

  it("D4: page 3 of 5 that fails for good lets no absence count and leaves the cursors as they were", async () => {
    const { bench, a, b, run } = await ready(100, { pageSize: 20, probe: "hint" });
    a.remove(idOf(a, 0));
    b.edit(idOf(b, 90), { body: "edited" });
    const before = [await bench.links(), await bench.storage.select({ table: "sync_cursors" }), bench.writes];
    a.adopt({ lie: { lie: "failing-page", page: 3, with: { kind: "unavailable" } } });
    const report = await run();
    expect(report).toMatchObject({ status: "failed", items: [], error: { code: "service.unavailable" } });
    expect([await bench.links(), await bench.storage.select({ table: "sync_cursors" }), bench.writes]).toEqual(before);
    a.behave({ pageSize: 20, probe: "hint" });
    expect((await run()).counts).toMatchObject({ removed: 1, updated: 1 });
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it("D5: a page token that leads back to itself is stopped", async () => {
    const { bench, a, run } = await ready(60, { pageSize: 20 });
    a.remove(idOf(a, 0));
    const before = [await bench.links(), bench.writes];
    a.adopt({ lie: { lie: "looping", page: 2 } });
    const listed = a.calls.list ?? 0;
    expect(await run()).toMatchObject({ status: "failed", error: { code: "service.malformed-answer" } });
    expect((a.calls.list ?? 0) - listed).toBeLessThan(10);
    expect([await bench.links(), bench.writes]).toEqual(before);
  });

  it("D5: a listing that never ends, and whose provider does not notice, ends at the bound of items", async () => {
    const { bench, a } = await ready(60, { pageSize: 20 });
    a.adopt({ lie: { lie: "looping", page: 2 }, noticesLoops: false });
    const before = [await bench.links(), bench.writes];
    const report = await bench.sync(options, mode, bench.engine({ bounds: { maxItems: 500 } }));
    expect(report).toMatchObject({ status: "failed", error: { code: "run.bound-exceeded" } });
    expect([await bench.links(), bench.writes]).toEqual(before);
  });

  it("D7: a real mass delete is held, confirmed for exactly that plan, and done", async () => {
    const { bench, a, b, run } = await ready(30);
    for (let index = 0; index < 10; index++) a.remove(idOf(a, index));
    const held = await run();
    expect(held).toMatchObject({ status: "held", counts: { removed: 0 }, hold: { reasons: ["mass-removal"] } });
    expect((await run()).hold?.hash).toBe(held.hold?.hash);
    const engine = bench.engine();
    const ref = await bench.ref();
    await expect(engine.confirm({ ...ref, planHash: "another" })).rejects.toMatchObject({ code: "plan.stale" });
    await engine.confirm({ ...ref, planHash: held.hold?.hash ?? "" });

    // The user goes on: what was confirmed is no longer what would be done.
    a.remove(idOf(a, 10));
    const other = await run();
    expect(other).toMatchObject({ status: "held", counts: { removed: 0 } });
    expect(other.hold?.hash).not.toBe(held.hold?.hash);
    expect(b.notes().size).toBe(30);
    await engine.confirm({ ...ref, planHash: other.hold?.hash ?? "" });
    expect(await run()).toMatchObject({ status: "succeeded", counts: { removed: 11 } });
    expect(bench.shown.right).toEqual(bench.shown.left);
    expect(a.notes().size).toBe(19);
  });

  it("D7: what is not a conclusion from absence goes ahead while the rest is held", async () => {
    const { bench, a, b, run } = await ready(30);
    for (let index = 0; index < 10; index++) a.remove(idOf(a, index));
    a.edit(idOf(a, 20), { body: "edited" });
    a.put({ title: "new" });
    expect(await run()).toMatchObject({ status: "held", counts: { added: 1, updated: 1, removed: 0 } });
    expect(b.notes().size).toBe(31);
    expect(b.get(idOf(b, 20))?.body).toBe("edited");
    const held = await run();
    const applied = only(
      await bench.engine().apply(await bench.engine().plan(bench.request(options, mode)), {
        confirm: [held.hold?.hash ?? ""],
      }),
    );
    expect(applied).toMatchObject({ status: "succeeded", counts: { removed: 10 } });
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it("D7: deletes count over 24 hours: what goes in small lots is held once it is too much", async () => {
    const { bench, a, b, run } = await ready(15);
    for (const lot of [
      [0, 1],
      [2, 3],
    ]) {
      for (const index of lot) a.remove(idOf(a, index));
      expect((await run()).counts.removed).toBe(2);
      await bench.clock.advance(HOUR_MS);
    }
    for (const index of [4, 5]) a.remove(idOf(a, index));
    expect(await run()).toMatchObject({ status: "held", counts: { removed: 0 } });
    expect(b.notes().size).toBe(11);
    await bench.clock.advance(DAY_MS);
    expect(await run()).toMatchObject({ status: "succeeded", counts: { removed: 2 } });
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it("D9: a place that is gone pauses the pair and empties nothing", async () => {
    const { bench, a, run } = await ready(10);
    const before = [await bench.links(), await bench.storage.select({ table: "sync_cursors" }), bench.writes];
    a.adopt({ container: "gone" });
    expect(await run()).toMatchObject({ status: "failed", error: { code: "service.not-found" }, items: [] });
    const { pairs } = bench.engine();
    expect(await pairs.get(await bench.ref())).toMatchObject({ state: "paused", stateReason: "pair.container-gone" });
    expect(bench.events.filter(({ type }) => type === "pair.paused")).toHaveLength(1);
    expect((await run()).error?.code).toBe("pair.paused");
    expect([await bench.links(), await bench.storage.select({ table: "sync_cursors" }), bench.writes]).toEqual(before);
    a.behave();
    await pairs.resume(await bench.ref());
    await quietly(bench, mode, options);
  });

  it.each(["read", "written"] as const)(
    "D10: a permission that is lost while a side is %s pauses the pair",
    async (when) => {
      const { bench, a, b, run } = await ready(10);
      a.put({ title: "new" });
      a.remove(idOf(a, 0));
      const side = when === "read" ? a : b;
      const calls = when === "read" ? ("list" as const) : (["create", "delete"] as const);
      side.fail({ calls, times: Infinity, with: { kind: "forbidden", reason: "scope" } });
      const before = bench.writes;
      const report = await run();
      expect(report).toMatchObject({ status: "failed", counts: { added: 0, removed: 0 } });
      expect(report.error?.code).toBe("service.forbidden");
      expect(bench.writes).toBe(before);
      const { pairs } = bench.engine();
      expect(await pairs.get(await bench.ref())).toMatchObject({
        state: "paused",
        stateReason: "pair.permission-lost",
      });
      side.recover();
      await pairs.resume(await bench.ref());
      expect((await run()).counts).toMatchObject({ added: 1, removed: 1 });
      expect(bench.shown.right).toEqual(bench.shown.left);
    },
  );

  it("D8: a token that now belongs to another account pauses the pair before anything is written", async () => {
    const bench = new NotesBench();
    const signedIn = async () => {
      const engine = bench.engine({
        providers: [withSignIn(bench.left.provider()), withSignIn(bench.right.provider())],
        fetch: tokensForAnybody,
      });
      return engine;
    };
    const engine = await signedIn();
    await engine.migrate();
    for (const service of ["left", "right"]) {
      const redirectUrl = "https://app.example/callback";
      const { state } = await engine.connections.begin({ userId: "user-1", service, redirectUrl });
      await engine.connections.complete({ service, code: "a-code-of-the-user", state });
    }
    const [a, b] = mode === "sync-to" ? [bench.right, bench.left] : [bench.left, bench.right];
    a.putAll([{ title: "one" }, { title: "two" }]);
    expect((await bench.sync(options, mode, engine)).counts.added).toBe(2);
    a.put({ title: "three" });
    b.adopt({ account: "somebody else" });
    const before = bench.writes;
    const report = await bench.sync(options, mode, await signedIn());
    expect(report).toMatchObject({ status: "failed", error: { code: "auth.wrong-account" }, items: [] });
    expect(await engine.pairs.get(await bench.ref())).toMatchObject({
      state: "paused",
      stateReason: "pair.account-changed",
    });
    expect(bench.writes).toBe(before);
  });
});

describe("documents, deletes and guards", () => {
  it("D7: the guard looks at each side for itself", async () => {
    const bench = await inStep(40);
    for (const index of [0, 1, 2, 3, 4]) bench.left.remove(idOf(bench.left, index));
    for (const index of [10, 11, 12, 13, 14]) bench.right.remove(idOf(bench.right, index));
    // Five of forty on each side are what people do; ten of forty on one side are not.
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { removed: 10 } });
    expect(bench.shown.right).toEqual(bench.shown.left);
    const other = await inStep(40);
    for (let index = 0; index < 10; index++) other.right.remove(idOf(other.right, index));
    expect(await other.sync()).toMatchObject({ status: "held", counts: { removed: 0 } });
    expect(other.left.notes().size).toBe(40);
  });

  it("D7: four are never too many", async () => {
    const bench = await inStep(5);
    for (const index of [0, 1, 2, 3]) bench.left.remove(idOf(bench.left, index));
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { removed: 4 } });
  });

  it("D1: the last note that is deleted waits for a person, and so does the last of a side with tombstones", async () => {
    for (const tombstones of ["none", "listed"] as const) {
      const bench = await inStep(1, { habits: { left: { tombstones } } });
      bench.left.remove(idOf(bench.left, 0));
      const held = await bench.sync();
      expect(held).toMatchObject({ status: "held", hold: { reasons: ["side-empty"] } });
      await bench.engine().confirm({ ...(await bench.ref()), planHash: held.hold?.hash ?? "" });
      expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { removed: 1 } });
      expect(bench.right.notes().size).toBe(0);
    }
  });

  it("D1: what is held on an empty side is what would be done: the later of an edit and a deletion is known", async () => {
    const bench = await inStep(1, { habits: { left: { deletedAt: true, tombstones: "none" } } });
    bench.right.edit(idOf(bench.right, 0), { body: "edited" });
    await bench.clock.advance(HOUR_MS);
    bench.left.remove(idOf(bench.left, 0));
    const held = await bench.sync({ conflictPolicy: "newest-wins" });
    expect(held.hold?.reasons).toEqual(["side-empty"]);
    expect(held.hold?.operations.map(({ kind, on }) => [kind, on])).toEqual([["delete", "target"]]);
  });

  it("a listing whose pages were read at different moments is no state that a probe can vouch for", async () => {
    const bench = await inStep(4, { habits: { left: { probe: "exact", pageSize: 2 }, right: { probe: "exact" } } });
    await bench.sync();
    // Saved as it was: both sides are read, and nothing is written that would have them read again.
    bench.left.touch(idOf(bench.left, 1));
    let pages = 0;
    bench.left.onCall(({ kind, moment }) => {
      if (kind === "list" && moment === "after" && ++pages === 1)
        bench.left.edit(idOf(bench.left, 0), { body: "meanwhile" });
    });
    await bench.sync();
    bench.left.onCall(undefined);
    await bench.sync();
    expect(bench.shown.right).toEqual(bench.shown.left);
    expect(bench.shown.right).toContain("note 0: meanwhile");
  });
});

it("D9: a place that goes after it was listed, and the listing left out a row, takes nothing with it", async () => {
  const bench = await inStep(30);
  const lost = idOf(bench.left, 3);
  const kept = bench.left.get(lost);
  bench.left.remove(lost);
  bench.left.onCall(({ kind, moment }) => {
    if (kind === "list" && moment === "after") bench.left.adopt({ container: "gone" });
  });
  const report = await bench.sync();
  bench.left.onCall(undefined);
  expect([kept !== undefined, report.status, bench.right.notes().size]).toEqual([true, "failed", 30]);
  expect(await bench.storage.select({ table: "sync_pairs" })).toMatchObject([
    { state: "paused", state_reason: "pair.container-gone" },
  ]);
});

/** The same provider behind a sign-in. */
function withSignIn(provider: AnyProvider): AnyProvider {
  return {
    ...provider,
    authorization: {
      kind: "oauth2",
      client: { clientId: "an-app", clientSecret: "its-secret" },
      endpoints: {
        authorize: `https://${provider.name}.example/authorize`,
        token: `https://${provider.name}.example/token`,
      },
      pkce: true,
      clientAuthentication: "basic",
      baseScopes: [],
    },
  };
}

/** A token endpoint that takes every code. */
const tokensForAnybody: typeof fetch = () =>
  Promise.resolve(
    Response.json({
      access_token: "an-access-token",
      refresh_token: "a-refresh-token",
      token_type: "Bearer",
      expires_in: 3_600,
    }),
  );
