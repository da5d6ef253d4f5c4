import { type Encryption, memoryStorage, type StorageAdapter } from "@syncer/core";
import { syntheticLibrary } from "@syncer/testkit";
import { ModelClock } from "../base/clock.ts";
import { ContentWatch } from "../base/content.ts";
import { Process, rememberingKeyring } from "../base/process.ts";
import { demand } from "../base/violation.ts";
import { ModelPair } from "./pair.ts";
import { type Change, Side, type SideIndex } from "./side.ts";
import { catalogueOf, FEW_SONGS, SONGS, songOf, songTexts } from "./songs.ts";
import type { Edit, Habits, MembershipHistory } from "./steps.ts";

const NAMES = ["left", "right"] as const;
const ACCOUNT = "somebody@canary.example";

/** A run that is at work, as what happens meanwhile is judged by. */
export interface Running {
  /** What it carries over was so then, or since. */
  readonly readMs: number;
  /** Songs of which it cannot see what is there: it may well put a second recording beside the first. */
  readonly mayRepeat: (song: number) => boolean;
  readonly changedMeanwhile: Set<number>;
  readonly writes: Change[];
}

/** Two services, what people do there, a storage, and one process at a time that syncs. */
export class MembershipWorld {
  readonly clock = new ModelClock();
  readonly storage: StorageAdapter = memoryStorage();
  readonly sides: readonly [Side, Side];
  readonly pair: ModelPair;
  readonly watch = new ContentWatch([...songTexts, ACCOUNT]);
  /** Of songs beyond these nobody has heard. */
  readonly span: number;
  /** Ids whose next write is going to be lost. */
  readonly losing = new Set<string>();
  /** What people did to a song since everything was last in step: at most both of put and taken. */
  readonly touched = new Map<number, Set<"add" | "remove">>();
  /** The pair was one-way since everything was last in step: then not every wish is everybody's. */
  strayed = false;
  readonly #habits: [Habits, Habits];
  readonly #encryption: Encryption = rememberingKeyring();
  readonly #processes: Process[] = [];
  process: Process;
  running: Running | undefined;
  /** What was wrong with the first wrong write of a run. */
  #broken: unknown;

  private constructor(history: MembershipHistory) {
    this.span = history.large ? SONGS : FEW_SONGS;
    this.#habits = [...history.habits];
    this.sides = [this.#newSide(history, 0), this.#newSide(history, 1)];
    this.pair = new ModelPair(this.sides, history);
    this.process = this.#newProcess();
  }

  /** The world as a history begins: everybody has connected, nothing has been synced. */
  static async open(history: MembershipHistory): Promise<MembershipWorld> {
    const world = new MembershipWorld(history);
    const { engine } = world.process;
    await engine.migrate();
    for (const { library } of world.sides) {
      await engine.connections.addPublic({ userId: "user-1", service: library.name, accountId: ACCOUNT });
    }
    const shared = history.large ? history.shared * 5 : history.shared;
    for (const side of world.sides) {
      const first = shared + side.index * history.single;
      for (let song = 0; song < shared; song++) world.#putSong(side, song);
      for (let song = first; song < first + history.single; song++) world.#putSong(side, song);
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

  /** @returns whether it could be done */
  edit({ kind, side, what }: Edit): boolean {
    const { library } = this.side(side);
    const ids = kind === "take" ? this.#visible(side) : this.#absent(side);
    const id = ids[what % Math.max(1, ids.length)];
    if (id === undefined) return false;
    if (kind === "take") library.take(id);
    else library.put(id);
    this.absorb();
    return true;
  }

  /** @returns how many */
  editMany(kind: "put" | "take", side: number, count: number): number {
    const { library } = this.side(side);
    const ids = (kind === "take" ? this.#visible(side) : this.#absent(side)).slice(0, count);
    if (kind === "take") library.take(...ids);
    else library.put(...ids);
    this.absorb();
    return ids.length;
  }

  /** The side has it, or nobody has the song. */
  isUsed(id: string, { library }: Side): boolean {
    const song = songOf(id);
    return song < this.span && (library.has(id) || this.sides.every((side) => !side.has(song)));
  }

  side(index: number): Side {
    return index % 2 === 0 ? this.sides[0] : this.sides[1];
  }

  /** Songs that are withdrawn somewhere, or whose next write is going to be lost. */
  hindered(): Set<number> {
    return new Set([...this.sides.flatMap(({ withdrawnIds }) => withdrawnIds), ...this.losing].map(songOf));
  }

  /** A recording is withdrawn, or comes back. */
  withdraw(side: Side, id: string, how: "vanished" | "unreadable" | "unplayable" | "not"): void {
    side.withdraw(id, how);
    this.pair.oracle.withdrawn(side, songOf(id), this.clock.now());
  }

  /** From now on a service behaves in another way; what its provider declares is known to the next process. */
  changeHabits(side: Side, habits: Habits): void {
    this.#habits[side.index] = habits;
    this.settleHabits(side);
    this.pair.oracle.habitsChanged(side, this.clock.now());
    this.restart();
  }

  /** Nothing of what made the service behave in an unusual way is left. */
  settleHabits({ index, library }: Side): void {
    const { refuse } = library.habits;
    library.behave({ ...this.#habits[index], refuse });
    library.recover();
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

  #newSide(history: MembershipHistory, index: SideIndex): Side {
    const refused = (kind: "add" | "remove") =>
      new Set(history.refusals.filter((each) => each.side === index && each.kind === kind).map(({ song }) => song));
    const [adds, removes] = [refused("add"), refused("remove")];
    const refuse = ({ kind, id }: { readonly kind: "add" | "remove"; readonly id: string }) =>
      (kind === "add" ? adds : removes).has(songOf(id)) ? "not-allowed" : undefined;
    const name = NAMES[index];
    const library = syntheticLibrary({
      name,
      clock: this.clock,
      recordings: catalogueOf(index, name.slice(0, 1)),
      habits: { ...this.#habits[index], refuse },
    });
    return new Side(index, library, { add: adds, remove: removes });
  }

  #newProcess(): Process {
    const { clock, storage, watch } = this;
    const providers = this.sides.map(({ library }) => library.provider());
    const seed = this.#processes.length + 1;
    const process = new Process({ providers, storage, clock, watch, encryption: this.#encryption, seed });
    this.#processes.push(process);
    return process;
  }

  #putSong({ library }: Side, song: number): void {
    const id = [...library.catalogue.keys()].find((each) => songOf(each) === song);
    if (id !== undefined) library.put(id);
  }

  /** A person does not take away what is not shown. */
  #visible(index: number): readonly string[] {
    const { library, withdrawnIds } = this.side(index);
    return library.ids().filter((id) => !withdrawnIds.includes(id));
  }

  #absent(side: number): readonly string[] {
    const { library } = this.side(side);
    return [...library.catalogue.keys()].filter((id) => songOf(id) < this.span && !library.has(id));
  }

  #hear(change: Change): void {
    const { song, write } = change;
    const { running } = this;
    if (write.by === "sync") {
      demand(running !== undefined, "nothing is written without a run", () => `${write.kind} ${write.id}`);
      this.#assertJustified(change, running);
      running.writes.push(change);
      return;
    }
    const touches = this.touched.get(song) ?? new Set();
    this.touched.set(song, touches.add(write.kind));
    running?.changedMeanwhile.add(song);
    this.pair.oracle.changed(change, running !== undefined);
  }

  /** Whatever goes wrong: what is added is on the other side, what is removed is not, and nothing comes twice. */
  #assertJustified({ side, song, write }: Change, { readMs, mayRepeat }: Running): void {
    const { oracle, isTwoWay } = this.pair;
    const seen = () => `${write.kind} ${write.id} at ${side.library.name} (${oracle.describe(song)})`;
    demand(isTwoWay || oracle.reads !== side.index, "one-way, the side that is read is never written", seen);
    const other = this.pair.otherThan(side);
    const sinceMs = oracle.seenSince(other, song, readMs);
    if (write.kind === "remove") {
      const gone = other.lackedSince(song, sinceMs) || other.hadAnother(song);
      demand(gone, "only what left the other side is removed", seen);
      return;
    }
    demand(other.hadSince(song, sinceMs), "only what is on the other side is added", seen);
    // One-way, other recordings on the side that is written are not the pair's: it sees its own copy only.
    // A known limitation: what one-way times let go of with two recordings comes back with both of them.
    const mayBeTwo = !isTwoWay || oracle.mayBeLetGo(song);
    demand(side.entries(song) === 1 || mayRepeat(song) || mayBeTwo, "nothing is added twice", seen);
  }
}
