import type { DocumentHabits, DocumentsSnapshot, Note, SyntheticDocuments } from "@syncer/testkit";
import type { Engine, SyncOptions } from "../../../../src/index.ts";
import { Scene, type Stage, syncToTheEnd } from "../../support/rehearsal.ts";
import { NotesBench } from "../notes-bench.ts";

export interface SideHabits {
  readonly left?: Partial<DocumentHabits>;
  readonly right?: Partial<DocumentHabits>;
}

/** A bench that always syncs with the same options. */
export class BusyNotes extends NotesBench implements Stage<DocumentsSnapshot> {
  readonly #options: SyncOptions;

  constructor(habits: SideHabits, options: SyncOptions) {
    super(habits);
    this.#options = options;
  }

  start(engine: Pick<Engine, "sync">) {
    return engine.sync(this.request(this.#options));
  }
}

export type NotesScene = Scene<DocumentsSnapshot, BusyNotes>;

/** What users see and what is kept of it, without ids: those depend on when something was made. */
export interface Outcome {
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly links: readonly string[];
  readonly conflicts: readonly string[];
}

/** How many notes are in step before both sides change. */
const IN_STEP = 24;
/** What `busyScene` leaves to be done, by writes of either side. */
export const BUSY_OPERATIONS = 20;

/** Many notes in step, then twenty changes that wait for one two-way run. */
export async function busyScene(habits: SideHabits, options: SyncOptions): Promise<NotesScene> {
  const make = () => new BusyNotes(habits, options);
  const bench = make();
  await bench.open();
  for (let index = 0; index < IN_STEP; index++) {
    const side = index % 2 === 0 ? bench.left : bench.right;
    side.put({ title: `Note ${index}`, body: "first", done: false, tags: ["x", "y"] });
  }
  await bench.clock.advance(600_000);
  await syncToTheEnd(bench);
  await bench.clock.advance(600_000);
  await changeBoth(bench);
  await bench.clock.advance(600_000);
  return await Scene.of(bench, make);
}

/** Three new ones, three edits and two deletions on each side, and four notes that both have changed. */
async function changeBoth({ left, right, clock }: NotesBench): Promise<void> {
  const on = (side: SyntheticDocuments) => (index: number) => idOf(side, `Note ${index}`);
  const [l, r] = [on(left), on(right)];
  for (const [side, name, at, first] of [
    [left, "left", l, 0],
    [right, "right", r, 8],
  ] as const) {
    for (let index = 0; index < 3; index++) side.put({ title: `New on ${name} ${index}`, body: name, tags: ["new"] });
    for (let index = 0; index < 3; index++) side.edit(at(first + index), { body: `${name} edit ${index}` });
    for (let index = 3; index < 5; index++) side.remove(at(first + index));
  }
  left.edit(l(16), { body: "left body" });
  right.edit(r(16), { tags: ["x", "right"] });
  left.edit(l(17), { body: "left text" });
  await clock.advance(60_000);
  right.edit(r(17), { body: "right text" });
  left.remove(l(18));
  right.edit(r(18), { body: "edited on the right" });
  left.edit(l(19), { body: "edited on the left" });
  right.remove(r(19));
}

/** The id under which a side has the note of this title. */
export function idOf(side: SyntheticDocuments, title: string): string {
  for (const [id, note] of side.notes()) if (note.title === title) return id;
  throw new RangeError(`${side.name} has no ${title}`);
}

export async function outcomeOf(bench: NotesBench): Promise<Outcome> {
  const titles = new Map([...titlesOf(bench.left), ...titlesOf(bench.right)]);
  const rows = (await bench.links()).filter(({ state }) => state !== "dropped" && state !== "superseded");
  const nameOf = (id: string | null) => (id === null ? "-" : (titles.get(id) ?? "gone"));
  const named = new Map(
    rows.map((row) => [row.link_key, `${nameOf(row.source_id)} = ${nameOf(row.target_id)} ${row.state}`] as const),
  );
  return {
    left: notesOf(bench.left),
    right: notesOf(bench.right),
    links: [...named.values()].sort(),
    conflicts: (await bench.conflicts())
      .map(({ link_key, kind, state, resolution }) => `${named.get(link_key)}: ${kind} ${state} ${resolution}`)
      .sort(),
  };
}

/** What does not depend on what a service makes of what it is given. */
function titlesOf(side: SyntheticDocuments): readonly (readonly [string, string])[] {
  return [...side.notes()].map(
    ([id, { title = "" }]) => [side.habits.ids === "opaque" ? id : "sealed", title] as const,
  );
}

function notesOf(side: SyntheticDocuments): readonly string[] {
  return [...side.notes().values()].map(describeNote).sort();
}

function describeNote({ title, body, done, tags = [] }: Note): string {
  return `${title} | ${body} | ${done} | ${[...tags].sort().join(",")}`;
}
