import { describe, expect, it } from "vitest";
import { keyring } from "../../../src/index.ts";
import { only } from "../support/bench.ts";
import { DAY_MS, idOf, inStep, type NotesBench } from "./notes-bench.ts";

const mirror = { propagation: "mirror" } as const;

async function loseLinks(bench: NotesBench): Promise<void> {
  await bench.storage.write({ statements: [{ delete: "links", where: {} }] });
}

describe("documents, what is stored, two-way", () => {
  it("L1: lost links with both sides in step are made again, without a create or a delete", async () => {
    const bench = await inStep(60);
    await bench.sync();
    const ids = async () => (await bench.links()).map(({ source_id, target_id }) => `${source_id} ${target_id}`).sort();
    const [before, writes] = [await ids(), bench.writes];
    await loseLinks(bench);
    const report = await bench.sync();
    expect(report).toMatchObject({ status: "succeeded", rebuild: true, counts: { added: 0, removed: 0, linked: 60 } });
    expect(bench.writes).toBe(writes);
    expect(await ids()).toEqual(before);
    expect((await bench.sync()).rebuild).toBeUndefined();
    bench.left.edit(idOf(bench.left, 3), { body: "edited" });
    expect((await bench.sync()).counts).toMatchObject({ updated: 1 });
  });

  it("L1: lost links are made again where a probe would say that nothing has changed", async () => {
    const bench = await inStep(20, { habits: { left: { probe: "exact" }, right: { probe: "exact" } } });
    await bench.sync();
    await bench.sync();
    await loseLinks(bench);
    expect(await bench.sync()).toMatchObject({ rebuild: true, counts: { linked: 20, added: 0 } });
    expect(await bench.linkStates()).toEqual({ linked: 20 });
  });

  it("L2: lost links with notes deleted since: those may come again, and nothing is deleted", async () => {
    const bench = await inStep(20);
    await bench.sync();
    await loseLinks(bench);
    for (const index of [0, 1, 2]) bench.left.remove(idOf(bench.left, index));
    bench.right.remove(idOf(bench.right, 10));
    const report = await bench.sync();
    expect(report).toMatchObject({ status: "succeeded", rebuild: true, counts: { added: 4, removed: 0, linked: 16 } });
    expect(bench.left.notes().size).toBe(20);
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it("L2: lost links with notes edited since are conflicts, not copies", async () => {
    const bench = await inStep(20);
    await loseLinks(bench);
    bench.left.edit(idOf(bench.left, 0), { body: "edited" });
    const before = bench.writes;
    expect((await bench.sync()).counts).toMatchObject({ added: 0, removed: 0, conflicts: 1, linked: 19 });
    expect(bench.writes).toBe(before);
    // A conflict that had been open before is found again, once.
    expect((await bench.conflicts()).filter(({ state }) => state === "open")).toHaveLength(1);
  });

  it("a restored backup deletes nothing without a confirmation, and is back to normal afterwards", async () => {
    const bench = await inStep(30);
    const backup = await bench.storage.select({ table: "links" });
    bench.right.put({ title: "after the backup" });
    await bench.sync();
    bench.left.remove(idOf(bench.left, 0));
    await bench.storage.write({
      statements: [
        { delete: "links", where: {} },
        { insert: "links", rows: backup },
      ],
    });
    expect(await bench.engine().afterRestore()).toBe(1);
    const held = await bench.sync();
    expect(held).toMatchObject({
      status: "held",
      counts: { removed: 0, added: 0, linked: 1 },
      hold: { reasons: ["needs-confirmation"] },
    });
    expect(held.hold?.operations.map(({ kind, on }) => `${kind} ${on}`)).toEqual(["delete target"]);
    await bench.engine().confirm({ ...(await bench.ref()), planHash: held.hold?.hash ?? "" });
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { removed: 1 } });
    bench.left.remove(idOf(bench.left, 1));
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { removed: 1 } });
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it("from one-way to two-way: links are kept, and the first run makes no delete without a confirmation", async () => {
    const bench = await inStep(10, { mode: "sync-from" });
    const before = (await bench.links()).map(({ link_key }) => link_key);
    bench.right.remove(idOf(bench.right, 0));
    bench.right.edit(idOf(bench.right, 1), { body: "edited on the right" });
    bench.right.put({ title: "the right's own" });
    await bench.engine().pairs.rescope(await bench.ref(), { mode: "bidirectional" });
    const held = await bench.sync();
    expect(held).toMatchObject({ status: "held", counts: { removed: 0, added: 1, updated: 1 } });
    expect(held.hold?.reasons).toEqual(["needs-confirmation"]);
    expect(bench.left.notes().size).toBe(11);
    expect(bench.left.get(idOf(bench.left, 1))?.body).toBe("edited on the right");
    expect((await bench.links()).map(({ link_key }) => link_key)).toEqual(expect.arrayContaining(before));
    await bench.engine().confirm({ ...(await bench.ref()), planHash: held.hold?.hash ?? "" });
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { removed: 1 } });
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it("from two-way to one-way: links are kept, and what B does from then on stays B's", async () => {
    const bench = await inStep(10);
    await bench.engine().pairs.rescope(await bench.ref(), { mode: "sync-from", options: mirror });
    bench.left.remove(idOf(bench.left, 0));
    expect(await bench.sync(mirror, "sync-from")).toMatchObject({ status: "held", counts: { removed: 0 } });
    bench.left.put({ title: "note 0", body: "first" });
    // What was held is there again under another id: nothing is left to hold.
    expect(await bench.sync(mirror, "sync-from")).toMatchObject({
      status: "succeeded",
      counts: { removed: 0, added: 0 },
    });
    bench.right.put({ title: "the right's own" });
    bench.left.forgetLog();
    await bench.sync(mirror, "sync-from");
    expect(bench.left.log).toEqual([]);
    expect([bench.left.notes().size, bench.right.notes().size]).toEqual([10, 11]);
  });

  it("from additive to two-way: what was detached and suppressed stays what it was until somebody acts", async () => {
    const bench = await inStep(10, { mode: "sync-from" });
    const [gone, kept] = [idOf(bench.left, 0), idOf(bench.left, 1)];
    bench.left.remove(gone);
    bench.right.remove(idOf(bench.right, 1));
    await bench.sync({}, "sync-from");
    expect(await bench.linkStates()).toEqual({ linked: 8, detached: 1, suppressed: 1 });
    for (let run = 0; run < 3; run++) expect((await bench.sync()).counts).toMatchObject({ added: 0, removed: 0 });
    expect(await bench.linkStates()).toEqual({ linked: 8, detached: 1, suppressed: 1 });
    bench.left.undelete(gone);
    await bench.sync();
    expect(await bench.linkStates()).toEqual({ linked: 9, suppressed: 1 });
    bench.left.remove(kept);
    await bench.sync();
    expect(await bench.linkStates()).toEqual({ linked: 9, dropped: 1 });
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it("L4: under another key nothing is read as an edit and nothing is written: the run fails, and says of what", async () => {
    const bench = await inStep(5);
    const tables = async () => {
      const { links, conflicts, tenant_keys, sync_cursors } = await bench.dump();
      return { links, conflicts, tenant_keys, sync_cursors };
    };
    const [before, writes] = [await tables(), bench.writes];
    const other = bench.engine({ encryption: keyring({ current: "k2", keys: { k2: new Uint8Array(32).fill(4) } }) });
    const outcome = await bench.sync({}, "bidirectional", other).then(
      ({ error }) => error?.code,
      (error: { readonly code?: string }) => error.code,
    );
    expect(outcome).toBe("crypto.key-unknown");
    expect(await tables()).toEqual(before);
    expect(bench.writes).toBe(writes);
    expect((await bench.sync()).status).toBe("succeeded");
  });

  it("L7: conflicts, explanations and pairs of another user or tenant are as good as not there", async () => {
    const bench = await inStep(3);
    bench.left.edit(idOf(bench.left, 0), { body: "left" });
    bench.right.edit(idOf(bench.right, 0), { body: "right" });
    await bench.sync();
    const engine = bench.engine();
    const [own] = await engine.conflicts.list({ userId: "user-1" });
    const conflictId = own?.id ?? "";
    expect(conflictId).not.toBe("");
    for (const owner of [{ userId: "user-2" }, { userId: "user-1", tenantId: "another" }]) {
      expect(await engine.conflicts.list(owner)).toEqual([]);
      expect(await engine.conflicts.list({ ...owner, pairId: own?.pairId ?? "" })).toEqual([]);
      const unknown = { code: "conflict.unknown" };
      await expect(engine.conflicts.get({ ...owner, conflictId })).rejects.toMatchObject(unknown);
      await expect(engine.conflicts.decide({ ...owner, conflictId, winner: "source" })).rejects.toMatchObject(unknown);
      await expect(engine.conflicts.list({ ...owner, after: conflictId })).rejects.toMatchObject(unknown);
      await expect(engine.syncPair({ ...owner, pairId: own?.pairId ?? "" })).rejects.toMatchObject({
        code: "pair.unknown",
      });
    }
    expect(await engine.conflicts.get({ userId: "user-1", conflictId })).toEqual(own);
  });
});

describe("documents, explained", () => {
  it("why a note is, or is not, synced: found by its id on either side, without content", async () => {
    const bench = await inStep(4);
    const { left, right } = bench;
    left.edit(idOf(left, 0), { body: "secret left" });
    right.edit(idOf(right, 0), { body: "secret right" });
    right.adopt({ refuse: ({ fields: { title } }) => (title === "refused secret" ? "too-secret" : undefined) });
    const refused = left.put({ title: "refused secret" });
    left.remove(idOf(left, 3));
    await bench.sync();
    const engine = bench.engine();
    const connectionOf = async (service: string) =>
      (await engine.connections.list({ userId: "user-1", service }))[0]?.id ?? "";
    const explain = async (service: "left" | "right", externalId: string) =>
      await engine.explain({ userId: "user-1", connectionId: await connectionOf(service), externalId });
    const said = {
      conflict: await explain("left", idOf(left, 0)),
      sameConflict: await explain("right", idOf(right, 0)),
      linked: await explain("right", idOf(right, 1)),
      refused: await explain("left", refused),
      nothing: await explain("left", "an id of nobody's"),
    };
    expect(said).toMatchObject({
      conflict: [{ side: "source", state: "conflict", reason: "conflict.open", counterpart: idOf(right, 0) }],
      sameConflict: [{ side: "target", state: "conflict", counterpart: idOf(left, 0) }],
      linked: [
        { side: "target", state: "linked", reason: "add.new", lastOutcome: { kind: "create", outcome: "written" } },
      ],
      refused: [
        {
          side: "source",
          state: "refused",
          reason: "refused.by-service",
          lastOutcome: { kind: "create", outcome: "refused", reason: "too-secret" },
        },
      ],
      nothing: [],
    });
    expect(JSON.stringify(said)).not.toMatch(/secret (left|right)|refused secret/);
  });

  it("sensitive ids are stored sealed, and explained by their clear form all the same", async () => {
    const bench = await inStep(4, { habits: { left: { ids: "sensitive" } } });
    const [id] = bench.left.notes().keys();
    expect(id).toContain("jo.doe@");
    // Each with a character that no key, hash or sealed text has: a short word stands in those by chance.
    const clear = /jo\.doe@|Letter to|to Anna|#\d|\?\.md|note \d/;
    expect(id).toMatch(clear);
    expect(JSON.stringify(await bench.dump())).not.toMatch(clear);
    // Everything works on: edits, deletes, conflicts, plans that name the clear id.
    bench.left.edit(id ?? "", { body: "edited" });
    bench.right.edit(idOf(bench.right, 1), { body: "edited" });
    bench.right.remove(idOf(bench.right, 2));
    const plan = await bench.engine().plan(bench.request());
    const [planned] = plan.pairs;
    expect(planned?.ok && planned.operations.map(({ fromId }) => fromId?.slice(0, 7))).toEqual(
      Array(3).fill("jo.doe@"),
    );
    expect(only(await bench.engine().apply(plan)).counts).toMatchObject({ updated: 2, removed: 1 });
    expect(bench.shown.right).toEqual(bench.shown.left);
    await bench.clock.advance(DAY_MS);
    const before = bench.writes;
    await bench.sync();
    expect(bench.writes).toBe(before);
    const engine = bench.engine();
    const [connection] = await engine.connections.list({ userId: "user-1", service: "left" });
    const [explanation] = await engine.explain({
      userId: "user-1",
      connectionId: connection?.id ?? "",
      externalId: id ?? "",
    });
    expect(explanation).toMatchObject({ side: "source", state: "linked", lastOutcome: { kind: "update" } });
    expect(JSON.stringify(await bench.dump())).not.toMatch(clear);
  });
});
