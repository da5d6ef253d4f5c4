import type { HoldReason } from "../../reconcile/index.ts";
import { policiesOf } from "../requests/match-options.ts";
import type { PairRow, RunContext } from "../runs/run-context.ts";
import type { Hold, PairPlan, PlannedRequest, SideBasis } from "./plan.ts";
import { planHash } from "./plan-hash.ts";

/** What a plan says of its pair, whatever the shape of its collections. */
export function planHead({ pair, from, to }: RunContext) {
  return {
    pairId: pair.id,
    request: requestOf(pair),
    pairVersion: pair.version,
    type: pair.sync_type,
    source: (from.side === "source" ? from : to).provider.name,
    target: (to.side === "target" ? to : from).provider.name,
    from: from.side,
    to: to.side,
  };
}

/** Puts what is held beside the operations, or among them if a person has confirmed exactly that. */
export function withHold(
  pair: PairRow,
  released: PairPlan["operations"],
  held: PairPlan["operations"],
  reasons: readonly HoldReason[],
): { readonly operations: PairPlan["operations"]; readonly hold?: Hold } {
  if (held.length === 0) return { operations: released };
  const hash = planHash(pair, held);
  if (pair.confirmed_plan_hash === hash) return { operations: [...released, ...held] };
  return { operations: released, hold: { hash, reasons, operations: held } };
}

export function basisOf({ rows, listedAtMs, complete, fingerprint, forADay }: Reading): SideBasis {
  if (!complete || fingerprint === undefined) return { rows, listedAtMs };
  return { rows, listedAtMs, fingerprint, ...(forADay ? { forADay } : {}) };
}

function requestOf(pair: PairRow): PlannedRequest {
  return {
    sourceConnectionId: pair.source_connection_id,
    targetConnectionId: pair.target_connection_id,
    mode: pair.mode,
    type: pair.sync_type,
    options: {
      conflictPolicy: pair.conflict_policy,
      matchThreshold: pair.match_threshold,
      match: policiesOf(pair),
      // Two-way there is nothing to choose, and a request that does is refused.
      ...(pair.mode === "bidirectional" ? {} : { propagation: pair.propagation, prune: pair.prune }),
    },
  };
}

interface Reading {
  readonly rows: number;
  readonly listedAtMs: number;
  /** Whether absence from it proves anything. */
  readonly complete: boolean;
  readonly fingerprint?: string;
  readonly forADay?: true;
}
