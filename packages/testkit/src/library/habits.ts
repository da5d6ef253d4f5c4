import type { Lag } from "../synthetic/lag.ts";
import type { ListingHabits } from "../synthetic/listings.ts";

/**
 * How a synthetic library behaves. All of it can be changed at any time and holds from the next call on; what a provider
 * declares of it was fixed when `provider()` made it.
 */
export interface LibraryHabits extends ListingHabits {
  /** Most ids that one call may carry. */
  readonly batchSize: { readonly add: number; readonly remove: number };
  /** For how long listings and probes show what was there before the last additions and removals. */
  readonly lag: Pick<Lag, "listMs" | "manner">;
  /** `exact`: a checksum of what is there, which comes back when the same things are. `hint`: the count and the first row. */
  readonly probe: "exact" | "hint" | "none";
  /** Whether listings tell when an item was added. */
  readonly addedAt: boolean;
  /** Adding what is there: told for each item, or the whole batch is refused. */
  readonly repeatedAdd: "told" | "refused";
  /** Adding what the catalogue does not have: told for each item, or the whole batch is refused. */
  readonly unknownIds: "told" | "refused";
  /** A short code if the service does not do this with the item, ever; `undefined` if it does. */
  refuse(write: { readonly kind: "add" | "remove"; readonly id: string }): string | undefined;
  readonly maxItems?: number;
  /** Whether the catalogue can be searched; by the whole words of a title. */
  readonly search: "by-title" | "none";
  /** The library: 404, or 403. The catalogue answers as ever. */
  readonly container: "there" | "gone" | "forbidden";
  /** The id of the account behind the connection; absent: whichever is asked for. */
  readonly account?: string;
  /** Whether the provider sees that a listing leads back to where it was; if not, it lists for ever. */
  readonly noticesLoops: boolean;
  /** How long a call takes, in ms of the given clock. 0: one turn of the queue, and no timer. */
  readonly latencyMs: number;
}

/** A library without surprises. */
export const plainLibraryHabits: LibraryHabits = {
  pageSize: 50,
  totals: "exact",
  order: "newest-first",
  paging: "snapshot",
  batchSize: { add: 50, remove: 50 },
  lag: { listMs: 0 },
  probe: "none",
  addedAt: true,
  repeatedAdd: "told",
  unknownIds: "told",
  refuse: () => undefined,
  search: "none",
  container: "there",
  noticesLoops: true,
  latencyMs: 0,
};
