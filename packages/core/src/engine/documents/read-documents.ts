import {
  type DocumentAnswer,
  type DocumentPage,
  MalformedAnswerError,
  ServiceError,
  type UnsyncableReason,
} from "../../contract/index.ts";
import { RunError } from "../../errors/index.ts";
import type { Row } from "../../ports/index.ts";
import type { RunPhase } from "../events.ts";
import { fingerprintHash } from "../runs/fingerprint.ts";
import { assertRunning, type RunContext } from "../runs/run-context.ts";
import type { DocumentSide } from "./document-side.ts";
import { type SeenDocument, type ShownDocument, seenDocument } from "./seen-document.ts";

type DocumentCursor = Row<"sync_cursors">;

/** A hint (a total and an outermost item) stands for a listing for so long at most. */
const HINT_MS = 24 * 60 * 60 * 1000;
const ATTEMPTS = 2;

/** What one side showed. */
export interface DocumentReading {
  /** `unchanged`: a probe stood for the listing, and nothing was read. */
  readonly extent: "unchanged" | "full";
  /** By stored key. */
  readonly seen: ReadonlyMap<string, SeenDocument>;
  /** Stored keys that the service says are gone, with the time if it told. */
  readonly deleted: Map<string, number | undefined>;
  /** Stored keys that are there and cannot be read. */
  readonly unreadable: ReadonlySet<string>;
  /** Ids, by reason, of what no other service can hold, and of what cannot be read. */
  readonly unsyncable: readonly { readonly id: string; readonly reason: UnsyncableReason | "unreadable" }[];
  /** Whether absence from it proves anything. */
  readonly complete: boolean;
  readonly rows: number;
  readonly fingerprint?: string;
  /** It stands for a listing for a day at most, see the column of that name. */
  readonly forADay?: true;
  readonly listedAtMs: number;
  /** How far the service's clock is ahead of ours. */
  readonly clockOffsetMs: number;
}

export interface ReadDocumentsOptions {
  readonly phase: RunPhase;
  readonly cursor: DocumentCursor | undefined;
  /** A full listing is needed whatever a probe says. */
  readonly full: boolean;
}

/** Reads one side whole, unless a probe tells that nothing changed. */
export async function readDocuments(
  context: RunContext,
  side: DocumentSide,
  { phase, cursor, full }: ReadDocumentsOptions,
): Promise<DocumentReading> {
  const { probe } = side.collection.read;
  const trusted = !full && cursor?.fingerprint && cursor.settled ? cursor : undefined;
  const fresh = trusted && context.parts.clock.now() - trusted.listed_at < HINT_MS;
  if (trusted && probe && ((probe.exact && !trusted.for_a_day) || fresh)) {
    const answer = await probe.read(side.open.session, { rows: trusted.rows });
    const fingerprint = await fingerprintHash(context, side.open, answer.fingerprint);
    if (fingerprint === trusted.fingerprint) return unchanged(trusted, fingerprint);
  }
  let scan = await scanAll(context, side, phase);
  for (let attempt = 1; attempt < ATTEMPTS && !scan.consistent; attempt++) scan = await scanAll(context, side, phase);
  // What is missing is asked for by its id before anything is concluded, so totals that prove nothing do no harm.
  const complete = scan.consistent;
  return {
    extent: "full",
    ...scan.result(),
    complete,
    listedAtMs: context.parts.clock.now(),
    ...(complete && scan.fingerprint !== undefined
      ? { fingerprint: await fingerprintHash(context, side.open, scan.fingerprint) }
      : {}),
    ...(scan.leavesOut ? { forADay: true } : {}),
  };
}

function unchanged({ rows, listed_at, for_a_day }: DocumentCursor, fingerprint: string): DocumentReading {
  return {
    extent: "unchanged",
    seen: new Map(),
    deleted: new Map(),
    unreadable: new Set(),
    unsyncable: [],
    complete: true,
    rows,
    fingerprint,
    ...(for_a_day ? { forADay: true } : {}),
    listedAtMs: listed_at,
    clockOffsetMs: 0,
  };
}

/** One document by its id, as it is now, or gone; `undefined`: what the service answers cannot be understood. */
export async function getDocument(
  { open, collection, ...side }: DocumentSide,
  id: string,
): Promise<SeenDocument | { readonly gone: true; readonly deletedAtMs?: number } | undefined> {
  const answer = await collection.read
    .get(open.session, id)
    .catch((error: unknown): DocumentAnswer<unknown> | undefined => {
      if (error instanceof ServiceError && error.failure.kind === "not-found") return { state: "gone" };
      // One document that is answered with nonsense is that one's failure: it is not known, and not gone.
      if (error instanceof MalformedAnswerError) return undefined;
      throw error;
    });
  if (!answer) return undefined;
  if (answer.state === "found") return seenDocument({ open, collection, ...side }, answer);
  return { gone: true, ...(answer.deletedAtMs === undefined ? {} : { deletedAtMs: answer.deletedAtMs }) };
}

async function scanAll(context: RunContext, side: DocumentSide, phase: RunPhase): Promise<Scan> {
  const scan = new Scan(side);
  const { maxItems } = context.parts.bounds;
  for await (const page of side.collection.read.list(side.open.session, {})) {
    assertRunning(context);
    scan.take(page, context.parts.clock.now());
    if (scan.rows > maxItems) throw new RunError("run.bound-exceeded", { bound: "items", limit: maxItems });
    context.progress(phase, scan.rows, page.total);
  }
  return scan;
}

/** What one pass over a listing saw. */
class Scan {
  readonly #side: DocumentSide;
  readonly #seen = new Map<string, SeenDocument>();
  readonly #deleted = new Map<string, number | undefined>();
  readonly #unreadable = new Set<string>();
  readonly #unsyncable: { readonly id: string; readonly reason: UnsyncableReason | "unreadable" }[] = [];
  readonly #totals = new Set<number>();
  readonly #fingerprints = new Set<string>();
  #clockOffsetMs = 0;
  rows = 0;
  /** Some rows came without content: they may be readable later, and nothing in a fingerprint would say so. */
  leavesOut = false;

  constructor(side: DocumentSide) {
    this.#side = side;
  }

  take(page: DocumentPage<unknown>, nowMs: number): void {
    if (page.total !== undefined) this.#totals.add(page.total);
    if (page.serverTimeMs !== undefined) this.#clockOffsetMs = page.serverTimeMs - nowMs;
    for (const entry of page.entries) {
      if (entry.state !== "deleted") this.rows++;
      this.leavesOut ||= entry.state === "unreadable";
      const key = entry.id === undefined ? undefined : this.#side.open.ids.key(entry.id);
      // Rows shift when the collection changes while it is read: the last word on a document counts.
      if (entry.state === "listed" && key !== undefined) this.#takeDocument(key, entry);
      else if (entry.state === "deleted" && key !== undefined) {
        this.#deleted.set(key, entry.deletedAtMs);
        this.#seen.delete(key);
      } else if (key !== undefined) this.#unreadable.add(key);
      if (entry.state === "unsyncable") this.#unsyncable.push({ id: entry.id ?? "", reason: entry.reason });
    }
    if (page.fingerprint !== undefined) this.#fingerprints.add(page.fingerprint);
  }

  #takeDocument(key: string, entry: ShownDocument): void {
    const document = seenDocument(this.#side, entry);
    if (document) {
      this.#seen.set(key, document);
      this.#deleted.delete(key);
      return;
    }
    this.#unreadable.add(key);
    this.#unsyncable.push({ id: entry.id, reason: "unreadable" });
  }

  /** Pages of several moments are a listing of none. */
  get fingerprint(): string | undefined {
    const [told] = this.#fingerprints;
    return this.#fingerprints.size === 1 ? told : undefined;
  }

  /** Whether the total stayed the same and, where it is exact, counts what was seen. */
  get consistent(): boolean {
    if (this.#side.collection.read.totals === "inexact") return true;
    const [total] = this.#totals;
    return this.#totals.size <= 1 && (total === undefined || total === this.rows);
  }

  result() {
    return {
      seen: this.#seen,
      deleted: this.#deleted,
      unreadable: this.#unreadable,
      unsyncable: this.#unsyncable,
      rows: this.rows,
      clockOffsetMs: this.#clockOffsetMs,
    };
  }
}
