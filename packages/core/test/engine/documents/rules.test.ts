import { type DocumentHabits, type Note, noteKind } from "@syncer/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type AnyProvider,
  type DocumentKind,
  type DocumentRules,
  defineDocumentRules,
  type RulesInForce,
} from "../../../src/index.ts";
import { holds, patient } from "../support/invented.ts";
import { DAY_MS, NotesBench } from "./notes-bench.ts";

const rulesSchema = z.strictObject({
  /** Notes that carry one of these tags are left out. */
  skip: z.array(z.string()).optional(),
  /** A note is about the day that its last line names; those are meant that are so many days ahead at most. */
  daysAhead: z.number().optional(),
  hideBody: z.boolean().optional(),
  hideTitle: z.boolean().optional(),
  mark: z.string().optional(),
});
type Rules = z.infer<typeof rulesSchema>;

const rules = defineDocumentRules<Note, Rules>(rulesSchema, ({ skip = [], daysAhead, hideBody, hideTitle, mark }) => {
  const scopeOf: RulesInForce<Note>["scopeOf"] = ({ tags = [], lines = [] }, nowMs) => {
    if (tags.some((tag) => skip.includes(tag))) return "out";
    const ahead = (Number(lines.at(-1) ?? 0) - nowMs) / DAY_MS;
    if (daysAhead === undefined || ahead <= daysAhead) return "in";
    return ahead <= daysAhead + 2 ? "margin" : "out";
  };
  return {
    scopeOf,
    movesWithTime: daysAhead !== undefined,
    ...(hideBody ? { own: { body: "hidden" } } : {}),
    ...(hideTitle ? { own: { title: "hidden" } } : {}),
    ...(mark === undefined ? {} : marking(mark)),
  };
});

/** Copies on the target are marked in their titles. */
function marking(mark: string): Pick<RulesInForce<Note>, "shared" | "written"> {
  return {
    shared: (note, side) =>
      side === "target" && note.title?.startsWith(mark) ? { ...note, title: note.title.slice(mark.length) } : note,
    written: (fields, side, before) =>
      side === "target" && fields.title !== undefined && (before?.title?.startsWith(mark) ?? true)
        ? { ...fields, title: mark + fields.title }
        : fields,
  };
}

class RuledBench extends NotesBench {
  engineWithRules() {
    return this.engine({ providers: [this.left, this.right].map((service) => ruled(service.provider())) });
  }

  async run(given: Rules | undefined = undefined, mode: "bidirectional" | "sync-from" = "bidirectional") {
    return await this.sync(given ? { rules: given } : {}, mode, this.engineWithRules());
  }

  dayAhead(days: number): string[] {
    return [String(this.clock.now() + days * DAY_MS)];
  }
}

function ruled(provider: AnyProvider, given: DocumentRules<Note> = rules, schema = noteKind.schema): AnyProvider {
  const collections = Object.entries(provider.collections).map(([type, collection]) => {
    if (collection?.shape !== "documents") return [type, collection];
    const kind: DocumentKind<Note> = { ...(collection.kind as DocumentKind<Note>), rules: given, schema };
    return [type, { ...collection, kind }];
  });
  return { ...provider, collections: Object.fromEntries(collections) };
}

async function opened(habits: Partial<DocumentHabits> = {}): Promise<RuledBench> {
  return await new RuledBench({ left: habits, right: habits }).open();
}

describe("rules of a pair", () => {
  it("leave documents out, on both sides, and say nothing of them", async () => {
    const bench = await opened();
    bench.left.putAll([
      { title: "for both", tags: [] },
      { title: "mine", tags: ["private"] },
    ]);
    bench.right.putAll([{ title: "theirs", tags: ["private"] }]);
    const report = await bench.run({ skip: ["private"] });
    expect(report.counts).toMatchObject({ added: 1 });
    expect(report.items.map(({ item }) => (item as Note).title)).toEqual(["for both"]);
    expect([...bench.right.notes().values()].map(({ title }) => title).sort()).toEqual(["for both", "theirs"]);
    expect((await bench.run()).items).toEqual([]);
  });

  it("take leaving for no deletion, and nothing that happens outside for news", async () => {
    const bench = await opened();
    const id = bench.left.put({ title: "note", body: "first", tags: [] });
    await bench.run({ skip: ["private"] });
    bench.left.edit(id, { tags: ["private"], body: "second" });
    // The edit that takes it out is brought to the other side.
    await bench.run();
    expect(bench.shown.right).toEqual(bench.shown.left);
    const writes = bench.writes;
    bench.left.edit(id, { body: "third" });
    await bench.run();
    bench.left.remove(id);
    await bench.run();
    await bench.run();
    expect(bench.writes).toBe(writes);
    expect([...bench.right.notes().values()].map(({ body }) => body)).toEqual(["second"]);
    expect((await bench.links()).map(({ state }) => state)).toEqual(["linked"]);
  });

  it("take up again what comes back, without a double", async () => {
    const bench = await opened();
    const id = bench.left.put({ title: "note", body: "first", tags: ["private"] });
    await bench.run({ skip: ["private"] });
    expect(bench.right.notes().size).toBe(0);
    bench.left.edit(id, { tags: [] });
    await bench.run();
    bench.left.edit(id, { tags: ["private"] });
    await bench.run();
    bench.left.edit(id, { tags: [], body: "again" });
    await bench.run();
    expect(bench.shown.right).toEqual(bench.shown.left);
    expect(bench.right.notes().size).toBe(1);
  });

  it.each(["told", "none"] as const)(
    "bring what time brings nearer, also where deltas tell of nothing (%s)",
    async (deltas) => {
      const bench = await opened({ deltas });
      bench.left.putAll([
        { title: "soon", lines: bench.dayAhead(3) },
        { title: "near the edge", lines: bench.dayAhead(8) },
        { title: "far", lines: bench.dayAhead(30) },
      ]);
      const titles = () => [...bench.right.notes().values()].map(({ title }) => title).sort();
      await bench.run({ daysAhead: 7 });
      expect(titles()).toEqual(["soon"]);
      await bench.clock.advance(2 * DAY_MS);
      await bench.run();
      expect(titles()).toEqual(["near the edge", "soon"]);
      await bench.clock.advance(30 * DAY_MS);
      await bench.run();
      expect(titles()).toEqual(["far", "near the edge", "soon"]);
    },
  );

  it("keep what is linked in step while it stands in the margin", async () => {
    const bench = await opened();
    const id = bench.left.put({ title: "note", body: "first", lines: bench.dayAhead(3) });
    bench.left.put({ title: "another", body: "first", lines: bench.dayAhead(3) });
    await bench.run({ daysAhead: 7 });
    const lines = bench.dayAhead(8);
    bench.left.edit(id, { lines });
    await bench.run();
    bench.left.edit(id, { body: "second" });
    await bench.run();
    expect([...bench.right.notes().values()]).toContainEqual(expect.objectContaining({ body: "second", lines }));
    bench.left.remove(id);
    await bench.run();
    expect([...bench.right.notes().values()].map(({ title }) => title)).toEqual(["another"]);
  });

  it("keep a field to each side, and make copies with what stands for it", async () => {
    const bench = await opened();
    const id = bench.left.put({ title: "note", body: "nobody's business" });
    const report = await bench.run({ hideBody: true });
    const [copy] = bench.right.notes().keys();
    expect(bench.right.notes().get(copy ?? "")).toMatchObject({ title: "note", body: "hidden" });
    // A person is shown what he knows.
    expect(report.items[0]?.item).toMatchObject({ body: "nobody's business" });
    expect(report.items[0]?.losses).toBeUndefined();
    bench.right.edit(copy ?? "", { body: "of the right", title: "renamed" });
    bench.left.edit(id, { body: "of the left" });
    await bench.run();
    expect([...bench.left.notes().values()]).toMatchObject([{ title: "renamed", body: "of the left" }]);
    expect([...bench.right.notes().values()]).toMatchObject([{ title: "renamed", body: "of the right" }]);
    expect((await bench.run()).items).toEqual([]);
  });

  it("keep to each side also a field that no document is without", async () => {
    const bench = await opened();
    const titled = z.looseObject({ title: z.string() }) as unknown as DocumentKind<Note>["schema"];
    const providers = [bench.left, bench.right].map((service) => ruled(service.provider(), rules, titled));
    bench.left.put({ title: "secret", body: "first" });
    const report = await bench.sync({ rules: { hideTitle: true } }, "bidirectional", bench.engine({ providers }));
    expect(report).toMatchObject({ counts: { added: 1 }, unmatched: [] });
    expect([...bench.right.notes().values()]).toMatchObject([{ title: "hidden", body: "first" }]);
  });

  it("change what is written and change it back when it is read", async () => {
    const bench = await opened();
    const id = bench.left.put({ title: "note" });
    const own = bench.right.put({ title: "theirs" });
    await bench.run({ mark: "[L] " });
    const titles = (service: typeof bench.left) => [...service.notes().values()].map(({ title }) => title).sort();
    expect(titles(bench.right)).toEqual(["[L] note", "theirs"]);
    expect(titles(bench.left)).toEqual(["note", "theirs"]);
    bench.left.edit(id, { title: "note 2" });
    bench.right.edit(own, { title: "theirs 2" });
    await bench.run();
    expect(titles(bench.right)).toEqual(["[L] note 2", "theirs 2"]);
    expect(titles(bench.left)).toEqual(["note 2", "theirs 2"]);
    const [copy] = [...bench.right.notes()].find(([, { title }]) => title === "[L] note 2") ?? [];
    bench.right.edit(copy ?? "", { title: "[L] note 3" });
    await bench.run();
    expect(titles(bench.left)).toEqual(["note 3", "theirs 2"]);
    expect((await bench.run()).items).toEqual([]);
  });

  it("hold the deletions of the first run under other rules until they are confirmed", async () => {
    const bench = await opened();
    const ids = bench.left.putAll(Array.from({ length: 10 }, (_, index) => ({ title: `note ${index}` })));
    await bench.run();
    bench.left.remove(ids[0] ?? "");
    const held = await bench.run({ skip: ["private"] });
    expect(held.hold?.operations).toHaveLength(1);
    expect(bench.right.notes().size).toBe(10);
  });

  it("are checked when they are given, and refused for what has none", async () => {
    const bench = await opened();
    const wrong = { skip: "private" } as unknown as Rules;
    await expect(bench.run(wrong)).rejects.toMatchObject({
      code: "request.invalid",
      params: { path: "request.options.rules.skip" },
    });
    await expect(bench.run({ nonsense: true } as Rules)).rejects.toMatchObject({ code: "request.invalid" });
    await expect(bench.sync({ rules: {} })).rejects.toMatchObject({
      code: "request.invalid",
      params: { path: "request.options.rules" },
    });
  });

  it("of an earlier version that this one does not take fail the run, and say where", async () => {
    const bench = await opened();
    bench.left.put({ title: "note" });
    await bench.run({ skip: ["private"] });
    const stricter = defineDocumentRules<Note, object>(z.strictObject({}), () => ({}));
    const providers = [bench.left, bench.right].map((service) => ruled(service.provider(), stricter));
    const report = await bench.sync({}, "bidirectional", bench.engine({ providers }));
    expect(report).toMatchObject({ status: "failed", error: { code: "request.invalid" } });
    expect(report.error?.message).toContain("pair.options.rules");
    expect((await bench.run({})).status).toBe("succeeded");
  });

  it("are ciphertext in the storage, and shown with the pair", async () => {
    const bench = await opened();
    await bench.run({ skip: ["Lambarene"] });
    expect(JSON.stringify(await bench.dump())).not.toContain("Lambarene");
    const engine = bench.engineWithRules();
    expect((await engine.pairs.get(await bench.ref())).options.rules).toEqual({ skip: ["Lambarene"] });
    await engine.pairs.rescope(await bench.ref(), { options: { rules: {} } });
    expect((await engine.pairs.get(await bench.ref())).options.rules).toEqual({});
  });
});

type Step = {
  readonly at: "left" | "right";
  readonly note: number;
  readonly does: "edit" | "remove" | "hide" | "show";
};
const step: fc.Arbitrary<Step> = fc.record({
  at: fc.constantFrom("left" as const, "right" as const),
  note: fc.nat({ max: 5 }),
  does: fc.constantFrom("edit" as const, "remove" as const, "hide" as const, "show" as const),
});

describe("whatever happens under rules", () => {
  it(
    "nothing that is outside is made or deleted on the other side, and the next run writes nothing",
    patient,
    async () => {
      const histories = fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 6 });
      await holds("rules of documents", 0.1, histories, async (runs) => {
        const bench = await opened();
        const first = Array.from({ length: 4 }, (_, index) => ({
          title: `${index}`,
          tags: index % 2 ? ["private"] : [],
        }));
        bench.left.putAll(first);
        await bench.run({ skip: ["private"], hideBody: true });
        let count = 0;
        for (const steps of runs) {
          for (const { at, note, does } of steps) {
            const service = bench[at];
            const id = [...service.notes().keys()][note];
            if (id === undefined || does === "remove") {
              if (id === undefined) service.put({ title: `new ${count++}`, tags: does === "hide" ? ["private"] : [] });
              else service.remove(id);
            } else if (does === "edit") service.edit(id, { lines: [`${count++}`] });
            else service.edit(id, { tags: does === "hide" ? ["private"] : [] });
          }
          const before = { left: outside(bench.left), right: outside(bench.right) };
          await bench.run();
          for (const side of ["left", "right"] as const) {
            // What only one side has and its user keeps to himself stays as it is.
            for (const id of before[side]) expect(bench[side].notes().has(id)).toBe(true);
          }
        }
        await bench.run();
        await bench.run();
        expect((await bench.run()).items.filter(({ kind }) => kind !== "conflict")).toEqual([]);
      });
    },
  );
});

function outside(service: NotesBench["left"]): string[] {
  return [...service.notes()].filter(([, { tags = [] }]) => tags.includes("private")).map(([id]) => id);
}
