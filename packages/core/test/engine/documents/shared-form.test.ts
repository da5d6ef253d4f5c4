import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { AnyDocuments } from "../../../src/engine/documents/document-side.ts";
import { fieldLosses } from "../../../src/engine/documents/field-losses.ts";
import { inSharedForm } from "../../../src/engine/documents/shared-form.ts";
import type { DocumentCollection, RulesInForce, Session } from "../../../src/index.ts";
import { defineDocumentKind } from "../../../src/index.ts";

/** A series: what is special of some of its days has fields of its own. */
interface Series {
  readonly title?: string;
  /** Names of days are counted from it. */
  readonly start?: string;
  readonly colour?: string | null;
  readonly days?: Readonly<Record<string, Day>>;
}
interface Day {
  readonly title?: string;
  readonly colour?: string | null;
  readonly excluded?: true;
  readonly added?: true;
}

const seriesKind = defineDocumentKind<Series>({
  name: "series",
  schema: z.any(),
  fields: { title: "value", start: "value", colour: "value", days: "patches" },
  patchesRestOn: ["start"],
});

/** A service that shows and takes documents as they are, and notes what it was given. */
function collectionOf(fields?: readonly (keyof Series & string)[]) {
  const given: object[] = [];
  const collection: DocumentCollection<Series, Series> = {
    shape: "documents",
    kind: seriesKind,
    scopes: { read: [], write: [] },
    toUniversal: (native) => native,
    ...(fields ? { fields } : {}),
    read: { pageSize: 1, totals: "exact", list: () => ({}) as never, get: () => Promise.reject(new Error("unused")) },
    write: {
      consistencyWindowMs: 0,
      preconditions: "conditional",
      identity: "client-id",
      create: (_, { item }) => {
        given.push(item);
        return Promise.resolve({ id: "1", native: item });
      },
      update: (_, { item }) => {
        given.push(item);
        return Promise.resolve({ id: "1", native: item });
      },
      delete: () => Promise.resolve(),
    },
  };
  return { collection: collection as unknown as AnyDocuments, given };
}

const session = {} as Session;
const titles = ["title", "start", "days"];

function opened(rules: RulesInForce = {}, fields: readonly string[] = titles) {
  const { collection, given } = collectionOf();
  return { form: inSharedForm(collection, { side: "target", rules, fields }), collection, given };
}

async function updated(before: Series, item: Series, rules: RulesInForce = {}, fields = titles): Promise<Series> {
  const { form, given } = opened(rules, fields);
  await form.write?.update(session, { id: "1", item, operationId: "op", previous: before });
  return given[0] as Series;
}

describe("documents in the form that both sides share", () => {
  it("have nothing in their entries that the other side cannot hold", () => {
    const days = { mon: { title: "late", colour: "red" }, tue: { colour: "red" }, wed: { excluded: true as const } };
    expect(opened().form.toUniversal({ title: "a", days })).toEqual({
      title: "a",
      days: { mon: { title: "late" }, wed: { excluded: true } },
    });
  });

  it("are written without losing what the other side has never seen", async () => {
    const before: Series = { days: { mon: { title: "late", colour: "red" }, tue: { colour: "red" } } };
    expect(await updated(before, { days: { mon: { title: "early" } } })).toEqual({
      days: { mon: { title: "early", colour: "red" }, tue: { colour: "red" } },
    });
    expect(await updated(before, { days: {} })).toEqual({ days: { mon: { colour: "red" }, tue: { colour: "red" } } });
    expect(await updated(before, { title: "b" })).toEqual({ title: "b" });
  });

  it("let go of what an instance had that there is no longer", async () => {
    const before: Series = { days: { mon: { title: "late", colour: "red" }, sun: { added: true, colour: "red" } } };
    expect(await updated(before, { days: { mon: { excluded: true } } })).toEqual({ days: { mon: { excluded: true } } });
    expect(await updated(before, { days: { mon: { title: "late" }, sun: { added: true, title: "more" } } })).toEqual({
      days: { mon: { title: "late", colour: "red" }, sun: { added: true, colour: "red", title: "more" } },
    });
  });

  it("let go of what days had that are counted anew", async () => {
    const before: Series = { start: "monday", days: { mon: { colour: "red" }, tue: { title: "late", colour: "red" } } };
    expect(await updated(before, { start: "tuesday", days: { tue: { title: "early" } } })).toEqual({
      start: "tuesday",
      days: { tue: { title: "early" } },
    });
    // Said again, it is no other.
    expect(await updated(before, { start: "monday", days: {} })).toEqual({
      start: "monday",
      days: { mon: { colour: "red" }, tue: { colour: "red" } },
    });
  });

  it("are made with what stands for fields that are each side's own, where the service has them", async () => {
    const rules = { own: { title: "Busy", nonsense: 1 } };
    const { form, given } = opened(rules, ["colour", "days"]);
    const days = { mon: { title: "late", colour: "red" } };
    expect(form.toUniversal({ title: "secret", colour: "red", days })).toEqual({
      title: "secret",
      colour: "red",
      days: { mon: { colour: "red" } },
    });
    await form.write?.create(session, { item: { colour: "red" }, operationId: "op" });
    expect(given).toEqual([{ title: "Busy", colour: "red" }]);
    expect(await updated({ title: "mine" }, { colour: "red" }, rules, ["colour", "days"])).toEqual({ colour: "red" });
  });

  it("are the service's own where there is nothing to share otherwise", () => {
    const { collection } = collectionOf();
    const plain = { ...collection, kind: { ...collection.kind, fields: { title: "value" } } } as AnyDocuments;
    expect(inSharedForm(plain, { side: "target", rules: {}, fields: ["title"] })).toBe(plain);
  });
});

const day: fc.Arbitrary<Day> = fc.oneof(
  fc.constant({ excluded: true } as const),
  fc.record(
    { title: fc.constantFrom("a", "b"), colour: fc.constantFrom("red", null), added: fc.constant(true as const) },
    { requiredKeys: [] },
  ),
);
const series: fc.Arbitrary<Series> = fc.record({ days: fc.dictionary(fc.constantFrom("mo", "tu", "we"), day) });

describe("whatever is written", () => {
  it("is what was meant when it is read again, and what was not meant is as it was", async () => {
    await fc.assert(
      fc.asyncProperty(series, series, async (before, meant) => {
        const { form } = opened();
        const shared = form.toUniversal(meant) as Series;
        const after = await updated(before, shared);
        expect(form.toUniversal(after)).toEqual(shared);
        for (const [name, { excluded, added, colour }] of Object.entries(before.days ?? {})) {
          const now: Day = after.days?.[name] ?? {};
          if (colour !== undefined && excluded === now.excluded && added === now.added) expect(now.colour).toBe(colour);
        }
      }),
    );
  });
});

describe("what the other side has no place for", () => {
  it("is named, once, also where only an instance has it, and without what it says", () => {
    const { collection } = collectionOf();
    const side = { collection, fields: ["title", "days"] } as unknown as Parameters<typeof fieldLosses>[0];
    expect(fieldLosses(side, {}, { title: "a", colour: "red", days: { mon: { colour: "blue" } } })).toEqual([
      "field.colour",
    ]);
    expect(fieldLosses(side, {}, { title: "a", days: { mon: { colour: "blue" } } })).toEqual(["field.colour"]);
    expect(fieldLosses(side, {}, { title: "a", colour: null, days: {} })).toEqual([]);
    const plain = { ...side, collection: { ...collection, kind: { ...collection.kind, blank: { colour: "none" } } } };
    expect(fieldLosses(plain as typeof side, {}, { title: "a", colour: "none" })).toEqual([]);
    expect(fieldLosses(side, { own: { colour: null } }, { title: "a", colour: "red" })).toEqual([]);
  });
});
