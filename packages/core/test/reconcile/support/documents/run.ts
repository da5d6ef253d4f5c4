import {
  type Arrival,
  type ConflictPolicy,
  type Decision,
  type LinkFacts,
  type LinkState,
  otherThan,
  type Presence,
  type Reconciliation,
  reconcile,
  type SideLetter,
} from "../../../../src/reconcile/index.ts";
import { type Note, type Notes, nameOf, sameNote } from "./notes.ts";

/** A stored link with what both sides agreed on, and the conflict that is on record for it. */
export interface NoteLink {
  readonly origin: SideLetter;
  readonly aId?: string;
  readonly bId?: string;
  readonly state: LinkState;
  readonly base?: Note;
  readonly record?: {
    readonly a: Note | undefined;
    readonly b: Note | undefined;
    readonly policy: ConflictPolicy;
    readonly decision?: SideLetter;
  };
}

export interface NoteRun {
  readonly notes: Notes;
  readonly links: Map<number, NoteLink>;
  readonly table: "two-way" | "mirror";
  readonly policy: ConflictPolicy;
  readonly source: SideLetter;
  readonly sight: NoteSight;
}

export interface NoteSight {
  /** Notes of a side that this run could not read, as `side name`. */
  readonly unknown: ReadonlySet<string>;
  /** Sides whose listing ended early: what it lacks may be there. */
  readonly cutShort: ReadonlySet<SideLetter>;
}

export type Seeing = Pick<NoteRun, "sight" | "notes" | "links">;

/** Whether a run knows if a side has a note, and which. What is neither there nor on record nobody looks for. */
export function isSeen(seeing: Seeing, side: SideLetter, name: number): boolean {
  const { sight, notes, links } = seeing;
  if (sight.unknown.has(`${side} ${name}`) && (notes[side].has(name) || links.has(name))) return false;
  return notes[side].has(name) || isWhole(seeing, side);
}

/** A note that nobody could read, and that no link knows, may be any. */
function isWhole({ sight, notes, links }: Seeing, side: SideLetter): boolean {
  const mayBeAny = [...notes[side].keys()].some((name) => sight.unknown.has(`${side} ${name}`) && !links.has(name));
  return !sight.cutShort.has(side) && !mayBeAny;
}

/** Compares what was read with what was agreed on, pairs what is new by name, and asks for decisions. */
export function decideNotes(run: NoteRun): Reconciliation {
  const { notes, links, table, policy, source } = run;
  return reconcile({
    table,
    links: [...links].map(([name, link]): LinkFacts => {
      const { origin, aId, bId, state } = link;
      return { key: `${name}`, origin, ...(aId && { aId }), ...(bId && { bId }), state, alias: false };
    }),
    arrivals: arrivalsOf(run),
    strays: [],
    aComplete: isWhole(run, "a"),
    a: (id) => presenceOf(run, "a", id),
    b: (id) => presenceOf(run, "b", id),
    documents: {
      policy,
      source,
      complete: { a: isWhole(run, "a"), b: isWhole(run, "b") },
      equal: (aId, bId) => sameNote(notes.a.get(nameOf(aId))?.note, notes.b.get(nameOf(bId))?.note),
      later: (aId) => laterOf(notes, nameOf(aId)),
      recorded: (key) => recordedOf(run, Number(key)),
    },
  });
}

function presenceOf(run: NoteRun, side: SideLetter, id: string): Presence {
  const name = nameOf(id);
  if (!isSeen(run, side, name)) return "unknown";
  const kept = run.notes[side].get(name);
  if (kept?.id !== id) return "absent";
  const link = run.links.get(name);
  return link && !sameNote(kept.note, link.base) ? "changed" : "present";
}

function arrivalsOf(run: NoteRun): Arrival[] {
  const { notes, links, table } = run;
  const arrivals: Arrival[] = [];
  const isNew = (side: SideLetter, name: number) => !links.has(name) && isSeen(run, side, name);
  for (const [name, { id }] of notes.a) {
    if (!isNew("a", name)) continue;
    const other = isSeen(run, "b", name) ? notes.b.get(name) : undefined;
    arrivals.push({ origin: "a", key: `${name}`, aId: id, ...(other && { bId: other.id }) });
  }
  for (const [name, { id }] of notes.b) {
    const matched = notes.a.has(name) && isSeen(run, "a", name);
    if (table === "two-way" && isNew("b", name) && !matched) arrivals.push({ origin: "b", key: `${name}`, bId: id });
  }
  return arrivals;
}

function laterOf(notes: Notes, name: number): SideLetter | undefined {
  const [a, b] = [notes.timeOf("a", name), notes.timeOf("b", name)];
  return a === undefined || b === undefined || a === b ? undefined : a > b ? "a" : "b";
}

function recordedOf({ notes, links, policy }: NoteRun, name: number): { readonly decision?: SideLetter } | undefined {
  const record = links.get(name)?.record;
  const asRecorded =
    record?.policy === policy &&
    sameNote(record.a, notes.a.get(name)?.note) &&
    sameNote(record.b, notes.b.get(name)?.note);
  if (!asRecorded) return undefined;
  return record.decision === undefined ? {} : { decision: record.decision };
}

/** Carries decisions out. What is written has the time of the run. */
export function carryOutNotes(run: NoteRun, decisions: readonly Decision[], at: number): void {
  for (const decision of decisions) for (const key of decision.keys) carryOut(run, decision, Number(key), at);
}

function carryOut(run: NoteRun, { action, on }: Decision, name: number, at: number): void {
  const { notes, links, policy } = run;
  const [a, b] = [notes.a.get(name)?.note, notes.b.get(name)?.note];
  switch (action) {
    case "create":
    case "update": {
      if (on === undefined || notes[on].has(name) === (action === "create"))
        throw new Error(`cannot ${action} ${name}`);
      const from = notes[otherThan(on)].get(name);
      if (!from) throw new Error(`nothing to copy for ${name}`);
      notes.write(on, name, from.note, at);
      agree(run, name);
      break;
    }
    case "merge": {
      const merged = mergeFields(links.get(name)?.base, a, b, run.source);
      for (const side of on === undefined ? (["a", "b"] as const) : [on]) notes.write(side, name, merged, at);
      agree(run, name);
      break;
    }
    case "remove":
      if (on === undefined || !notes[on].has(name)) throw new Error(`nothing to remove for ${name}`);
      notes.delete(on, name, at);
      links.delete(name);
      break;
    case "drop":
      links.delete(name);
      break;
    case "link":
    case "advance":
      agree(run, name);
      break;
    case "conflict": {
      const { base, ...ids } = linkAsSeen(run, name);
      links.set(name, { ...ids, state: "conflict", ...(base && { base }), record: { a, b, policy } });
      break;
    }
    default:
      throw new Error(`no history here leads to ${action}`);
  }
}

function linkAsSeen({ notes, links }: NoteRun, name: number): Omit<NoteLink, "state"> {
  const [a, b] = [notes.a.get(name), notes.b.get(name)];
  return { origin: a ? "a" : "b", ...(a && { aId: a.id }), ...(b && { bId: b.id }), ...links.get(name) };
}

function agree(run: NoteRun, name: number): void {
  const [a, b] = [run.notes.a.get(name), run.notes.b.get(name)];
  if (!a || !b || !sameNote(a.note, b.note)) throw new Error(`${name} is called equal and is not`);
  const { origin } = linkAsSeen(run, name);
  run.links.set(name, { origin, aId: a.id, bId: b.id, state: "linked", base: a.note });
}

function mergeFields(base: Note | undefined, a: Note | undefined, b: Note | undefined, source: SideLetter): Note {
  if (!a || !b) throw new Error("only what both sides have is merged");
  const field = (place: 0 | 1) => {
    if (base && a[place] === base[place]) return b[place];
    if (base && b[place] === base[place]) return a[place];
    return source === "a" ? a[place] : b[place];
  };
  return [field(0), field(1)];
}
