import type { LinkSet } from "./links.ts";
import type { SideReading } from "./read-side.ts";
import type { Resolution, Seeker } from "./resolve.ts";

/** Everything that was read and found, before anything is decided. */
export interface World {
  readonly stored: LinkSet;
  readonly seekers: readonly Seeker[];
  readonly found: ReadonlyMap<string, Extract<Resolution, { found: true }>>;
  /** A counterpart was looked for to the end for every seeker. */
  readonly searchedOut: boolean;
  /** Items of the side that is written which may be what a seeker is; never pruned. */
  readonly doubtful: ReadonlySet<string>;
  readonly a: SideReading;
  readonly b: SideReading;
}
