import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { matchDocuments } from "../../../src/engine/documents/match-documents.ts";
import { canonicalOf, defineDocumentKind, sameCanonical } from "../../../src/items/index.ts";

interface Page {
  readonly title?: string;
  readonly text?: string;
  readonly uid?: string;
}

const kind = defineDocumentKind<Page>({
  name: "page",
  schema: z.object({
    title: z.string().exactOptional(),
    text: z.string().exactOptional(),
    uid: z.string().exactOptional(),
  }),
  fields: { title: "value", text: "value", uid: "identity" },
  globalId: ({ uid }) => uid,
  matchKey: ({ title }) => title,
});

function seen(pages: readonly Page[], prefix: string) {
  return new Map(
    pages.map((item, index) => {
      const id = `${prefix}${index}`;
      return [id, { id, native: item, item, canonical: canonicalOf(kind, item, ["title", "text"]) }] as const;
    }),
  );
}

const pageOf = (words: fc.Arbitrary<string>) =>
  fc.record({ title: words, text: words, uid: fc.constantFrom("u1", "u2") }, { requiredKeys: [] });
const pages = fc.array(pageOf(fc.constantFrom("x", "y", "z")), { maxLength: 12 });

describe("documents that no link knows", () => {
  it("are paired one to one, within a name or a key that both show", () => {
    fc.assert(
      fc.property(pages, pages, (left, right) => {
        const [a, b] = [seen(left, "a"), seen(right, "b")];
        const { pairs, ambiguous } = matchDocuments({ collection: { kind } }, a, b);
        expect(new Set(pairs.values()).size).toBe(pairs.size);
        for (const [id, other] of pairs) {
          const [one, its] = [a.get(id)?.item as Page, b.get(other)?.item as Page];
          expect((one.uid !== undefined && one.uid === its.uid) || one.title === its.title).toBe(true);
          expect(ambiguous.a.has(id) || ambiguous.b.has(other)).toBe(false);
        }
      }),
    );
  });

  it("are paired by equal content first, and never beside one that would be equal", () => {
    fc.assert(
      fc.property(pages, pages, (left, right) => {
        const [a, b] = [seen(left, "a"), seen(right, "b")];
        const { ambiguous } = matchDocuments({ collection: { kind } }, a, b);
        for (const id of ambiguous.a) {
          for (const other of ambiguous.b) {
            const [one, its] = [a.get(id), b.get(other)];
            if (!one || !its) throw new Error("a document that was not given");
            const [left, right] = [one.item as Page, its.item as Page];
            const sharesKey = left.uid === undefined && right.uid === undefined && left.title === right.title;
            if (sharesKey && left.title !== undefined) expect(sameCanonical(one.canonical, its.canonical)).toBe(false);
          }
        }
      }),
    );
  });

  it("are paired by the thousand where all have one title", () => {
    const numbered = (from: number) =>
      Array.from({ length: 20_000 }, (_, index) => ({ title: "untitled", text: `${index + from}` }));
    const started = performance.now();
    const { pairs, ambiguous } = matchDocuments(
      { collection: { kind } },
      seen(numbered(0), "a"),
      seen(numbered(2), "b"),
    );
    expect(pairs.size).toBe(19_998);
    expect(pairs.get("a2")).toBe("b0");
    expect([...ambiguous.a]).toEqual(["a0", "a1"]);
    // Each against each would take a minute.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
