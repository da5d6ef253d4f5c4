import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameToWrite, readName } from "../../../src/engine/containers/name-prefix.ts";
import type { PairReport, SyncOptions } from "../../../src/index.ts";
import { EngineBench, only, USER } from "../support/engine-bench.ts";
import { lostAnswer, Rack, type RackList } from "./support/rack.ts";
import { entriesOn, lettersOf, RackBench } from "./support/rack-bench.ts";

const MARK = "[left] ";
const marked: SyncOptions = { prefix: { target: MARK } };
const names = (rack: Rack) => [...rack.lists.values()].map(({ name }) => name).sort();

async function opened(...lists: readonly string[]) {
  const bench = await new RackBench().open();
  for (const name of lists) bench.left.put(name, entriesOn("left", "AB"));
  return bench;
}

function rename(list: RackList, name: string): void {
  list.name = name;
  list.version++;
}

async function quiet(bench: RackBench, options: SyncOptions = {}): Promise<void> {
  const before = JSON.stringify([names(bench.left), names(bench.right)]);
  await bench.sync("bidirectional", options);
  expect(await bench.sync("bidirectional", options)).toMatchObject({ status: "succeeded", items: [] });
  expect(JSON.stringify([names(bench.left), names(bench.right)])).toBe(before);
}

describe("a prefix", () => {
  it("stands before the names of copies, and of nothing else", async () => {
    const bench = await opened("Sunday", "Monday");
    bench.right.put("monday", entriesOn("right", "C"));
    bench.right.put("Tuesday", entriesOn("right", "D"));
    await bench.sync("bidirectional", marked);
    expect(names(bench.right)).toEqual(["[left] Sunday", "Tuesday", "monday"].sort());
    expect(names(bench.left)).toEqual(["Monday", "Sunday", "Tuesday"]);
    expect(lettersOf(bench.right.named("[left] Sunday"))).toBe("AB");
    await quiet(bench);
  });

  it("may be another on either side", async () => {
    const bench = await opened("Sunday");
    bench.right.put("Tuesday", entriesOn("right", "D"));
    await bench.sync("bidirectional", { prefix: { target: MARK, source: "from right: " } });
    expect([names(bench.left), names(bench.right)]).toEqual([
      ["Sunday", "from right: Tuesday"],
      ["Tuesday", "[left] Sunday"],
    ]);
    await quiet(bench);
  });

  it.each(["sync-from", "sync-to", "bidirectional"] as const)("stays when a list is renamed: %s", async (mode) => {
    const bench = await new RackBench().open();
    const [read, written] =
      mode === "sync-to" ? ([bench.right, bench.left] as const) : ([bench.left, bench.right] as const);
    read.put("Sunday", []);
    await bench.sync(mode, { prefix: { [mode === "sync-to" ? "source" : "target"]: MARK } });
    rename(read.named("Sunday"), "Rest day");
    await bench.sync(mode);
    expect(names(written)).toEqual(["[left] Rest day"]);
    await bench.sync(mode);
    expect(await bench.sync(mode)).toMatchObject({ status: "succeeded", items: [] });
  });

  it("is not carried back when the copy is renamed, with it or without it", async () => {
    const bench = await opened("Sunday");
    await bench.sync("bidirectional", marked);
    const [original, copy] = [bench.left.named("Sunday"), bench.right.named("[left] Sunday")];
    rename(copy, "[left] Rest day");
    await bench.sync();
    expect([original.name, copy.name]).toEqual(["Rest day", "[left] Rest day"]);
    // Who takes it away does not want it there.
    rename(copy, "Day off");
    await bench.sync();
    expect([original.name, copy.name]).toEqual(["Day off", "Day off"]);
    rename(original, "Sabbath");
    await bench.sync();
    expect(copy.name).toBe("Sabbath");
    await quiet(bench);
  });

  it("pairs copies with their lists again when the pair was forgotten, and makes none anew", async () => {
    const bench = await opened("Sunday", "Monday");
    await bench.sync("bidirectional", marked);
    const [pair] = await bench.engine().pairs.list(USER);
    await bench.engine().pairs.forget({ ...USER, pairId: pair?.id ?? "" });
    await bench.sync("bidirectional", marked);
    expect([names(bench.left), names(bench.right)]).toEqual([
      ["Monday", "Sunday"],
      ["[left] Monday", "[left] Sunday"],
    ]);
    await quiet(bench);
  });

  it("is put once more before a name that begins so, and no two lists get copies of one name", async () => {
    const bench = await opened("Sunday", "[left] Sunday");
    await bench.sync("bidirectional", marked);
    expect(names(bench.right)).toEqual(["[left] Sunday", "[left] [left] Sunday"].sort());
    await quiet(bench);
    expect(names(bench.left)).toEqual(["Sunday", "[left] Sunday"].sort());
    const [pair] = await bench.engine().pairs.list(USER);
    await bench.engine().pairs.forget({ ...USER, pairId: pair?.id ?? "" });
    expect((await bench.sync("bidirectional", marked)).unmatched).toEqual([]);
    expect([bench.left.lists.size, bench.right.lists.size]).toEqual([2, 2]);
  });

  it("is looked for when the answer to a creation was lost", async () => {
    const bench = await opened("Sunday");
    bench.right.passing = (when, what) => {
      if (when === "after" && what === "right.create") throw lostAnswer("right");
    };
    await bench.sync("bidirectional", marked);
    bench.right.passing = () => {};
    await bench.sync();
    expect(names(bench.right)).toEqual(["[left] Sunday"]);
    await quiet(bench);
  });

  it("that makes a name longer than the service takes is told of, name by name", async () => {
    const bench = await opened("Sunday", "Mon");
    bench.right.longestName = 10;
    const report = await bench.sync("bidirectional", marked);
    expect(report).toMatchObject({ status: "partial", counts: { refused: 1 } });
    expect(report.items).toContainEqual(
      expect.objectContaining({
        kind: "refused",
        reason: { code: "refused.by-service", params: { detail: "refused" } },
      }),
    );
    expect(names(bench.right)).toEqual(["[left] Mon"]);
  });
});

describe("a prefix that changes", () => {
  it.each(["♫ ", "", "[left]", "[left] [right] "])(
    "is changed on the copies that carry the earlier one: to %j",
    async (target) => {
      const bench = await opened("Sunday", "Monday");
      bench.right.put("Monday", entriesOn("right", "C"));
      bench.right.put("[left", []);
      await bench.sync("bidirectional", marked);
      const renamed = await bench.sync("bidirectional", { prefix: { target } });
      const wanted = [`${target}Sunday`, "Monday", "[left"].sort();
      expect(renamed.items.map(({ kind, reason }) => [kind, reason?.code])).toEqual([["updated", "update.prefix"]]);
      expect(names(bench.right)).toEqual(wanted);
      expect(names(bench.left)).toEqual(["Monday", "Sunday", "[left"].sort());
      await quiet(bench);
      // And what is renamed later on carries the new one.
      rename(bench.left.named("Sunday"), "Rest day");
      await bench.sync();
      expect(names(bench.right)).toContain(`${target}Rest day`);
    },
  );

  it("is changed together with the name, also where services write on condition only", async () => {
    for (const conditional of [false, true]) {
      const bench = await new RackBench().open();
      bench.right.conditional = conditional;
      bench.left.put("Sunday", []);
      await bench.sync("bidirectional", marked);
      rename(bench.left.named("Sunday"), "Rest day");
      await bench.sync("bidirectional", { prefix: { target: "♫ " } });
      expect([names(bench.left), names(bench.right)]).toEqual([["Rest day"], ["♫ Rest day"]]);
      await quiet(bench);
    }
  });

  it("may be changed again at once where the service has refused a name as too long", async () => {
    const bench = await opened("Sunday");
    await bench.sync("bidirectional", marked);
    bench.right.longestName = 15;
    const refused = await bench.sync("bidirectional", { prefix: { target: "a very long prefix " } });
    expect(refused).toMatchObject({ status: "partial", counts: { refused: 1 } });
    // What was refused is not sent again; another one is.
    const { update } = bench.right.calls;
    await bench.sync();
    expect(bench.right.calls.update).toBe(update);
    await bench.sync("bidirectional", { prefix: { target: "♫ " } });
    expect([names(bench.left), names(bench.right)]).toEqual([["Sunday"], ["♫ Sunday"]]);
    await quiet(bench);
  });

  it("is no news from the user, whoever lags behind: what was left out is renamed when it is chosen again", async () => {
    const bench = await opened("Sunday", "Monday");
    await bench.sync("bidirectional", marked);
    await bench.sync("bidirectional", { select: { ids: { source: ["left-list-1"] } }, prefix: { target: "♫ " } });
    await bench.sync("bidirectional", { prefix: { target: "♪ " } });
    expect(names(bench.right)).toEqual(["[left] Monday", "♪ Sunday"]);
    await bench.sync("bidirectional", { select: {} });
    expect([names(bench.left), names(bench.right)]).toEqual([
      ["Monday", "Sunday"],
      ["♪ Monday", "♪ Sunday"],
    ]);
    await quiet(bench);
  });

  it("says nothing of lists that the pair does not know, and that are called as the earlier one was", async () => {
    const bench = await opened("Sunday");
    await bench.sync("bidirectional", { prefix: { target: "My " } });
    await bench.sync("bidirectional", { prefix: { target: "" } });
    bench.right.put("My songs", []);
    await bench.sync();
    expect([names(bench.left), names(bench.right)]).toEqual([
      ["My songs", "Sunday"],
      ["My songs", "Sunday"],
    ]);
    await quiet(bench);
  });

  it("waits for a person where it renames most of many lists, by the guard for changes", async () => {
    const bench = await opened(...[..."abcdefghijklmnopqrstuvwxyz"].map((letter) => `list ${letter}`));
    await bench.sync("bidirectional", marked);
    const held = await bench.sync("bidirectional", { prefix: { target: "♫ " } });
    expect(held).toMatchObject({ status: "held", hold: { reasons: ["mass-change"] } });
    expect(names(bench.right)[0]).toBe("[left] list a");
    await bench.engine().confirm({ ...USER, pairId: held.pairId, planHash: held.hold?.hash ?? "" });
    await bench.sync();
    expect(names(bench.right)[0]).toBe("♫ list a");
    expect(names(bench.left)[0]).toBe("list a");
    await quiet(bench);
  });

  it("is done by the run after one that was cut off, once", async () => {
    const bench = await opened("Sunday");
    await bench.sync("bidirectional", marked);
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.update") throw lostAnswer("right");
    };
    await bench.sync("bidirectional", { prefix: { target: "♫ " } });
    bench.right.passing = () => {};
    expect(names(bench.right)).toEqual(["[left] Sunday"]);
    await bench.sync();
    expect([names(bench.left), names(bench.right)]).toEqual([["Sunday"], ["♫ Sunday"]]);
    await quiet(bench);
  });

  it("is applied from a plan as it was planned", async () => {
    const bench = await opened("Sunday");
    await bench.sync("bidirectional", marked);
    const engine = bench.engine();
    await bench.clock.advance(1);
    const plan = await engine.plan(bench.request("bidirectional", { prefix: { target: "♫ " } }));
    expect(names(bench.right)).toEqual(["[left] Sunday"]);
    expect((await engine.apply(plan)).pairs[0]).toMatchObject({ status: "succeeded" });
    expect(names(bench.right)).toEqual(["♫ Sunday"]);
  });

  it("leaves names alone on a side that the mode does not write", async () => {
    const bench = await opened("Sunday");
    bench.right.put("Tuesday", []);
    await bench.sync("bidirectional", { prefix: { source: "[right] ", target: MARK } });
    expect(names(bench.left)).toEqual(["Sunday", "[right] Tuesday"].sort());
    await bench
      .engine()
      .pairs.rescope(
        { ...USER, pairId: (await bench.engine().pairs.list(USER))[0]?.id ?? "" },
        { options: { prefix: { source: "" } } },
      );
    await bench.sync("sync-from");
    await bench.sync("sync-from");
    expect([names(bench.left), names(bench.right)]).toEqual([
      ["Sunday", "[right] Tuesday"].sort(),
      ["Tuesday", "[left] Sunday"],
    ]);
  });
});

class Ring extends EngineBench<Rack> {
  readonly services = ["left", "right", "third"].map((name) => new Rack(name, [], "ranges"));
}

describe("three services whose pairs form a ring", () => {
  it("put no prefix before each other's, for ever", async () => {
    const bench = await new Ring().open();
    const { services: racks } = bench;
    const [left, right, third] = racks;
    if (!left || !right || !third) throw new Error("three racks form a ring");
    left.put("Sunday", []);
    const sync = async (source: Rack, target: Rack): Promise<PairReport> => {
      await bench.clock.advance(1);
      const pairs = [{ source: source.name, target: target.name, mode: "sync-from" as const }];
      const options = { prefix: { target: `[${source.name}] ` }, conflictPolicy: "source-wins" as const };
      return only(await bench.engine().sync({ ...USER, type: "playlists", pairs, options }));
    };
    // The first two put theirs before the third closes the ring; then the text goes again.
    for (let round = 0; round < 8; round++) {
      await sync(left, right);
      await sync(right, third);
      await sync(third, left);
      for (const name of racks.flatMap(names)) expect(name.split("[").length).toBeLessThanOrEqual(3);
    }
    expect(racks.map(names)).toEqual([["Sunday"], ["Sunday"], ["Sunday"]]);
  });
});

describe("names with and without a prefix", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 12 });
  const name = text.filter((each) => each.trim() !== "");
  const prefix = fc.oneof(fc.constantFrom("[S] ", "My ", "♫"), text).map((each) => each.normalize("NFC"));

  it("whatever is written for a copy is read back as what it was made of", () => {
    fc.assert(
      fc.property(name, prefix, (core, now) => {
        const written = nameToWrite(core, { now, former: [] });
        const read = readName(written, { now, former: [] }, 0);
        expect(read.core.normalize("NFC")).toBe(core.normalize("NFC"));
        expect(nameToWrite(read.core, { now, former: [] }, read).normalize("NFC")).toBe(written.normalize("NFC"));
      }),
    );
  });

  it("a name that carries none is left as it is", () => {
    fc.assert(
      fc.property(name, name, (shown, core) => {
        const prefixes = { now: "\u{1F3B5}\u{1F3B5}", former: [{ text: "\u{1F3B6}\u{1F3B6}", untilMs: 9 }] };
        fc.pre(!shown.includes("\u{1F3B5}") && !shown.includes("\u{1F3B6}"));
        const read = readName(shown, prefixes, 0);
        expect(read).toEqual({ core: shown });
        expect(nameToWrite(core, prefixes, read)).toBe(core);
      }),
    );
  });

  it("a name that is nothing but the prefix is a name", () => {
    expect(readName("My ", { now: "My ", former: [] }, 0)).toEqual({ core: "My " });
    expect(readName("My", { now: "My ", former: [] }, 0)).toEqual({ core: "My" });
  });
});
