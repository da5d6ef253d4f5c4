import type { DocumentHabits, Note, SyntheticDocuments } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { DAY_MS, idOf, inStep, NotesBench, shownOn } from "./notes-bench.ts";

type Habits = Partial<DocumentHabits>;

const bare: Habits = {
  versions: "none",
  preconditions: "none",
  times: "none",
  identity: "none",
  totals: "absent",
  uids: "own",
  order: "unsteady",
  paging: "offset",
};
const markers: Habits = { identity: "marker", updates: "replace", totals: "inexact", tombstones: "listed" };
const lower: Habits = {
  normalise: ({ title, body, tags, ...rest }: Note): Note => ({
    ...rest,
    ...(title === undefined ? {} : { title: title.toLowerCase() }),
    ...(body === undefined ? {} : { body: `${body.trim()}\n` }),
    ...(tags === undefined ? {} : { tags: tags.map((tag) => tag.toLowerCase()).sort() }),
  }),
};
const shortening: Habits = {
  normalise: ({ body, ...rest }: Note): Note => ({
    ...rest,
    ...(body === undefined ? {} : { body: body.slice(0, 5) }),
  }),
};

async function quiet(bench: NotesBench, runs = 2): Promise<void> {
  const before = bench.writes;
  for (let run = 0; run < runs; run++) {
    expect((await bench.sync()).status).toBe("succeeded");
    await bench.clock.advance(DAY_MS);
  }
  expect(bench.writes).toBe(before);
}

const pairs: readonly (readonly [name: string, left: Habits, right: Habits])[] = [
  ["no versions, times, conditional writes or names", bare, bare],
  ["markers and whole replacements against the barest", markers, bare],
  [
    "client ids that are keys only, with seconds as times",
    { repeats: "answered-by-key" },
    { times: { offsetMs: 7_000, resolutionMs: 1_000 } },
  ],
  ["exact probes against hints", { probe: "exact" }, { probe: "hint" }],
  ["small pages", { pageSize: 1 }, { pageSize: 2, order: "newest-first" }],
];

describe.each(pairs)("documents between odd services: %s", (_, left, right) => {
  it("everything that users do arrives once, and then nothing is written", async () => {
    const bench = await inStep(10, { habits: { left, right } });
    await quiet(bench);
    bench.left.edit(idOf(bench.left, 0), { body: "left", tags: ["b", "a"] });
    bench.right.edit(idOf(bench.right, 1), { body: "right", done: true, lines: ["x", "x"] });
    bench.left.put({ title: "new left" });
    bench.right.put({ title: "new right" });
    bench.left.remove(idOf(bench.left, 2));
    bench.right.remove(idOf(bench.right, 3));
    const before = bench.writes;
    const report = await bench.sync();
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 2, updated: 2, removed: 2, conflicts: 0 } });
    expect(bench.writes - before).toBe(6);
    expect(bench.shown.left).toEqual(bench.shown.right);
    expect(bench.left.notes().size).toBe(10);
    await quiet(bench);
  });

  it("swapped about, the same happens", async () => {
    const bench = await inStep(6, { habits: { left: right, right: left }, mode: "bidirectional" });
    bench.right.edit(idOf(bench.right, 0), { body: "edited" });
    bench.left.remove(idOf(bench.left, 1));
    expect((await bench.sync()).counts).toMatchObject({ updated: 1, removed: 1, added: 0 });
    expect(bench.shown.left).toEqual(bench.shown.right);
    await quiet(bench);
  });
});

describe("documents that services put into a form of their own", () => {
  it.each([
    ["one side", {}, lower],
    ["the other", lower, {}],
    ["both, differently", shortening, lower],
  ] as const)("%s: two runs, no write; an edit is carried over once", async (_, left, right) => {
    const bench = await new NotesBench({ left, right }).open();
    bench.left.putAll([
      { title: "Some Title", body: "Some body of text", tags: ["B", "a"] },
      { title: "Another", body: " with blanks " },
    ]);
    bench.right.put({ title: "From The Right", body: "Right" });
    expect((await bench.sync()).counts).toMatchObject({ added: 3 });
    await quiet(bench, 3);
    const [id = ""] = bench.left.notes().keys();
    bench.left.edit(id, { body: "Edited at length" });
    const before = bench.writes;
    expect((await bench.sync()).counts).toMatchObject({ updated: 1, conflicts: 0 });
    expect(bench.writes - before).toBe(1);
    await quiet(bench, 3);
  });

  it("what the other side made of it is not written back over what the user wrote", async () => {
    const bench = await new NotesBench({ right: shortening }).open();
    const id = bench.left.put({ title: "long", body: "a long body of text" });
    await bench.sync();
    await quiet(bench);
    expect(bench.left.get(id)?.body).toBe("a long body of text");
    // A change of another field on the right carries that field.
    const [twin = ""] = bench.right.notes().keys();
    bench.right.edit(twin, { done: true });
    await bench.sync({ conflictPolicy: "source-wins" });
    expect(bench.left.get(id)).toMatchObject({ done: true });
    expect(bench.left.get(id)?.body).toBe("a long body of text");
  });
});

describe("documents that services put into a form of their own, merged", () => {
  it.each([
    ["left", shortening, lower],
    ["right", lower, shortening],
  ] as const)(
    "what neither side changed stays on either side as it is (shortened on the %s)",
    async (short, left, right) => {
      const bench = await new NotesBench({ left, right }).open();
      const long = short === "left" ? bench.right : bench.left;
      const id = long.put({ title: "title", body: "a long body of text", tags: ["A", "b"] });
      await bench.sync();
      const [twin = ""] = bench[short].notes().keys();
      const shown = long.get(id);
      long.edit(id, { done: true });
      bench[short].edit(twin, { lines: ["x"] });
      expect((await bench.sync({ conflictPolicy: "merge" })).counts).toMatchObject({ updated: 1, conflicts: 0 });
      expect(long.get(id)).toEqual({ ...shown, done: true, lines: ["x"] });
      expect(bench[short].get(twin)).toMatchObject({ body: "a lon", done: true, lines: ["x"] });
      const before = bench.writes;
      await bench.sync({ conflictPolicy: "merge" });
      expect(bench.writes).toBe(before);
    },
  );
});

describe("documents with fields that one side does not have", () => {
  const few: Habits = { fields: ["title", "body"] };

  it.each(["patch", "replace"] as const)("are never blanked on the other side (%s)", async (updates) => {
    const bench = await new NotesBench({ left: { updates }, right: few }).open();
    const id = bench.left.put({ title: "rich", body: "first", done: true, tags: ["t"], lines: ["l"] });
    const own = bench.left.put({ title: "other", body: "x", done: true });
    await bench.sync();
    const [twin = ""] = bench.right.notes().keys();
    bench.right.edit(twin, { body: "edited on the poor side" });
    expect((await bench.sync()).counts).toMatchObject({ updated: 1 });
    expect(bench.left.get(id)).toMatchObject({
      title: "rich",
      body: "edited on the poor side",
      done: true,
      tags: ["t"],
      lines: ["l"],
    });
    // A change of what the other cannot hold is no change of what is shared.
    bench.left.edit(own, { done: false, tags: ["new"] });
    await quiet(bench);
    // And under merge neither.
    bench.left.edit(id, { title: "rich, renamed", tags: ["t", "u"] });
    bench.right.edit(twin, { body: "edited again" });
    await bench.sync({ conflictPolicy: "merge" });
    expect(bench.left.get(id)).toMatchObject({ title: "rich, renamed", body: "edited again", tags: ["t", "u"] });
    expect(bench.right.get(twin)).toEqual({ ...bench.right.get(twin), title: "rich, renamed", body: "edited again" });
  });

  it("a field that a service begins to show is no edit, and one that it no longer shows is not emptied", async () => {
    const bench = await inStep(3, { habits: { right: few } });
    const id = idOf(bench.left, 0);
    bench.left.edit(id, { tags: ["t"], done: true });
    bench.right.behave();
    const before = bench.writes;
    const report = await bench.sync();
    expect(report.status).toBe("succeeded");
    expect(bench.left.get(id)).toMatchObject({ tags: ["t"], done: true });
    await bench.sync();
    expect(bench.left.get(id)).toMatchObject({ tags: ["t"], done: true });
    expect(bench.writes).toBe(before);
    // An edit beside it does not carry the empty field over.
    bench.right.edit(idOf(bench.right, 0), { body: "edited" });
    expect((await bench.sync()).counts).toMatchObject({ updated: 1 });
    expect(bench.left.get(id)).toMatchObject({ body: "edited", tags: ["t"], done: true });
    bench.right.behave(few);
    await bench.sync();
    expect(bench.left.get(id)).toMatchObject({ tags: ["t"], done: true });
    await quiet(bench);
  });
});

describe("documents that are left alone for a while", () => {
  it.each(["none", "exact"] as const)(
    "written back and forth within the hour: rests for a day, then goes on (probe: %s)",
    async (probe) => {
      const bench = await inStep(3, { habits: { left: { probe }, right: { probe } } });
      for (let turn = 0; turn < 5; turn++) {
        const side = turn % 2 === 0 ? bench.left : bench.right;
        side.edit(idOf(side, 0), { body: `turn ${turn}` });
        await bench.sync();
      }
      expect(await bench.linkStates()).toEqual({ linked: 2, oscillating: 1 });
      expect(bench.right.get(idOf(bench.right, 0))?.body).toBe("turn 3");
      await bench.sync();
      await bench.clock.advance(DAY_MS);
      expect((await bench.sync()).counts).toMatchObject({ updated: 1 });
      expect(bench.right.get(idOf(bench.right, 0))?.body).toBe("turn 4");
      expect(await bench.linkStates()).toEqual({ linked: 3 });
      await quiet(bench);
    },
  );

  it("refused, and nothing changes at exact probes: not sent again for a week, and never without its content", async () => {
    const bench = await inStep(3, { habits: { left: { probe: "exact" }, right: { probe: "exact" } } });
    const sent: unknown[] = [];
    bench.right.adopt({
      refuse: ({ fields }) => {
        sent.push(fields);
        return "too-long";
      },
    });
    bench.left.put({ title: "long", body: "much too long" });
    for (let run = 0; run < 4; run++) await bench.sync();
    expect(sent).toMatchObject([{ title: "long" }]);
    await bench.clock.advance(7 * DAY_MS);
    for (let run = 0; run < 4; run++) await bench.sync();
    expect(sent).toMatchObject([{ title: "long" }, { title: "long" }]);
    expect(bench.right.notes().size).toBe(3);
  });
});

describe("documents that their service moves", () => {
  /** Its content under another id, the old one gone. */
  function move(service: SyntheticDocuments, id: string): string {
    const note = service.get(id);
    if (!note) throw new Error("nothing to move");
    service.remove(id);
    return service.put(note);
  }

  it.each(["left", "right"] as const)(
    "an id that vanished and came back under another: re-pointed (%s)",
    async (here) => {
      const bench = await inStep(10);
      const old = idOf(bench[here], 0);
      const moved = move(bench[here], old);
      const before = bench.writes;
      const report = await bench.sync();
      expect(report).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 0 } });
      expect(bench.writes).toBe(before);
      const column = here === "left" ? "source_id" : "target_id";
      const links = (await bench.links()).filter(({ state }) => state === "linked");
      expect(links).toHaveLength(10);
      expect(links.map((link) => link[column])).toContain(moved);
      expect(links.map((link) => link[column])).not.toContain(old);
      bench[here].edit(moved, { body: "edited after the move" });
      expect((await bench.sync()).counts).toMatchObject({ updated: 1, added: 0 });
      expect(bench.shown.left).toEqual(bench.shown.right);
      await quiet(bench);
    },
  );

  it("all of them at once: re-pointed, and nothing is held", async () => {
    const bench = await inStep(40);
    for (const id of [...bench.left.notes().keys()]) move(bench.left, id);
    const before = bench.writes;
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 0 } });
    expect(bench.writes).toBe(before);
    await quiet(bench);
  });

  it("moved and edited on the other side: the edit arrives at the new place", async () => {
    const bench = await inStep(5);
    const moved = move(bench.left, idOf(bench.left, 0));
    bench.right.edit(idOf(bench.right, 0), { body: "edited" });
    expect((await bench.sync()).counts).toMatchObject({ added: 0, removed: 0, updated: 1 });
    expect(bench.left.get(moved)?.body).toBe("edited");
    await quiet(bench);
  });

  it("moved while the other side cannot be read: what was agreed on stays known", async () => {
    const bench = await inStep(5);
    const [left, right] = [idOf(bench.left, 0), idOf(bench.right, 0)];
    bench.right.edit(right, { body: "edited" });
    bench.right.spoil(right, "unreadable");
    const moved = move(bench.left, left);
    expect((await bench.sync()).counts).toMatchObject({ added: 0, removed: 0, updated: 0 });
    bench.right.spoil(right, "fine");
    expect((await bench.sync()).counts).toMatchObject({ added: 0, updated: 1, conflicts: 0 });
    expect(bench.left.get(moved)?.body).toBe("edited");
    await quiet(bench);
  });

  it("one way, moved and then edited: the link has followed, whatever was done to the copy", async () => {
    const bench = await inStep(5, { mode: "sync-from" });
    const copy = idOf(bench.right, 0);
    bench.right.edit(copy, { body: "the copy's own" });
    const moved = move(bench.left, idOf(bench.left, 0));
    await bench.sync({}, "sync-from");
    bench.left.edit(moved, { body: "edited" });
    // Both have edited it since they last agreed.
    expect((await bench.sync({}, "sync-from")).counts).toMatchObject({ added: 0, updated: 0, conflicts: 1 });
    expect(bench.right.notes().size).toBe(5);
    expect(bench.right.get(copy)?.body).toBe("the copy's own");
  });

  it("a copy with our marker on it is not copied, and the one that is linked goes on", async () => {
    const bench = await inStep(3, { habits: { right: markers } });
    bench.right.duplicate(idOf(bench.right, 0));
    const report = await bench.sync();
    expect(report.counts).toMatchObject({ added: 0, removed: 0 });
    expect([bench.left.notes().size, bench.right.notes().size]).toEqual([3, 4]);
    await quiet(bench);
  });
});

describe("documents that cannot be read or written", () => {
  it.each(["unreadable", "nameless", "garbled", "foreign"] as const)(
    "one that is %s leaves the others alone, is neither deleted nor copied, and goes on when it is fine again",
    async (how) => {
      const bench = await inStep(10, { habits: { left: { totals: "inexact" } } });
      const [ill, twin] = [idOf(bench.left, 0), idOf(bench.right, 0)];
      bench.left.spoil(ill, how);
      bench.right.edit(twin, { body: "edited meanwhile" });
      bench.left.edit(idOf(bench.left, 1), { body: "edited" });
      const fresh = bench.left.put({ title: "new and ill" });
      bench.left.spoil(fresh, how);
      const report = await bench.sync();
      expect(report.counts).toMatchObject({ added: 0, removed: 0, updated: 1 });
      if (how === "garbled" || how === "foreign") {
        const reason = how === "garbled" ? "unsyncable.unreadable" : "unsyncable.unsupported";
        expect(report.unmatched.map(({ itemId, verdict, reason }) => [itemId, verdict, reason.code]).sort()).toEqual(
          [ill, fresh].map((id) => [id, "unsyncable", reason]).sort(),
        );
      }
      expect(bench.right.get(twin)?.body).toBe("edited meanwhile");
      expect(bench.left.get(ill)?.body).toBe("first");
      for (const id of [ill, fresh]) bench.left.spoil(id, "fine");
      const healed = await bench.sync();
      expect(healed.counts).toMatchObject({ added: 1, updated: 1, removed: 0 });
      expect(bench.shown.left).toEqual(bench.shown.right);
      await quiet(bench);
    },
  );

  it("one that is deleted on the other side while it cannot be read is not deleted blindly", async () => {
    const bench = await inStep(10);
    const ill = idOf(bench.left, 0);
    bench.left.spoil(ill, "garbled");
    bench.right.remove(idOf(bench.right, 0));
    expect((await bench.sync()).counts.removed).toBe(0);
    bench.left.edit(ill, { body: "edited by the garbling application" });
    bench.left.spoil(ill, "fine");
    await bench.sync();
    expect(bench.left.get(ill)?.body).toBe("edited by the garbling application");
    expect(await bench.conflicts()).toMatchObject([{ state: "open", kind: "edit-delete" }]);
  });

  it("an update that is refused (422) is not sent again until it changes, and harms nobody", async () => {
    const bench = await inStep(5);
    bench.right.adopt({
      refuse: ({ kind, fields }) => (kind === "update" && fields.body === "rude" ? "rude" : undefined),
    });
    bench.left.edit(idOf(bench.left, 0), { body: "rude" });
    bench.left.edit(idOf(bench.left, 1), { body: "polite" });
    const report = await bench.sync();
    expect(report).toMatchObject({ status: "partial", counts: { updated: 1, refused: 1 } });
    const calls = bench.right.calls.update;
    for (let run = 0; run < 5; run++) {
      await bench.sync();
      await bench.clock.advance(DAY_MS);
    }
    expect(bench.right.calls.update).toBe(calls);
    expect(bench.left.get(idOf(bench.left, 0))?.body).toBe("rude");
    bench.left.edit(idOf(bench.left, 0), { body: "less rude" });
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { updated: 1 } });
    expect(bench.shown.left).toEqual(bench.shown.right);
  });

  it("a deletion that is refused leaves the note where it is, and is not sent again for a week", async () => {
    const bench = await inStep(5);
    bench.right.adopt({ refuse: ({ kind }) => (kind === "delete" ? "not-yours" : undefined) });
    bench.left.remove(idOf(bench.left, 0));
    expect(await bench.sync()).toMatchObject({ status: "partial", counts: { removed: 0, refused: 1 } });
    const calls = bench.right.calls.delete;
    for (let day = 0; day < 5; day++) {
      await bench.clock.advance(DAY_MS);
      await bench.sync();
    }
    expect(bench.right.calls.delete).toBe(calls);
    expect([bench.left.notes().size, bench.right.notes().size]).toEqual([4, 5]);
  });

  it("a collection that is full takes what fits, says so, and takes the rest once there is room", async () => {
    const bench = await new NotesBench({ right: { maxItems: 5 } }).open();
    bench.left.putAll(Array.from({ length: 8 }, (_, index) => ({ title: `note ${index}` })));
    const report = await bench.sync();
    expect(report).toMatchObject({ status: "partial", counts: { added: 5, refused: 3 } });
    expect(report.items.filter(({ kind }) => kind === "refused").map(({ reason }) => reason?.code)).toEqual(
      Array(3).fill("refused.collection-full"),
    );
    expect([bench.left.notes().size, bench.right.notes().size]).toEqual([8, 5]);
    expect((await bench.sync()).counts.removed).toBe(0);
    bench.right.remove([...bench.right.notes().keys()][0] ?? "");
    bench.right.remove([...bench.right.notes().keys()][0] ?? "");
    await bench.sync();
    await bench.clock.advance(8 * DAY_MS);
    await bench.sync();
    expect([bench.left.notes().size, bench.right.notes().size]).toEqual([6, 5]);
    bench.right.adopt({ maxItems: 100 });
    await bench.clock.advance(8 * DAY_MS);
    await bench.sync();
    expect(shownOn(bench.left)).toEqual(shownOn(bench.right));
    expect(bench.left.notes().size).toBe(6);
  });
});
