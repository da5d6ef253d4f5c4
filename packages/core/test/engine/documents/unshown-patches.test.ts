import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { keepUnshown } from "../../../src/engine/documents/unshown-patches.ts";
import { defineDocumentKind } from "../../../src/index.ts";

interface Day {
  readonly title?: string;
  readonly colour?: string;
  readonly excluded?: true;
}
interface Series {
  readonly title?: string;
  readonly start?: string;
  readonly colour?: string;
  readonly days?: Readonly<Record<string, Day>>;
}

const kind = defineDocumentKind<Series>({
  name: "series",
  schema: z.any(),
  fields: { title: "value", start: "value", colour: "value", days: "patches" },
  patchesRestOn: ["start"],
});

const kept = (source: Series, target: Series, written: Series = source) =>
  keepUnshown(kind, written, { source, target });

describe("what is written of a document whose service does not show all of it", () => {
  const target: Series = { title: "a", colour: "red", days: { mo: { title: "own", colour: "blue" } } };

  it("keeps in each entry what is not shown, and takes over what is", () => {
    expect(kept({ colour: "red", days: { mo: { colour: "green" }, tu: { colour: "blue" } } }, target)).toEqual({
      colour: "red",
      days: { mo: { title: "own", colour: "green" }, tu: { colour: "blue" } },
    });
    expect(kept({ colour: "red", days: { mo: {} } }, target)).toEqual({
      colour: "red",
      days: { mo: { title: "own" } },
    });
  });

  it("keeps an entry that says nothing but what is not shown, and no other", () => {
    const days = { mo: { title: "own" }, tu: { title: "own", colour: "blue" }, we: { excluded: true as const } };
    expect(kept({ colour: "red", days: {} }, { ...target, days })).toEqual({
      colour: "red",
      days: { mo: { title: "own" } },
    });
  });

  it("lets go of entries whose names mean something else now", () => {
    const before: Series = { ...target, start: "monday" };
    expect(kept({ start: "tuesday", days: { tu: { colour: "blue" } } }, before)).toEqual({
      start: "tuesday",
      days: { tu: { colour: "blue" } },
    });
  });

  it("lets go of what an instance was that is left out now", () => {
    expect(kept({ colour: "red", days: { mo: { excluded: true } } }, target).valueOf()).toEqual({
      colour: "red",
      days: { mo: { excluded: true } },
    });
  });

  it("is what it was where all is shown: that an entry has no title then says that it has none of its own", () => {
    const source: Series = { title: "a", colour: "red", days: { mo: { colour: "green" } } };
    expect(kept(source, target)).toEqual(source);
  });

  it("is what it was where no entries are written", () => {
    expect(kept({ days: {} }, target, { colour: "green" })).toEqual({ colour: "green" });
  });
});

describe("whatever is written", () => {
  const day: fc.Arbitrary<Day> = fc.oneof(
    fc.constant({ excluded: true } as const),
    fc.record({ title: fc.constantFrom("a", "b"), colour: fc.constantFrom("red", "blue") }, { requiredKeys: [] }),
  );
  const days = fc.dictionary(fc.constantFrom("mo", "tu", "we"), day);
  const series = fc.record({ title: fc.constant("t"), colour: fc.constant("c"), days }, { requiredKeys: ["days"] });

  it("says what the source shows, entry by entry, and of the rest what was there", () => {
    fc.assert(
      fc.property(series, series, (source, there) => {
        const now = (kept(source, there) as Series).days ?? {};
        const shown = (["title", "colour"] as const).filter((field) => source[field] !== undefined);
        for (const [name, entry] of Object.entries(source.days)) {
          expect(now[name]?.excluded).toBe(entry.excluded);
          for (const field of shown) expect(now[name]?.[field]).toBe(entry[field]);
        }
        for (const [name, old] of Object.entries(there.days)) {
          if (old.excluded || (name in source.days && source.days[name]?.excluded)) continue;
          const isGone = !(name in source.days) && shown.some((field) => old[field] !== undefined);
          for (const field of ["title", "colour"] as const) {
            if (!shown.includes(field) && old[field] !== undefined && !isGone) {
              expect(now[name]?.[field]).toBe(source.days[name]?.[field] ?? old[field]);
            }
          }
        }
        if (shown.length === 2) expect(now).toEqual(source.days);
      }),
    );
  });
});
