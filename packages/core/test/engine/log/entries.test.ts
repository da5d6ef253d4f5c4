import { describe, expect, it } from "vitest";
import { OutcomeUnknownError } from "../../../src/index.ts";
import { Interruption, revive } from "../support/interruption.ts";
import { DAY, intoLog, MINUTE } from "./support/play-bench.ts";

const USER = { userId: "user-1" };

describe("plays in a log that accepts them", () => {
  it("are appended oldest first, each at its time, as often as they happened", async () => {
    const bench = await intoLog();
    await bench.play("ABACDAB");
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { added: 7 } });
    expect(bench.told).toBe("ABACDAB");
    expect(bench.right.plays.map(({ atMs }) => atMs)).toEqual(bench.left.plays.map(({ atMs }) => atMs));
    // In batches of three; each item looked up once.
    expect(bench.right.calls).toMatchObject({ append: 3, lookup: 4 });
  });

  it("are not limited, and cost one request when there are none", async () => {
    const bench = await intoLog();
    bench.left.depth = 500;
    bench.left.pageSize = 500;
    await bench.play("ABCDEFGH".repeat(20));
    await bench.sync();
    expect(bench.told).toHaveLength(160);
    bench.left.calls.list = 0;
    const appended = bench.right.calls.append;
    expect(await bench.sync()).toMatchObject({ status: "succeeded", items: [] });
    expect([bench.left.calls.list, bench.right.calls.append]).toEqual([1, appended]);
  });

  it("that are there already are no news", async () => {
    const bench = await intoLog();
    await bench.play("AB");
    bench.right.plays.push({ id: "right-A", atMs: bench.left.plays[0]?.atMs ?? 0 });
    expect((await bench.sync()).items.map(({ kind }) => kind).sort()).toEqual(["added", "already-there"]);
    expect(bench.told).toBe("AB");
  });

  it("are refused one by one, and not offered again", async () => {
    const bench = await intoLog();
    bench.right.refused.add("right-B");
    bench.right.answers.set("right-D", "refused").set("right-E", "not-found");
    await bench.play("ABCDE");
    expect(await bench.sync()).toMatchObject({ status: "partial", counts: { added: 2, refused: 3 } });
    expect(bench.told).toBe("AC");
    const appended = bench.right.calls.append;
    await bench.sync();
    expect(bench.right.calls.append).toBe(appended);
  });

  it("are offered again where the service does not say what became of them", async () => {
    const bench = await intoLog();
    bench.right.answers.set("right-B", "unknown");
    await bench.play("ABC");
    expect(await bench.sync()).toMatchObject({ status: "partial", counts: { added: 2, left: 1 } });
    const openCalls = () => bench.storage.count({ table: "intents", where: { state: "prepared" } });
    expect(await openCalls()).toBe(1);
    bench.right.answers.clear();
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { added: 1 } });
    expect([bench.told, await openCalls()]).toEqual(["ABC", 0]);
  });

  it.each(["before", "after"] as const)(
    "are there once when an answer is lost %s they were written",
    async (moment) => {
      const bench = await intoLog();
      await bench.play("ABCDE");
      bench.right.passing = (when, what) => {
        if (when === moment && what === "right.append") throw new OutcomeUnknownError("right", "/history");
      };
      expect((await bench.sync()).status).toBe("partial");
      bench.right.passing = () => {};
      await bench.sync();
      expect(bench.told).toBe("ABCDE");
      expect(await bench.sync()).toMatchObject({ status: "succeeded", items: [] });
    },
  );

  it("are there once wherever a run is cut off", async () => {
    for (let at = 1; ; at++) {
      const bench = await intoLog();
      await bench.play("ABCDA");
      const interruption = new Interruption(at);
      await bench.sync({}, bench.engine({ storage: interruption.around(bench) })).catch(() => {});
      revive(bench);
      if (!interruption.struck) return expect(at).toBeGreaterThan(25);
      await bench.clock.advance(MINUTE);
      for (let run = 0; run < 2; run++) await bench.sync();
      expect(bench.told, `cut off at step ${at}`).toBe("ABCDA");
      expect(await bench.sync()).toMatchObject({ status: "succeeded", items: [] });
    }
  });

  it("wait where the service asks for quiet", async () => {
    const bench = await intoLog();
    await bench.play("ABCDE");
    let calls = 0;
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.append" && ++calls > 1) throw bench.deferral("right");
    };
    expect(await bench.sync()).toMatchObject({ status: "deferred", counts: { added: 3, left: 2 } });
    bench.right.passing = () => {};
    await bench.clock.advance(2 * MINUTE);
    expect((await bench.sync()).status).toBe("succeeded");
    expect(bench.told).toBe("ABCDE");
  });

  it("are found later where nothing stood for them, while they are shown", async () => {
    const bench = await intoLog();
    await bench.play("AO");
    expect((await bench.sync()).unmatched).toMatchObject([{ itemId: "left-O", verdict: "not-found" }]);
    await bench
      .engine()
      .overrides.set({ ...USER, verdict: "same", serviceA: "left", idA: "left-O", serviceB: "right", idB: "right-P" });
    expect((await bench.sync()).unmatched).toEqual([]);
    expect(bench.told).toBe("AP");
    await bench.play("O");
    await bench.sync();
    expect(bench.told).toBe("APP");
  });

  it("are let go where nothing stands for them and the service shows them no more", async () => {
    const bench = await intoLog();
    bench.left.depth = 2;
    await bench.play("OAB");
    bench.left.depth = 3;
    await bench.sync();
    bench.left.depth = 2;
    await bench.clock.advance(DAY);
    expect((await bench.sync()).unmatched).toEqual([]);
    const links = await bench.storage.select({ table: "links", columns: ["state"], where: { source_id: "left-O" } });
    expect(links).toEqual([{ state: "dropped" }]);
  });

  it("tell of what can be synced nowhere, in a run that has something to do", async () => {
    const bench = await intoLog();
    await bench.play("A");
    bench.left.plays.push({ id: "left-local", atMs: bench.clock.now() });
    expect((await bench.sync()).unmatched).toMatchObject([{ itemId: "left-local", verdict: "unsyncable" }]);
    expect((await bench.sync()).unmatched).toEqual([]);
  });
});
