import { z } from "zod";
import type { ItemKindName } from "../../items/index.ts";
import { externalId } from "../requests/selection.ts";

/** Kinds of items that are matched with a service's catalogue. */
export const overridableKinds = ["track", "album", "artist"] as const satisfies readonly ItemKindName[];

interface OfItems {
  /** What the items are; `track` if left out. */
  readonly itemKind?: (typeof overridableKinds)[number];
}

/** "This is that" (`same`), or "this is not that" (`different`). The order of the two means nothing. */
export interface PairOverride extends OfItems {
  readonly verdict: "same" | "different";
  readonly serviceA: string;
  readonly idA: string;
  readonly serviceB: string;
  readonly idB: string;
}

/** "There is none over there": the item has no counterpart on the service `to`, and none is looked for. */
export interface LoneOverride extends OfItems {
  readonly verdict: "none";
  readonly service: string;
  readonly id: string;
  readonly to: string;
}

export type MatchOverride = PairOverride | LoneOverride;

/** A stored decision. Ids are the services' own. */
export type OverrideInfo = MatchOverride &
  Required<OfItems> & {
    readonly overrideId: string;
    /** When it was last decided so, in ms since the epoch. */
    readonly createdAtMs: number;
  };

/** A user's decisions as JSON, for `import` of this or another installation. */
export interface OverridesExport {
  readonly format: "syncer.match-overrides";
  readonly version: 1;
  readonly overrides: readonly (MatchOverride & { readonly createdAtMs?: number })[];
}

const kind = z.enum(overridableKinds).optional();
const service = z.string().min(1).max(200);
const id = externalId;

export const overrideSchema = z.discriminatedUnion("verdict", [
  z.object({
    verdict: z.enum(["same", "different"]),
    itemKind: kind,
    serviceA: service,
    idA: id,
    serviceB: service,
    idB: id,
  }),
  z.object({ verdict: z.literal("none"), itemKind: kind, service, id, to: service }),
]);

/** Most entries that one import takes. */
const MOST = 10_000;

export const exportSchema = z.object({
  format: z.literal("syncer.match-overrides", 'the format is "syncer.match-overrides"'),
  version: z.literal(1, "this release reads version 1"),
  overrides: z
    .array(z.intersection(overrideSchema, z.object({ createdAtMs: z.int().min(0).optional() })))
    .max(MOST, `at most ${MOST} at once; split the file`),
});
