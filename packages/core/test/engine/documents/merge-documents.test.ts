import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createTenantHashes, keyring } from "../../../src/crypto/index.ts";
import { hashFields } from "../../../src/engine/documents/field-hashes.ts";
import { type MergeSide, mergeDocuments } from "../../../src/engine/documents/merge-documents.ts";
import { canonicalOf, commonFields, defineDocumentKind } from "../../../src/items/index.ts";
import { memoryStorage, systemRandom } from "../../../src/ports/index.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

const hasher = await createTenantHashes({
  storage: memoryStorage(),
  encryption: keyring({ current: "k", keys: { k: new Uint8Array(32).fill(1) } }),
  random: systemRandom,
  clock: virtualClock(),
}).forTenant("acme");

type Days = Readonly<Record<string, string | { readonly title: string } | null>>;
interface Series {
  readonly days: Days;
  readonly tags: readonly string[];
  readonly guests?: readonly string[];
}

const kind = defineDocumentKind<Series>({
  name: "series",
  schema: z.object({
    days: z.record(z.string(), z.union([z.string(), z.object({ title: z.string() }), z.null()])),
    tags: z.array(z.string()),
    guests: z.array(z.string()).exactOptional(),
  }),
  fields: { days: "map", tags: "set", guests: "shown" },
});
const fields = commonFields(kind, undefined, undefined);

function side(now: Series, before: Series | undefined): MergeSide {
  const canonical = canonicalOf(kind, now, fields);
  return { item: now, canonical, base: before && hashFields(hasher, canonicalOf(kind, before, fields)) };
}

function merged(before: Days | undefined, a: Days, b: Days, preferred: "a" | "b" = "a"): unknown {
  const of = (days: Days): Series => ({ days, tags: [] });
  const base = before && of(before);
  const result = mergeDocuments(hasher, kind, { a: side(of(a), base), b: side(of(b), base) }, preferred);
  return "days" in result ? result.days : "as it is";
}

const day = fc.constantFrom(null, "moved", { title: "x" }, { title: "y" });
const days = fc.dictionary(fc.constantFrom("mon", "tue", "wed", "__proto__"), day, {
  maxKeys: 4,
  noNullPrototype: true,
});

describe("merging a map", () => {
  it("takes each name from the side that changed it; an edit goes before a removal, and else the preferred side", () => {
    fc.assert(
      fc.property(
        fc.option(days, { nil: undefined }),
        days,
        days,
        fc.constantFrom("a", "b"),
        (before, a, b, preferred) => {
          const text = (map: Days | undefined, name: string) =>
            map && Object.hasOwn(map, name) ? JSON.stringify(map[name]) : "none";
          const wanted: [string, unknown][] = [];
          for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
            const [was, left, right] = [text(before, name), text(a, name), text(b, name)];
            const isOurs =
              left === right ||
              right === was ||
              (left !== was && (right === "none" || (left !== "none" && preferred === "a")));
            const [taken, from] = isOurs ? [left, a] : [right, b];
            if (taken !== "none") wanted.push([name, from[name]]);
          }
          const changed = [a, b].some(
            (each) => JSON.stringify(sorted(each)) !== JSON.stringify(sorted(before ?? { x: null })),
          );
          const result = merged(before, a, b, preferred);
          if (changed || before === undefined)
            expect(sorted(result as object)).toEqual(sorted(Object.fromEntries(wanted)));
          else expect(result).toBe("as it is");
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("is the same with sides and preference swapped", () => {
    fc.assert(
      fc.property(fc.option(days, { nil: undefined }), days, days, (before, a, b) => {
        expect(merged(before, a, b, "a")).toEqual(merged(before, b, a, "b"));
      }),
    );
  });

  it("tells what was taken away although the other side has changed it since", () => {
    expect(merged({ mon: "moved", tue: null }, { tue: null }, { mon: "moved", tue: null })).toEqual({ tue: null });
    expect(merged({ mon: "moved", tue: null }, { tue: null }, { mon: "moved", tue: "moved" })).toEqual({
      tue: "moved",
    });
    expect(merged({ mon: "moved" }, {}, { mon: null })).toEqual({ mon: null });
  });
});

describe("fields that are only shown", () => {
  it("are neither compared nor written", () => {
    expect(fields).toEqual(["days", "tags"]);
    expect([...canonicalOf(kind, { days: {}, tags: [], guests: ["anna"] }, ["days", "guests", "tags"]).keys()]).toEqual(
      ["days", "tags"],
    );
  });
});

function sorted(map: object): readonly [string, unknown][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}
