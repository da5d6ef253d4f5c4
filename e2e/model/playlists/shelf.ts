import {
  type Clock,
  type ContainerFacts,
  type OrderedAnswer,
  type OrderedMove,
  type ServiceFailure,
  serviceError,
} from "@syncer/core";
import type { Recording } from "@syncer/testkit";
import { Calls } from "./calls.ts";
import { catalogueOf, serialOf } from "./songs.ts";
import type { ShelfHabits, Withdrawal } from "./steps.ts";

export type SideIndex = 0 | 1;

export const bothSides: readonly SideIndex[] = [0, 1];

export function otherThan(index: SideIndex): SideIndex {
  return index === 0 ? 1 : 0;
}

/** One place in a list. `local`: a file that no other service has. `void`: what has never had any content. */
export interface Entry {
  /** Never the same for two. */
  readonly uid: number;
  readonly kind: "song" | "local" | "void";
  readonly id: string | null;
}

/** A list at one moment. */
export interface ShelvedList {
  readonly id: string;
  readonly serial: number;
  readonly name: string;
  readonly isPublic: boolean;
  readonly access: ContainerFacts["access"];
  readonly entries: readonly Entry[];
  readonly version: number;
  readonly changedMs: number;
  readonly marker?: string;
}

type Lists = ReadonlyMap<string, ShelvedList>;

/** What changed at a shelf. Without `before` it is new, without `after` it is gone. */
export interface Change {
  readonly shelf: Shelf;
  readonly by: "sync" | "people";
  readonly before?: ShelvedList;
  readonly after?: ShelvedList;
}

/** How a listing lies. `short`: rows are missing, and the total is right. */
export type Lie = "short" | "empty" | "failing-page" | "no-lists" | "short-lists";

const NAMES = ["left", "right"] as const;
const HISTORY_MS = 2 * 60 * 60_000;

/** One account's playlists at an invented service. All that changes goes through it, and is told. */
export class Shelf {
  readonly index: SideIndex;
  readonly name: string;
  readonly habits: ShelfHabits;
  readonly calls: Calls;
  readonly catalogue: ReadonlyMap<string, Recording>;
  readonly withdrawn = new Map<string, Withdrawal>();
  readonly #clock: Clock;
  readonly #tell: (change: Change) => void;
  readonly #wrong: (rule: string, seen: string) => void;
  #lists = new Map<string, ShelvedList>();
  #past: { readonly atMs: number; readonly lists: Lists }[] = [];
  #uids = 0;
  #made = 0;
  #odd = 0;
  lie: Lie | undefined;

  constructor(
    index: SideIndex,
    habits: ShelfHabits,
    clock: Clock,
    told: { readonly change: (change: Change) => void; readonly wrong: (rule: string, seen: string) => void },
  ) {
    this.index = index;
    this.name = NAMES[index];
    this.habits = habits;
    this.#clock = clock;
    this.#tell = told.change;
    this.#wrong = told.wrong;
    this.calls = new Calls(this.name, clock);
    this.catalogue = catalogueOf(index, this.name.slice(0, 1));
    this.#past.push({ atMs: Number.NEGATIVE_INFINITY, lists: new Map() });
  }

  get lists(): Lists {
    return this.#lists;
  }

  /** By number; of several the first. */
  list(serial: number): ShelvedList | undefined {
    for (const list of this.#lists.values()) if (list.serial === serial) return list;
    return undefined;
  }

  /** What a read shows: with a lag, what was there some time ago. */
  shown(): Lists {
    const untilMs = this.#clock.now() - this.habits.lagMs;
    if (this.habits.lagMs === 0) return this.#lists;
    return this.#past.findLast(({ atMs }) => atMs <= untilMs)?.lists ?? new Map();
  }

  /** A list at all moments since then, the one that stood at that time included; `undefined` where it was not there. */
  since(serial: number, sinceMs: number): readonly (ShelvedList | undefined)[] {
    const first = this.#past.findLastIndex(({ atMs }) => atMs <= sinceMs);
    const find = (lists: Lists) => [...lists.values()].find((list) => list.serial === serial);
    return [...this.#past.slice(Math.max(0, first)).map(({ lists }) => find(lists)), this.list(serial)];
  }

  /** @throws {ServiceError} nothing of that id is shown */
  readable(id: string): ShelvedList {
    const list = this.shown().get(id);
    if (!list) throw this.#error("not-found");
    return list;
  }

  /** For a while after a change it may be none of before or after. */
  toldVersion({ version, changedMs }: ShelvedList): string | undefined {
    const { tellsVersion, versionLagMs } = this.habits;
    if (!tellsVersion) return undefined;
    return this.#clock.now() - changedMs < versionLagMs ? `${version} of ${++this.#odd}` : `${version}`;
  }

  idOf(song: number): string {
    return `${this.name.slice(0, 1)}${song}`;
  }

  /** What is in a list, as far as the service shows it. */
  visible({ entries }: Pick<ShelvedList, "entries">): readonly Entry[] {
    return entries.filter(({ id }) => id === null || this.withdrawn.get(id) !== "vanished");
  }

  newEntry(kind: Entry["kind"], id: string | null): Entry {
    const uid = ++this.#uids;
    return { uid, kind, id: kind === "local" ? `local:${this.name}-${uid}` : id };
  }

  // What people do

  make(list: Pick<ShelvedList, "name" | "isPublic" | "access" | "entries">): ShelvedList {
    return this.#put("people", { ...list, id: `${this.name}-list-${++this.#made}`, version: 0 });
  }

  change(list: ShelvedList, to: Partial<Pick<ShelvedList, "name" | "isPublic" | "access" | "entries">>): void {
    this.#put("people", { ...list, ...to });
  }

  drop(list: ShelvedList): void {
    this.#drop("people", list);
  }

  withdraw(id: string, how: Withdrawal | "not"): void {
    const was = this.withdrawn.get(id);
    if (how === "not") this.withdrawn.delete(id);
    else this.withdrawn.set(id, how);
    if (how !== "vanished" && was !== "vanished") return;
    // What is listed now is another list; nobody has changed it.
    for (const list of this.#lists.values()) {
      if (!list.entries.some((entry) => entry.id === id)) continue;
      this.#lists.set(list.id, { ...list, version: list.version + 1, changedMs: this.#clock.now() });
    }
    this.#remember();
  }

  // What a provider asks for

  create(name: string, isPublic: boolean | undefined, marker: string): ShelvedList {
    const { createsPublic, identity } = this.habits;
    const id = `${this.name}-list-${++this.#made}`;
    const kept = identity === "marker" ? { marker } : {};
    const shown = createsPublic ? true : (isPublic ?? false);
    return this.#put("sync", { id, name, isPublic: shown, access: "owned", entries: [], version: 0, ...kept });
  }

  update(id: string, to: { readonly name?: string | undefined; readonly public?: boolean | undefined }): ShelvedList {
    const list = this.#own(id, "renamed");
    return this.#put("sync", {
      ...list,
      ...(to.name === undefined ? {} : { name: to.name }),
      ...(to.public === undefined ? {} : { isPublic: to.public }),
    });
  }

  delete(id: string): void {
    this.#drop("sync", this.#own(id, "deleted"));
  }

  insert(id: string, ids: readonly string[], at: number | undefined): OrderedAnswer {
    const list = this.#fillable(id);
    const { insert, perCall, copies, maxItems = Number.POSITIVE_INFINITY } = this.habits;
    if (at !== undefined && insert === "end") throw new RangeError("entries can be appended only");
    if (ids.length > perCall.insert) throw new RangeError(`a batch of ${ids.length} is too large`);
    if (ids.some((each) => !this.#takes(each))) throw this.#error("invalid");
    const all = [...list.entries.flatMap((entry) => entry.id ?? []), ...ids];
    const there = list.entries.filter((entry) => entry.id !== null).length + ids.length;
    if (copies === "once" && new Set(all).size < there) throw this.#error("already-there");
    if (list.entries.length + ids.length > maxItems) throw this.#error("collection-full");
    const entries = list.entries.toSpliced(
      this.#place(list, at ?? Number.POSITIVE_INFINITY),
      0,
      ...ids.map((each) => this.newEntry("song", each)),
    );
    return this.#answer(this.#put("sync", { ...list, entries }), ids);
  }

  remove(id: string, removed: readonly { readonly id: string; readonly at: number }[]): OrderedAnswer {
    const list = this.#fillable(id);
    if (removed.length > this.habits.perCall.remove) throw new RangeError(`a batch of ${removed.length} is too large`);
    const shown = this.visible(list);
    const isByToken = this.habits.remove === "token";
    if (!isByToken && removed.some((each) => shown[each.at]?.id !== each.id)) throw this.#error("invalid");
    const tokens = new Set(removed.map((each) => each.id));
    const uids = new Set(removed.map(({ at }) => shown[at]?.uid));
    const goes = (entry: Entry) => (isByToken ? entry.id !== null && tokens.has(entry.id) : uids.has(entry.uid));
    const entries = list.entries.filter((entry) => !goes(entry));
    return this.#answer(
      this.#put("sync", { ...list, entries }),
      removed.map((each) => each.id),
    );
  }

  move(id: string, { start, length, before }: OrderedMove): OrderedAnswer {
    const list = this.#fillable(id);
    const shown = this.visible(list);
    if (start + length > shown.length || before > shown.length) throw this.#error("invalid");
    const moved = shown.slice(start, start + length);
    const uids = new Set(moved.map(({ uid }) => uid));
    const target = shown[before];
    const rest = list.entries.filter(({ uid }) => !uids.has(uid));
    const place = target ? rest.findIndex(({ uid }) => uid === target.uid) : rest.length;
    return this.#answer(this.#put("sync", { ...list, entries: rest.toSpliced(place, 0, ...moved) }), []);
  }

  order(id: string, ids: readonly string[]): OrderedAnswer {
    const list = this.#fillable(id);
    const shown = this.visible(list);
    const byId = Map.groupBy(shown, (entry) => entry.id);
    const ordered = ids.map((each) => byId.get(each)?.shift());
    if (ids.length !== shown.length || ordered.includes(undefined)) throw this.#error("invalid");
    const next = ordered[Symbol.iterator]();
    const visible = new Set(shown);
    const entries = list.entries.flatMap((entry) => (visible.has(entry) ? (next.next().value ?? []) : [entry]));
    return this.#answer(this.#put("sync", { ...list, entries }), []);
  }

  /** What cannot be played can still be put somewhere; what cannot be read, not. */
  #takes(id: string): boolean {
    return this.catalogue.has(id) && ["unplayable", undefined].includes(this.withdrawn.get(id));
  }

  #answer({ version }: ShelvedList, ids: readonly string[]): OrderedAnswer {
    return { outcomes: ids.map((id) => ({ id, result: "written" })), version: `${version}` };
  }

  /** From a place among what is shown to one among all. */
  #place(list: ShelvedList, at: number): number {
    const next = this.visible(list)[at];
    return next ? list.entries.indexOf(next) : list.entries.length;
  }

  #put(by: Change["by"], to: Omit<ShelvedList, "serial" | "changedMs">): ShelvedList {
    const before = this.#lists.get(to.id);
    const changedMs = this.#clock.now();
    const after = { ...to, serial: serialOf(to.name), version: to.version + 1, changedMs };
    this.#lists.set(to.id, after);
    this.#remember();
    this.#tell({ shelf: this, by, after, ...(before ? { before } : {}) });
    return after;
  }

  #drop(by: Change["by"], before: ShelvedList): void {
    this.#lists.delete(before.id);
    this.#remember();
    this.#tell({ shelf: this, by, before });
  }

  #remember(): void {
    const atMs = this.#clock.now();
    if (this.#past.at(-1)?.atMs === atMs) this.#past.pop();
    this.#past.push({ atMs, lists: new Map(this.#lists) });
    const first = this.#past.findLastIndex((moment) => moment.atMs <= atMs - HISTORY_MS);
    if (first > 20) this.#past = this.#past.slice(first);
  }

  #fillable(id: string): ShelvedList {
    const list = this.#known(id);
    if (list.access === "followed") {
      // For a while a listing may still show it as shared.
      const isKnown = this.#clock.now() - list.changedMs >= this.habits.lagMs;
      if (isKnown) this.#wrong("what is only followed is never written", list.name);
      throw this.#error("forbidden");
    }
    return list;
  }

  #own(id: string, what: string): ShelvedList {
    const list = this.#known(id);
    if (list.access !== "owned") {
      this.#wrong(`what others own is never ${what}`, list.name);
      throw this.#error("forbidden");
    }
    return list;
  }

  #known(id: string): ShelvedList {
    const list = this.#lists.get(id);
    if (!list) throw this.#error("not-found");
    return list;
  }

  #error(kind: "invalid" | "already-there" | "collection-full" | "not-found" | "forbidden") {
    const failure: ServiceFailure = kind === "invalid" || kind === "forbidden" ? { kind, reason: "no" } : { kind };
    return serviceError(this.name, "/lists", 400, failure);
  }
}
