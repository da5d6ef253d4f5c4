import {
  type CatalogueItem,
  type Clock,
  type ListedEntry,
  type SearchQuery,
  type ServiceFailure,
  serviceError,
  type WriteOutcome,
} from "@syncer/core";
import { Calls } from "../synthetic/calls.ts";
import { type CallKind, errorOf, FaultPlans } from "../synthetic/faults.ts";
import { shownAtMs } from "../synthetic/lag.ts";
import { Listings, type Page } from "../synthetic/listings.ts";
import { refill } from "../synthetic/refill.ts";
import { Timeline, type TimelineSnapshot } from "../synthetic/timeline.ts";
import { type LibraryHabits, plainLibraryHabits } from "./habits.ts";
import type { Recording } from "./recording.ts";

/** How a recording was taken down; see `SyntheticLibrary.takeDown`. */
export type Takedown = "vanished" | "unreadable" | "unplayable";

/** One addition or removal, as the service itself saw it. */
export interface LibraryWrite {
  /** Counts the writes of the service, from 1. */
  readonly turn: number;
  /** By the given clock. */
  readonly atMs: number;
  readonly by: "user" | "sync";
  readonly kind: "add" | "remove";
  readonly id: string;
}

/** The state of a synthetic library at a moment. Habits, faults and hook are not part of it. */
/**
 * How a write comes to nothing, or nobody hears what it came to: its outcome is unknown, and it is lost `before` it takes
 * effect or `after`; or it is answered as done `without-effect`, as where a service shows one release for another.
 */
export type WriteLoss = "before" | "after" | "without-effect";

export interface LibrarySnapshot {
  readonly places: TimelineSnapshot<Place>;
  readonly takenDown: ReadonlyMap<string, Takedown>;
  readonly losses: ReadonlyMap<string, WriteLoss>;
  /** Grows after the snapshot; only so many of it are part of it. */
  readonly log: readonly LibraryWrite[];
  readonly logged: number;
  readonly counts: Readonly<Partial<Record<CallKind, number>>>;
  readonly reads: number;
  readonly listings: number;
}

/** Where a recording stands: in the library since a turn, or not. */
type Place = { readonly state: "in"; readonly turn: number; readonly atMs: number } | { readonly state: "out" };

export interface LibraryPage extends Page<ListedEntry<Recording>> {
  /** Of the moment of the page, where the service has a probe. */
  readonly fingerprint?: string;
}

/** One account's library as it is reached from outside, and the catalogue that it refers to. */
export class LibraryService {
  readonly calls: Calls;
  readonly clock: Clock;
  readonly catalogue: ReadonlyMap<string, Recording>;
  habits: LibraryHabits = plainLibraryHabits;
  readonly takenDown = new Map<string, Takedown>();
  readonly losses = new Map<string, WriteLoss>();
  readonly #places = new Timeline<Place>();
  readonly #listings = new Listings<ListedEntry<Recording>>();
  #log: LibraryWrite[] = [];
  #reads = 0;

  constructor(name: string, clock: Clock, recordings: readonly Recording[]) {
    this.clock = clock;
    this.calls = new Calls(name, clock, new FaultPlans());
    this.catalogue = new Map(recordings.map((recording) => [recording.id, recording]));
  }

  get log(): readonly LibraryWrite[] {
    return this.#log;
  }

  has(id: string): boolean {
    return this.#places.latest(id)?.value.state === "in";
  }

  /** In the order in which they were added, as it was then. */
  ids(atMs?: number): readonly string[] {
    const placed = this.#places.all(atMs).flatMap(({ key, value }) => (value.state === "in" ? [{ key, value }] : []));
    return placed.sort((left, right) => left.value.turn - right.value.turn).map(({ key }) => key);
  }

  /** @throws {RangeError} there is no room */
  put(kind: "add" | "remove", id: string, by: "user" | "sync"): void {
    if (this.has(id) === (kind === "add")) return;
    if (kind === "add" && this.#isFull()) throw new RangeError(`${this.calls.service} holds no more`);
    const atMs = this.clock.now();
    const turn = this.#places.turn + 1;
    const place: Place = kind === "add" ? { state: "in", turn, atMs } : { state: "out" };
    this.#places.write(id, place, atMs, this.habits.lag.listMs);
    this.#log.push({ turn, atMs, by, kind, id });
  }

  forgetLog(): void {
    this.#log = [];
  }

  page(request: { readonly token?: string; readonly size: number }): LibraryPage {
    this.#enter("list");
    const atMs = this.#shownAtMs();
    const page = this.#listings.page({ rows: () => this.#rows(atMs) }, this.habits, request);
    if ("fault" in page) throw errorOf(this.calls.service, "list", page.fault, this.clock.now());
    return { ...page, ...(this.habits.probe === "none" ? {} : { fingerprint: this.#fingerprint(atMs) }) };
  }

  probe(): { readonly rows: number; readonly fingerprint: string } {
    this.#enter("probe");
    const atMs = this.#shownAtMs();
    return { rows: this.#shownIds(atMs).length, fingerprint: this.#fingerprint(atMs) };
  }

  write(kind: "add" | "remove", ids: readonly string[]): readonly WriteOutcome[] {
    this.#enter(kind);
    this.#refuseBatch(kind, ids);
    return ids.map((id) => this.#writeOne(kind, id));
  }

  get(id: string): CatalogueItem<Recording> {
    const native = this.catalogue.get(id);
    const takedown = this.takenDown.get(id);
    if (!native || takedown === "vanished") return { state: "unknown-id" };
    if (takedown === "unreadable") return { state: "unavailable" };
    return takedown === "unplayable" ? { state: "unavailable", native } : { state: "available", native };
  }

  lookUp(keys: readonly string[]): ReadonlyMap<string, readonly Recording[]> {
    const found = keys.map((key) => [key, this.#find(({ isrc }) => isrc === key)] as const);
    return new Map(found.filter(([, hits]) => hits.length > 0));
  }

  search(query: SearchQuery): readonly Recording[] {
    if (query.by === "fields") return this.#find(({ title }) => wordsOf(title) === wordsOf(query.title));
    const words = wordsOf(query.words);
    return this.#find(({ title }) => words.includes(wordsOf(title)));
  }

  snapshot(): LibrarySnapshot {
    return {
      places: this.#places.snapshot(),
      takenDown: new Map(this.takenDown),
      losses: new Map(this.losses),
      log: this.#log,
      logged: this.#log.length,
      counts: { ...this.calls.counts },
      reads: this.#reads,
      listings: this.#listings.number,
    };
  }

  restore({ places, takenDown, losses, log, logged, counts, reads, listings }: LibrarySnapshot): void {
    this.#places.restore(places);
    refill(this.takenDown, takenDown);
    refill(this.losses, losses);
    this.#log = log.slice(0, logged);
    this.calls.counts = { ...counts };
    this.#reads = reads;
    this.#listings.number = listings;
  }

  #writeOne(kind: "add" | "remove", id: string): WriteOutcome {
    if (kind === "add" && !this.catalogue.has(id)) return { id, result: "not-found" };
    const reason = this.habits.refuse({ kind, id });
    if (reason !== undefined) return { id, result: "refused", reason };
    const there = this.has(id);
    if (kind === "add" && !there && this.#isFull()) return { id, result: "refused", reason: "collection-full" };
    const loss = this.losses.get(id);
    this.losses.delete(id);
    if (loss === undefined || loss === "after") this.put(kind, id, "sync");
    if (loss === "before" || loss === "after") return { id, result: "unknown" };
    if (kind === "add") return { id, result: there ? "already-there" : "written" };
    return { id, result: there ? "written" : "not-found" };
  }

  /** @throws what the whole batch is refused with */
  #refuseBatch(kind: "add" | "remove", ids: readonly string[]): void {
    const { repeatedAdd, unknownIds } = this.habits;
    if (kind === "remove") return;
    if (unknownIds === "refused" && ids.some((id) => !this.catalogue.has(id))) {
      throw this.#failure(kind, { kind: "not-found" });
    }
    if (repeatedAdd === "refused" && ids.some((id) => this.has(id))) {
      throw this.#failure(kind, { kind: "already-there" });
    }
    if (this.#isFull() && ids.some((id) => !this.has(id))) throw this.#failure(kind, { kind: "collection-full" });
  }

  #isFull(): boolean {
    const { maxItems } = this.habits;
    return maxItems !== undefined && this.ids().length >= maxItems;
  }

  #enter(kind: CallKind): void {
    const { container } = this.habits;
    if (container === "gone") throw this.#failure(kind, { kind: "not-found" });
    if (container === "forbidden") throw this.#failure(kind, { kind: "forbidden", reason: "container" });
  }

  #failure(kind: CallKind, failure: ServiceFailure): Error {
    return serviceError(this.calls.service, `/${kind}`, 0, failure);
  }

  #shownAtMs(): number {
    return shownAtMs({ getMs: 0, ...this.habits.lag }, "list", ++this.#reads, this.clock.now());
  }

  #shownIds(atMs: number): readonly string[] {
    return this.ids(atMs).filter((id) => this.takenDown.get(id) !== "vanished");
  }

  #rows(atMs: number): readonly ListedEntry<Recording>[] {
    return this.#shownIds(atMs).map((id): ListedEntry<Recording> => {
      const native = this.catalogue.get(id);
      if (!native || this.takenDown.get(id) === "unreadable") return { state: "unreadable", id };
      const place = this.#places.asOf(id, atMs)?.value;
      const dated = this.habits.addedAt && place?.state === "in";
      return { state: "listed", id, native, ...(dated ? { addedAtMs: place.atMs } : {}) };
    });
  }

  #fingerprint(atMs: number): string {
    const ids = this.#shownIds(atMs);
    if (this.habits.probe === "exact") return ids.toSorted().join(" ");
    return `${ids.length} ${(this.habits.order === "newest-first" ? ids.at(-1) : ids[0]) ?? ""}`;
  }

  #find(wanted: (recording: Recording) => boolean): readonly Recording[] {
    return [...this.catalogue.values()].filter(
      (recording) => wanted(recording) && this.takenDown.get(recording.id) === undefined,
    );
  }
}

/** A title as a search engine sees it: words alone, whatever stands around them. */
function wordsOf(text: string): string {
  return ` ${(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(" ")} `;
}
