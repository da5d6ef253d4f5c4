import type { Reconciliation } from "../../../src/reconcile/index.ts";
import { type Expectation, Oracle, type Policy, type Rule, type Sighting } from "./oracle.ts";
import { honest, type Reading, type ReadSpec, read } from "./reading.ts";
import { carryOut, decideRun, type Links, type RunInput, recordUnmatched } from "./sync-run.ts";
import { type Edit, entryOf, recordingOf, World, type WorldShape } from "./world.ts";

export interface Round {
  /** What the user and the services did since the last run. */
  readonly edits: readonly Edit[];
  readonly a: ReadSpec;
  readonly b: ReadSpec;
  /** The policy from this run on; as before if absent. */
  readonly policy?: Policy;
  /** Recordings that B's service will not take in this run. */
  readonly refused: ReadonlySet<number>;
}

export interface History {
  readonly policy: Policy;
  readonly rounds: readonly Round[];
}

/** Three entries for one recording, two for another, one without a counterpart; two recordings are B's own. */
export const smallWorld: WorldShape = { recordingOfEntry: [0, 0, 0, 1, 1, 2, 3, undefined], recordings: 6 };
/** Entries whose counterpart cannot be found at first: one that shares it, one that does not. */
const lateEntries: ReadonlySet<number> = new Set([4, 5]);

export type BrokenRule = Rule | "a second run has nothing to do" | "a run says whether it is settled";

export interface Violation {
  readonly rule: BrokenRule;
  readonly round: number;
  readonly what: string;
}

/** One run, as it stands before anything is decided. */
export interface Moment extends RunInput {
  readonly table: Policy;
  readonly round: Round;
  readonly index: number;
}

/** Plays a history against the code, and lists what the oracle says should not have happened. */
export function violationsOf(history: History): Violation[] {
  const oracle = new Oracle();
  const violations: Violation[] = [];
  playHistory(history, {
    edited: (edit, world) => {
      if (edit.do === "merge-on-b") {
        const [from, into] = [world.recording(edit.recording), world.recording(edit.into)];
        if (from !== into) oracle.merge(from, into);
      }
    },
    run: (moment) => {
      const { index: round } = moment;
      for (const broken of runAndJudge(moment, oracle)) violations.push({ ...broken, round });
    },
  });
  return violations;
}

/** Plays a history; `run` has to carry each run out, `edited` hears of each edit before it happens. */
export function playHistory(
  history: History,
  { edited, run }: { edited?: (edit: Edit, world: World) => void; run: (moment: Moment) => void },
): void {
  const world = new World(smallWorld, (entry) => !lateEntries.has(entry));
  const links: Links = new Map();
  let table = history.policy;
  for (const [index, round] of history.rounds.entries()) {
    for (const edit of round.edits) {
      edited?.(edit, world);
      world.edit(edit);
    }
    table = round.policy ?? table;
    run({ world, links, table, round, index, ...readings(world, round) });
  }
}

export function readings(world: World, { a, b }: Pick<Round, "a" | "b">): { a: Reading; b: Reading } {
  return { a: read(world.a, entryOf, a), b: read(world.b, recordingOf, b) };
}

/** Decides a run and carries it out. */
export function carryOutRun(moment: Moment): { reconciliation: Reconciliation; refused: ReadonlySet<string> } {
  const reconciliation = decideRun(moment);
  const refused = carryOut(moment, reconciliation.decisions, (bId) => moment.round.refused.has(recordingOf(bId)));
  recordUnmatched(moment.links, reconciliation);
  return { reconciliation, refused };
}

type Broken = Omit<Violation, "round">;

function* runAndJudge(moment: Moment, oracle: Oracle): Generator<Broken> {
  const { world, links, table, a, b } = moment;
  const expected = world.bIds().map((bId) => {
    const sighting = sightingOf(moment, bId);
    return {
      bId,
      recording: recordingOf(bId),
      sighting,
      expectation: oracle.expect(recordingOf(bId), sighting, table),
    };
  });
  const bBefore = new Set(world.b);
  const settled = !shouldWait(moment);

  // As the run finds them, ids that moved followed.
  const linksBefore: Links = new Map(
    [...links].map(([key, link]) => [
      key,
      link.bId === undefined ? link : { ...link, bId: world.presentBId(link.bId) },
    ]),
  );
  const { reconciliation, refused } = carryOutRun(moment);

  for (const { bId, recording, sighting, expectation } of expected) {
    const written = reconciliation.decisions.some(({ action, bId: to }) => action === "create" && to === bId);
    const bHas = sighting.onB === "present" ? world.b.has(bId) : written && !refused.has(bId);
    if (!refused.has(bId)) {
      yield* judgeItem(bId, expectation, bHas);
      if (sighting.onB === "unknown" && bBefore.has(bId) !== world.b.has(bId)) {
        yield { rule: "what is not known is not touched", what: `${bId} was written` };
      }
    }
    if (expectation.after === "untouched") yield* judgeUntouched(bId, linksBefore, links);
    oracle.remember(recording, sighting, table, { bHas, refused: refused.has(bId) });
  }
  for (const [key, link] of linksBefore) {
    if (a.presence(link.aId) === "unknown" && JSON.stringify(links.get(key)) !== JSON.stringify(link)) {
      yield { rule: "what is not known is not touched", what: `${key} was changed` };
    }
  }
  if (reconciliation.waiting > 0 === settled) {
    yield { rule: "a run says whether it is settled", what: `${reconciliation.waiting} waiting` };
  }
  yield* judgeSecondRun(moment, b, refused);
}

function sightingOf({ world, a, b }: Moment, bId: string): Sighting {
  const entries = world.aIds().filter((aId) => world.counterpart(aId) === bId);
  return {
    entries: new Map(entries.map((aId) => [aId, a.presence(aId)])),
    onB: b.presence(bId),
    aComplete: a.complete,
  };
}

function* judgeItem(bId: string, { after, rule }: Expectation, bHas: boolean): Generator<Broken> {
  if (after === "on" && !bHas) yield { rule, what: `${bId} is not on B` };
  if (after === "off" && bHas) yield { rule, what: `${bId} is on B` };
}

function* judgeUntouched(bId: string, before: Links, after: Links): Generator<Broken> {
  const of = (links: Links) => JSON.stringify([...links.values()].filter((link) => link.bId === bId));
  if (of(before) !== of(after)) yield { rule: "what is not known is not touched", what: `links of ${bId} changed` };
}

/** Something that a run cannot judge: an entry or a copy that it does not know about, or a stray while A is not whole. */
function shouldWait({ world, links, table, a, b }: Moment): boolean {
  const linked = new Set([...links.values()].flatMap(({ bId }) => (bId === undefined ? [] : [world.presentBId(bId)])));
  const arriving = new Set(a.rows.flatMap((aId) => world.counterpart(aId) ?? []));
  const unknownOnA = [...links.values()].some(({ aId }) => a.presence(aId) === "unknown");
  const unknownOnB = [...linked, ...arriving].some((bId) => b.presence(bId) === "unknown");
  const strays = b.rows.some((bId) => !linked.has(bId) && !arriving.has(bId));
  return unknownOnA || unknownOnB || (table === "prune" && strays && !a.complete);
}

/** The same again with nothing changed. A listing that lied cannot be asked twice, and a refusal is tried again. */
function* judgeSecondRun(moment: Moment, b: Reading, refused: ReadonlySet<string>): Generator<Broken> {
  const { world, links, round } = moment;
  if (round.a.hidden.size + round.b.hidden.size > 0) return;
  const again = { ...moment, links: new Map(links), ...readings(world, round) };
  const open = (bId: string | undefined) =>
    bId !== undefined && (refused.has(bId) || [...links.values()].some((l) => l.bId === bId && l.state === "refused"));
  const { decisions, unmatched } = decideRun(again);
  const rest = decisions.filter(({ bId }) => !open(bId));
  if (rest.length + unmatched.length > 0) {
    yield { rule: "a second run has nothing to do", what: JSON.stringify({ rest, unmatched, listed: b.rows }) };
  }
}

/** A last run that sees everything. */
export const honestRound: Round = { edits: [], a: honest, b: honest, refused: new Set() };
