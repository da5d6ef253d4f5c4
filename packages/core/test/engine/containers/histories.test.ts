import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holds, patient } from "../support/invented.ts";
import { lostAnswer, type Rack } from "./support/rack.ts";
import { entriesOn, lettersOf, RackBench } from "./support/rack-bench.ts";

const LETTERS = [..."ABCDEFGH"];

/** What a user does to a list. Places count modulo the length. */
type Edit =
  | { readonly kind: "add"; readonly letter: string; readonly at: number }
  | { readonly kind: "remove"; readonly at: number }
  | { readonly kind: "move"; readonly from: number; readonly to: number };

const edit = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), letter: fc.constantFrom(...LETTERS), at: fc.nat(20) }),
  fc.record({ kind: fc.constant("remove" as const), at: fc.nat(20) }),
  fc.record({ kind: fc.constant("move" as const), from: fc.nat(20), to: fc.nat(20) }),
);

const step = fc.record({
  side: fc.constantFrom("left" as const, "right" as const),
  edits: fc.array(edit, { maxLength: 3 }),
  /** The n-th call that writes is cut off: before anything happened, or after everything has. */
  fault: fc.option(fc.record({ call: fc.integer({ min: 1, max: 3 }), moment: fc.constantFrom("before", "after") }), {
    freq: 2,
  }),
});

const history = fc.record({
  begin: fc.array(fc.constantFrom(...LETTERS), { maxLength: 6 }),
  right: fc.constantFrom("ranges" as const, "whole-order" as const),
  steps: fc.array(step, { minLength: 1, maxLength: 4 }),
});

type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

function changed(letters: readonly string[], done: Edit, isOnce: boolean): string[] {
  const place = (at: number) => (letters.length === 0 ? 0 : at % letters.length);
  switch (done.kind) {
    case "add":
      if (isOnce && letters.includes(done.letter)) return [...letters];
      return letters.toSpliced(place(done.at), 0, done.letter);
    case "remove":
      return letters.toSpliced(place(done.at), 1);
    case "move": {
      const moved = letters[place(done.from)];
      if (moved === undefined) return [];
      const rest = letters.toSpliced(place(done.from), 1);
      return rest.toSpliced(rest.length === 0 ? 0 : done.to % rest.length, 0, moved);
    }
  }
}

const WRITES = new Set(["insert", "remove", "move", "order"]);

/** Cuts the n-th writing call off, of both racks together. */
function cutOff(racks: readonly Rack[], { call, moment }: { readonly call: number; readonly moment: string }): void {
  let calls = 0;
  for (const rack of racks) {
    rack.passing = (when, what) => {
      if (!WRITES.has(what.split(".")[1] ?? "")) return;
      if (when === "before") calls++;
      if (calls === call && when === moment) {
        calls++;
        throw lostAnswer(rack.name);
      }
    };
  }
}

/** Everything that happens, and what the lists are once all has come to rest. */
async function live({ begin, right, steps }: History) {
  const bench = new RackBench({ right });
  const isOnce = right === "whole-order";
  const start = isOnce ? [...new Set(begin)] : begin;
  bench.left.put("Sunday", entriesOn("left", start.join("")));
  // So that a side that lists nothing at all is not what is looked at here.
  bench.left.put("Monday", entriesOn("left", "A"));
  await bench.open();
  await bench.sync();
  const lists = { left: bench.left.named("Sunday"), right: bench.right.named("Sunday") };
  const removed = new Set<string>();
  for (const { side, edits, fault } of steps) {
    const before = [...lettersOf(lists[side])];
    const after = edits.reduce<string[]>((letters, each) => changed(letters, each, isOnce), before);
    if (after.length < before.length / 2 && before.length > 4) continue;
    for (const letter of before) if (!after.includes(letter)) removed.add(letter);
    if (edits.length > 0) {
      bench[side].edit(lists[side], (entries) => entries.splice(0, entries.length, ...entriesOn(side, after.join(""))));
    }
    if (fault) cutOff([bench.left, bench.right], fault);
    await bench.sync();
    for (const rack of [bench.left, bench.right]) rack.passing = () => {};
  }
  for (let run = 0; run < 4; run++) await settleHolds(bench);
  return { bench, lists, removed };
}

async function settleHolds(bench: RackBench): Promise<void> {
  const report = await bench.sync();
  for (const { pairId, hold } of report.heldContents ?? []) {
    await bench.engine().confirm({ userId: "user-1", pairId, planHash: hold.hash });
  }
}

describe("histories of playlists, with calls cut off anywhere", patient, () => {
  it("come to rest with both sides equal, and lose nothing that nobody removed", async () => {
    let seen = 0;
    await holds("playlists", 0.1, history, async (given) => {
      const { bench, lists, removed } = await live(given);
      const [left, right] = [lettersOf(lists.left), lettersOf(lists.right)];
      expect(right).toBe(left);
      for (const letter of given.begin) if (!removed.has(letter)) expect(left).toContain(letter);
      const writes = bench.left.writes + bench.right.writes;
      expect(await bench.sync()).toMatchObject({ status: "succeeded", items: [] });
      expect(bench.left.writes + bench.right.writes).toBe(writes);
      seen++;
    });
    expect(seen).toBeGreaterThan(0);
  });
});
