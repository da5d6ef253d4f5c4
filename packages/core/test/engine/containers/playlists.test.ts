import { describe, expect, it } from "vitest";
import { inStep, quiet, rearrange } from "./support/in-step.ts";
import { lostAnswer } from "./support/rack.ts";
import { entriesOn, lettersOf, RackBench } from "./support/rack-bench.ts";

describe("playlists", () => {
  it("D7: a mass removal in one list is held, and done when somebody confirms exactly that", async () => {
    const { bench, shown, set } = await inStep("ABCDEFGHIJKLMN");
    set("left", "ABCN");
    const held = await bench.sync();
    expect(held).toMatchObject({ status: "held", counts: { removed: 0 } });
    expect(shown().right).toBe("ABCDEFGHIJKLMN");
    const [contents] = held.heldContents ?? [];
    if (!contents) throw new Error("nothing is held");
    expect(contents.hold.operations).toHaveLength(10);
    const planHash = contents.hold.hash;
    await bench.engine().confirm({ userId: "user-1", pairId: contents.pairId, planHash });
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { removed: 10 } });
    expect(shown()).toEqual({ left: "ABCN", right: "ABCN" });
    await quiet(bench);
  });

  it("are made on the other side, with their songs in order, and are quiet then", async () => {
    const { bench, shown } = await inStep("ABCDEFG");
    expect(shown()).toEqual({ left: "ABCDEFG", right: "ABCDEFG" });
    expect(bench.right.calls).toMatchObject({ create: 1, insert: 1 });
    await quiet(bench);
  });

  it("J1: a song that A moved is moved on B, in one call", async () => {
    const { bench, shown, set } = await inStep("ABCDEFG");
    set("left", "AFBCDEG");
    const writes = bench.right.writes;
    await bench.sync();
    expect(shown()).toEqual({ left: "AFBCDEG", right: "AFBCDEG" });
    expect(bench.right.writes - writes).toBe(1);
    await quiet(bench);
  });

  it("J2: songs inserted in the middle on either side", async () => {
    const { bench, shown, set } = await inStep("ABCD");
    set("left", "AEBCD");
    set("right", "ABCFD");
    await bench.sync();
    expect(shown()).toEqual({ left: "AEBCFD", right: "AEBCFD" });
    await quiet(bench);
  });

  it("J3: songs removed in the middle on either side", async () => {
    const { bench, shown, set } = await inStep("ABCDE");
    set("left", "ACDE");
    set("right", "ABCE");
    await bench.sync();
    expect(shown()).toEqual({ left: "ACE", right: "ACE" });
    await quiet(bench);
  });

  it("J4: copies are kept apart: one more, and one less", async () => {
    const { bench, shown, set } = await inStep("ABAC");
    expect(shown().right).toBe("ABAC");
    set("left", "ABACB");
    await bench.sync();
    expect(shown().right).toBe("ABACB");
    set("right", "BACB");
    await bench.sync();
    expect(shown()).toEqual({ left: "BACB", right: "BACB" });
    await quiet(bench);
  });

  it("keep in place what only one side can hold, and what cannot be read", async () => {
    const { bench, shown, set, lists } = await inStep("AO.B*C");
    expect(shown()).toEqual({ left: "AO.B*C", right: "ABC" });
    rearrange(bench.right, lists().right, "right", "CABP");
    await bench.sync();
    expect(shown()).toEqual({ left: "CAO.B*", right: "CABP" });
    set("right", "CBPA");
    await bench.sync();
    expect(shown().right).toBe("CBPA");
    expect([...shown().left].sort().join("")).toBe([..."AO.B*C"].sort().join(""));
    await quiet(bench);
  });

  it("on a service that holds each song once, copies are told of and stay on the other", async () => {
    const { bench, shown, set } = await inStep("ABAC", "bidirectional", new RackBench({ right: "whole-order" }));
    expect(shown()).toEqual({ left: "ABAC", right: "ABC" });
    set("right", "CAB");
    const report = await bench.sync();
    expect(report.unmatched.map(({ reason }) => reason.code)).toContain("unsyncable.copies");
    expect(shown().right).toBe("CAB");
    expect([...shown().left].sort().join("")).toBe("AABC");
    await quiet(bench);
  });

  it("are renamed, described and deleted on the other side too", async () => {
    const { bench, lists } = await inStep("AB");
    const { left, right } = lists();
    bench.left.put("Tuesday", entriesOn("left", "C"));
    left.name = "Monday";
    left.version++;
    await bench.sync();
    expect(right.name).toBe("Monday");
    const children = async () => await bench.storage.count({ table: "sync_pairs", where: { container: { not: "" } } });
    expect(await children()).toBe(2);
    bench.right.lists.delete(right.id);
    await bench.sync();
    expect([...bench.left.lists.values()].map(({ name }) => name)).toEqual(["Tuesday"]);
    expect(await children()).toBe(1);
  });

  it("that are private stay so where a new one is public at first, also if the call that hides it is lost", async () => {
    const bench = await new RackBench({ right: "whole-order" }).open();
    bench.left.put("Diary", entriesOn("left", "AB"), { public: false });
    await bench.sync();
    expect(bench.right.named("Diary").public).toBe(false);
    expect(bench.right.calls).toMatchObject({ create: 1, update: 1 });
    expect(bench.right.calls["get-list"]).toBeUndefined();
    bench.left.put("Secrets", entriesOn("left", "C"), { public: false });
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.update") throw lostAnswer("right");
    };
    await bench.sync();
    bench.right.passing = () => {};
    expect(bench.right.named("Secrets").public).toBe(true);
    await bench.sync();
    expect(bench.right.named("Secrets").public).toBe(false);
    expect(bench.left.named("Secrets").public).toBe(false);
    await quiet(bench);
  });

  it.each(["ranges", "whole-order"] as const)(
    "of which nobody knows whether they are public are made private: %s",
    async (right) => {
      const bench = await new RackBench({ right }).open();
      bench.left.put("Diary", entriesOn("left", "AB"), { public: undefined });
      await bench.sync();
      expect(bench.right.named("Diary").public).toBe(false);
      await quiet(bench);
    },
  );

  it("of which one is refused by the service leave the others alone", async () => {
    const { bench, set, lists } = await inStep("ABC");
    bench.left.put("Monday", entriesOn("left", "DE"));
    await bench.sync();
    const monday = { left: bench.left.named("Monday"), right: bench.right.named("Monday") };
    set("left", "ABCF");
    rearrange(bench.left, monday.left, "left", "DEG");
    bench.right.forbidden.add(lists().right.id);
    expect(await bench.sync()).toMatchObject({ status: "partial", counts: { added: 1, left: 2 } });
    expect(lettersOf(monday.right)).toBe("DEG");
    bench.right.forbidden.clear();
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { added: 1 } });
    expect(lettersOf(lists().right)).toBe("ABCF");
  });

  it("of other people are never written, and no copy is made", async () => {
    const bench = await new RackBench().open();
    bench.left.put("Theirs", entriesOn("left", "AB"), { access: "followed" });
    bench.left.put("Loved tracks", entriesOn("left", "AB"), { shows: "favorites" });
    const report = await bench.sync();
    expect(bench.right.lists.size).toBe(0);
    expect(report.unmatched.map(({ reason }) => reason.code)).toEqual(["unsyncable.followed"]);
    bench.left.lists.clear();
    await bench.sync();
    expect(bench.right.calls.delete).toBeUndefined();
  });

  it("that somebody shares with the user are filled, and never renamed or deleted", async () => {
    const bench = await new RackBench().open();
    const shared = bench.left.put("Ours", entriesOn("left", "AB"), { access: "shared" });
    await bench.sync();
    const copy = bench.right.named("Ours");
    rearrange(bench.right, copy, "right", "ABC");
    copy.name = "Mine";
    await bench.sync();
    expect(lettersOf(shared)).toBe("ABC");
    expect(shared.name).toBe("Ours");
    bench.right.lists.delete(copy.id);
    await bench.sync();
    expect(bench.left.lists.has(shared.id)).toBe(true);
  });

  it("are paired by name, whatever its case and accents, and the plan says so", async () => {
    const bench = await new RackBench().open();
    bench.left.put("Café del Mar", entriesOn("left", "AB"));
    bench.right.put("CAFE DEL MAR", entriesOn("right", "BC"));
    const plan = await bench.engine().plan(bench.request());
    expect(plan.pairs[0]).toMatchObject({ ok: true, contents: [{ operations: expect.anything() }] });
    await bench.sync();
    expect(bench.right.lists.size).toBe(1);
    const [left] = bench.left.lists.values();
    const [right] = bench.right.lists.values();
    expect(left && lettersOf(left)).toBe(right && lettersOf(right));
    expect([...(left ? lettersOf(left) : "")].sort().join("")).toBe("ABC");
  });

  it("of one-way pairs: additive leaves what was taken and moved on B, mirror undoes it", async () => {
    const additive = await inStep("ABCD", "sync-from");
    additive.set("right", "DCB");
    await additive.bench.sync("sync-from");
    expect(additive.shown()).toEqual({ left: "ABCD", right: "DCB" });
    additive.set("left", "ABCE");
    await additive.bench.sync("sync-from");
    expect([...additive.shown().right].sort().join("")).toBe("BCDE");

    const mirror = await inStep("ABCD", "sync-from");
    await mirror.bench.sync("sync-from", { propagation: "mirror" });
    mirror.set("right", "DFCB");
    await mirror.bench.sync("sync-from", { propagation: "mirror" });
    await mirror.bench.sync("sync-from", { propagation: "mirror" });
    expect(mirror.shown().right.replace("F", "")).toBe("ABCD");
    expect(mirror.shown()).toMatchObject({ left: "ABCD", right: expect.stringContaining("F") });
  });

  it("a dry run changes nothing, and applying its plan does just that", async () => {
    const { bench, shown, set } = await inStep("ABCD");
    set("left", "DABCE");
    await bench.clock.advance(1);
    const writes = bench.right.writes;
    const engine = bench.engine();
    const plan = await engine.plan(bench.request());
    expect(bench.right.writes).toBe(writes);
    expect(shown().right).toBe("ABCD");
    const report = await engine.apply(plan);
    expect(report.pairs[0]).toMatchObject({ status: "succeeded", counts: { added: 1 } });
    expect(shown().right).toBe("DABCE");
  });

  it("an edit between plan and apply is not overwritten", async () => {
    const { bench, shown, set } = await inStep("ABCD");
    set("left", "DABC");
    await bench.clock.advance(1);
    const engine = bench.engine();
    const plan = await engine.plan(bench.request());
    set("right", "BACD");
    const report = await engine.apply(plan);
    expect(shown().right).toBe("BACD");
    expect(report.pairs[0]?.items.map(({ kind }) => kind)).toContain("refused");
  });
});

describe("J8: a list that its user edits in the middle of our several calls", () => {
  const edits = [
    ["puts one in front", (letters: string) => `I${letters}`],
    ["takes the first", (letters: string) => letters.slice(1)],
    ["takes the last", (letters: string) => letters.slice(0, -1)],
    ["turns it round", (letters: string) => [...letters].reverse().join("")],
  ] as const;

  it.each(edits)("where reads may lag, is told as left and planned again later: the user %s", async (_, edited) => {
    const windowMs = 60_000;
    const { bench, shown, set, lists } = await inStep("ABCDEFGH");
    bench.right.consistencyWindowMs = windowMs;
    await bench.clock.advance(windowMs);
    set("left", "HBFDGCEA");
    let theirs: string | undefined;
    bench.right.passing = (when, what) => {
      if (theirs !== undefined || when !== "after" || what !== "right.move") return;
      theirs = edited(lettersOf(lists().right));
      set("right", theirs);
    };
    const stopped = await bench.sync();
    expect(theirs).toBeDefined();
    const afterEdit = { ...bench.right.calls };
    expect(stopped).toMatchObject({ status: "partial", counts: { left: 1, refused: 0 } });
    expect(stopped.items.at(-1)).toMatchObject({
      kind: "left",
      reason: { code: "refused.settling" },
      containers: { source: lists().left.id, target: lists().right.id },
    });
    expect(await bench.sync()).toMatchObject({ status: "partial", counts: { left: 1 } });
    // What the service shows now is not believed, and nobody asks for it.
    expect(bench.right.calls).toMatchObject({ list: afterEdit.list, move: afterEdit.move });
    for (let run = 0; run < 3; run++) {
      await bench.clock.advance(windowMs);
      await bench.sync();
    }
    const { left, right } = shown();
    expect(left).toBe(right);
    expect([...left].sort().join("")).toBe([...(theirs ?? "")].sort().join(""));
    await bench.clock.advance(windowMs);
    await quiet(bench);
  });

  it.each(edits)("is read and planned again: the user %s", async (_, edited) => {
    const { bench, shown, set, lists } = await inStep("ABCDEFGH");
    await quiet(bench);
    set("left", "HBFDGCEA");
    let isDone = false;
    let theirs = "";
    let readsBeforeTheNextWrite = 0;
    let isWritten = false;
    bench.right.passing = (when, what) => {
      if (isDone && !isWritten && what === "right.list") readsBeforeTheNextWrite++;
      if (isDone && /insert|remove|move|order/.test(what)) isWritten = true;
      if (isDone || when !== "after" || what !== "right.move") return;
      isDone = true;
      theirs = edited(lettersOf(lists().right));
      set("right", theirs);
    };
    await bench.sync();
    expect(isDone).toBe(true);
    // One look, which tells; then all of the list is read for another plan.
    expect(readsBeforeTheNextWrite).toBeGreaterThan(1);
    bench.right.passing = () => {};
    await bench.sync();
    await bench.sync();
    const { left, right } = shown();
    expect(left).toBe(right);
    // What the user added is there, what the user took is gone, and nothing else is.
    expect([...left].sort().join("")).toBe([...theirs].sort().join(""));
    await quiet(bench);
  });
});

describe("a reorder that is cut off", () => {
  const cases = (["left", "right"] as const).flatMap((side) =>
    (["before", "after"] as const).flatMap((moment) => [1, 2, 3, 4].map((call) => ({ side, moment, call }))),
  );

  it.each(cases)(
    "of $side is carried to its end, whoever wins: call $call, $moment",
    async ({ side, moment, call }) => {
      const { bench, shown, set } = await inStep("ABCDEFGH");
      await quiet(bench);
      const other = side === "left" ? "right" : "left";
      // The side that is written would win, were it taken for the user's.
      const options = { conflictPolicy: other === "left" ? "source-wins" : "target-wins" } as const;
      set(side, "HBFDGCEA");
      let calls = 0;
      bench[other].passing = (when, what) => {
        if (what !== `${other}.move`) return;
        if (when === "before") calls++;
        if (calls === call && when === moment) throw lostAnswer(other);
      };
      await bench.sync("bidirectional", options);
      expect(calls).toBeGreaterThanOrEqual(call);
      bench[other].passing = () => {};
      await bench.sync("bidirectional", options);
      await bench.sync("bidirectional", options);
      expect(shown()).toEqual({ left: "HBFDGCEA", right: "HBFDGCEA" });
      await quiet(bench);
    },
  );
});
