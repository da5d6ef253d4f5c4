import fc from "fast-check";
import type { SideLetter } from "../../../../src/reconcile/index.ts";
import { entriesOf, everyEntry, Libraries, recordingOf, recordings, type UserEdit } from "./libraries.ts";
import { type Rule, type Sighting, TwoWayOracle } from "./oracle.ts";
import { carryOutTwoWay, decideTwoWay, type Links, presenceOn, type Run } from "./run.ts";

export interface Round {
  readonly edits: readonly UserEdit[];
  /** Entries that this run does not know of. */
  readonly unknown: ReadonlySet<string>;
  /** Recordings that neither service takes in this run. */
  readonly refused: ReadonlySet<number>;
}

export type History = readonly Round[];

export type BrokenRule = Rule | "a second run has nothing to do" | "a run says whether it is settled";

export interface Violation {
  readonly rule: BrokenRule;
  readonly round: number;
  readonly what: string;
}

const side = fc.constantFrom<SideLetter>("a", "b");
const entryOn = { a: fc.constantFrom(...everyEntry("a")), b: fc.constantFrom(...everyEntry("b")) };

const edit: fc.Arbitrary<UserEdit> = fc.oneof(
  {
    weight: 6,
    arbitrary: side.chain((on) =>
      fc.record({ do: fc.constant("add" as const), on: fc.constant(on), entry: entryOn[on] }),
    ),
  },
  {
    weight: 5,
    arbitrary: side.chain((on) =>
      fc.record({ do: fc.constant("remove" as const), on: fc.constant(on), entry: entryOn[on] }),
    ),
  },
  {
    weight: 2,
    arbitrary: side.chain((on) =>
      entryOn[on].chain((entry) =>
        fc.record({
          do: fc.constant("replace" as const),
          on: fc.constant(on),
          entry: fc.constant(entry),
          by: fc.constantFrom(...entriesOf(on, recordingOf(entry))),
        }),
      ),
    ),
  },
  { weight: 1, arbitrary: fc.constant<UserEdit>({ do: "publish" }) },
);

/** Mostly all is known; else single entries, or all that a side has of a recording. */
const unknown = fc
  .oneof(
    { weight: 5, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: fc.array(fc.oneof(entryOn.a, entryOn.b), { maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.tuple(side, fc.nat({ max: recordings.length - 1 })), { maxLength: 3 })
        .map((places) => places.flatMap(([on, recording]) => entriesOf(on, recording))),
    },
  )
  .map((entries) => new Set(entries));

const refused = fc
  .oneof(
    { weight: 7, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(fc.nat({ max: recordings.length - 1 }), { maxLength: 2 }) },
  )
  .map((places) => new Set(places));

export const twoWayHistory: fc.Arbitrary<History> = fc.array(
  fc.record({ edits: fc.array(edit, { maxLength: 6 }), unknown, refused }),
  { minLength: 1, maxLength: 8, size: "max" },
);

export interface Moment extends Run {
  readonly round: Round;
  readonly index: number;
}

/** Plays a history; `run` has to carry each run out. */
export function playTwoWay(history: History, run: (moment: Moment) => void): void {
  const libraries = new Libraries();
  const links: Links = new Map();
  for (const [index, round] of history.entries()) {
    for (const each of round.edits) libraries.edit(each);
    run({ libraries, links, sight: { unknown: round.unknown, hidden: new Set() }, round, index });
  }
}

/** Decides and carries out; once more where links were forgotten whose item has to be read as new. */
export function runTwoWay(moment: Moment): { readonly waiting: number } {
  const refuses = (entry: string) => moment.round.refused.has(recordingOf(entry));
  const first = decideTwoWay(moment);
  carryOutTwoWay(moment, first, refuses);
  if (!first.readAgain) return first;
  const again = decideTwoWay(moment);
  carryOutTwoWay(moment, again, refuses);
  return again;
}

/** Plays a history against the code, and lists what the oracle says should not have happened. */
export function violationsOf(history: History): Violation[] {
  const oracle = new TwoWayOracle();
  const violations: Violation[] = [];
  playTwoWay(history, (moment) => {
    for (const broken of runAndJudge(moment, oracle)) violations.push({ ...broken, round: moment.index });
  });
  return violations;
}

function* runAndJudge(moment: Moment, oracle: TwoWayOracle): Generator<Omit<Violation, "round">> {
  const before = recordings.map((_, recording) => sightingOf(moment, recording));
  const waits = shouldWait(moment);
  const { waiting } = runTwoWay(moment);
  for (const [recording, sighting] of before.entries()) {
    yield* oracle.judge(recording, sighting, sightingOf(moment, recording));
  }
  if (waiting > 0 !== waits) yield { rule: "a run says whether it is settled", what: `${waiting} waiting` };
  const again = decideTwoWay({ ...moment, links: new Map(moment.links) });
  // A run that had to wait for what is not known says so; the next one may forget a link that this one left beside it.
  const rest = again.decisions.filter(
    ({ action, keys }) =>
      !keys.some((key) => moment.links.get(key)?.state === "refused") && !(waiting > 0 && action === "drop"),
  );
  if (rest.length + again.unmatched.length > 0) {
    yield { rule: "a second run has nothing to do", what: JSON.stringify({ rest, unmatched: again.unmatched }) };
  }
}

function sightingOf({ libraries, sight, round }: Moment, recording: number): Sighting {
  const shape = recordings[recording]!;
  const findable = (on: SideLetter) => entriesOf(on, recording).filter((entry) => !libraries.isHidden(entry));
  const isUnknown = (on: SideLetter) =>
    findable(on).length > 0 && findable(on).every((entry) => sight.unknown.has(entry));
  const anyUnknown = [...findable("a"), ...findable("b")].some((entry) => sight.unknown.has(entry));
  const has = (on: SideLetter) =>
    new Set([...libraries.of(on, recording)].filter((entry) => !libraries.isHidden(entry)));
  return {
    a: has("a"),
    b: has("b"),
    known: isUnknown("a") || isUnknown("b") ? "not" : anyUnknown ? "in part" : "all",
    shared: shape.a > 0 && shape.b > 0,
    manyToMany: shape.a > 1 && shape.b > 1,
    refused: round.refused.has(recording),
  };
}

/** Something on record is not known, or something without a link has a counterpart of which nobody knows. */
function shouldWait(run: Run): boolean {
  const { libraries, links, sight } = run;
  const onRecord = [...links.values()].flatMap(({ aId, bId }) => [aId, bId]);
  const matched = [...links.values()].flatMap(({ aId, bId }) => (aId && bId ? [aId, bId] : []));
  if (onRecord.some((id) => id !== undefined && sight.unknown.has(id))) return true;
  return (["a", "b"] as const).some((on) => {
    const other = on === "a" ? "b" : "a";
    const isThere = (id: string) => presenceOn(run, other)(id) === "present";
    return [...libraries[on]]
      .filter((entry) => presenceOn(run, on)(entry) === "present" && !matched.includes(entry))
      .some((entry) => sight.unknown.has(libraries.counterpart(on, entry, isThere) ?? ""));
  });
}
