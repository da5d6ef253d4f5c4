import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  arrangeHistory,
  type ChooseInput,
  choosePlays,
  type HistoryInput,
  type KnownPlay,
  LATEST_MS,
  type PlacedPlay,
  type Play,
} from "../../src/reconcile/index.ts";

const MINUTE = 60_000;
const NOW = 1_000 * LATEST_MS;

/** Letters played one a minute, the last of them now; each with the minute as its number. */
function played(letters: string, newestMs = NOW): Play[] {
  return [...letters].map((letter, at) => play(letter, newestMs - (letters.length - 1 - at) * MINUTE));
}

function play(itemId: string, atMs: number): Play {
  return { key: `${itemId}@${atMs}`, itemId, atMs };
}

const lettersOf = (plays: readonly Play[]) => plays.map(({ itemId }) => itemId).join("");

describe("which plays are new", () => {
  const choose = (input: Partial<ChooseInput>) => {
    const { fresh, past, forgotten } = choosePlays({
      shown: [],
      isAll: true,
      known: [],
      copies: "kept",
      nowMs: NOW,
      ...input,
    });
    return { fresh: lettersOf(fresh), past: lettersOf(past), forgotten: lettersOf(forgotten) };
  };
  const known = (plays: readonly Play[], state: KnownPlay["state"], more: Partial<KnownPlay> = {}): KnownPlay[] =>
    plays.map((each) => ({ ...each, state, ...more }));

  it("takes all of a first reading, newest first, and leaves out what is beyond the length", () => {
    expect(choose({ shown: played("ABCDE") })).toEqual({ fresh: "EDCBA", past: "", forgotten: "" });
    expect(choose({ shown: played("ABCDE"), length: 2 })).toEqual({ fresh: "ED", past: "CBA", forgotten: "" });
  });

  it("takes each play once, however often it is shown, and an item as often as it was played", () => {
    const shown = played("ABA");
    expect(choose({ shown: [...shown, ...shown] })).toMatchObject({ fresh: "ABA", past: "" });
    expect(choose({ shown, known: known(shown.slice(0, 2), "stands") })).toMatchObject({ fresh: "A", past: "" });
  });

  it("takes of an item that can stand once its latest play only, also before one that stands", () => {
    const shown = played("ABA");
    expect(choose({ shown, copies: "once" })).toMatchObject({ fresh: "AB", past: "A" });
    const [first] = shown;
    const late = { shown, copies: "once" as const, known: known(shown.slice(1), "stands") };
    expect(first && choose(late)).toMatchObject({ fresh: "", past: "A" });
  });

  it("takes what comes late at its place, unless it is beyond the length by then, or 30 days behind", () => {
    const standing = known(played("BCD"), "stands");
    const [newest] = standing.slice(-1);
    const at = (ms: number) => play("L", (newest?.atMs ?? 0) - ms);
    expect(choose({ shown: [at(90_000)], known: standing, length: 5 })).toMatchObject({ fresh: "L" });
    expect(choose({ shown: [at(10 * MINUTE)], known: standing, length: 3 })).toMatchObject({ fresh: "", past: "L" });
    expect(choose({ shown: [at(LATEST_MS)], known: standing })).toMatchObject({ fresh: "L" });
    expect(choose({ shown: [at(LATEST_MS + 1)], known: standing })).toEqual({ fresh: "", past: "", forgotten: "" });
  });

  it("lets what was missed rest, with its later plays, and looks for it again while it is shown", () => {
    const [first, second] = played("AA");
    if (!first || !second) throw new Error("two plays");
    const missed = (restsUntilMs?: number) =>
      known([first], "missed", restsUntilMs === undefined ? {} : { restsUntilMs });
    expect(choose({ shown: [first], known: missed(NOW + 1) })).toEqual({ fresh: "", past: "", forgotten: "" });
    expect(choose({ shown: [first, second], known: missed(NOW + 1) })).toMatchObject({ fresh: "", past: "A" });
    expect(choose({ shown: [first, second], known: missed() })).toMatchObject({ fresh: "", past: "A" });
    expect(choose({ shown: [first, second], known: missed(NOW) })).toMatchObject({ fresh: "AA", past: "" });
    expect(choose({ shown: [], known: missed(NOW) })).toMatchObject({ forgotten: "A" });
    expect(choose({ shown: [], known: missed(NOW), isAll: false })).toMatchObject({ forgotten: "" });
    const standing = known(played("XY", NOW + 5 * MINUTE), "stands");
    expect(choose({ shown: [first], known: [...missed(NOW), ...standing], length: 2 })).toMatchObject({
      fresh: "",
      forgotten: "A",
    });
  });

  it("forgets by age what is over, never what stands, and no tombstone twice", () => {
    const old = play("O", NOW - LATEST_MS - 1);
    const newest = known([play("N", NOW)], "stands");
    expect(choose({ known: [...known([old], "over"), ...newest] })).toMatchObject({ forgotten: "O" });
    expect(choose({ known: [...known([play("O", NOW - LATEST_MS)], "over"), ...newest] })).toMatchObject({
      forgotten: "",
    });
    expect(choose({ known: [...known([old], "stands"), ...newest] })).toMatchObject({ forgotten: "" });
    const tombstone = known([old], "over", { isTombstone: true });
    expect(choose({ known: [...tombstone, ...newest] })).toMatchObject({ forgotten: "" });
    const resting = known([old], "missed", { restsUntilMs: NOW + 1 });
    expect(choose({ known: [...resting, ...newest] })).toMatchObject({ forgotten: "" });
  });

  it("takes no play twice, whatever is shown when, also after what it forgot", () => {
    const reading = fc.array(fc.record({ at: fc.nat(80), item: fc.constantFrom("A", "B", "C") }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(reading), fc.constantFrom("kept", "once"), fc.nat(6), (readings, copies, length) => {
        const taken = new Set<string>();
        let remembered: KnownPlay[] = [];
        for (const each of readings) {
          // Two steps are as long as a play may be late.
          const shown = each.map(({ at, item }) => play(item, NOW + (at * LATEST_MS) / 2));
          const input = { shown, isAll: true, known: remembered, copies, nowMs: NOW, length: length + 1 } as const;
          const { fresh, past, forgotten } = choosePlays(input);
          for (const { key } of fresh) {
            expect(taken).not.toContain(key);
            taken.add(key);
          }
          // What is forgotten leaves no trace, as if its tombstone had been cleared away at once.
          const gone = new Set(forgotten.map(({ key }) => key));
          remembered = [...remembered.filter(({ key }) => !gone.has(key)), ...known(fresh, "stands")];
          remembered.push(...known(past, "over"));
        }
      }),
    );
  });
});

/** Plays of capital letters, newest first, with what stands for them: the same letter, small. */
function placed(letters: string, stands: PlacedPlay["stands"], newestMs = NOW): PlacedPlay[] {
  return [...letters].map((letter, at) => ({
    ...play(letter, newestMs - at * MINUTE),
    toId: letter.toLowerCase(),
    stands,
  }));
}

function arrange(list: string, plays: readonly PlacedPlay[], more: Partial<HistoryInput> = {}) {
  const arranged = arrangeHistory({ list: [...list], plays, length: 10, copies: "kept", isIntact: false, ...more });
  const itemsOf = (keys: readonly string[]) => keys.map((key) => key.slice(0, key.indexOf("@"))).join("");
  const { becomes, ...keys } = arranged;
  const told = Object.fromEntries(
    Object.entries(keys).flatMap(([name, of]) => (of.length > 0 ? [[name, itemsOf(of)]] : [])),
  );
  return { becomes: becomes.join(""), ...told };
}

describe("what a list of plays becomes", () => {
  it("has new plays in front, newest first", () => {
    expect(arrange("", placed("CBA", "not-yet"))).toEqual({ becomes: "cba", placed: "CBA" });
    const plays = [...placed("ED", "not-yet"), ...placed("CBA", "surely", NOW - 5 * MINUTE)];
    expect(arrange("cba", plays)).toEqual({ becomes: "edcba", placed: "ED" });
    expect(arrange("cxba", plays)).toEqual({ becomes: "edcxba", placed: "ED" });
    expect(arrange("xcba", plays)).toEqual({ becomes: "edxcba", placed: "ED" });
  });

  it("has what came late behind the play that is next newer, wherever a user moved that", () => {
    const plays = [...placed("CBA", "surely"), ...placed("L", "not-yet", NOW - 1.5 * MINUTE)];
    expect(arrange("cba", plays)).toEqual({ becomes: "cbla", placed: "L" });
    expect(arrange("bac", plays)).toEqual({ becomes: "blac", placed: "L" });
    expect(arrange("acb", plays)).toEqual({ becomes: "acbl", placed: "L" });
  });

  it("is no longer than it shall be: the oldest of ours leave, and others' do not count", () => {
    const plays = [...placed("D", "not-yet", NOW + MINUTE), ...placed("CBA", "surely")];
    expect(arrange("cba", plays, { length: 3 })).toEqual({ becomes: "dcb", placed: "D", trimmed: "A" });
    expect(arrange("xcybaz", plays, { length: 3 })).toEqual({ becomes: "dxcybz", placed: "D", trimmed: "A" });
    expect(arrange("xxcba", plays, { maxItems: 5 })).toEqual({ becomes: "dxxcb", placed: "D", trimmed: "A" });
    expect(arrange("xx", placed("A", "not-yet"), { maxItems: 1 })).toEqual({ becomes: "xx", leftOut: "A" });
    expect(arrange("", placed("CBA", "not-yet"), { length: 2 })).toMatchObject({ becomes: "cb", leftOut: "A" });
  });

  it("does not have again what its user took away, until it is played again", () => {
    expect(arrange("ca", placed("CBA", "surely"))).toEqual({ becomes: "ca", removed: "B" });
    const again = [...placed("B", "not-yet", NOW + MINUTE), ...placed("CA", "surely")];
    expect(arrange("ca", again)).toEqual({ becomes: "bca", placed: "B" });
  });

  it("has again what only our own calls have taken away", () => {
    expect(arrange("ca", placed("CBA", "surely"), { isIntact: true })).toEqual({ becomes: "cba", placed: "B" });
  });

  it("finds what a call of which nobody knew has put there, and puts there what it has not", () => {
    const plays = [...placed("DC", "maybe", NOW + 2 * MINUTE), ...placed("BA", "surely")];
    expect(arrange("dcba", plays)).toEqual({ becomes: "dcba", found: "DC" });
    expect(arrange("dba", plays)).toEqual({ becomes: "dcba", found: "D", placed: "C" });
  });

  it("holds an item as often as it was played where it can", () => {
    const plays = [...placed("A", "not-yet", NOW + MINUTE), ...placed("BA", "surely")];
    expect(arrange("ba", plays)).toEqual({ becomes: "aba", placed: "A" });
    expect(arrange("ba", plays, { length: 2 })).toEqual({ becomes: "ab", placed: "A", trimmed: "A" });
  });

  it("holds an item once where it cannot: the latest play stands, and what a user put there stays", () => {
    const plays = [...placed("A", "not-yet", NOW + MINUTE), ...placed("BA", "surely")];
    expect(arrange("ba", plays, { copies: "once" })).toEqual({ becomes: "ab", placed: "A", superseded: "A" });
    expect(arrange("xab", placed("BA", "not-yet"), { copies: "once" })).toEqual({ becomes: "xab", leftOut: "BA" });
    const same = [...placed("AA", "not-yet")];
    expect(arrange("", same, { copies: "once" })).toEqual({ becomes: "a", placed: "A", leftOut: "A" });
  });

  it("lets go what stands for the wrong thing", () => {
    const wrong = placed("B", "surely", NOW - MINUTE).map((each) => ({ ...each, isWrong: true as const }));
    const plays = [...placed("A", "surely"), ...wrong];
    expect(arrange("ab", plays)).toEqual({ becomes: "a", trimmed: "B" });
    const waiting = wrong.map((each) => ({ ...each, stands: "not-yet" as const }));
    expect(arrange("", waiting)).toEqual({ becomes: "", leftOut: "B" });
  });
});

const letter = fc.constantFrom("a", "b", "c", "d");
const history = fc
  .record({
    list: fc.array(fc.constantFrom("a", "b", "c", "d", "x", "#0"), { maxLength: 10 }),
    plays: fc.uniqueArray(
      fc.record({
        toId: letter,
        atMs: fc.integer({ min: 1, max: 30 }),
        stands: fc.constantFrom("surely", "maybe", "not-yet"),
      }),
      { selector: ({ toId, atMs }) => `${toId} ${atMs}`, maxLength: 10 },
    ),
    length: fc.integer({ min: 1, max: 8 }),
    maxItems: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    copies: fc.constantFrom("kept", "once"),
    isIntact: fc.boolean(),
  })
  .map(({ list, plays, maxItems, copies, ...rest }): HistoryInput => {
    return {
      ...rest,
      copies,
      list: copies === "once" ? [...new Set(list)] : list,
      plays: plays.map((each) => ({ ...each, key: `${each.toId}@${each.atMs}`, itemId: each.toId })),
      ...(maxItems === undefined ? {} : { maxItems }),
    };
  });

describe("what a list of plays becomes, whatever it is", () => {
  /** How many of each there are. */
  const countsOf = (ids: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  };

  it("keeps entries of others, and is what is said to stand beside them, within the length", () => {
    fc.assert(
      fc.property(history, (input) => {
        const { becomes, placed: added, trimmed, superseded, removed, leftOut } = arrangeHistory(input);
        const byKey = new Map(input.plays.map((each) => [each.key, each]));
        const gone = new Set([...trimmed, ...superseded, ...removed, ...leftOut]);
        const ours = input.plays.filter(
          ({ key, stands }) => !gone.has(key) && (stands !== "not-yet" || added.includes(key)),
        );
        expect(ours.length).toBeLessThanOrEqual(input.length);
        // Every play is told of once, or stands as it stood.
        const told = [...added, ...trimmed, ...superseded, ...removed, ...leftOut];
        expect(new Set(told).size).toBe(told.length);
        const others = countsOf(becomes);
        for (const { toId } of ours) others.set(toId, (others.get(toId) ?? 0) - 1);
        const before = countsOf(input.list);
        const stood = input.plays.filter(
          ({ key, stands }) =>
            stands !== "not-yet" && !removed.includes(key) && !added.includes(key) && !leftOut.includes(key),
        );
        for (const { toId } of stood) before.set(toId, (before.get(toId) ?? 0) - 1);
        for (const [id, count] of others) expect([id, count]).toEqual([id, before.get(id) ?? 0]);
        for (const key of told) expect(byKey.has(key)).toBe(true);
      }),
    );
  });

  it("holds nothing twice where it can hold each once", () => {
    fc.assert(
      fc.property(history, (input) => {
        const { becomes } = arrangeHistory({ ...input, copies: "once", list: [...new Set(input.list)] });
        expect(new Set(becomes).size).toBe(becomes.length);
      }),
    );
  });

  it("is not longer than the service allows, unless others have made it so", () => {
    fc.assert(
      fc.property(history, (input) => {
        const most = input.maxItems ?? Number.POSITIVE_INFINITY;
        expect(arrangeHistory(input).becomes.length).toBeLessThanOrEqual(Math.max(most, input.list.length));
      }),
    );
  });

  it("stays as it is when it is looked at again", () => {
    fc.assert(
      fc.property(history, (input) => {
        const first = arrangeHistory(input);
        const gone = new Set([...first.trimmed, ...first.superseded, ...first.removed, ...first.leftOut]);
        const plays = input.plays
          .filter(({ key, stands }) => !gone.has(key) && (stands !== "not-yet" || first.placed.includes(key)))
          .map((each) => ({ ...each, stands: "surely" as const }));
        const again = arrangeHistory({ ...input, plays, list: first.becomes, isIntact: false });
        expect(again).toEqual({
          becomes: first.becomes,
          found: [],
          placed: [],
          removed: [],
          trimmed: [],
          superseded: [],
          leftOut: [],
        });
      }),
    );
  });

  it("is newest first where nobody else was", () => {
    fc.assert(
      fc.property(history, ({ plays, length, copies }) => {
        const all = plays.map((each) => ({ ...each, stands: "not-yet" as const }));
        const { becomes, placed: keys } = arrangeHistory({ list: [], plays: all, length, copies, isIntact: false });
        const times = new Map(all.map((each) => [each.key, each]));
        expect(becomes).toEqual(keys.map((key) => times.get(key)?.toId));
        const atMs = keys.map((key) => times.get(key)?.atMs ?? 0);
        expect(atMs).toEqual(atMs.toSorted((left, right) => right - left));
      }),
    );
  });
});
