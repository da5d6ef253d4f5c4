import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryStorage, serviceError } from "../../../src/index.ts";
import { lostAnswer, type RackStyle } from "../containers/support/rack.ts";
import { Interruption, revive } from "../support/interruption.ts";
import { DAY, HOUR, intoPlaylist, MINUTE, type PlayBench } from "./support/play-bench.ts";

const styles: readonly RackStyle[] = ["ranges", "whole-order"];
const USER = { userId: "user-1" };

/** What the list is when all of these were played, and it holds so many. */
function newest(letters: string, style: RackStyle, length = 100): string {
  const all = [...letters].reverse();
  return (style === "ranges" ? all : [...new Set(all)]).slice(0, length).join("");
}

describe.each(styles)("plays in a playlist of a service with %s", (style) => {
  it("stand newest first, found once for each item, and never hidden ones shown", async () => {
    const bench = await intoPlaylist(style);
    await bench.play("ABAC");
    expect(await bench.sync()).toMatchObject({ status: "succeeded" });
    expect([bench.shown, bench.list.public]).toEqual([newest("ABAC", style), false]);
    expect(bench.right.calls.lookup).toBe(3);
    await bench.play("AD");
    await bench.sync();
    expect(bench.shown).toBe(newest("ABACAD", style));
    expect(bench.right.calls.lookup).toBe(4);
  });

  it("are read as far back as may be new, and to the end once a day", async () => {
    const bench = await intoPlaylist(style);
    bench.left.pageSize = 2;
    bench.left.depth = 20;
    await bench.play("ABCDEFGH");
    await bench.clock.advance(3 * HOUR);
    await bench.sync();
    const asked = async () => {
      bench.left.calls.list = 0;
      await bench.sync();
      return bench.left.calls.list;
    };
    await bench.play("AB");
    expect(await asked()).toBe(5);
    await bench.play("C");
    expect(await asked()).toBe(2);
    await bench.clock.advance(DAY);
    expect(await asked()).toBe(6);
    bench.left.plays.push({ id: "left-J", atMs: bench.clock.now() - DAY - 3 * HOUR - 5 * MINUTE });
    expect(await asked()).toBeLessThan(3);
    expect(bench.shown).not.toContain("J");
    await bench.clock.advance(DAY);
    await bench.sync();
    expect(bench.shown).toContain("J");
  });

  it("are kept apart from what others put there, in whichever order that comes", async () => {
    const bench = await intoPlaylist(style);
    await bench.play("ABC");
    await bench.sync({ history: { length: 3 } });
    // What has no id cannot be named in an order of all.
    const odd = style === "ranges" ? ["right-M", null, "local:1"] : ["right-M", "local:1"];
    bench.right.edit(bench.list, (entries) => entries.splice(1, 0, ...odd));
    const unknown = bench.shown.slice(1, 1 + odd.length);
    await bench.play("DE");
    await bench.sync();
    expect(bench.shown).toBe(`EDC${unknown}`);
    bench.right.edit(bench.list, (entries) => entries.push("right-F"));
    await bench.play("F");
    await bench.sync();
    // Where each stands once, what the user put there is not moved.
    expect(bench.shown).toBe(style === "ranges" ? `FED${unknown}F` : `EDC${unknown}F`);
    await bench.play("G");
    expect((await bench.sync()).status).toBe("succeeded");
    expect(bench.shown).toBe(style === "ranges" ? `GFE${unknown}F` : `GED${unknown}F`);
  });

  it("wait while the service may show what was before our calls, and say so", async () => {
    const bench = await intoPlaylist(style);
    bench.right.consistencyWindowMs = HOUR;
    await bench.play("AB");
    await bench.sync();
    await bench.play("C");
    const before = bench.right.writes;
    const waits = await bench.sync();
    expect(waits).toMatchObject({ status: "partial", items: [{ kind: "left", reason: { code: "refused.settling" } }] });
    expect(bench.right.writes).toBe(before);
    await bench.clock.advance(HOUR);
    expect((await bench.sync()).status).toBe("succeeded");
    expect(bench.shown).toBe("CBA");
  });

  it("conclude nothing from a listing that leaves entries out", async () => {
    const bench = await intoPlaylist(style);
    await bench.play("ABCDE");
    await bench.sync();
    bench.right.gapAt = 3;
    await bench.play("F");
    expect((await bench.sync()).status).toBe("partial");
    expect(bench.shown).toBe("EDCBA");
    bench.right.gapAt = undefined;
    await bench.sync();
    expect(bench.shown).toBe("FEDCBA");
  });

  it("are left out one by one where the service does not take them, and asked for no more", async () => {
    const bench = await intoPlaylist(style);
    bench.right.refused.add("right-B");
    await bench.play("ABC");
    const report = await bench.sync();
    expect(report.counts).toMatchObject({ refused: 1 });
    expect(bench.shown).toBe("CA");
    const before = bench.right.writes;
    await bench.sync();
    await bench.play("D");
    await bench.sync();
    expect([bench.shown, bench.right.writes]).toEqual(["DCA", before + (style === "ranges" ? 1 : 2)]);
  });

  it("tell once that nothing stands for them", async () => {
    const bench = await intoPlaylist(style);
    await bench.play("OAO");
    const first = await bench.sync();
    expect(first.unmatched.map(({ itemId }) => itemId)).toEqual(["left-O"]);
    expect((await bench.sync()).unmatched).toEqual([]);
    await bench.play("O");
    const lookups = bench.right.calls.lookup;
    expect((await bench.sync()).unmatched).toEqual([]);
    expect(bench.right.calls.lookup).toBe(lookups);
    await bench.clock.advance(DAY);
    expect((await bench.sync()).unmatched).toMatchObject([{ itemId: "left-O", attempts: 2 }]);
    expect(bench.shown).toBe("A");
    const states = await bench
      .engine()
      .explain({ ...USER, connectionId: await connection(bench, "left"), externalId: "left-O" });
    expect(states.map(({ state }) => state).sort()).toEqual(["dropped", "dropped", "unmatched"]);
  });

  it("leave the list where an override says that they stand for something else", async () => {
    const bench = await intoPlaylist(style);
    await bench.play("AB");
    await bench.sync();
    const engine = bench.engine();
    const same = { verdict: "same", serviceA: "left", idA: "left-A", serviceB: "right", idB: "right-M" } as const;
    await engine.overrides.set({ ...USER, ...same });
    await bench.sync();
    expect(bench.shown).toBe("B");
    await bench.play("A");
    await bench.sync();
    expect(bench.shown).toBe("MB");
  });

  it("keep their playlist and its name sealed, and the ids of what was played", async () => {
    const storage = memoryStorage();
    const bench = await intoPlaylist(style, storage);
    const sealed = () => bench.engine({ sealIds: true });
    await bench.play("AB");
    await bench.sync({ history: { name: "What Anna hears" } }, sealed());
    const list = bench.right.named("What Anna hears");
    await bench.play("C");
    await bench.sync({}, sealed());
    bench.right.edit(list, (entries) => entries.splice(0, 1));
    await bench.play("DA");
    await bench.sync({}, sealed());
    expect(list.entries.map((id) => id?.slice(-1)).join("")).toBe(style === "ranges" ? "ADBA" : "ADB");
    const links = JSON.stringify(await storage.select({ table: "links", where: {} }));
    for (const text of [list.id, "left-A", "right-B"]) expect(links).not.toContain(text);
    expect(JSON.stringify(await storage.select({ table: "sync_pairs", where: {} }))).not.toContain("What Anna");
    const [pair] = await sealed().pairs.list(USER);
    expect(pair?.options.history).toEqual({ name: "What Anna hears", length: 100 });
    const renamed = await sealed().pairs.rescope(
      { ...USER, pairId: pair?.id ?? "" },
      { options: { history: { length: 2 } } },
    );
    expect(renamed.options.history).toEqual({ name: "What Anna hears", length: 2 });
  });

  // A shorter list lets entries go, a longer one holds an item twice; without repetitions nothing is left to be written.
  it.each([
    ["CAD", 3],
    ["CAD", 5],
    ["CD", 5],
  ])(
    "leave nothing half done that a later run does not finish, %s in %i, wherever a run is cut off",
    {
      timeout: 120_000,
    },
    async (letters, length) => {
      for (let at = 1; ; at++) {
        const bench = await intoPlaylist(style);
        await bench.play("AB");
        await bench.sync({ history: { length } });
        // So that there are calls that were not begun.
        bench.right.perCall = 1;
        await bench.play(letters);
        const interruption = new Interruption(at);
        const dying = bench.engine({ storage: interruption.around(bench) });
        await bench.sync({}, dying).catch(() => {});
        revive(bench);
        if (!interruption.struck) return expect(at).toBeGreaterThan(30);
        // The lease of the dead ends by itself.
        await bench.clock.advance(MINUTE);
        for (let run = 0; run < 2; run++) await bench.sync();
        expect(bench.shown, `cut off at step ${at}`).toBe(newest(`AB${letters}`, style, length));
        const writes = bench.right.writes;
        expect(await bench.sync(), `after step ${at}`).toMatchObject({ status: "succeeded", items: [] });
        expect(bench.right.writes).toBe(writes);
      }
    },
  );

  it("make one playlist, and put each play there once, wherever the first run is cut off", {
    timeout: 120_000,
  }, async () => {
    for (let at = 1; ; at++) {
      const bench = await intoPlaylist(style);
      await bench.play("ABC");
      const interruption = new Interruption(at);
      await bench.sync({}, bench.engine({ storage: interruption.around(bench) })).catch(() => {});
      revive(bench);
      if (!interruption.struck) return expect(at).toBeGreaterThan(30);
      await bench.clock.advance(MINUTE);
      for (let run = 0; run < 3; run++) await bench.sync();
      expect(
        [...bench.right.lists.values()].map(({ name, public: shown }) => [name, shown]),
        `step ${at}`,
      ).toEqual([["Recently played on left", false]]);
      expect(bench.shown, `cut off at step ${at}`).toBe("CBA");
    }
  });

  it("do not fill a playlist that others may see", async () => {
    const bench = await intoPlaylist(style);
    await bench.play("AB");
    bench.right.passing = (moment, what) => {
      if (moment === "before" && what === "right.update") throw lostAnswer("right");
    };
    const [report] = [await bench.sync()];
    bench.right.passing = () => {};
    if (style === "ranges") return expect(report.status).toBe("succeeded");
    expect(report.status).toBe("partial");
    expect([bench.shown, bench.list.public]).toEqual(["", true]);
    await bench.sync();
    expect([bench.shown, bench.list.public]).toEqual(["BA", false]);
  });

  it("get no other playlist when theirs is deleted, until the pair is resumed: the same one if it is back", async () => {
    for (const isBack of [false, true]) {
      const bench = await intoPlaylist(style);
      await bench.play("AB");
      await bench.sync();
      const { list } = bench;
      bench.right.lists.delete(list.id);
      expect(await bench.sync(), "nothing was played, nothing is looked at").toMatchObject({ status: "succeeded" });
      await bench.play("C");
      expect(await bench.sync()).toMatchObject({ status: "failed", error: { code: "service.not-found" } });
      const [pair] = await bench.engine().pairs.list(USER);
      expect(pair).toMatchObject({ state: "paused", stateReason: "pair.container-gone" });
      if (isBack) bench.right.lists.set(list.id, list);
      await bench.engine().pairs.resume({ ...USER, pairId: pair?.id ?? "" });
      await bench.play("D");
      expect((await bench.sync()).status).toBe("succeeded");
      expect([bench.shown, bench.list === list, bench.right.lists.size]).toEqual(["DCBA", isBack, 1]);
      const writes = bench.right.writes;
      expect(await bench.sync()).toMatchObject({ status: "succeeded", items: [] });
      expect(bench.right.writes).toBe(writes);
    }
  });

  it("end as they should whatever users and services do meanwhile", { timeout: 120_000 }, async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("play" as const), letters: fc.stringMatching(/^[A-F]{1,3}$/) }),
      fc.record({ kind: fc.constant("remove" as const), at: fc.nat(5) }),
      fc.record({ kind: fc.constant("move" as const), at: fc.nat(5) }),
      fc.record({ kind: fc.constant("put" as const), at: fc.nat(5) }),
      fc.record({ kind: fc.constant("cut" as const), at: fc.nat(60) }),
      fc.record({ kind: fc.constant("lose" as const), call: fc.constantFrom("insert", "remove", "move", "order") }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.integer({ min: 1, max: 5 }), async (all, length) => {
        const bench = await intoPlaylist(style);
        await bench.play("AB");
        await bench.sync({ history: { length } });
        let others = 0;
        for (const each of all) {
          await bench.clock.advance(MINUTE);
          const { entries } = bench.list;
          if (each.kind === "play") await bench.play(each.letters);
          if (each.kind === "remove") {
            const [gone] = entries.splice(each.at, 1);
            if (gone === "right-M") others--;
          }
          if (each.kind === "move") entries.unshift(...entries.splice(each.at, 1));
          if (each.kind === "put" && !(style === "whole-order" && entries.includes("right-M"))) {
            entries.splice(each.at, 0, "right-M");
            others++;
          }
          if (each.kind === "cut") {
            await bench
              .sync({}, bench.engine({ storage: new Interruption(each.at + 1).around(bench) }))
              .catch(() => {});
            revive(bench);
          } else if (each.kind === "lose") {
            bench.right.passing = (moment, what) => {
              if (moment === "after" && what === `right.${each.call}`) throw lostAnswer("right");
            };
            await bench.sync();
            bench.right.passing = () => {};
          } else await bench.sync();
        }
        await bench.play("G");
        await bench.clock.advance(MINUTE);
        for (let run = 0; run < 3; run++) await bench.sync();
        const { entries } = bench.list;
        expect(entries.filter((id) => id === "right-M")).toHaveLength(others);
        expect(entries.length - others).toBeLessThanOrEqual(length);
        expect(entries).toContain("right-G");
        if (style === "whole-order") expect(new Set(entries).size).toBe(entries.length);
        const writes = bench.right.writes;
        expect(await bench.sync()).toMatchObject({ status: "succeeded", items: [] });
        expect(bench.right.writes).toBe(writes);
      }),
      { numRuns: 60 },
    );
  });
});

it("does not write while another run writes the playlists of that account", async () => {
  const bench = await intoPlaylist();
  await bench.play("A");
  const name = `collection:${await connection(bench, "right")}:playlists`;
  const now = bench.clock.now();
  const lease = { name, tenant_id: "default", owner_id: "somebody", fencing: 1, expires_at: now + DAY };
  const rows = [{ ...lease, created_at: now, updated_at: now }];
  await bench.storage.write({ statements: [{ insert: "leases", rows }] });
  expect((await bench.sync()).status).toBe("busy");
  await bench.clock.advance(DAY);
  expect((await bench.sync()).status).toBe("succeeded");
});

it("moves nothing of what stands when plays are put in front", async () => {
  const bench = await intoPlaylist();
  await bench.play("ABCDEFGH");
  await bench.sync({ history: { length: 8 } });
  await bench.play("IJ");
  const before = bench.right.writes;
  await bench.sync();
  expect([bench.shown, bench.right.writes - before]).toEqual(["JIHGFEDC", 2]);
});

it("rests when its playlist is gone while it is being read, too", async () => {
  const bench = await intoPlaylist();
  await bench.play("A");
  await bench.sync();
  await bench.play("B");
  bench.right.passing = (moment, what) => {
    if (moment === "before" && what === "right.list") {
      throw serviceError("right", "/lists", 404, { kind: "not-found" });
    }
  };
  expect(await bench.sync()).toMatchObject({ status: "failed", error: { code: "service.not-found" } });
  bench.right.passing = () => {};
  const [pair] = await bench.engine().pairs.list(USER);
  expect(pair).toMatchObject({ state: "paused", stateReason: "pair.container-gone" });
  await bench.engine().pairs.resume({ ...USER, pairId: pair?.id ?? "" });
  // It is there after all.
  expect(await bench.sync()).toMatchObject({ status: "succeeded" });
  expect([bench.shown, bench.right.lists.size]).toEqual(["BA", 1]);
});

it("takes what a service held back up where it was left", async () => {
  const bench = await intoPlaylist();
  await bench.play("ABC");
  bench.right.passing = (moment, what) => {
    if (moment === "before" && what === "right.insert") throw bench.deferral("right");
  };
  expect(await bench.sync()).toMatchObject({ status: "deferred", counts: { left: 4 } });
  bench.right.passing = () => {};
  await bench.clock.advance(2 * MINUTE);
  const lookups = bench.right.calls.lookup;
  expect((await bench.sync()).status).toBe("succeeded");
  expect([bench.shown, bench.right.calls.lookup]).toEqual(["CBA", lookups]);
});

async function connection(bench: PlayBench, service: string): Promise<string> {
  const [found] = await bench.engine().connections.list({ ...USER, service });
  return found?.id ?? "";
}
