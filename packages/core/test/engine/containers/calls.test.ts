import { describe, expect, it } from "vitest";
import { DeferredError, serviceError } from "../../../src/index.ts";
import { inStep, quiet } from "./support/in-step.ts";
import { lostAnswer, type Rack } from "./support/rack.ts";
import { entriesOn, lettersOf, RackBench } from "./support/rack-bench.ts";

const WRITE = /\.(insert|remove|move|order)$/;

/** Makes the n-th call of a kind fail: before it has done anything, or after. */
function failing(
  rack: Rack,
  kind: string,
  error: () => Error,
  { call = 1, moment = "before" as "before" | "after" } = {},
) {
  let calls = 0;
  rack.passing = (when, what) => {
    if (what !== `${rack.name}.${kind}`) return;
    if (when === "before") calls++;
    if (calls === call && when === moment) throw error();
  };
}

function letPass({ left, right }: RackBench): void {
  for (const rack of [left, right]) rack.passing = () => {};
}

const codes = (items: readonly { readonly reason?: { readonly code: string } }[]) =>
  items.map(({ reason }) => reason?.code);
const openIntents = async ({ storage }: RackBench) =>
  await storage.count({ table: "intents", where: { state: "prepared" } });

/** Whether the last run of the pair left nothing to do. */
async function wasSuccess({ storage }: RackBench): Promise<boolean> {
  const [pair] = await storage.select({ table: "sync_pairs", where: { container: "" } });
  return pair !== undefined && pair.last_success_at === pair.last_run_at;
}

describe("a list that has no room for everything", () => {
  it("keeps what is there, takes what fits, and says what does not", async () => {
    const bench = new RackBench();
    bench.right.maxItems = 4;
    await bench.open();
    bench.left.put("Sunday", entriesOn("left", "ABCDEF"));
    const report = await bench.sync();
    expect(report.unmatched).toMatchObject([
      { side: "source", reason: { code: "unsyncable.no-room", params: { count: 2 } } },
    ]);
    expect(codes(report.items).filter((code) => code === "refused.collection-full")).toHaveLength(2);
    expect(lettersOf(bench.right.named("Sunday"))).toBe("ABCD");
    const { writes } = bench.right;
    const left = bench.left.named("Sunday");
    bench.left.edit(left, (entries) => entries.push("left-G"));
    const again = await bench.sync();
    expect(codes(again.items)).toContain("refused.collection-full");
    expect(bench.right.writes).toBe(writes);
    expect(lettersOf(left)).toBe("ABCDEFG");
    bench.left.edit(left, (entries) => entries.splice(1, 1));
    await bench.sync();
    expect(lettersOf(bench.right.named("Sunday")).slice(0, 3)).toBe("ACD");
    expect(lettersOf(left)).toBe("ACDEFG");
  });

  it("is told as full where only the service knows how much it holds", async () => {
    const { bench, shown, set } = await inStep("AB");
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.insert")
        throw serviceError("right", "/lists", 400, { kind: "collection-full" });
    };
    set("left", "ABC");
    const report = await bench.sync();
    expect(report.error).toBeUndefined();
    expect(codes(report.items)).toContain("refused.collection-full");
    expect(await openIntents(bench)).toBe(0);
    expect(shown()).toEqual({ left: "ABC", right: "AB" });
    letPass(bench);
    await bench.sync();
    expect(shown()).toEqual({ left: "ABC", right: "ABC" });
  });
});

describe("entries that the service does not take", () => {
  it("are found among those of one call, and the others get in, in few calls", async () => {
    const { bench, shown, set } = await inStep("A");
    bench.right.refused.add("right-E");
    set("left", "ABCDEFGHIJKLMN");
    const { insert = 0 } = bench.right.calls;
    const report = await bench.sync();
    expect(shown()).toEqual({ left: "ABCDEFGHIJKLMN", right: "ABCDFGHIJKLMN" });
    expect(report.counts).toMatchObject({ added: 12, refused: 1 });
    // Halves until it is found, and all that are left at once.
    expect((bench.right.calls.insert ?? 0) - insert).toBeLessThanOrEqual(8);
    expect(await openIntents(bench)).toBe(0);
    // It is not taken for removed on the side that lacks it.
    await bench.sync();
    await bench.sync();
    expect(shown().left).toBe("ABCDEFGHIJKLMN");
  });

  it("leave a copy that is there where it is", async () => {
    const { bench, shown, set } = await inStep("ABC");
    bench.right.refused.add("right-C");
    set("left", "ABCC");
    await bench.sync();
    expect(shown()).toEqual({ left: "ABCC", right: "ABC" });
    bench.right.refused.clear();
    bench.right.answers.set("right-B", "not-found");
    set("left", "ABBC");
    await bench.sync();
    expect(shown()).toEqual({ left: "ABBC", right: "ABC" });
  });

  it.each(["not-found", "refused"] as const)("are told one by one where the service does: %s", async (result) => {
    const { bench, shown, set } = await inStep("AB");
    bench.right.answers.set("right-C", result);
    set("left", "ABCD");
    const { insert = 0 } = bench.right.calls;
    const report = await bench.sync();
    expect(shown()).toEqual({ left: "ABCD", right: "ABD" });
    expect(report.counts).toMatchObject({ added: 1, refused: 1 });
    expect(bench.right.calls.insert).toBe(insert + 1);
  });

  it("stop the list where the service does not know, and are looked for by the next run", async () => {
    const bench = new RackBench();
    bench.right.perCall = 2;
    const { shown, set } = await inStep("AB", "bidirectional", bench);
    bench.right.answers.set("right-C", "unknown");
    set("left", "ABCDEF");
    const { insert = 0 } = bench.right.calls;
    const report = await bench.sync();
    expect(bench.right.calls.insert).toBe(insert + 1);
    expect(codes(report.items)).toContain("refused.outcome-unknown");
    expect(await openIntents(bench)).toBe(1);
    bench.right.answers.clear();
    await bench.sync();
    expect(shown()).toEqual({ left: "ABCDEF", right: "ABCDEF" });
    expect(await openIntents(bench)).toBe(0);
    await quiet(bench);
  });
});

describe("a service that holds each song once", () => {
  it("may have a song already when it is to be put there", async () => {
    const { bench, shown, set, lists } = await inStep("ABC", "bidirectional", new RackBench({ right: "whole-order" }));
    set("left", "ADBC");
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.insert" && !lettersOf(lists().right).includes("D")) set("right", "ABCD");
    };
    const report = await bench.sync();
    expect(report.counts).toMatchObject({ refused: 1 });
    expect(report.items.map(({ kind }) => kind)).toContain("already-there");
    letPass(bench);
    await bench.sync();
    await bench.sync();
    const { left, right } = shown();
    expect(left).toBe(right);
    expect([...right].sort().join("")).toBe("ABCD");
    await quiet(bench);
  });
});

describe("calls of one list", () => {
  it("read nothing between plan and first call, nor between calls that need no place", async () => {
    const bench = new RackBench();
    bench.right.perCall = 2;
    const { set } = await inStep("ABC", "bidirectional", bench);
    set("left", "ABCDEFGHI");
    const log: string[] = [];
    bench.right.passing = (when, what) => {
      if (when === "before") log.push(what);
    };
    await bench.sync();
    expect(log.slice(log.indexOf("right.insert"))).toEqual(["right.insert", "right.insert", "right.insert"]);
    set("left", "BACDEFGHI");
    log.length = 0;
    await bench.sync();
    // Three pages for the plan.
    expect(log.filter((what) => what === "right.list" || WRITE.test(what))).toEqual([
      ...Array(3).fill("right.list"),
      "right.move",
    ]);
  });

  it("look past what has no content, and take it for nobody's edit", async () => {
    const { bench, shown, set } = await inStep("ABCDEFGH");
    set("right", ".ABCDEFGH");
    await bench.sync();
    await bench.sync();
    set("left", "HBFDGCEA");
    const log: string[] = [];
    bench.right.passing = (when, what) => {
      if (when === "before" && (what === "right.list" || WRITE.test(what))) log.push(what);
    };
    await bench.sync();
    expect(shown().right.replace(".", "")).toBe("HBFDGCEA");
    const calls = log.slice(log.indexOf("right.move")).join();
    expect(calls).toMatch(/^right.move(,right.list,right.move)+$/);
  });

  it("a move that is refused is not undone on the other side, and made later", async () => {
    const { bench, shown, set } = await inStep("ABCDE");
    set("left", "EABCD");
    failing(bench.right, "move", () => serviceError("right", "/lists", 400, { kind: "invalid", reason: "busy" }));
    const report = await bench.sync();
    expect(codes(report.items)).toContain("refused.by-service");
    expect(await openIntents(bench)).toBe(0);
    expect(shown()).toEqual({ left: "EABCD", right: "ABCDE" });
    letPass(bench);
    await bench.sync();
    expect(shown()).toEqual({ left: "EABCD", right: "EABCD" });
    await quiet(bench);
  });

  it("what was taken only to be put back can be removed later", async () => {
    const { bench, shown, set } = await inStep("ABACD");
    set("left", "BACD");
    await bench.sync();
    expect(shown().right).toBe("BACD");
    set("left", "BCD");
    await bench.sync();
    expect(shown()).toEqual({ left: "BCD", right: "BCD" });
    await quiet(bench);
  });

  it("what was to be taken and stays, since the call never arrived, is taken later", async () => {
    const { bench, shown, set } = await inStep("ABCD");
    set("left", "ACD");
    failing(bench.right, "remove", () => lostAnswer("right"));
    await bench.sync();
    expect(shown().right).toBe("ABCD");
    letPass(bench);
    await bench.sync();
    expect(shown()).toEqual({ left: "ACD", right: "ACD" });
    await quiet(bench);
  });

  it.each([
    ["a lost answer", () => lostAnswer("right")],
    ["an answer that says nothing", () => serviceError("right", "/lists", 503, { kind: "unavailable" })],
  ])("an insertion with %s is not made twice", async (_, error) => {
    const { bench, shown, set } = await inStep("ABC");
    set("left", "ABCD");
    failing(bench.right, "insert", error, { moment: "after" });
    const report = await bench.sync();
    expect(report.counts).toMatchObject({ added: 0 });
    expect(await openIntents(bench)).toBe(1);
    letPass(bench);
    await bench.sync();
    expect(shown()).toEqual({ left: "ABCD", right: "ABCD" });
    await quiet(bench);
  });
});

describe("a run that cannot go on", () => {
  async function two() {
    const { bench, set, shown } = await inStep("ABC");
    bench.left.put("Tuesday", entriesOn("left", "GH"));
    await bench.sync();
    const tuesday = bench.left.named("Tuesday");
    set("left", "ABCD");
    set("right", "ABCE");
    bench.left.edit(tuesday, (entries) => entries.push("left-I"));
    return { bench, shown, tuesday: () => lettersOf(bench.right.named("Tuesday")) };
  }

  it.each([
    ["a service asks for quiet", (until: number) => new DeferredError("right", until), "deferred"],
    ["a service takes nobody's word", () => serviceError("right", "/lists", 401, { kind: "unauthorized" }), "failed"],
  ])("because %s writes nothing more, to no side and no list, and says what is left", async (_, error, status) => {
    const { bench, shown, tuesday } = await two();
    const until = bench.clock.now() + 60_000;
    bench.right.passing = (when, what) => {
      if (when === "before" && WRITE.test(what)) throw error(until);
    };
    const calls = { left: bench.left.writes, right: bench.right.writes };
    const report = await bench.sync();
    expect(report).toMatchObject({ status, counts: { added: 0, left: 6 } });
    expect({ left: bench.left.writes, right: bench.right.writes }).toEqual({ ...calls, right: calls.right + 1 });
    expect(await openIntents(bench)).toBe(0);
    expect(await wasSuccess(bench)).toBe(false);
    letPass(bench);
    await bench.clock.advance(61_000);
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { added: 3 } });
    expect(shown()).toEqual({ left: "ABCDE", right: "ABCDE" });
    expect(tuesday()).toBe("GHI");
    expect(await wasSuccess(bench)).toBe(true);
    await quiet(bench);
  });
});

describe("a list that the service does not make", () => {
  it("leaves what was to be put into it, says so, and is no success", async () => {
    const { bench } = await inStep("AB");
    bench.left.put("Tuesday", entriesOn("left", "GH"));
    failing(bench.right, "create", () => serviceError("right", "/lists", 400, { kind: "invalid", reason: "name" }));
    const report = await bench.sync();
    expect(report.items.filter(({ kind }) => kind === "left").length).toBeGreaterThanOrEqual(2);
    expect(report.items.map(({ kind }) => kind)).toContain("refused");
    expect(await wasSuccess(bench)).toBe(false);
  });
});

describe("a reorder that is cut off again and again", () => {
  const cases = [1, 2, 3].flatMap((first) => [1, 2].map((second) => ({ first, second })));

  it.each(cases)("is carried to its end all the same: calls $first and $second", async ({ first, second }) => {
    const { bench, shown, set } = await inStep("ABCDEFGH");
    await quiet(bench);
    // The side that is written would win, were it taken for the user's.
    const options = { conflictPolicy: "target-wins" } as const;
    set("left", "HBFDGCEA");
    for (const call of [first, second, 1]) {
      failing(bench.right, "move", () => lostAnswer("right"), { call, moment: "after" });
      await bench.sync("bidirectional", options);
    }
    letPass(bench);
    await bench.sync("bidirectional", options);
    expect(shown()).toEqual({ left: "HBFDGCEA", right: "HBFDGCEA" });
    await quiet(bench);
  });

  it.each([1, 2, 3, 4])("also if the user moves more in between: call %d", async (second) => {
    const { bench, shown, set } = await inStep("ABCDEFGH");
    await quiet(bench);
    const options = { conflictPolicy: "target-wins" } as const;
    set("left", "HBFDGCEA");
    failing(bench.right, "move", () => lostAnswer("right"), { call: 2, moment: "after" });
    await bench.sync("bidirectional", options);
    set("left", "EAGCBHDF");
    failing(bench.right, "move", () => lostAnswer("right"), { call: second, moment: "after" });
    await bench.sync("bidirectional", options);
    letPass(bench);
    await bench.sync("bidirectional", options);
    await bench.sync("bidirectional", options);
    expect(shown()).toEqual({ left: "EAGCBHDF", right: "EAGCBHDF" });
  });
});
