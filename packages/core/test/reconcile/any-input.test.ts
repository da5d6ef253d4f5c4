import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Decision, otherThan, type SideLetter } from "../../src/reconcile/index.ts";
import { anyInput, anyOneWay, anyTwoWay, type Given, isThere } from "./support/any-input.ts";
import { carriedOut, reconciled } from "./support/carry-out.ts";
import { inOrder, mirrored, mirroredResult, type Turn } from "./support/mirror.ts";
import { holdsFor, patient } from "./support/random-runs.ts";

const order = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 12 });

function shuffled<T>(items: readonly T[], places: readonly number[]): T[] {
  return items
    .map((item, index) => ({ item, place: places[index % places.length]! * 1_000 + index }))
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item);
}

/** Links and arrivals by their keys, and what each side has of them. */
function entriesOf({ links, arrivals, a, b }: Given) {
  return new Map(
    [...links, ...arrivals].map((entry) => [
      entry.key,
      { ...entry, a: a[entry.aId ?? ""] ?? "absent", b: b[entry.bId ?? ""] ?? "absent" },
    ]),
  );
}

/** What a decision writes, as `side id`; a document that is made has no id there yet. */
function written({ action, on, keys, aId, bId }: Decision): string[] {
  const sides: readonly SideLetter[] = on === undefined ? ["a", "b"] : [on];
  if (action !== "create" && action !== "update" && action !== "merge" && action !== "remove") return [];
  return sides.map((side) => `${side} ${(side === "a" ? aId : bId) ?? `new ${keys.join(" ")}`}`);
}

describe("for inputs of any kind", patient, () => {
  it("decides the same whatever the order of links, arrivals and strays", () => {
    holdsFor("any input, any order", fc.tuple(anyInput, order), ([given, places]) => {
      const turned = {
        ...given,
        links: shuffled(given.links, places),
        arrivals: shuffled(given.arrivals, places),
        strays: shuffled(given.strays, places),
      };
      expect(reconciled(turned)).toEqual(reconciled(given));
    });
  });

  it.each<Turn>(["the other side is the source", "the policy names the other side"])(
    "two-way, decides the mirror image when both sides are swapped: %s",
    (turn) => {
      holdsFor(`any input, mirrored, ${turn}`, anyTwoWay, (given) => {
        const { policy } = given.documents ?? {};
        // Beside the policy's name only the source tells which side it means.
        const named = policy === "source-wins" || policy === "target-wins" || policy === "skip";
        fc.pre(turn === "the other side is the source" || policy === undefined || named);
        const { decisions, ...rest } = reconciled(mirrored(given, turn));
        expect({ ...rest, decisions: inOrder(decisions) }).toEqual(mirroredResult(reconciled(given)));
      });
    },
  );

  it("decides each link once, and writes each item once", () => {
    holdsFor("any input, once each", anyInput, (given) => {
      const { decisions } = reconciled(given);
      const keys = decisions.flatMap((decision) => decision.keys);
      expect(new Set(keys).size).toBe(keys.length);
      const items = decisions.flatMap(written);
      expect(new Set(items).size).toBe(items.length);
    });
  });

  it("leaves alone what is not known, and says that it waits", () => {
    holdsFor("any input, unknown", anyInput, (given) => {
      const entries = entriesOf(given);
      const { decisions, waiting } = reconciled(given);
      const decided = decisions.flatMap(({ keys }) => keys.map((key) => entries.get(key)));
      expect(decided.filter((entry) => entry?.a === "unknown" || entry?.b === "unknown")).toEqual([]);
      const unknown = given.links.filter(({ key }) => {
        const entry = entries.get(key);
        return entry?.a === "unknown" || entry?.b === "unknown";
      });
      expect(waiting).toBeGreaterThanOrEqual(unknown.length);
    });
  });

  it("takes nothing from a side on absence that is not proven: what a removal names is there, and gone on the other", () => {
    holdsFor("any input, removals", anyInput, (given) => {
      const entries = entriesOf(given);
      for (const { action, on, keys } of reconciled(given).decisions) {
        if (action !== "remove" || on === undefined) continue;
        for (const key of keys) {
          expect(isThere(entries.get(key)?.[on]), key).toBe(true);
          expect(entries.get(key)?.[otherThan(on)], key).toBe("absent");
        }
      }
    });
  });

  it("two-way, removes only what was agreed on, with every link that stands for it", () => {
    holdsFor("any input, two-way removals", anyTwoWay, (given) => {
      const idOf = (entry: { readonly aId?: string; readonly bId?: string } | undefined, on: SideLetter) =>
        on === "a" ? entry?.aId : entry?.bId;
      const entries = entriesOf(given);
      for (const { action, on, keys } of reconciled(given).decisions) {
        if (action !== "remove" || on === undefined) continue;
        const states = keys.map((key) => given.links.find((link) => link.key === key)?.state);
        expect(
          states.some((state) => state === "linked" || state === "conflict"),
          keys.join(" "),
        ).toBe(true);
        const id = idOf(entries.get(keys[0] ?? ""), on);
        const all = given.links.filter((link) => idOf(link, on) === id && idOf(link, otherThan(on)) !== undefined);
        expect(keys).toEqual(expect.arrayContaining(all.map(({ key }) => key)));
      }
    });
  });

  it("names items such that a writer has what it needs: the one that it writes, and one to copy", () => {
    holdsFor("any input, named", anyInput, (given) => {
      for (const { action, on, keys, aId, bId } of reconciled(given).decisions) {
        const [own, other] = on === "a" ? [aId, bId] : [bId, aId];
        if (action === "remove") expect(own).toBeDefined();
        if (action === "create") expect(given.documents ? other : own, keys.join(" ")).toBeDefined();
        if (action === "update" || action === "merge" || action === "advance") {
          expect([aId, bId]).not.toContain(undefined);
        }
        if (action === "link" || action === "detach" || action === "suppress") {
          expect(aId ?? bId, keys.join(" ")).toBeDefined();
        }
      }
    });
  });

  it("drops only links that there are", () => {
    holdsFor("any input, drops", anyInput, (given) => {
      const known = new Set(given.links.map(({ key }) => key));
      const dropped = reconciled(given).decisions.filter(({ action }) => action === "drop" || action === "remove");
      expect(dropped.flatMap(({ keys }) => keys).filter((key) => !known.has(key))).toEqual([]);
    });
  });

  it("one-way, never writes A", () => {
    holdsFor("any input, one-way", anyOneWay, (given) => {
      const { decisions } = reconciled(given);
      expect(decisions.filter(({ on }) => on === "a")).toEqual([]);
      expect(decisions.filter(({ action, on }) => action === "merge" && on === undefined)).toEqual([]);
    });
  });

  it("has nothing more to write once that is done, and nothing at all to do if it waited for nothing", () => {
    holdsFor("any input, done", anyInput, (given) => {
      const first = reconciled(given);
      const after = carriedOut(given, first);
      const second = reconciled(after);
      expect(second.decisions.flatMap(written)).toEqual([]);
      if (first.waiting > 0) return;
      // A link that never got a counterpart knows only of its own side, so it goes when the run has removed that; one
      // that has lost a side, and alone told that others are one item, goes once they tell so themselves.
      const isSpent = ({ aId, bId }: (typeof given.links)[number]) =>
        !(aId && bId) || given.a[aId] === "absent" || given.b[bId] === "absent";
      const spent = new Set(given.links.filter(isSpent).map(({ key }) => key));
      const isLate = ({ action, keys }: Decision) => action === "drop" && keys.every((key) => spent.has(key));
      expect(second.decisions.filter((decision) => !isLate(decision))).toEqual([]);
      expect(reconciled(carriedOut(after, second)).decisions).toEqual([]);
    });
  });
});
