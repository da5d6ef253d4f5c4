import type { Fault } from "./faults.ts";

/** A listing that does not show what is there. Pages count from 1. */
export type ListingLie =
  | { readonly lie: "empty"; readonly totals?: LiedTotals }
  /** Left out without a word; the pages around it are whole. */
  | { readonly lie: "missing-page"; readonly page: number; readonly totals?: LiedTotals }
  | { readonly lie: "missing-rows"; readonly ids: (id: string) => boolean; readonly totals?: LiedTotals }
  | { readonly lie: "failing-page"; readonly page: number; readonly with: Fault }
  /** The token after this page leads back to the first one. */
  | { readonly lie: "looping"; readonly page: number }
  /** Each row comes twice. */
  | { readonly lie: "doubled-rows"; readonly totals?: LiedTotals };

/** `matching` (default): the total agrees with the rows that are shown. `true`: it counts what is there. */
type LiedTotals = "matching" | "true";

export interface ListingHabits {
  /** Most rows in a page. */
  readonly pageSize: number;
  /** Whether the service counts its rows: right, one too many, or not at all. */
  readonly totals: "exact" | "inexact" | "absent";
  /** `steady`: the same order each time. `unsteady`: another one for each listing. */
  readonly order: "oldest-first" | "newest-first" | "unsteady";
  /** `snapshot`: a listing shows one moment. `offset`: each page counts anew, so that rows shift under the reader. */
  readonly paging: "snapshot" | "offset";
  readonly lie?: ListingLie;
}

export interface Row {
  readonly id?: string;
}

/** One page as the service gives it. */
export interface Page<R> {
  readonly rows: readonly R[];
  readonly total?: number;
  /** Names the next page; absent on the last one. */
  readonly next?: string;
}

/** What a page is cut from. */
export interface Source<R> {
  /** The rows of now, oldest first. */
  rows(): readonly R[];
  /** Whether a row counts in totals; by default all do. */
  counts?(row: R): boolean;
}

/** Listings that nobody reads to the end are forgotten when there are more than these. */
const MOST_OPEN = 64;

/** Cuts listings into pages and does the lying. Tokens are `<listing>.<offset>`. */
export class Listings<R extends Row> {
  /** How many listings were begun. */
  number = 0;
  #open = new Map<number, readonly R[]>();

  /** @returns the page, or the fault that it fails with */
  page(
    source: Source<R>,
    habits: ListingHabits,
    request: { readonly token?: string; readonly size: number },
  ): Page<R> | { readonly fault: Fault } {
    const { listing, offset } = this.#place(request.token);
    const size = Math.max(1, Math.min(request.size, habits.pageSize));
    const { lie } = habits;
    const all = this.#rows(listing, source, habits);
    const shown = lied(all, lie, size);
    const number = Math.floor(offset / size) + 1;
    if (lie?.lie === "failing-page" && number === lie.page) return { fault: lie.with };
    const end = offset + size;
    const more = end < shown.length;
    const loops = lie?.lie === "looping" && number >= lie.page;
    if (!more && !loops) this.#open.delete(listing);
    const total = totalOf(habits, lie && "totals" in lie && lie.totals === "true" ? all : shown, source);
    return {
      rows: shown.slice(offset, end),
      ...(total === undefined ? {} : { total }),
      ...(loops ? { next: `${listing}.0` } : more ? { next: `${listing}.${end}` } : {}),
    };
  }

  #place(token: string | undefined): { readonly listing: number; readonly offset: number } {
    if (token === undefined) return { listing: ++this.number, offset: 0 };
    const [listing = 0, offset = 0] = token.split(".").map(Number);
    return { listing, offset };
  }

  #rows(listing: number, source: Source<R>, habits: ListingHabits): readonly R[] {
    const open = this.#open.get(listing);
    if (open && habits.paging === "snapshot") return open;
    const rows = inOrder(source.rows(), habits.order, listing);
    this.#open.set(listing, rows);
    if (this.#open.size > MOST_OPEN) this.#open.delete(this.#open.keys().next().value ?? 0);
    return rows;
  }
}

function totalOf<R>({ totals }: ListingHabits, rows: readonly R[], source: Source<R>): number | undefined {
  if (totals === "absent") return undefined;
  const counted = source.counts ? rows.filter((row) => source.counts?.(row)).length : rows.length;
  return totals === "exact" ? counted : counted + 1;
}

function inOrder<R extends Row>(rows: readonly R[], order: ListingHabits["order"], listing: number): readonly R[] {
  if (order === "oldest-first") return rows;
  if (order === "newest-first") return rows.toReversed();
  const ranked = rows.map((row, index) => [scrambled(`${row.id ?? index} ${listing}`), row] as const);
  return ranked.sort(([left], [right]) => left - right).map(([, row]) => row);
}

function lied<R extends Row>(rows: readonly R[], lie: ListingLie | undefined, size: number): readonly R[] {
  switch (lie?.lie) {
    case "empty":
      return [];
    case "missing-page":
      return rows.filter((_, index) => Math.floor(index / size) !== lie.page - 1);
    case "missing-rows":
      return rows.filter(({ id }) => id === undefined || !lie.ids(id));
    case "doubled-rows":
      return rows.flatMap((row) => [row, row]);
    default:
      return rows;
  }
}

/** Anything but an order, and the same for the same text (FNV-1a). */
function scrambled(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
