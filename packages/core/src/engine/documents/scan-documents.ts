import type { DocumentPage, UnsyncableReason } from "../../contract/index.ts";
import { RunError } from "../../errors/index.ts";
import type { RunPhase } from "../events.ts";
import { assertRunning, type RunContext } from "../runs/run-context.ts";
import type { DocumentSide } from "./document-side.ts";
import { type SeenDocument, type ShownDocument, seenDocument } from "./seen-document.ts";

/** Reads the pages of a listing or of a delta to their end. */
export async function scanPages(
  context: RunContext,
  side: DocumentSide,
  phase: RunPhase,
  pages: AsyncIterable<DocumentPage<unknown>>,
): Promise<Scan> {
  const scan = new Scan(side);
  const { maxItems } = context.parts.bounds;
  for await (const page of pages) {
    assertRunning(context);
    scan.take(page, context.parts.clock.now());
    if (scan.rows > maxItems) throw new RunError("run.bound-exceeded", { bound: "items", limit: maxItems });
    context.progress(phase, scan.rows, page.total);
  }
  return scan;
}

/** What one pass over a listing saw. */
export class Scan {
  readonly #side: DocumentSide;
  readonly #seen = new Map<string, SeenDocument>();
  readonly #deleted = new Map<string, number | undefined>();
  readonly #unreadable = new Set<string>();
  readonly #unsyncable: { readonly id: string; readonly reason: UnsyncableReason | "unreadable" }[] = [];
  readonly #totals = new Set<number>();
  readonly #fingerprints = new Set<string>();
  #clockOffsetMs = 0;
  rows = 0;
  /** With what a later delta goes on. */
  token: string | undefined;
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
    this.token = page.token ?? this.token;
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
