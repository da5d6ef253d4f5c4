import {
  type DocumentAnswer,
  MalformedAnswerError,
  ServiceError,
  type UnsyncableReason,
} from "../../contract/index.ts";
import type { Row } from "../../ports/index.ts";
import type { RunPhase } from "../events.ts";
import { openToken } from "../runs/cursor-token.ts";
import { fingerprintHash } from "../runs/fingerprint.ts";
import type { RunContext } from "../runs/run-context.ts";
import type { DocumentSide } from "./document-side.ts";
import { scanPages } from "./scan-documents.ts";
import { type SeenDocument, seenDocument } from "./seen-document.ts";

type DocumentCursor = Row<"sync_cursors">;

/** A hint (a total and an outermost item) stands for a listing for so long at most. */
const HINT_MS = 24 * 60 * 60 * 1000;
/** What a service forgot to tell in its deltas comes to light after so long. */
const DELTAS_MS = 7 * HINT_MS;
const ATTEMPTS = 2;

/** What one side showed. */
export interface DocumentReading {
  /**
   * `unchanged`: a probe or a delta told so, and nothing was read. `delta`: what changed since the last reading; of all else nothing
   * was read, because it is as it was.
   */
  readonly extent: "unchanged" | "delta" | "full";
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
  /** With what the next delta goes on. */
  readonly token?: string;
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
  /** See `ChangesOptions.isKnown`. */
  readonly isKnown: (id: string, version: string) => boolean;
}

/** Reads what changed on one side, where the service can tell, or nothing if a probe tells that nothing did; else all of it. */
export async function readDocuments(
  context: RunContext,
  side: DocumentSide,
  { phase, cursor, full, isKnown }: ReadDocumentsOptions,
): Promise<DocumentReading> {
  const { probe } = side.collection.read;
  const delta = full ? undefined : await readDelta(context, side, { phase, cursor, isKnown });
  if (delta) return delta;
  const trusted = !full && cursor?.fingerprint && cursor.settled ? cursor : undefined;
  const fresh = trusted && context.parts.clock.now() - trusted.listed_at < HINT_MS;
  if (trusted && probe && ((probe.exact && !trusted.for_a_day) || fresh)) {
    const answer = await probe.read(side.open.session, { rows: trusted.rows });
    const fingerprint = await fingerprintHash(context, side.open, answer.fingerprint);
    if (fingerprint === trusted.fingerprint) return unchanged(trusted, fingerprint);
  }
  const scanAll = () => scanPages(context, side, phase, side.collection.read.list(side.open.session, {}));
  let scan = await scanAll();
  for (let attempt = 1; attempt < ATTEMPTS && !scan.consistent; attempt++) scan = await scanAll();
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
    ...(complete && side.collection.read.changes && scan.token !== undefined ? { token: scan.token } : {}),
    ...(scan.leavesOut || side.movesWithTime ? { forADay: true } : {}),
  };
}

/** @returns `undefined`: there is no delta to be had, and the collection is to be listed */
async function readDelta(
  context: RunContext,
  side: DocumentSide,
  { phase, cursor, isKnown }: Omit<ReadDocumentsOptions, "full">,
): Promise<DocumentReading | undefined> {
  const { read } = side.collection;
  if (!cursor?.token_sealed || !read.changes) return undefined;
  const age = context.parts.clock.now() - cursor.listed_at;
  if (age >= (cursor.for_a_day ? HINT_MS : DELTAS_MS)) return undefined;
  const before = await openToken(context.parts, cursor);
  if (before === undefined) return undefined;
  try {
    const scan = await scanPages(context, side, phase, read.changes(side.open.session, before, { isKnown }));
    if (scan.token === undefined) return undefined;
    const { seen, deleted, unreadable } = scan.result();
    const isNothing = seen.size + deleted.size + unreadable.size === 0;
    return {
      ...scan.result(),
      extent: isNothing ? "unchanged" : "delta",
      complete: true,
      rows: cursor.rows,
      token: scan.token,
      ...(scan.leavesOut || cursor.for_a_day ? { forADay: true } : {}),
      listedAtMs: cursor.listed_at,
    };
  } catch (error) {
    // What a listing says counts, where a delta is refused or makes no sense.
    const isRefused = error instanceof ServiceError && error.failure.kind === "token-expired";
    if (isRefused || error instanceof MalformedAnswerError) return undefined;
    throw error;
  }
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
