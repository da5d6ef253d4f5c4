import fc from "fast-check";
import { type ConflictPolicy, conflictPolicies, type SideLetter } from "../../../../src/reconcile/index.ts";
import { type Note, type NoteEdit, Notes } from "./notes.ts";
import { type DocumentRule, equal, expectMirror, expectTwoWay, type Facts } from "./oracle.ts";
import { carryOutNotes, decideNotes, isSeen, type NoteLink, type NoteRun, type NoteSight } from "./run.ts";

export interface NoteRound {
  readonly edits: readonly NoteEdit[];
  readonly sight: NoteSight;
  /** From this run on; as before if absent. */
  readonly policy: ConflictPolicy | undefined;
}

export interface NoteHistory {
  readonly table: NoteRun["table"];
  readonly source: SideLetter;
  readonly policy: ConflictPolicy;
  readonly rounds: readonly NoteRound[];
}

export type BrokenNoteRule = DocumentRule | "a second run has nothing to do" | "a run says whether it is settled";

const NAMES = 5;
/** Times of runs lie between those of edits. */
const ROUND = 10;
const name = fc.nat({ max: NAMES - 1 });
const side = fc.constantFrom<SideLetter>("a", "b");
const note: fc.Arbitrary<Note> = fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 }));
const at = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 3 });
const policy = fc.constantFrom(...conflictPolicies);

const edit: fc.Arbitrary<NoteEdit> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("add" as const), name, a: note, at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("add" as const), name, b: note, at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("add" as const), name, a: note, b: note, at }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("edit" as const), name, on: side, note, at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("delete" as const), name, on: side, at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("decide" as const), name, on: side }) },
);

const sight: fc.Arbitrary<NoteSight> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<NoteSight>({ unknown: new Set(), cutShort: new Set() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      unknown: fc.array(fc.tuple(side, name)).map((places) => new Set(places.map((place) => place.join(" ")))),
      cutShort: fc.subarray<SideLetter>(["a", "b"]).map((sides) => new Set(sides)),
    }),
  },
);

export const noteHistory: fc.Arbitrary<NoteHistory> = fc.record({
  table: fc.oneof(
    { weight: 4, arbitrary: fc.constant("two-way" as const) },
    { weight: 1, arbitrary: fc.constant("mirror" as const) },
  ),
  source: side,
  policy,
  rounds: fc.array(
    fc.record({
      edits: fc.array(edit, { maxLength: 8 }),
      sight,
      policy: fc.option(policy, { nil: undefined, freq: 6 }),
    }),
    { minLength: 1, maxLength: 8, size: "max" },
  ),
});

export interface NoteViolation {
  readonly rule: BrokenNoteRule;
  readonly round: number;
  readonly what: string;
}

/** What the oracle's side of a history remembers of a name. */
interface Memory {
  readonly agreed: Facts["agreed"];
  /** Made or matched by this pair. */
  readonly managed: boolean;
  /** As it was when a conflict was left to a person. */
  readonly left?: { readonly a: Facts["a"]; readonly b: Facts["b"]; readonly policy: string };
  readonly decided?: SideLetter;
}

export function noteViolationsOf({ table, source, policy: first, rounds }: NoteHistory): NoteViolation[] {
  const notes = new Notes();
  const links = new Map<number, NoteLink>();
  const memories = new Map<number, Memory>();
  const violations: NoteViolation[] = [];
  let policy = first;
  for (const [round, { edits, sight, policy: changed }] of rounds.entries()) {
    for (const each of edits) applyEdit({ notes, links, memories }, each, round);
    policy = changed ?? policy;
    const run: NoteRun = { notes, links, table, source, policy, sight };
    for (const broken of runAndJudge(run, memories, round)) violations.push({ ...broken, round });
  }
  return violations;
}

function applyEdit(
  { notes, links, memories }: Pick<NoteRun, "notes" | "links"> & { readonly memories: Map<number, Memory> },
  edit: NoteEdit,
  round: number,
): void {
  if (edit.do !== "decide") {
    notes.edit({ ...edit, at: edit.at === undefined ? undefined : round * ROUND + edit.at });
    return;
  }
  const link = links.get(edit.name);
  const memory = memories.get(edit.name);
  if (!link?.record || !memory?.left) return;
  links.set(edit.name, { ...link, record: { ...link.record, decision: edit.on } });
  memories.set(edit.name, { ...memory, decided: edit.on });
}

function* runAndJudge(
  run: NoteRun,
  memories: Map<number, Memory>,
  round: number,
): Generator<Omit<NoteViolation, "round">> {
  const names = Array.from({ length: NAMES }, (_, name) => name);
  const before = names.map((name) => factsOf(run, memories.get(name), name));
  const unknown = names.filter((name) => !isSeen(run, "a", name) || !isSeen(run, "b", name));
  const isOpen = unknown.some((name) => run.links.has(name) || isHalfNew(run, name));
  const { decisions, waiting } = decideNotes(run);
  carryOutNotes(run, decisions, round * ROUND + ROUND / 2);

  for (const [name, facts] of before.entries()) {
    const memory = memories.get(name);
    const expected = unknown.includes(name)
      ? { ...facts, rule: "what is not known is not touched" as const }
      : run.table === "mirror"
        ? expectMirror(facts, memory?.managed === true || facts.a !== undefined)
        : expectTwoWay(facts);
    const [a, b] = [run.notes.a.get(name)?.note, run.notes.b.get(name)?.note];
    if (!equal(a, expected.a) || !equal(b, expected.b)) {
      const found = JSON.stringify({ facts, became: { a, b }, expected });
      yield { rule: expected.rule, what: `${name}: ${found}` };
    }
    if (!unknown.includes(name)) memories.set(name, remembered(facts, { a, b }, memory));
  }

  if (waiting > 0 !== isOpen) yield { rule: "a run says whether it is settled", what: `${waiting} waiting` };
  const again = decideNotes(run);
  if (again.decisions.length > 0)
    yield { rule: "a second run has nothing to do", what: JSON.stringify(again.decisions) };
}

/** New on the side that was seen, while nobody knows whether the other has it. */
function isHalfNew(run: NoteRun, name: number): boolean {
  return (["a", "b"] as const).some(
    (side) => (side === "a" || run.table === "two-way") && isSeen(run, side, name) && run.notes[side].has(name),
  );
}

function factsOf({ notes, policy, source }: NoteRun, memory: Memory | undefined, name: number): Facts {
  const [a, b] = [notes.a.get(name)?.note, notes.b.get(name)?.note];
  const [atA, atB] = [notes.timeOf("a", name), notes.timeOf("b", name)];
  const left = memory?.left;
  const isAsLeft = left?.policy === policy && equal(left.a, a) && equal(left.b, b);
  return {
    a,
    b,
    agreed: memory?.agreed,
    met: left !== undefined,
    policy,
    source,
    later: atA === undefined || atB === undefined || atA === atB ? undefined : atA > atB ? "a" : "b",
    decided: isAsLeft ? memory?.decided : undefined,
  };
}

function remembered({ policy }: Facts, { a, b }: Pick<Facts, "a" | "b">, memory: Memory | undefined): Memory {
  if (a === undefined && b === undefined) return { agreed: undefined, managed: false };
  if (equal(a, b)) return { agreed: a, managed: true };
  const { agreed, managed = false, left, decided } = memory ?? { agreed: undefined };
  const stays = left?.policy === policy && equal(left.a, a) && equal(left.b, b);
  return { agreed, managed, left: { a, b, policy }, ...(stays && decided ? { decided } : {}) };
}
