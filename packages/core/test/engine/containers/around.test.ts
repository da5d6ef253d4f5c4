import { describe, expect, it } from "vitest";
import { type StorageAdapter, serviceError } from "../../../src/index.ts";
import { BEYOND_LEASE_MS } from "../support/bench.ts";
import { inStep, quiet, rearrange } from "./support/in-step.ts";
import { lostAnswer } from "./support/rack.ts";
import { entriesOn, lettersOf, RackBench } from "./support/rack-bench.ts";

const WINDOW_MS = 60_000;
const codes = (items: readonly { readonly reason?: { readonly code: string } }[]) =>
  items.map(({ reason }) => reason?.code);

describe("a service that may show for a while what was before", () => {
  it.each(["left", "right"] as const)(
    "nothing is decided within that time, and nothing is lost after it: %s",
    async (slow) => {
      const bench = new RackBench();
      bench[slow].consistencyWindowMs = WINDOW_MS;
      const { shown, lists, set } = await inStep("ABC", "bidirectional", bench);
      // The listing is behind: it shows the list as it was made, without anything in it.
      rearrange(bench.right, lists().right, "right", "");
      const lookedAt = { ...bench.right.calls };
      expect(await bench.sync()).toMatchObject({ counts: { removed: 0, added: 0 } });
      expect(shown().left).toBe("ABC");
      expect(bench.right.calls.list).toBe(lookedAt.list);
      rearrange(bench.right, lists().right, "right", "ABC");
      set("left", "CABD");
      const dry = await bench.sync("bidirectional", { dryRun: true });
      expect([dry.status, codes(dry.items), dry.counts.left]).toEqual(["dry-run", ["refused.settling"], 1]);
      const soon = await bench.sync();
      expect(soon).toMatchObject({ status: "partial", counts: { left: 1 } });
      expect(codes(soon.items)).toEqual(["refused.settling"]);
      expect(shown().right).toBe("ABC");
      await bench.clock.advance(WINDOW_MS);
      await bench.sync();
      expect(shown()).toEqual({ left: "CABD", right: "CABD" });
      await bench.clock.advance(WINDOW_MS);
      await quiet(bench);
    },
  );
});

describe("a list that its service does not let anybody read just now", () => {
  it("is told of as left, and the others are synced", async () => {
    const bench = await new RackBench().open();
    for (const name of ["Monday", "Sunday"]) bench.left.put(name, entriesOn("left", "AB"));
    await bench.sync();
    await bench.sync();
    for (const list of bench.left.lists.values()) bench.left.edit(list, (entries) => entries.push("left-C"));
    let refusals = 0;
    bench.left.passing = (_, what) => {
      if (what !== "left.list" || refusals++ > 0) return;
      throw serviceError("left", "/lists", 403, { kind: "forbidden", reason: "theirs" });
    };
    const report = await bench.sync();
    expect(report).toMatchObject({ status: "partial", counts: { left: 1, added: 1 } });
    const [left] = report.items.filter(({ kind }) => kind === "left");
    expect(left).toMatchObject({ reason: { code: "refused.unreachable" }, containers: { source: "left-list-1" } });
    expect([...bench.right.lists.values()].map(lettersOf)).toEqual(["AB", "ABC"]);
    expect(await bench.sync()).toMatchObject({ status: "succeeded" });
    expect([...bench.right.lists.values()].map(lettersOf)).toEqual(["ABC", "ABC"]);
  });
});

describe("what a service has taken down", () => {
  it("is not carried over as a removal, whether it leaves a gap or none", async () => {
    const { bench, shown, lists } = await inStep("ABCDE");
    bench.right.takenDown.add("right-C").add("right-D");
    bench.right.edit(lists().right, (entries) => entries.splice(2, 2, null));
    await bench.sync();
    await bench.sync();
    expect(shown()).toEqual({ left: "ABCDE", right: "AB.E" });
    await quiet(bench);
  });
});

describe("a pair of which the mode changes", () => {
  const mirror = { propagation: "mirror" } as const;

  it("removes nothing in its lists before somebody has confirmed it", async () => {
    const { bench, shown, set } = await inStep("ABCDEFGHIJ", "sync-from");
    set("left", "ABCDEFGHI");
    const held = await bench.sync("sync-from", mirror);
    expect(held.status).toBe("held");
    expect(shown().right).toBe("ABCDEFGHIJ");
    const [contents] = held.heldContents ?? [];
    if (!contents) throw new Error("nothing is held");
    await bench.engine().confirm({ userId: "user-1", pairId: contents.pairId, planHash: contents.hold.hash });
    expect(await bench.sync("sync-from", mirror)).toMatchObject({ status: "succeeded", counts: { removed: 1 } });
    expect(shown()).toEqual({ left: "ABCDEFGHI", right: "ABCDEFGHI" });
  });

  it("asks for nothing once a run has seen that the new mode removes nothing", async () => {
    const { bench, shown, set } = await inStep("ABCDEFGHIJ", "sync-from");
    await bench.sync("sync-from");
    await bench.sync("sync-from", mirror);
    set("left", "ABCDEFGHI");
    expect(await bench.sync("sync-from", mirror)).toMatchObject({ status: "succeeded", counts: { removed: 1 } });
    expect(shown().right).toBe("ABCDEFGHI");
  });

  it("takes the order that the policy of today prefers", async () => {
    const { bench, shown, set } = await inStep("ABCD");
    set("left", "BACD");
    set("right", "ABDC");
    await bench.sync("bidirectional", { conflictPolicy: "target-wins" });
    expect(shown()).toEqual({ left: "ABDC", right: "ABDC" });
  });
});

describe("a pair that is matched in another way", () => {
  /** The right service has a song as another version only. */
  async function lacking() {
    const bench = new RackBench();
    const recording = bench.right.catalogue.get("right-B");
    if (!recording) throw new Error("the right service has Bridges");
    Object.assign(recording, { title: `${recording.title} (Live at the Harbour)` });
    const { shown } = await inStep("ABC", "bidirectional", bench);
    await quiet(bench);
    expect(shown().right).toBe("AC");
    return { bench, shown };
  }
  const options = { match: { live: "accept", strictness: "lenient" } } as const;

  it("looks at once for what its lists lack, and once only", async () => {
    const { bench, shown } = await lacking();
    await bench.sync("bidirectional", options);
    expect(shown()).toEqual({ left: "ABC", right: "ABC" });
    await quiet(bench);
  });

  it("looks for it in the next run where the pair was changed without one", async () => {
    const { bench, shown } = await lacking();
    const engine = bench.engine();
    const [pair] = await engine.pairs.list({ userId: "user-1" });
    await engine.pairs.rescope({ userId: "user-1", pairId: pair?.id ?? "" }, { options });
    await bench.sync();
    expect(shown()).toEqual({ left: "ABC", right: "ABC" });
  });
});

describe("what is stored of playlists", () => {
  it("goes with the user, all of it", async () => {
    const { bench } = await inStep("ABCDEFG");
    const tables = ["sync_pairs", "links", "list_orders", "intents", "sync_cursors"] as const;
    for (const table of tables) expect(await bench.storage.count({ table })).toBeGreaterThan(0);
    await bench.engine().users.erase({ userId: "user-1" });
    for (const table of tables) expect(await bench.storage.count({ table })).toBe(0);
  });

  it("has no name and no title, and no id in clear where ids are sealed", async () => {
    const bench = await new RackBench().open();
    const engine = () => bench.engine({ sealIds: true });
    const sync = async () => await bench.sync("bidirectional", {}, engine());
    bench.left.put("Sunday", entriesOn("left", "ABCDEFGH"));
    await sync();
    const [left, right] = [bench.left.named("Sunday"), bench.right.named("Sunday")];
    rearrange(bench.left, left, "left", "HBFDGCE");
    bench.right.passing = (when, what) => {
      if (when === "after" && what === "right.move") throw lostAnswer("right");
    };
    await sync();
    for (const table of ["sync_pairs", "links", "list_orders", "intents", "intent_items", "sync_cursors"] as const) {
      const rows = JSON.stringify(await bench.storage.select({ table }));
      expect(rows.length).toBeGreaterThan(2);
      expect(rows).not.toMatch(/(left|right)-([A-H]|list)|Sunday|Amber/);
    }
    bench.right.passing = () => {};
    await sync();
    rearrange(bench.right, right, "right", "BFDGCE");
    await sync();
    await sync();
    expect([lettersOf(left), lettersOf(right)]).toEqual(["BFDGCE", "BFDGCE"]);
    left.name = "Monday";
    left.version++;
    await sync();
    expect(right.name).toBe("Monday");
    const { writes } = bench.right;
    expect(await sync()).toMatchObject({ status: "succeeded", items: [] });
    expect(bench.right.writes).toBe(writes);
  });

  it("an order of thousands is known as a whole", async () => {
    const bench = await new RackBench().open();
    const letters = "ABCDEFG".repeat(300);
    bench.left.put("Sunday", entriesOn("left", letters));
    await bench.sync();
    const right = bench.right.named("Sunday");
    expect(lettersOf(right)).toBe(letters);
    // Were the rest of the order not known, both would seem to have added to it.
    rearrange(bench.right, right, "right", letters.slice(0, -7));
    await bench.sync();
    expect(lettersOf(bench.left.named("Sunday"))).toBe(letters.slice(0, -7));
  });
});

/** A process that is stopped when the call of a list has been stored, and goes on when told so. */
function stopping(inner: StorageAdapter) {
  const { promise: goOn, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  let isStopped = false;
  const storage: StorageAdapter = {
    migrate: () => inner.migrate(),
    close: () => inner.close(),
    select: (query) => inner.select(query),
    count: (query) => inner.count(query),
    async write(batch) {
      if (isStopped) await goOn;
      const result = await inner.write(batch);
      if (!batch.statements.some((statement) => "insert" in statement && statement.insert === "intents")) return result;
      isStopped = true;
      stop();
      await goOn;
      return result;
    },
  };
  return { storage, stopped, letGo };
}

describe("a run that is stopped past its lease in the middle of a list", () => {
  it("makes no call that it had announced before, once it goes on", async () => {
    const { bench, shown, set } = await inStep("ABCD");
    set("left", "ABCDE");
    await bench.clock.advance(1);
    const { storage, stopped, letGo } = stopping(bench.storage);
    const overtaken = bench.sync("bidirectional", {}, bench.engine({ storage }));
    await stopped;
    await bench.clock.advance(BEYOND_LEASE_MS);
    set("left", "ABCD");
    expect((await bench.sync()).status).toBe("succeeded");
    const { writes } = bench.right;
    letGo();
    expect(await overtaken).toMatchObject({ status: "failed", error: { code: "run.lease-lost" } });
    expect(bench.right.writes).toBe(writes);
    expect(shown()).toEqual({ left: "ABCD", right: "ABCD" });
    await quiet(bench);
  });
});

describe("plans of lists", () => {
  it("are not carried out if somebody has altered them", async () => {
    const { bench, shown, set } = await inStep("ABCD");
    set("left", "DABC");
    await bench.clock.advance(1);
    const engine = bench.engine();
    const plan = structuredClone(await engine.plan(bench.request()));
    const [pair] = plan.pairs;
    const arrange = pair?.ok ? pair.contents?.[0]?.operations.find(({ kind }) => kind === "arrange") : undefined;
    if (!arrange?.arrangement) throw new Error("nothing is moved");
    Object.assign(arrange.arrangement, { becomes: arrange.arrangement.becomes.slice(1) });
    const report = await engine.apply(plan);
    expect(report.pairs[0]).toMatchObject({ status: "failed" });
    expect(shown().right).toBe("ABCD");
  });

  it("read each song's counterpart once, in however many lists it stands", async () => {
    const bench = await new RackBench().open();
    for (const name of ["Sunday", "Tuesday", "Friday"]) bench.left.put(name, entriesOn("left", "ABC"));
    await bench.sync();
    expect(bench.right.calls.lookup).toBe(3);
    expect(lettersOf(bench.right.named("Friday"))).toBe("ABC");
  });

  it("tell of what is held once, by the pair that the lists are", async () => {
    const events: string[] = [];
    const { bench, set } = await inStep("ABCDEFGHIJKLMN");
    const engine = bench.engine({ onEvent: (event) => void (event.type === "plan.held" && events.push(event.pairId)) });
    set("left", "ABCN");
    const held = await bench.sync("bidirectional", {}, engine);
    await bench.sync("bidirectional", {}, engine);
    expect(events).toEqual([held.heldContents?.[0]?.pairId]);
  });

  it("leave a list alone that its side does not show now, and one of which the name is in conflict is still filled", async () => {
    const { bench, lists, shown, set } = await inStep("ABC");
    const { left, right } = lists();
    right.access = "followed";
    set("left", "AB");
    const { remove = 0 } = bench.right.calls;
    await bench.sync();
    expect(bench.right.calls.remove ?? 0).toBe(remove);
    expect(lettersOf(right)).toBe("ABC");
    right.access = "owned";
    await bench.sync();
    expect(shown()).toEqual({ left: "AB", right: "AB" });
    left.name = "Monday";
    right.name = "Tuesday";
    left.version++;
    right.version++;
    rearrange(bench.left, left, "left", "ABD");
    const report = await bench.sync("bidirectional", { conflictPolicy: "skip" });
    expect(codes(report.items).length).toBeGreaterThan(0);
    expect([left.name, right.name]).toEqual(["Monday", "Tuesday"]);
    expect(lettersOf(right)).toBe("ABD");
  });
});
