import { type Encryption, memoryStorage, type StorageAdapter } from "@syncer/core";
import { syntheticLibrary } from "@syncer/testkit";
import { ModelClock } from "../base/clock.ts";
import { ContentWatch } from "../base/content.ts";
import { Process, rememberingKeyring } from "../base/process.ts";
import { demand } from "../base/violation.ts";
import { ChainPair } from "./pair.ts";
import { type Change, Side } from "./side.ts";
import { catalogueOf, copiesOf, FEW_SONGS, SERVICES, SONGS, songOf, songTexts } from "./songs.ts";
import type { ChainHistory, Edit } from "./steps.ts";

const NAMES = ["alpha", "beta", "gamma"] as const;
const ACCOUNT = "somebody@canary.example";

/** A run that is at work. */
export interface Running {
  readonly pair: ChainPair;
  /** What it does may rest on anything that was so since then. */
  readonly sinceMs: number;
}

/** Three services in pairs, what people do there, a storage, and processes that sync. */
export class ChainWorld {
  readonly clock = new ModelClock();
  readonly storage: StorageAdapter = memoryStorage();
  readonly watch = new ContentWatch([...songTexts, ACCOUNT]);
  readonly isRing: boolean;
  readonly sides: readonly Side[];
  readonly pairs: readonly ChainPair[];
  /** Pairs in the order in which they are run when everything comes into step. */
  readonly ordered: readonly ChainPair[];
  /** Of songs beyond these nobody has heard. */
  readonly #span: number;
  readonly #encryption: Encryption = rememberingKeyring();
  readonly #history: ChainHistory;
  readonly #processes: Process[] = [];
  process: Process;
  running: readonly Running[] = [];
  /** Writes since it was emptied. */
  written: Change[] = [];
  /** What people did to a song since everything was last in step. */
  readonly touched = new Map<number, Set<"add" | "remove">>();
  /** Songs that somebody saved while a run was about to: both may be there. */
  readonly #raced = new Set<number>();
  /** What was wrong with the first wrong write of a run. */
  #broken: unknown;

  private constructor(history: ChainHistory) {
    this.#history = history;
    this.#span = history.large ? SONGS : FEW_SONGS;
    this.isRing = history.shape === "ring";
    this.sides = NAMES.map((name, index) => this.#newSide(name, index));
    this.pairs = this.sides.slice(0, this.isRing ? SERVICES : SERVICES - 1).map((source, index) => {
      const { oneWay } = history;
      const isOneWay = !this.isRing && oneWay?.pair === index;
      return new ChainPair(source, this.side(index + 1), isOneWay ? oneWay : undefined);
    });
    this.ordered = history.order.flatMap((index) => this.pairs[index] ?? []);
    this.process = this.#newProcess();
  }

  /** The world as a history begins: everybody has connected, nothing has been synced. */
  static async open(history: ChainHistory): Promise<ChainWorld> {
    const world = new ChainWorld(history);
    const { engine } = world.process;
    await engine.migrate();
    for (const { library } of world.sides) {
      await engine.connections.addPublic({ userId: "user-1", service: library.name, accountId: ACCOUNT });
    }
    const shared = history.large ? history.shared * 4 : history.shared;
    for (const side of world.sides) {
      for (let song = 0; song < shared; song++) world.#save(side, song);
      for (let more = 0; more < history.single; more++) world.#save(side, shared + side.index * history.single + more);
    }
    world.absorb();
    return world;
  }

  /** Runs that were begun so far, by whichever process. */
  get runs(): number {
    return this.#processes.reduce((sum, { runs }) => sum + runs, 0);
  }

  /** A new process in place of the present one, which may be dead. */
  restart(): void {
    this.process = this.#newProcess();
  }

  /** Another one beside it. */
  anotherProcess(): Process {
    return this.#newProcess();
  }

  side(index: number): Side {
    return at(this.sides, index);
  }

  pair(index: number): ChainPair {
    return at(this.pairs, index);
  }

  /** @returns whether there was something to do */
  edit({ kind, side, what }: Edit): boolean {
    const { library } = this.side(side);
    const ids = kind === "take" ? library.ids() : this.#absent(this.side(side));
    if (ids.length === 0) return false;
    library[kind](at(ids, what));
    this.absorb();
    return true;
  }

  /** How many of them could be done. */
  editAll(edits: readonly Edit[]): number {
    return edits.filter((edit) => this.edit(edit)).length;
  }

  /** A killed process, or one that could not write, has not given back what it had the right to write. */
  abandon({ pair }: Running, forMs: number): void {
    const untilMs = this.clock.now() + forMs;
    pair.leasedUntilMs = untilMs;
    for (const side of pair.sides) side.leasedUntilMs = untilMs;
  }

  /** Hears what has happened at the services since it was last called. @throws {Violation} at the first wrong write */
  absorb(): void {
    this.listen();
    const broken = this.#broken;
    this.#broken = undefined;
    if (broken) throw broken;
  }

  /** The same in the middle of a run, which would take what is thrown for a service's failure: it is kept for later. */
  listen(): void {
    for (const side of this.sides) {
      side.absorb((change) => {
        try {
          this.#hear(change);
        } catch (error) {
          this.#broken ??= error;
        }
      });
    }
  }

  /** Whether more than one entry of the song has a reason. */
  mayBeTwice(song: number): boolean {
    return this.#raced.has(song);
  }

  /** Everything is in step: history begins anew. */
  settle(): void {
    this.touched.clear();
    for (const song of this.#raced) if (this.sides.every((side) => side.entries(song) < 2)) this.#raced.delete(song);
    for (const side of this.sides) side.settle();
  }

  #newSide(name: string, index: number): Side {
    const { habits, refusals } = this.#history;
    const refused = (kind: "add" | "remove") =>
      new Set(refusals.filter((each) => each.side === index && each.kind === kind).map(({ song }) => song));
    const never = { add: refused("add"), remove: refused("remove") };
    const refuse = ({ kind, id }: { kind: "add" | "remove"; id: string }) =>
      never[kind].has(songOf(id)) ? "not-allowed" : undefined;
    const recordings = catalogueOf(index, name.slice(0, 1));
    const library = syntheticLibrary({ name, clock: this.clock, recordings, habits: { ...habits[index], refuse } });
    return new Side(index, library, never);
  }

  #newProcess(): Process {
    const { clock, storage, watch } = this;
    const providers = this.sides.map(({ library }) => library.provider());
    const seed = this.#processes.length + 1;
    const process = new Process({ providers, storage, clock, watch, encryption: this.#encryption, seed });
    this.#processes.push(process);
    return process;
  }

  #save({ library, index }: Side, song: number): void {
    if (copiesOf(song, index) > 0) library.put(`${library.name.slice(0, 1)}${song}`);
  }

  /** A person does not save another recording of what is there. */
  #absent(side: Side): readonly string[] {
    return [...side.library.catalogue.keys()].filter((id) => songOf(id) < this.#span && !side.has(songOf(id)));
  }

  #hear(change: Change): void {
    const { song, write } = change;
    if (write.by === "sync") {
      this.written.push(change);
      this.#judge(change);
      return;
    }
    const touches = this.touched.get(song) ?? new Set();
    this.touched.set(song, touches.add(write.kind));
  }

  /** Whatever goes wrong: a pair writes its own sides, adds what the other side has, removes what that has not. */
  #judge(change: Change): void {
    const { side, song, write, entries } = change;
    const seen = () =>
      `${write.kind} ${write.id} at ${side.library.name} by ${this.running.map(({ pair }) => pair.name).join(" and ") || "nobody"}`;
    const writers = this.running.filter(({ pair }) => pair.writes(side));
    demand(writers.length > 0, "a pair writes its own sides, and one-way the target only", seen);
    const justified = writers.filter((running) => isJustified(change, running) || this.#hadLacked(change, running));
    const rule =
      write.kind === "add" ? "only what is on the other side is added" : "only what left the other side is removed";
    demand(justified.length > 0, rule, seen);
    if (write.kind === "remove") {
      const [running, another] = justified;
      // Of two runs at once nobody can say whose it was.
      if (running && !another) {
        assertFew(running.pair, change);
        assertNotEmptied(running, change);
      }
      return;
    }
    const sinceMs = Math.min(...writers.map((running) => shownSince(running, side)));
    // One-way, a pair sees of the side that it writes no recording but its own.
    const isBlind = side.editedSince(song, sinceMs) || writers.some(({ pair }) => !pair.isTwoWay);
    if (entries > 1 && isBlind) this.#raced.add(song);
    demand(entries === 1 || this.#raced.has(song), "no song is added twice", seen);
  }

  /**
   * The other side lacked it, and the same run has added it there for another recording, which stays: of two wishes
   * about one song each is carried out.
   */
  #hadLacked({ side, song, write, entries }: Change, { pair }: Running): boolean {
    const across = pair.acrossFrom(side);
    const isAddition = (each: Change) => each.side === across && each.song === song && each.write.kind === "add";
    return write.kind === "remove" && entries > 0 && this.written.some(isAddition);
  }
}

/** The oldest state that the run may have been shown of a side. */
function shownSince({ sinceMs }: Running, { library }: Side): number {
  return sinceMs - library.habits.lag.listMs;
}

function isJustified({ side, song, write }: Change, running: Running): boolean {
  const across = running.pair.acrossFrom(side);
  if (!across) return false;
  const sinceMs = shownSince(running, across);
  if (write.kind === "add") return across.hadSince(song, sinceMs);
  return across.lackedSince(song, sinceMs) || across.hadAnother(song);
}

/** A side that had items and lists none is believed only if somebody has confirmed it. */
function assertNotEmptied(running: Running, { side, song, write }: Change): void {
  const { pair } = running;
  const across = pair.acrossFrom(side);
  // Where listings lag, an old one may have shown something all the same.
  const isEmpty = across?.wasEmptySince(shownSince(running, across)) === true;
  const believed = !isEmpty || pair.isConfirmed(song, write.atMs);
  demand(believed, "a side that lists nothing is not believed", () => `${write.kind} ${write.id} by ${pair.name}`);
}

/** More than a few are removed within a day only if somebody has confirmed it. */
function assertFew(pair: ChainPair, { side, song, write }: Change): void {
  const songs = pair.remove({ side, song, atMs: write.atMs });
  const had = new Set(pair.sides.flatMap((each) => [...each.hadLately]));
  const most = Math.max(4, 0.2 * had.size);
  const seen = () => `${songs.size} at ${side.library.name} in a day, at most ${most}`;
  demand(songs.size <= most, "no mass of items vanishes unconfirmed", seen);
}

function at<T>(all: readonly T[], index: number): T {
  const one = all[index % all.length];
  if (one === undefined) throw new RangeError("there is none");
  return one;
}
