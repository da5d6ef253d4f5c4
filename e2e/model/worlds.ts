import type { AnyWorld } from "./base/explore.ts";
import { chain } from "./chain/index.ts";
import { deltas } from "./deltas/index.ts";
import { documents } from "./documents/index.ts";
import { membership } from "./membership/index.ts";
import { playlists } from "./playlists/index.ts";

/** A world, and its part of all steps. */
export interface WorldShare {
  readonly world: AnyWorld;
  readonly share: number;
}

/** Every kind of history that is looked at. References between two services have most to go wrong. */
export const worlds: readonly WorldShare[] = [
  { world: membership, share: 2 },
  { world: chain, share: 1 },
  { world: documents, share: 1 },
  { world: playlists, share: 1 },
  { world: deltas, share: 1 },
];
