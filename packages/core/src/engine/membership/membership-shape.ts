import type { LinkSet } from "../links/links.ts";
import type { ShapeOfRun } from "../runs/shapes.ts";
import { applyMembership } from "./apply-membership.ts";
import { pendingCounterparts } from "./pending-counterparts.ts";
import { planMembership, recoverOpenIntents } from "./plan-membership.ts";
import type { Resolution } from "./resolve.ts";

/** A run of references into a catalogue, which are there or not. */
export const membership: ShapeOfRun = {
  plan: (context, commit) =>
    planMembership(
      context,
      commit
        ? {
            commit,
            checkpoint: async (lot: readonly Resolution[], links: LinkSet) =>
              await commit(await pendingCounterparts(context, lot, links)),
          }
        : {},
    ),
  recover: (context, commit) => recoverOpenIntents(context, commit),
  apply: applyMembership,
};
