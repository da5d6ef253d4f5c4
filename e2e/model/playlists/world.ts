import { type Encryption, memoryStorage, type PairReport, type StorageAdapter } from "@syncer/core";
import { ModelClock } from "../base/clock.ts";
import { ContentWatch } from "../base/content.ts";
import { Process, rememberingKeyring } from "../base/process.ts";
import { demand, Violation } from "../base/violation.ts";
import { edited } from "./edits.ts";
import { isMine, justify } from "./justified.ts";
import { providerOf } from "./provider.ts";
import { type Change, otherThan, Shelf, type ShelvedList, type SideIndex } from "./shelf.ts";
import { listTexts, nameOf, songOf, songsOf } from "./songs.ts";
import { Standing } from "./standing.ts";
import {
  type Editing,
  type ListEdit,
  LONGEST_LAG_MS,
  type PlaylistsHistory,
  type Policy,
  type Step,
  type Withdrawal,
} from "./steps.ts";

const ACCOUNT = "somebody@canary.example";

/** A run that is at work, as what happens meanwhile is judged by. */
export interface Running {
  /** What it carries over was so then, or since. */
  readonly sinceMs: number;
  /** Lists that are left alone, or shown as they were before. */
  readonly blurred: ReadonlySet<number>;
  readonly asked: Set<number>;
  readonly changedMeanwhile: Set<number>;
  readonly writes: Change[];
  /** It takes back what another one did. */
  readonly isUndoing: boolean;
}

/** A run that came to its end undisturbed, and what the lists were before and after it. */
export interface LastRun {
  readonly jobId: string;
  /** Lists that it was shown as they were before. */
  readonly blurred: ReadonlySet<number>;
  readonly before: readonly [ReadonlyMap<string, ShelvedList>, ReadonlyMap<string, ShelvedList>];
  readonly after: readonly [ReadonlyMap<string, ShelvedList>, ReadonlyMap<string, ShelvedList>];
}

interface Settings {
  readonly mode: "bidirectional" | "sync-from" | "sync-to";
  readonly propagation: "additive" | "mirror";
}

/** Two services with playlists, what people do there, a storage, and one process at a time that syncs. */
export class PlaylistsWorld {
  readonly clock = new ModelClock();
  readonly storage: StorageAdapter = memoryStorage();
  readonly shelves: readonly [Shelf, Shelf];
  readonly watch = new ContentWatch([...listTexts, ACCOUNT]);
  readonly policy: Policy;
  readonly isLarge: boolean;
  readonly standings = new Map<number, Standing>();
  /** Songs that were withdrawn somewhere since everything was last in step: they may rest. */
  readonly hindered = new Set<number>();
  /** A look-up has failed since then: any song may rest. */
  anyHindered = false;
  settings: Settings;
  /** The pair was one-way since everything was last in step, or was changed: then not every wish is everybody's. */
  strayed: boolean;
  /** Lists that runs deleted lately without being asked. */
  deletions: readonly { readonly side: SideIndex; readonly atMs: number }[] = [];
  /** A run was taken back: what it had made equal stays apart until its user acts. */
  isUndone = false;
  /** Absent: it was not such a run. */
  lastRun: LastRun | undefined;
  held: PairReport | undefined;
  /** A person has confirmed what was held, and no run has come to its end since. */
  isConfirmed = false;
  /** A killed process may hold the pair until then. */
  leasedUntilMs = Number.NEGATIVE_INFINITY;
  /** A service asked for quiet until then. */
  quietUntilMs = Number.NEGATIVE_INFINITY;
  running: Running | undefined;
  process: Process;
  readonly #encryption: Encryption = rememberingKeyring();
  readonly #processes: Process[] = [];
  /** The first thing that was wrong in a run, which would take what is thrown for a service's failure. */
  #broken: unknown;
  #serials = 0;

  private constructor({ habits, policy, large, mode, propagation }: PlaylistsHistory) {
    const shelf = (index: SideIndex) =>
      new Shelf(index, habits[index], this.clock, {
        change: (change) => this.#guarded(() => this.#hear(change)),
        wrong: (rule, seen) => this.#guarded(() => demand(false, rule, () => seen)),
      });
    this.shelves = [shelf(0), shelf(1)];
    this.policy = policy;
    this.isLarge = large;
    this.settings = { mode, propagation };
    this.strayed = mode !== "bidirectional";
    this.process = this.#newProcess();
  }

  static async open(history: PlaylistsHistory): Promise<PlaylistsWorld> {
    const world = new PlaylistsWorld(history);
    const { engine } = world.process;
    await engine.migrate();
    for (const { name } of world.shelves) {
      await engine.connections.addPublic({ userId: "user-1", service: name, accountId: ACCOUNT });
    }
    for (const size of history.shared) {
      const serial = ++world.#serials;
      for (const shelf of world.shelves) world.#fill(shelf, serial, size);
      world.standing(serial).isTwin = true;
    }
    for (const [side, size] of history.single) world.#fill(world.side(side), ++world.#serials, size);
    await world.clock.advance(LONGEST_LAG_MS);
    world.absorb();
    return world;
  }

  get runs(): number {
    return this.#processes.reduce((sum, { runs }) => sum + runs, 0);
  }

  get isTwoWay(): boolean {
    return this.settings.mode === "bidirectional";
  }

  /** The side that is read from first; one-way, it is never written. */
  get reads(): SideIndex {
    return this.settings.mode === "sync-to" ? 1 : 0;
  }

  side(index: number): Shelf {
    return index % 2 === 0 ? this.shelves[0] : this.shelves[1];
  }

  both(serial: number): readonly [ShelvedList | undefined, ShelvedList | undefined] {
    return [this.shelves[0].list(serial), this.shelves[1].list(serial)];
  }

  /** Lists that changed, or were asked to change, so lately that a run leaves them alone or is shown what was before. */
  blurred(atMs: number): ReadonlySet<number> {
    const lagMs = Math.max(...this.shelves.map(({ habits }) => habits.lagMs));
    const all = [...this.standings.values()].filter(({ changedMs }) => atMs - changedMs < lagMs);
    return new Set(all.map(({ serial }) => serial));
  }

  standing(serial: number): Standing {
    const known = this.standings.get(serial);
    if (known) return known;
    const made = new Standing(serial);
    this.standings.set(serial, made);
    return made;
  }

  request(dryRun = false) {
    const { mode, propagation } = this.settings;
    const [{ name: source }, { name: target }] = this.shelves;
    return {
      userId: "user-1",
      type: "playlists" as const,
      pairs: [{ source, target, mode }],
      options: {
        conflictPolicy: this.policy,
        ...(mode === "bidirectional" ? {} : { propagation }),
        ...(dryRun ? { dryRun } : {}),
      },
    };
  }

  change(settings: Settings): void {
    this.settings = settings;
    // Other settings ask for other things, also of what a run was taken back on.
    for (const standing of this.standings.values()) standing.isKeptApart = false;
    this.stray();
  }

  /** From here on both sides may differ on purpose. */
  stray(): void {
    this.strayed = true;
    for (const standing of this.standings.values()) standing.agreed = undefined;
  }

  /** A new process in place of the present one, which may be dead. */
  restart(): void {
    this.process = this.#newProcess();
  }

  /** The n-th list of a side that fits. */
  choose(shelf: Shelf, n: number, fits: (list: ShelvedList) => boolean = isMine): ShelvedList | undefined {
    const lists = [...shelf.lists.values()].filter(fits);
    return lists[n % Math.max(1, lists.length)];
  }

  /** @returns how many entries were touched, or `undefined` if there is nothing to edit */
  edit({ side, list: n, edits }: Editing): number | undefined {
    const shelf = this.side(side);
    const list = this.choose(shelf, n);
    if (!list) return undefined;
    const { entries, touched } = edited(shelf, list, edits, this.isLarge);
    if (touched === 0) return undefined;
    this.#edits = touched;
    shelf.change(list, { entries });
    this.absorb();
    return touched;
  }

  /** The same list on both sides, if both have it. */
  editBoth({ list: n, edits }: Extract<Step, { readonly do: "contest" }>): void {
    const [left, right] = this.shelves;
    const list = this.choose(left, n, (each) => isMine(each) && right.list(each.serial) !== undefined);
    if (!list) return;
    for (const side of [0, 1] as const) {
      const shelves = [...this.shelves[side].lists.values()].filter(isMine);
      const place = shelves.findIndex(({ serial }) => serial === list.serial);
      if (place >= 0) this.edit({ side, list: place, edits: edits[side] });
    }
  }

  /** How many entries the edit that is under way touches; not known: more than anybody counts. */
  #edits = Number.POSITIVE_INFINITY;

  /** All entries at once become these. */
  replace(shelf: Shelf, list: ShelvedList, entries: ShelvedList["entries"]): void {
    shelf.change(list, { entries });
    this.absorb();
  }

  /** A recording is withdrawn, or comes back. */
  withdraw(shelf: Shelf, id: string, how: Withdrawal | "not"): void {
    shelf.withdraw(id, how);
    this.hindered.add(songOf(id));
    for (const list of shelf.lists.values()) {
      if (list.entries.some((entry) => entry.id === id)) {
        this.standing(list.serial).changedMs = this.clock.now();
      }
    }
  }

  /** @returns whether it could be done */
  editList(what: ListEdit, side: number, n: number, fill: number): boolean {
    const shelf = this.side(side);
    const done = this.#editList(what, shelf, n, fill);
    this.absorb();
    return done;
  }

  #editList(what: ListEdit, shelf: Shelf, n: number, fill: number): boolean {
    const size = this.isLarge ? fill * 4 : fill;
    switch (what) {
      case "create":
      case "share":
      case "follow": {
        if (shelf.lists.size > 7) return false;
        const access = what === "create" ? "owned" : what === "share" ? "shared" : "followed";
        this.#fill(shelf, ++this.#serials, size, access);
        return true;
      }
      case "twin": {
        const other = this.side(otherThan(shelf.index));
        // Only of what no run can have seen: else it stands for a copy that somebody deleted.
        const list = this.choose(
          other,
          n,
          (each) => isMine(each) && this.standing(each.serial).isNew && !shelf.list(each.serial),
        );
        if (!list) return false;
        this.#fill(shelf, list.serial, size);
        this.standing(list.serial).isTwin = true;
        return true;
      }
      case "withdraw": {
        const list = this.choose(shelf, n, ({ access }) => access === "shared");
        if (!list) return false;
        shelf.change(list, { access: "followed" });
        return true;
      }
      default: {
        // Until a run has found what a lost creation made, what people make of it would be another list.
        const isSure = ({ serial }: ShelvedList) => {
          const { isUncertain, isTwin } = this.standing(serial);
          return !isUncertain && !isTwin;
        };
        const isOwn = ({ access }: ShelvedList) => access === "owned" || what === "delete";
        const list = this.choose(shelf, n, (each) => isOwn(each) && isSure(each));
        if (!list) return false;
        if (what === "delete") shelf.drop(list);
        else if (what === "publish") shelf.change(list, { isPublic: !list.isPublic });
        else shelf.change(list, { name: nameOf(list.serial, fill + n) });
        return true;
      }
    }
  }

  #fill(shelf: Shelf, serial: number, size: number, access: ShelvedList["access"] = "owned"): void {
    const songs = songsOf(shelf.index, this.isLarge);
    // Not the same first songs in each list, and on both sides those that both have in the same order.
    const chosen = Array.from({ length: size }, (_, n) => songs[(n * 5 + serial) % songs.length] ?? 0);
    const limit = shelf.habits.maxItems ?? Number.POSITIVE_INFINITY;
    const entries = [...new Set(chosen)].slice(0, limit).map((song) => shelf.newEntry("song", shelf.idOf(song)));
    shelf.make({ name: nameOf(serial, 0), isPublic: serial % 2 === 0, access, entries });
    if (access === "followed") this.standing(serial).isFollowed = true;
    if (access === "shared") this.standing(serial).isShared = true;
  }

  /** @throws {Violation} at the first wrong thing that happened since it was last called */
  absorb(): void {
    const broken = this.#broken;
    this.#broken = undefined;
    if (broken) throw broken;
  }

  #guarded(judge: () => void): void {
    try {
      judge();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.#broken ??= error;
    }
  }

  #newProcess(): Process {
    const { clock, storage, watch } = this;
    const providers = this.shelves.map(providerOf);
    const seed = this.#processes.length + 1;
    const process = new Process({ providers, storage, clock, watch, encryption: this.#encryption, seed });
    this.#processes.push(process);
    return process;
  }

  #hear(change: Change): void {
    const { shelf, by, before, after } = change;
    const serial = (after ?? before)?.serial ?? 0;
    const standing = this.standing(serial);
    const edits = this.#edits;
    this.#edits = Number.POSITIVE_INFINITY;
    if (by === "people") {
      standing.heard(change, this.clock.now(), edits);
      this.running?.changedMeanwhile.add(serial);
      return;
    }
    standing.changedMs = this.clock.now();
    if (!before) standing.madeByUs.add(shelf.index);
    const { running } = this;
    demand(running !== undefined, "nothing is written without a run", () => after?.name ?? "");
    running.writes.push(change);
    running.asked.add(serial);
    justify(this, change, running);
  }
}
