import { describe, expect, it } from "vitest";
import { ANNA, OverrideBench } from "./bench.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

describe("what the user says is the same", () => {
  it("is added as it is, without a question to the catalogue", async () => {
    const bench = await new OverrideBench().open();
    await bench.say("same", "l1", "r2");
    bench.left.put("l1");
    const report = await bench.run();
    expect(bench.shown).toEqual({ left: ["l1"], right: ["r2"] });
    expect(bench.asked).toBe(0);
    expect(report.items).toMatchObject([
      { kind: "added", toId: "r2", match: { by: "override", confidence: 1, reason: { code: "match.by-override" } } },
    ]);
  });

  it("is linked where both have it, whichever side it was said of first", async () => {
    const bench = await new OverrideBench().open();
    await bench.own.overrides.set({
      ...ANNA,
      verdict: "same",
      serviceA: "right",
      idA: "r2",
      serviceB: "left",
      idB: "l1",
    });
    bench.left.put("l1");
    bench.right.put("r2");
    expect((await bench.run()).counts).toMatchObject({ added: 0, linked: 1 });
    expect(await bench.links()).toEqual(["l1=r2 linked"]);
  });

  it("is asked of what came on the other side too", async () => {
    const bench = await new OverrideBench().open();
    await bench.say("same", "l1", "r2");
    bench.right.put("r2");
    await bench.run();
    expect(bench.shown).toEqual({ left: ["l1"], right: ["r2"] });
  });

  it("is shown by a dry run, and told when it is explained", async () => {
    const bench = await new OverrideBench().open();
    await bench.say("same", "l1", "r2");
    bench.left.put("l1");
    expect((await bench.plan()).operations).toMatchObject([{ kind: "add", toId: "r2", match: { by: "override" } }]);
    await bench.run();
    const [connection] = await bench.own.connections.list({ ...ANNA, service: "left" });
    const explained = await bench.own.explain({
      ...ANNA,
      connectionId: connection?.id ?? "",
      externalId: "l1",
    });
    expect(explained).toMatchObject([{ state: "linked", counterpart: "r2", matchedBy: "override", confidence: 1 }]);
  });

  it("takes what is there before what was said last, where several may be it", async () => {
    const bench = await new OverrideBench("sync-from").open();
    await bench.say("same", "l1", "r2");
    await bench.clock.advance(1);
    await bench.say("same", "l1", "r3", { alongside: true });
    bench.left.put("l1");
    bench.right.put("r2");
    await bench.run();
    expect(await bench.links()).toEqual(["l1=r2 linked"]);
    expect(bench.shown.right).toEqual(["r2"]);
  });

  it("takes what was said last where none of several is there", async () => {
    const bench = await new OverrideBench("sync-from").open();
    await bench.say("same", "l1", "r2");
    await bench.clock.advance(1);
    await bench.say("same", "l1", "r3", { alongside: true });
    bench.left.put("l1");
    await bench.run();
    expect(bench.shown.right).toEqual(["r3"]);
  });

  it("lets several share one where the user said so of each", async () => {
    const bench = await new OverrideBench("sync-from").open();
    await bench.say("same", "l1", "r3");
    await bench.say("same", "l2", "r3", { alongside: true });
    bench.left.put("l1", "l2", "l3");
    await bench.run();
    expect(await bench.links()).toEqual(["l1=r3 linked", "l2=r3 linked", "l3=- unmatched"]);
    expect(bench.shown.right).toEqual(["r3"]);
    bench.left.take("l1");
    await bench.run();
    expect(bench.shown.right).toEqual(["r3"]);
  });

  it("is refused by name if the service does not know the id, and rests like all that is refused", async () => {
    const bench = await new OverrideBench("sync-from").open();
    await bench.say("same", "l1", "nobody-has-this");
    bench.left.put("l1");
    const [item] = (await bench.run()).items;
    expect(item).toMatchObject({ kind: "refused", reason: { code: "refused.override-unknown" } });
    const [link] = await bench.storage.select({ table: "links" });
    expect(link).toMatchObject({ state: "refused", reason: "refused.override-unknown" });
    const writes = bench.right.writeCalls;
    await bench.run();
    await bench.run();
    expect(bench.right.writeCalls).toBe(writes);
    await bench.say("same", "l1", "r1");
    await bench.run();
    expect(bench.shown.right).toEqual(["r1"]);
  });

  it("rests as well where everything is compared at each run", async () => {
    const bench = await new OverrideBench("sync-from", { propagation: "mirror", prune: true }).open();
    await bench.say("same", "l1", "nobody-has-this");
    bench.left.put("l1");
    bench.right.put("r5");
    expect((await bench.run()).status).toBe("held");
    const writes = bench.right.writeCalls;
    expect((await bench.run()).items).toEqual([]);
    expect(bench.right.writeCalls).toBe(writes);
  });

  it("is looked at by the next run although nothing has changed, and costs no listing after that", async () => {
    const bench = await new OverrideBench("sync-from").open();
    bench.right.takeDown("r1");
    bench.left.put("l1");
    expect((await bench.run()).counts.notFound).toBe(1);
    await bench.run();
    const before = bench.listed;
    await bench.run();
    expect(bench.listed).toBe(before);
    await bench.say("same", "l1", "r2");
    await bench.run();
    expect(bench.shown.right).toEqual(["r2"]);
    await bench.run();
    const after = bench.listed;
    await bench.run();
    expect(bench.listed).toBe(after);
  });

  it("holds if a run was under way that wrote down a miss after it was said", async () => {
    const bench = await new OverrideBench("sync-from").open();
    bench.left.put("l1");
    bench.right.takeDown("r1");
    bench.right.onCall(async ({ kind, moment }) => {
      if (kind === "lookup" && moment === "after") await bench.say("same", "l1", "r2");
    });
    await bench.run();
    expect(await bench.links()).toEqual(["l1=- unmatched"]);
    await bench.run();
    expect(bench.shown.right).toEqual(["r2"]);
  });
});

describe("what the user says is different", () => {
  it("is never picked, and the next best is", async () => {
    const bench = await new OverrideBench("sync-from").open();
    await bench.say("different", "l0", "r0");
    bench.left.put("l0");
    await bench.run();
    expect(bench.shown.right).toEqual(["r10"]);
  });

  it("is not picked either from what is there, nor taken for a reason not to look further", async () => {
    const bench = await new OverrideBench().open();
    await bench.say("different", "l0", "r0");
    bench.left.put("l0");
    bench.right.put("r0");
    await bench.run();
    expect((await bench.links()).filter((link) => link.startsWith("l0=r0"))).toEqual([]);
    expect(bench.left.has("l0") && bench.right.has("r0")).toBe(true);
  });

  it("says so where nothing else is offered", async () => {
    const bench = await new OverrideBench("sync-from").open();
    await bench.say("different", "l1", "r1");
    bench.left.put("l1");
    expect((await bench.run()).unmatched).toMatchObject([
      { itemId: "l1", verdict: "not-found", reason: { code: "unmatched.ruled-out" } },
    ]);
  });

  it.each(["bidirectional", "sync-from"] as const)(
    "leaves a wrong copy that this pair made (%s): it goes, and the item is matched anew",
    async (mode) => {
      const bench = await new OverrideBench(mode).open();
      bench.left.put("l0");
      await bench.run();
      expect(bench.shown.right).toEqual(["r0"]);
      await bench.say("different", "l0", "r0");
      const planned = await bench.plan();
      expect(planned.operations.map(({ kind, toId, reason }) => [kind, toId, reason.code])).toEqual([
        ["remove", "r0", "remove.by-override"],
        ["add", "r10", "add.new"],
      ]);
      const report = await bench.run();
      expect(report).toMatchObject({ status: "succeeded", counts: { added: 1, removed: 1 } });
      expect(bench.shown).toEqual({ left: ["l0"], right: ["r10"] });
      expect(await bench.links()).toEqual(["l0=r10 linked"]);
      const [link] = await bench.storage.select({ table: "links", where: { state: "linked" } });
      expect(link?.generation).toBe(1);
      expect((await bench.run()).items).toEqual([]);
    },
  );

  it("leaves alone what had been there before this pair", async () => {
    const bench = await new OverrideBench("sync-from").open();
    bench.left.put("l0");
    bench.right.put("r0");
    await bench.run();
    await bench.say("different", "l0", "r0");
    await bench.run();
    expect(bench.shown.right).toEqual(["r0", "r10"]);
    expect(await bench.links()).toEqual(["l0=r10 linked"]);
  });

  it("leaves alone what its user was quicker to add than this pair", async () => {
    const bench = await new OverrideBench("sync-from").open();
    bench.left.put("l0");
    bench.right.onCall(({ kind, moment }) => {
      if (kind === "add" && moment === "before") bench.right.put("r0");
    });
    expect((await bench.run()).items).toMatchObject([{ kind: "already-there", toId: "r0" }]);
    bench.right.onCall(undefined);
    await bench.say("different", "l0", "r0");
    await bench.run();
    expect(bench.shown.right).toEqual(["r0", "r10"]);
  });

  it("takes from the side that was first what the other copied to it, both ways only", async () => {
    const both = await new OverrideBench().open();
    both.right.put("r0");
    await both.run();
    expect(both.shown.left).toEqual(["l0"]);
    await both.say("different", "l0", "r0");
    await both.run();
    expect(both.shown).toEqual({ left: ["l10"], right: ["r0"] });
  });

  it("carries out a plan that was made before, in one go", async () => {
    const bench = await new OverrideBench("sync-from").open();
    bench.left.put("l0");
    await bench.run();
    await bench.say("different", "l0", "r0");
    const plan = await bench.own.plan(bench.request({}, "sync-from"));
    const [report] = (await bench.own.apply(plan)).pairs;
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 1, removed: 1, refused: 0 } });
    expect(bench.shown.right).toEqual(["r10"]);
  });

  it("holds the removal of many wrong copies, remembers them, and makes them go once it is confirmed", async () => {
    const bench = await new OverrideBench().open();
    const songs = [1, 2, 3, 4, 5];
    bench.left.put(...songs.map((song) => `l${song}`));
    await bench.run();
    for (const song of songs) await bench.alone("left", `l${song}`);
    const held = await bench.run();
    expect(held.status).toBe("held");
    expect(held.hold?.operations.map(({ kind }) => kind)).toEqual(Array(5).fill("remove"));
    expect(bench.shown).toEqual({ left: songs.map((song) => `l${song}`), right: songs.map((song) => `r${song}`) });
    // No wrong copy comes back as something new.
    const again = await bench.run();
    expect(again.hold?.hash).toBe(held.hold?.hash);
    expect(bench.left.ids()).toHaveLength(5);
    await bench.own.confirm({ ...ANNA, pairId: again.pairId, planHash: again.hold?.hash ?? "" });
    expect((await bench.run()).counts.removed).toBe(5);
    expect(bench.shown.right).toEqual([]);
    expect((await bench.run()).status).toBe("succeeded");
    expect(bench.left.ids()).toHaveLength(5);
  });

  it("keeps a copy that turns out to be what something else is", async () => {
    const bench = await new OverrideBench("sync-from").open();
    await bench.say("same", "l1", "r2");
    bench.left.put("l1");
    await bench.run();
    bench.left.put("l2");
    await bench.say("different", "l1", "r2");
    await bench.run();
    expect(bench.shown.right).toEqual(["r1", "r2"]);
    expect(await bench.links()).toEqual(["l1=r1 linked", "l2=r2 linked"]);
  });

  it("finds another for what its user had deleted as wrong", async () => {
    const bench = await new OverrideBench("sync-from").open();
    bench.left.put("l0", "l5");
    await bench.run();
    bench.right.take("r0");
    await bench.run();
    expect(await bench.links()).toEqual(["l0=r0 suppressed", "l5=r5 linked"]);
    await bench.say("different", "l0", "r0");
    await bench.run();
    expect(bench.shown.right).toEqual(["r10", "r5"]);
  });

  it("is no matter of who died when: a run that is cut off leaves nothing behind", async () => {
    for (const cut of ["add", "remove"] as const) {
      for (const moment of ["before", "after"] as const) {
        const bench = await new OverrideBench("sync-from").open();
        bench.left.put("l0");
        await bench.run();
        await bench.say("different", "l0", "r0");
        bench.right.onCall((call) => {
          if (call.kind === cut && call.moment === moment) throw new Error("the process died");
        });
        await bench.run().catch(() => {});
        bench.right.onCall(undefined);
        await bench.clock.advance(60_000);
        await bench.run();
        await bench.run();
        expect(bench.shown).toEqual({ left: ["l0"], right: ["r10"] });
        expect(await bench.links()).toEqual(["l0=r10 linked"]);
      }
    }
  });
});

describe("what the user says has no counterpart", () => {
  it("is not looked for, not now and not later, and told so", async () => {
    const bench = await new OverrideBench().open();
    await bench.alone("left", "l1");
    bench.left.put("l1");
    const report = await bench.run();
    expect(report.unmatched).toMatchObject([{ verdict: "by-override", reason: { code: "unmatched.by-override" } }]);
    expect(report.counts).toMatchObject({ notFound: 0, unsyncable: 1 });
    expect(report.unmatched[0]?.retryAtMs).toBeUndefined();
    await bench.run();
    const { listed } = bench;
    await bench.clock.advance(DAY_MS - 60_000);
    await bench.run();
    expect(bench.asked).toBe(0);
    expect(bench.listed).toBe(listed);
    expect(bench.shown).toEqual({ left: ["l1"], right: [] });
  });

  it("is nothing's counterpart either", async () => {
    const bench = await new OverrideBench().open();
    await bench.alone("left", "l1");
    bench.left.put("l1");
    bench.right.put("r1");
    await bench.run();
    expect((await bench.links()).toSorted()).toEqual(["-=r1 unmatched", "l1=- unmatched"]);
  });

  it("loses its copy if this pair made it, and gets it again when the user takes that back", async () => {
    const bench = await new OverrideBench("sync-from").open();
    bench.left.put("l1");
    await bench.run();
    const { override } = await bench.alone("left", "l1");
    await bench.run();
    expect(bench.shown).toEqual({ left: ["l1"], right: [] });
    await bench.run();
    await bench.own.overrides.remove({ ...ANNA, overrideId: override.overrideId });
    await bench.run();
    expect(bench.shown).toEqual({ left: ["l1"], right: ["r1"] });
  });

  it("does not bring back a copy that its user had deleted, when it is taken back", async () => {
    const bench = await new OverrideBench("sync-from").open();
    bench.left.put("l1", "l5");
    await bench.run();
    bench.right.take("r1");
    await bench.run();
    const { override } = await bench.alone("left", "l1");
    await bench.run();
    await bench.own.overrides.remove({ ...ANNA, overrideId: override.overrideId });
    await bench.run();
    expect(bench.shown.right).toEqual(["r5"]);
  });
});

describe("a decision that is taken back", () => {
  it.each(["bidirectional", "sync-from"] as const)("gives the matcher its verdict back (%s)", async (mode) => {
    const bench = await new OverrideBench(mode).open();
    bench.left.put("l1");
    const { override } = await bench.say("same", "l1", "r2");
    await bench.run();
    expect(bench.shown.right).toEqual(["r2"]);
    await bench.own.overrides.remove({ ...ANNA, overrideId: override.overrideId });
    await bench.run();
    expect(bench.shown).toEqual({ left: ["l1"], right: ["r1"] });
    expect(await bench.links()).toEqual(["l1=r1 linked"]);
  });

  it("makes what was ruled out due at once", async () => {
    const bench = await new OverrideBench("sync-from").open();
    bench.left.put("l1");
    const { override } = await bench.say("different", "l1", "r1");
    await bench.run();
    await bench.own.overrides.remove({ ...ANNA, overrideId: override.overrideId });
    await bench.run();
    expect(bench.shown.right).toEqual(["r1"]);
  });
});

describe("a pair with decisions that turned round", () => {
  it("lets go of what the other direction had linked", async () => {
    const bench = await new OverrideBench().open();
    bench.right.put("r0");
    await bench.run();
    expect(await bench.links()).toEqual(["l0=r0 linked"]);
    await bench.say("different", "l0", "r0");
    const oneWay = bench.request({}, "sync-from");
    await bench.own.sync(oneWay);
    const [held] = (await bench.own.sync(oneWay)).pairs;
    if (held?.hold) {
      await bench.own.confirm({ ...ANNA, pairId: held.pairId, planHash: held.hold.hash });
      await bench.own.sync(oneWay);
    }
    expect(await bench.links()).toEqual(["l0=r10 linked"]);
    expect(bench.shown).toEqual({ left: ["l0"], right: ["r0", "r10"] });
  });
});

describe("somebody without decisions", () => {
  it("costs one query of the storage a run, and no listing more", async () => {
    const bench = await new OverrideBench().open();
    bench.left.put("l1");
    await bench.run();
    await bench.run();
    const { listed } = bench;
    const select = bench.storage.select.bind(bench.storage);
    let queries = 0;
    bench.storage.select = (query) => {
      if (query.table === "match_overrides") queries++;
      return select(query);
    };
    await bench.run();
    expect(queries).toBe(1);
    expect(bench.listed).toBe(listed);
  });
});
