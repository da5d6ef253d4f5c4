import type { UniversalItem } from "../../items/index.ts";
import type { Presence, SideFacts } from "../../reconcile/index.ts";
import type { LinkSet } from "../links/links.ts";
import type { SideReading } from "./read-side.ts";
import type { Resolution, Seeker } from "./resolve.ts";
import type { Overturned } from "./wrong-copies.ts";

/** Everything that was read and found, before anything is decided. */
export interface World {
  readonly stored: LinkSet;
  readonly seekers: readonly Seeker[];
  readonly found: ReadonlyMap<string, Extract<Resolution, { found: true }>>;
  /** A counterpart was looked for to the end for every seeker. */
  readonly searchedOut: boolean;
  /** Items of the side that is written which may be what a seeker is; never pruned. */
  readonly doubtful: ReadonlySet<string>;
  /** What overrides undo. */
  readonly overturned: Overturned;
  readonly a: SideReading;
  readonly b: SideReading;
}

/** Content of items that were asked for by id, by stored key. */
export type KnownItems = ReadonlyMap<string, UniversalItem>;

/** The facts of a side, but for items of which nothing is known after all. */
export function except(facts: SideFacts, unknown: ReadonlySet<string>): SideFacts {
  return (id): Presence => (unknown.has(id) ? "unknown" : facts(id));
}
