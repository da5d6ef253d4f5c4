import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ContainerSelection,
  keyring,
  type PairReport,
  type SyncMode,
  type SyncOptions,
} from "../../../src/index.ts";
import { holds, patient } from "../support/invented.ts";
import type { RackList } from "./support/rack.ts";
import { entriesOn, lettersOf, RackBench } from "./support/rack-bench.ts";

const reasons = ({ unmatched }: PairReport) => unmatched.map(({ reason, itemId }) => [reason.code, itemId]);
const names = (lists: ReadonlyMap<string, RackList>) => [...lists.values()].map(({ name }) => name).sort();
const USER = { userId: "user-1" } as const;

/** A bench with these lists on the left. */
async function opened(...lists: readonly (readonly [name: string, letters: string])[]) {
  const bench = await new RackBench().open();
  for (const [name, letters] of lists) bench.left.put(name, entriesOn("left", letters));
  return bench;
}

/** What both services hold, without what changes by looking. */
function held({ left, right }: RackBench): string {
  return JSON.stringify([left, right].map(({ lists }) => [...lists.values()]));
}

async function pairOf(bench: RackBench) {
  const [pair] = await bench.engine().pairs.list(USER);
  if (!pair) throw new Error("no pair is stored");
  return pair;
}

describe("a selection by id", () => {
  it("makes copies of what it names, on either side, and leaves the others alone", async () => {
    const bench = await opened(["Sunday", "AB"], ["Monday", "CD"]);
    bench.right.put("Tuesday", entriesOn("right", "E"));
    bench.right.put("Wednesday", entriesOn("right", "F"));
    const select = { ids: { source: ["left-list-1"], target: ["right-list-2"] } };
    expect(await bench.sync("bidirectional", { select })).toMatchObject({ status: "succeeded", unmatched: [] });
    expect(names(bench.left.lists)).toEqual(["Monday", "Sunday", "Wednesday"]);
    expect(names(bench.right.lists)).toEqual(["Sunday", "Tuesday", "Wednesday"]);
    expect(lettersOf(bench.right.named("Sunday"))).toBe("AB");
    expect(lettersOf(bench.left.named("Wednesday"))).toBe("F");
  });

  it("means the counterpart too: it is filled, renamed and deleted with the one that is named", async () => {
    const bench = await opened(["Sunday", "AB"], ["Monday", "CD"]);
    const select = { ids: { source: ["left-list-1"] } };
    await bench.sync("bidirectional", { select });
    const [left, right] = [bench.left.named("Sunday"), bench.right.named("Sunday")];
    bench.right.edit(right, (entries) => entries.push("right-C"));
    right.name = "Rest day";
    await bench.sync();
    expect([left.name, lettersOf(left)]).toEqual(["Rest day", "ABC"]);
    left.name = "Day off";
    left.version++;
    await bench.sync();
    expect(right.name).toBe("Day off");
    bench.left.lists.delete(left.id);
    await bench.sync();
    expect(names(bench.right.lists)).toEqual([]);
    expect(names(bench.left.lists)).toEqual(["Monday"]);
  });

  it("pairs what it names with a list of that name that is there", async () => {
    const bench = await opened(["Sunday", "AB"]);
    bench.right.put("Sunday", entriesOn("right", "C"));
    await bench.sync("bidirectional", { select: { ids: { source: ["left-list-1"] } } });
    expect([...bench.right.lists.keys()]).toEqual(["right-list-1"]);
    expect(lettersOf(bench.right.named("Sunday")).split("").sort().join("")).toBe("ABC");
  });

  it("says which ids it does not find, in every run, and goes on with the others", async () => {
    const bench = await opened(["Sunday", "AB"]);
    const select = { ids: { source: ["left-list-1", "left-list-9"], target: ["right-list-7"] } };
    const report = await bench.sync("sync-from", { select });
    const missing = [
      ["unmatched.not-listed", "left-list-9"],
      ["unmatched.not-listed", "right-list-7"],
    ];
    expect(reasons(report)).toEqual(missing);
    expect(report).toMatchObject({ status: "succeeded", counts: { notFound: 2 } });
    expect(names(bench.right.lists)).toEqual(["Sunday"]);
    expect(reasons(await bench.sync("sync-from"))).toEqual(missing);
  });

  it("leaves out by id on either side, and tells of others' lists only where it names them", async () => {
    const bench = await opened(["Sunday", "AB"], ["Monday", "CD"]);
    bench.right.put("Tuesday", entriesOn("right", "E"));
    const theirs = bench.left.put("Theirs", entriesOn("left", "F"), { access: "followed" });
    const report = await bench.sync("bidirectional", {
      select: { exceptIds: { source: ["left-list-2", theirs.id], target: ["right-list-1"] } },
    });
    expect(reasons(report)).toEqual([]);
    expect([names(bench.left.lists), names(bench.right.lists)]).toEqual([
      ["Monday", "Sunday", "Theirs"],
      ["Sunday", "Tuesday"],
    ]);
    const named = await bench.sync("bidirectional", { select: { ids: { source: [theirs.id] } } });
    expect(reasons(named)).toEqual([["unsyncable.followed", theirs.id]]);
  });

  it("works where ids are sealed", async () => {
    const bench = await opened(["Sunday", "AB"], ["Monday", "CD"]);
    const engine = bench.engine({ sealIds: true });
    const select = { ids: { source: ["left-list-2", "left-list-9"] } };
    expect(reasons(await bench.sync("bidirectional", { select }, engine))).toEqual([
      ["unmatched.not-listed", "left-list-9"],
    ]);
    expect(names(bench.right.lists)).toEqual(["Monday"]);
    bench.right.named("Monday").name = "Moonday";
    await bench.sync("bidirectional", {}, engine);
    expect(names(bench.left.lists)).toEqual(["Moonday", "Sunday"]);
  });
});

describe("a selection by rule", () => {
  const cases: readonly (readonly [string, ContainerSelection, readonly string[]])[] = [
    ["a name", { names: [{ equals: " summer hits " }] }, ["Summer hits"]],
    ["how a name begins", { names: [{ startsWith: "#SYNC" }] }, ["#sync one", "#Sync two"]],
    [
      "one of two names",
      { names: [{ equals: "Summer hits" }, { startsWith: "#sync t" }] },
      ["#Sync two", "Summer hits"],
    ],
    ["what the user owns", { ownedOnly: true }, ["#Sync two", "#sync one", "Summer hits", "sync"]],
    ["at least so many", { size: { min: 3 } }, ["Ours", "Summer hits"]],
    ["at most so many", { size: { max: 1 } }, ["#Sync two", "#sync one"]],
    [
      "all of several rules",
      { ownedOnly: true, size: { min: 3, max: 3 }, names: [{ startsWith: "s" }] },
      ["Summer hits"],
    ],
    ["an equal name, and not by how one begins", { names: [{ equals: "#sync" }] }, []],
    [
      "ids and a rule",
      { ids: { source: ["left-list-1", "left-list-2"] }, names: [{ startsWith: "#" }] },
      ["#sync one"],
    ],
    ["nothing left out", {}, ["#Sync two", "#sync one", "Ours", "Summer hits", "sync"]],
  ];

  it.each(cases)("chooses by %s", async (_, select, wanted) => {
    const bench = await opened(["Summer hits", "ABC"], ["#sync one", "D"], ["#Sync two", "E"], ["sync", "FG"]);
    bench.left.put("Ours", entriesOn("left", "ABCD"), { access: "shared" });
    for (const mode of ["sync-from", "sync-from"] as const) await bench.sync(mode, { select });
    expect(names(bench.right.lists)).toEqual([...wanted].sort());
    for (const name of wanted) expect(lettersOf(bench.right.named(name))).toBe(lettersOf(bench.left.named(name)));
  });

  it("lets a list go that is renamed otherwise, on either side, and takes it up again where it was", async () => {
    for (const side of ["left", "right"] as const) {
      const bench = await opened(["#sync one", "AB"]);
      await bench.sync("bidirectional", { select: { names: [{ startsWith: "#sync" }] } });
      const [left, right] = [bench.left.named("#sync one"), bench.right.named("#sync one")];
      const renamed = bench[side].named("#sync one");
      renamed.name = "one";
      bench.left.edit(left, (entries) => entries.push("left-C"));
      expect(await bench.sync()).toMatchObject({ status: "succeeded", items: [], unmatched: [] });
      expect([lettersOf(left), lettersOf(right)]).toEqual(["ABC", "AB"]);
      renamed.name = "#sync 1";
      await bench.sync();
      expect([left, right].map((list) => [list.name, lettersOf(list)])).toEqual([
        ["#sync 1", "ABC"],
        ["#sync 1", "ABC"],
      ]);
      expect([bench.left.lists.size, bench.right.lists.size]).toEqual([1, 1]);
    }
  });

  it("asks the side that is read, one way", async () => {
    const bench = await opened(["#sync one", "AB"]);
    await bench.sync("sync-from", { select: { names: [{ startsWith: "#sync" }] } });
    bench.right.named("#sync one").name = "mine";
    bench.left.edit(bench.left.named("#sync one"), (entries) => entries.push("left-C"));
    await bench.sync("sync-from");
    expect(lettersOf(bench.right.named("mine"))).toBe("ABC");
  });

  it("goes by the longer of two linked lists, so that a copy on its way is not left behind", async () => {
    const bench = await opened(["Sunday", "ABCP"]);
    const list = bench.left.named("Sunday");
    const select = { size: { min: 4 } };
    await bench.sync("bidirectional", { select });
    // The right service does not have P.
    expect(lettersOf(bench.right.named("Sunday"))).toBe("ABC");
    bench.left.edit(list, (entries) => entries.push("left-D"));
    await bench.sync("bidirectional", { select });
    expect(lettersOf(bench.right.named("Sunday"))).toBe("ABCD");
    bench.left.edit(list, (entries) => entries.splice(0, 2));
    await bench.sync("bidirectional", { select: { size: { min: 5 } } });
    expect(lettersOf(bench.right.named("Sunday"))).toBe("ABCD");
  });

  it("prunes nothing that it leaves out", async () => {
    const bench = await opened(["#sync one", "AB"]);
    bench.right.put("mine", entriesOn("right", "C"));
    bench.right.put("#sync old", entriesOn("right", "D"));
    const options: SyncOptions = { propagation: "mirror", prune: true, select: { names: [{ startsWith: "#sync" }] } };
    const { hold, pairId } = await bench.sync("sync-from", options);
    expect(hold?.operations.map(({ toId }) => toId)).toEqual(["right-list-2"]);
    await bench.engine().confirm({ ...USER, pairId, planHash: hold?.hash ?? "" });
    await bench.sync("sync-from");
    expect(names(bench.right.lists)).toEqual(["#sync one", "mine"]);
  });
});

describe("D12: a selection that becomes narrower or another", () => {
  const all = ["sync-from", "sync-to", "bidirectional"] as const;

  it.each(all)("deletes nothing and keeps the links: %s", async (mode) => {
    const bench = await opened();
    const [read, other] = mode === "sync-to" ? (["right", "left"] as const) : (["left", "right"] as const);
    for (const name of ["one", "two", "three", "four", "five", "six"]) bench[read].put(name, entriesOn(read, "AB"));
    const mirror: SyncOptions = mode === "bidirectional" ? {} : { propagation: "mirror" };
    await bench.sync(mode, mirror);
    await bench.sync(mode, mirror);
    const before = held(bench);
    const links = await bench.storage.count({ table: "links" });
    const side = mode === "sync-to" ? "target" : "source";
    const report = await bench.sync(mode, { select: { ids: { [side]: [`${read}-list-1`] } } });
    expect(report).toMatchObject({ status: "succeeded", items: [] });
    expect(held(bench)).toBe(before);
    expect(await bench.storage.count({ table: "links" })).toBe(links);
    // What is edited and deleted out there stays a matter of the one side.
    bench[read].edit(bench[read].named("two"), (entries) => entries.pop());
    bench[read].lists.delete(bench[read].named("three").id);
    bench[other].named("four").name = "vier";
    expect(await bench.sync(mode)).toMatchObject({ status: "succeeded", items: [] });
    expect(names(bench[other].lists)).toEqual(["five", "one", "six", "three", "two", "vier"]);
    expect(lettersOf(bench[other].named("two"))).toBe("AB");
  });

  it("goes on where it was when all is chosen again, and asks before it removes what went meanwhile", async () => {
    const bench = await opened(["one", "ABC"], ["two", "DEF"], ["three", "G"]);
    await bench.sync();
    await bench.sync("bidirectional", { select: { ids: { source: ["left-list-1"] } } });
    bench.left.edit(bench.left.named("two"), (entries) => entries.pop());
    bench.left.edit(bench.left.named("two"), (entries) => entries.push("left-H"));
    bench.left.lists.delete(bench.left.named("three").id);
    const back = await bench.sync("bidirectional", { select: {} });
    expect(back.status).toBe("held");
    expect(back.hold?.operations.map(({ kind, toId }) => [kind, toId])).toEqual([["delete", "right-list-3"]]);
    expect(back.heldContents).toHaveLength(1);
    // What was added is carried over at once.
    expect(lettersOf(bench.right.named("two"))).toBe("DEFH");
    const [contents] = back.heldContents ?? [];
    for (const { pairId, hold } of [back, ...(contents ? [contents] : [])]) {
      await bench.engine().confirm({ ...USER, pairId, planHash: hold?.hash ?? "" });
    }
    await bench.sync();
    expect(names(bench.right.lists)).toEqual(["one", "two"]);
    expect(lettersOf(bench.right.named("two"))).toBe("DEH");
    await bench.sync();
    expect(await bench.sync()).toMatchObject({ status: "succeeded", items: [] });
  });

  it("a plan under another selection holds the same back, before anything of it is stored", async () => {
    const bench = await opened(["one", "ABC"], ["two", "DEF"]);
    await bench.sync();
    await bench.sync("bidirectional", { select: { ids: { source: ["left-list-1"] } } });
    bench.left.edit(bench.left.named("two"), (entries) => entries.pop());
    const engine = bench.engine();
    const plan = await engine.plan(bench.request("bidirectional", { select: {} }));
    expect(plan.pairs[0]).toMatchObject({ request: { options: { select: {} } } });
    const [report] = (await engine.apply(plan)).pairs;
    expect(report).toMatchObject({ status: "held" });
    expect(lettersOf(bench.right.named("two"))).toBe("DEF");
    expect((await pairOf(bench)).options.select).toEqual({});
    expect(await bench.sync()).toMatchObject({ status: "held" });
    expect(lettersOf(bench.right.named("two"))).toBe("DEF");
  });

  it("a plan that narrows holds back removals from what it still chooses, too", async () => {
    const bench = await opened(["one", "ABC"], ["two", "DEF"]);
    await bench.sync();
    bench.left.edit(bench.left.named("one"), (entries) => entries.pop());
    const engine = bench.engine();
    await bench.clock.advance(1);
    const plan = await engine.plan(bench.request("bidirectional", { select: { ids: { source: ["left-list-1"] } } }));
    const [report] = (await engine.apply(plan)).pairs;
    expect(report).toMatchObject({ status: "held", heldContents: [{ hold: { reasons: ["needs-confirmation"] } }] });
    expect(lettersOf(bench.right.named("one"))).toBe("ABC");
  });

  it("counts only what it is about when a guard asks how much is missing", async () => {
    const bench = await opened(...[..."abcdefghijklmnopqrstuvwxyz"].map((name) => [`list ${name}`, "A"] as const));
    await bench.sync();
    const source = ["1", "2", "3", "4", "5", "6"].map((n) => `left-list-${n}`);
    await bench.sync("bidirectional", { select: { ids: { source } } });
    for (const id of source.slice(0, 5)) bench.left.lists.delete(id);
    expect(await bench.sync()).toMatchObject({ status: "held", hold: { reasons: ["mass-removal"] } });
  });
});

describe("a stored selection", () => {
  it("is shown as it was typed, stored as ciphertext and hash, and changed as a whole", async () => {
    const bench = await opened(["Sunday", "AB"]);
    const engine = bench.engine();
    const pair = { source: "left", target: "right", mode: "bidirectional" } as const;
    const request = { ...USER, pair, type: "playlists" } as const;
    const select = {
      names: [{ startsWith: "Sun" }],
      ids: { source: ["left-list-9", "left-list-1"] },
      ownedOnly: false,
    };
    const created = await engine.pairs.create({ ...request, options: { select, prefix: { target: "♫ " } } });
    const shown = { ids: { source: ["left-list-1", "left-list-9"] }, names: [{ startsWith: "Sun" }] };
    expect(created.options).toMatchObject({ select: shown, prefix: { target: "♫ " } });
    expect(created.options.prefix).toEqual({ target: "♫ " });
    const ref = { ...USER, pairId: created.id };
    expect(await engine.pairs.get(ref)).toEqual(created);
    const row = async () => (await bench.storage.select({ table: "sync_pairs", where: { id: created.id } }))[0];
    const before = await row();
    expect(JSON.stringify(before)).not.toMatch(/startsWith|left-list|♫/);
    expect(before).toMatchObject({ version: 1, delete_free: false, selection_hash: expect.stringMatching(/^1\./) });
    // The same in another order is the same.
    await engine.pairs.rescope(ref, {
      options: { select: { ...select, ids: { source: ["left-list-1", "left-list-9"] } } },
    });
    expect(await row()).toEqual(before);
    expect((await engine.pairs.rescope(ref, { options: { prefix: { source: "" } } })).options).toEqual(created.options);
    expect(await row()).toEqual(before);
    const other = await engine.pairs.rescope(ref, { options: { select: { size: { min: 2 } } } });
    expect(other.options).toMatchObject({ select: { size: { min: 2 } }, prefix: { target: "♫ " } });
    expect(await row()).toMatchObject({ version: 2, delete_free: true, prefix_sealed: before?.prefix_sealed });
    const none = await engine.pairs.rescope(ref, { options: { select: {}, prefix: { target: "" } } });
    expect(none.options).toMatchObject({ select: {}, prefix: {} });
    expect(await row()).toMatchObject({ version: 3, selection_sealed: null, selection_hash: null });
  });

  it("opens under a new key once it was sealed anew", async () => {
    const bench = await opened(["Sunday", "AB"]);
    const key = (letter: string) => btoa(letter.repeat(32));
    const ring = (current: string, ...all: readonly string[]) =>
      bench.engine({ encryption: keyring({ current, keys: Object.fromEntries(all.map((id) => [id, key(id)])) }) });
    const options = { select: { ownedOnly: true }, prefix: { target: "♫ " } };
    const old = ring("a", "a");
    // The keys of tenants are sealed, too, and were so by the bench's own ring.
    await bench.storage.write({ statements: [{ delete: "tenant_keys", where: {} }] });
    const pair = { source: "left", target: "right", mode: "bidirectional" } as const;
    const { id: pairId } = await old.pairs.create({ ...USER, pair, type: "playlists", options });
    await expect(ring("b", "b").pairs.get({ ...USER, pairId })).rejects.toMatchObject({ code: "crypto.key-unknown" });
    await ring("b", "b", "a").reencrypt();
    expect((await ring("b", "b").pairs.get({ ...USER, pairId })).options).toMatchObject(options);
  });

  it("is not shown where somebody has altered it, and refuses every run", async () => {
    const bench = await opened(["Sunday", "AB"]);
    await bench.sync("bidirectional", { select: { ownedOnly: true } });
    const [row] = await bench.storage.select({ table: "sync_pairs", where: { container: "" } });
    const set = { selection_sealed: row?.selection_sealed?.replace(/.{4}$/, "AAAA") ?? "" };
    await bench.storage.write({ statements: [{ update: "sync_pairs", set, where: { id: row?.id ?? "" } }] });
    await expect(bench.engine().pairs.list(USER)).rejects.toMatchObject({ code: "crypto.tampered" });
    const before = held(bench);
    expect(await bench.sync()).toMatchObject({ status: "failed", error: { code: "crypto.tampered" } });
    expect(held(bench)).toBe(before);
  });
});

describe("whatever is selected when", patient, () => {
  const listIds = ["1", "2", "3", "4"].map((n) => `left-list-${n}`);
  const selection: fc.Arbitrary<ContainerSelection> = fc.oneof(
    fc.subarray(listIds, { minLength: 1 }).map((source) => ({ ids: { source } })),
    fc.subarray(listIds, { minLength: 1 }).map((source) => ({ exceptIds: { source } })),
    fc.constantFrom("o", "t", "th", "x").map((startsWith) => ({ names: [{ startsWith }] })),
    fc.integer({ min: 0, max: 3 }).map((min) => ({ size: { min } })),
    fc.constant({}),
  );
  const modes = fc.constantFrom<SyncMode>("sync-from", "bidirectional");

  it("nothing is deleted or doubled by it, and once all is chosen both sides are equal and quiet", async () => {
    const given = fc.record({ selections: fc.array(selection, { minLength: 1, maxLength: 5 }), mode: modes });
    await holds("selections", 0.03, given, async ({ selections, mode }) => {
      const bench = await opened(["one", "A"], ["two", "BC"], ["three", "DEF"], ["four", "GHIJ"]);
      bench.right.put("four", entriesOn("right", "K"));
      const asked = mode === "bidirectional" ? {} : ({ propagation: "mirror" } as const);
      for (const select of selections) {
        await bench.sync(mode, { ...asked, select });
        expect(bench.left.lists.size).toBe(4);
        for (const side of ["left", "right"] as const) expect(bench[side].calls.delete ?? 0).toBe(0);
        expect(new Set(names(bench.right.lists)).size).toBe(bench.right.lists.size);
      }
      await bench.sync(mode, { ...asked, select: {} });
      await bench.sync(mode);
      expect(names(bench.right.lists)).toEqual(["four", "one", "three", "two"]);
      for (const name of ["one", "two", "three"]) {
        expect(lettersOf(bench.right.named(name))).toBe(lettersOf(bench.left.named(name)));
      }
      expect(await bench.sync(mode)).toMatchObject({ status: "succeeded", items: [] });
    });
  });
});
