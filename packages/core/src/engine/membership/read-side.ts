import { type ListedEntry, type ListPage, type MembershipCollection, ServiceError } from "../../contract/index.ts";
import { RunError } from "../../errors/index.ts";
import type { Row } from "../../ports/index.ts";
import type { Presence, SideFacts } from "../../reconcile/index.ts";
import type { RunPhase } from "../events.ts";
import { fingerprintHash } from "../runs/fingerprint.ts";
import { assertRunning, type OpenSide, type RunContext } from "../runs/run-context.ts";
import type { Settling } from "./recent-writes.ts";

export type Cursor = Row<"sync_cursors">;

/** A hint (a total and an outermost item) stands for a listing for so long at most. */
const HINT_MS = 24 * 60 * 60 * 1000;
/** How far a service's clock may be behind ours without its times being taken for older than a listing. */
const CLOCK_MARGIN_MS = 60_000;
/** Lags and cut pages are re-read this often before a listing counts as incomplete. */
const ATTEMPTS = 2;

/** What was read of one side. Entries are those that no link knows; known ones are only facts. */
export interface SideReading {
  /** `unchanged`: a probe stood for the listing. `head`: only what came on top since the last listing. */
  readonly extent: "unchanged" | "head" | "full";
  readonly facts: SideFacts;
  /** Entries without a link, oldest first where the service says when; with content. */
  readonly arrivals: readonly ListedEntry<unknown>[];
  /** Whether absence from it proves anything. */
  readonly complete: boolean;
  readonly rows: number;
  readonly fingerprint?: string;
  /** It stands for a listing for a day at most, see the column of that name. */
  readonly forADay?: true;
  readonly listedAtMs: number;
}

export interface ReadOptions {
  readonly phase: RunPhase;
  readonly cursor: Cursor | undefined;
  /** Stored keys that links know on this side, with what they last recorded. */
  readonly known: ReadonlyMap<string, Presence>;
  /** What was written within the service's consistency window: listings say nothing about it. */
  readonly settling: Settling;
  /** A full listing is needed whatever a probe says. */
  readonly full: boolean;
}

/**
 * Reads one side for the price of its changes: a probe if nothing changed, the newest rows if something was only
 * added, else everything.
 */
export async function readSide(context: RunContext, open: OpenSide, options: ReadOptions): Promise<SideReading> {
  const collection = membershipOf(context, open);
  const { cursor } = options;
  const trusted = !options.full && cursor?.fingerprint && cursor.settled ? cursor : undefined;
  const fresh = trusted && context.parts.clock.now() - trusted.listed_at < HINT_MS;
  const probe = collection.read.probe;
  if (!trusted || !probe || !((probe.exact && !trusted.for_a_day) || fresh))
    return await readRows(context, open, collection, options);
  const answer = await probe.read(open.session, { rows: trusted.rows });
  const fingerprint = await fingerprintHash(context, open, answer.fingerprint);
  if (fingerprint === trusted.fingerprint) return carriedOver(trusted, options);
  const canStopEarly = fresh && collection.read.order === "newest-first" && collection.read.totals === "exact";
  const reading = await readRows(context, open, collection, options, canStopEarly ? trusted : undefined);
  // The probe saw the same number of rows as the reading, so it speaks of the same state.
  return reading.extent === "head" && reading.rows === answer.rows ? { ...reading, fingerprint } : reading;
}

/** Nothing changed: what the links recorded still holds. */
function carriedOver(cursor: Cursor, { known }: ReadOptions): SideReading {
  return {
    extent: "unchanged",
    facts: (id) => known.get(id) ?? "absent",
    arrivals: [],
    complete: true,
    rows: cursor.rows,
    listedAtMs: cursor.listed_at,
    ...(cursor.fingerprint ? { fingerprint: cursor.fingerprint } : {}),
    ...(cursor.for_a_day ? { forADay: true } : {}),
  };
}

/** Reads a listing, to its end or, given a cursor, until it is clear that rows only came on top since then. */
async function readRows(
  context: RunContext,
  open: OpenSide,
  collection: MembershipCollection,
  options: ReadOptions,
  since?: Cursor,
): Promise<SideReading> {
  let scan = await scanRows(context, open, collection, options, since);
  if (since && scan.onlyGrewSince(since)) {
    const head = scan;
    return {
      extent: "head",
      facts: (id) => head.presence(id) ?? options.known.get(id) ?? "absent",
      arrivals: scan.arrivalsOldestFirst(),
      complete: true,
      rows: since.rows + scan.newRows,
      listedAtMs: since.listed_at,
      ...(since.for_a_day || head.leavesOut ? { forADay: true } : {}),
    };
  }
  for (let attempt = 1; attempt < ATTEMPTS && !scan.consistent(collection); attempt++) {
    scan = await scanRows(context, open, collection, options);
  }
  let complete = scan.consistent(collection);
  if (complete && collection.read.totals === "inexact" && scan.misses(options.known)) {
    // Totals of this service prove nothing, so absence takes two equal listings in a row.
    const second = await scanRows(context, open, collection, options);
    complete = scan.equals(second);
    scan = second;
  }
  const taken = scan;
  // A listing that does not show our own last writes yet is no state to come back to.
  const { added, removed } = options.settling;
  const lags =
    [...added].some((id) => options.known.get(id) === "present" && !taken.presence(id)) ||
    [...removed].some((id) => taken.presence(id) !== undefined);
  return {
    extent: "full",
    facts: factsOf(scan.seen, complete, options.settling),
    arrivals: scan.arrivalsOldestFirst(),
    complete,
    rows: scan.rows,
    listedAtMs: context.parts.clock.now(),
    ...(complete && !lags && scan.fingerprint !== undefined
      ? { fingerprint: await fingerprintHash(context, open, scan.fingerprint) }
      : {}),
    ...(taken.leavesOut ? { forADay: true } : {}),
  };
}

/** A function of its own, so that what else was known while the side was read is not kept with it. */
function factsOf(seen: ReadonlyMap<string, Presence>, complete: boolean, { added, removed }: Settling): SideFacts {
  return (id) => {
    const presence = seen.get(id);
    if (presence !== undefined) return removed.has(id) ? "unknown" : presence;
    return complete && !added.has(id) ? "absent" : "unknown";
  };
}

async function scanRows(
  context: RunContext,
  open: OpenSide,
  collection: MembershipCollection,
  options: ReadOptions,
  since?: Cursor,
): Promise<Scan> {
  const scan = new Scan(open, options, since);
  const { maxItems } = context.parts.bounds;
  for await (const page of collection.read.list(open.session, {})) {
    assertRunning(context);
    scan.take(page);
    if (scan.rows > maxItems) throw new RunError("run.bound-exceeded", { bound: "items", limit: maxItems });
    context.progress(options.phase, scan.rows, page.total);
    if (since && scan.onlyGrewSince(since)) break;
  }
  return scan;
}

/** What one pass over a listing saw. Keeps content of unknown entries only. */
class Scan {
  readonly #open: OpenSide;
  readonly #known: ReadonlyMap<string, Presence>;
  /** Taken away by us so lately that a listing that still shows them is no news. */
  readonly #removed: ReadonlySet<string>;
  readonly #since: Cursor | undefined;
  readonly #seen = new Map<string, Presence>();
  readonly #arrivals: ListedEntry<unknown>[] = [];
  readonly #totals = new Set<number>();
  readonly #fingerprints = new Set<string>();
  rows = 0;
  /** Some rows came without content: they may be readable later, and nothing in a fingerprint would say so. */
  leavesOut = false;
  /** Rows that were not there at the last listing. */
  newRows = 0;
  #reachedOld = false;

  constructor(open: OpenSide, { known, settling }: ReadOptions, since: Cursor | undefined) {
    this.#open = open;
    this.#known = known;
    this.#removed = settling.removed;
    this.#since = since;
  }

  take(page: ListPage<unknown>): void {
    if (page.total !== undefined) this.#totals.add(page.total);
    for (const entry of page.entries) {
      this.rows++;
      this.leavesOut ||= entry.state === "unreadable";
      const id = entry.id === undefined ? undefined : this.#open.ids.key(entry.id);
      // Rows shift when the library changes while it is read: the same item may come twice.
      if (id !== undefined && this.#seen.has(id)) continue;
      if (id !== undefined) this.#seen.set(id, entry.state === "unreadable" ? "unknown" : "present");
      if (id !== undefined && this.#known.get(id) === "present") this.#reachedOld ||= this.#isOld(entry);
      else this.newRows++;
      if (id === undefined || !(this.#known.has(id) || this.#removed.has(id))) this.#arrivals.push(entry);
    }
    if (page.fingerprint !== undefined) this.#fingerprints.add(page.fingerprint);
  }

  /**
   * As many new rows as the total grew, and behind them one that was added before the last listing. Rows come newest
   * first, so nothing behind that one is new; and if something had gone, the total would be less.
   */
  onlyGrewSince(cursor: Cursor): boolean {
    const [total] = this.#totals;
    return this.#totals.size === 1 && total === cursor.rows + this.newRows && this.#reachedOld;
  }

  /** A row that was known may have been removed and added again since: only its time tells. */
  #isOld(entry: ListedEntry<unknown>): boolean {
    if (entry.state !== "listed" || entry.addedAtMs === undefined || !this.#since) return false;
    return entry.addedAtMs < this.#since.listed_at - CLOCK_MARGIN_MS;
  }

  get seen(): ReadonlyMap<string, Presence> {
    return this.#seen;
  }

  presence(id: string): Presence | undefined {
    return this.#seen.get(id);
  }

  /** Pages of several moments are a listing of none. */
  get fingerprint(): string | undefined {
    const [told] = this.#fingerprints;
    return this.#fingerprints.size === 1 ? told : undefined;
  }

  /** Whether the total stayed the same and, where it is exact, counts what was seen. */
  consistent({ read }: MembershipCollection): boolean {
    if (read.totals === "inexact") return true;
    const [total] = this.#totals;
    return this.#totals.size <= 1 && (total === undefined || total === this.rows);
  }

  misses(known: ReadonlyMap<string, Presence>): boolean {
    for (const [id, presence] of known) if (presence === "present" && !this.#seen.has(id)) return true;
    return false;
  }

  equals(other: Scan): boolean {
    if (this.#seen.size !== other.#seen.size || this.rows !== other.rows) return false;
    for (const id of this.#seen.keys()) if (!other.#seen.has(id)) return false;
    return true;
  }

  /** So that what is added comes in the order in which the user added it. */
  arrivalsOldestFirst(): readonly ListedEntry<unknown>[] {
    const timed = this.#arrivals.map((entry, index) => ({
      entry,
      index,
      at: entry.state === "listed" ? (entry.addedAtMs ?? 0) : 0,
    }));
    return timed.sort((left, right) => left.at - right.at || left.index - right.index).map(({ entry }) => entry);
  }
}

export function membershipOf(context: RunContext, open: OpenSide): MembershipCollection {
  const collection = open.contents ?? open.provider.collections[context.pair.sync_type];
  // Validated when the pair was made; a provider that lost the collection since is refused there too.
  if (collection?.shape !== "membership") throw new TypeError(`${open.provider.name} has no such set of references`);
  return collection;
}

/** A failure that says something about the container as a whole: nothing is inferred about its items. */
export function containerFailure(error: unknown): "pair.container-gone" | "pair.permission-lost" | undefined {
  if (!(error instanceof ServiceError)) return undefined;
  const { kind } = error.failure;
  if (kind === "not-found") return "pair.container-gone";
  if (kind === "forbidden" || kind === "missing-scope") return "pair.permission-lost";
  return undefined;
}
