import type { HoldReason } from "../../reconcile/index.ts";
import { policiesOf } from "../requests/match-options.ts";
import type { PairContainers } from "../requests/pair-containers.ts";
import type { TypedSettings } from "../requests/typed-settings.ts";
import type { PairRow, RunContext } from "../runs/run-context.ts";
import type { Hold, PairPlan, PlannedRequest, SideBasis } from "./plan.ts";
import { planHash } from "./plan-hash.ts";

/** What a plan says of its pair, whatever the shape of its collections. */
export function planHead({ pair, from, to, typed, containers }: RunContext) {
  return {
    pairId: pair.id,
    request: requestOf(pair, containers, typed, from.provider.collections[pair.sync_type]?.shape === "containers"),
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

export function basisOf({ rows, listedAtMs, complete, fingerprint, token, forADay }: Reading): SideBasis {
  if (!complete || (fingerprint === undefined && token === undefined)) return { rows, listedAtMs };
  return {
    rows,
    listedAtMs,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(token === undefined ? {} : { token }),
    ...(forADay ? { forADay } : {}),
  };
}

function requestOf(
  pair: PairRow,
  containers: PairContainers,
  typed: TypedSettings,
  isOfContainers: boolean,
): PlannedRequest {
  return {
    sourceConnectionId: pair.source_connection_id,
    targetConnectionId: pair.target_connection_id,
    ...(pair.containers_sealed === null ? {} : { containers }),
    mode: pair.mode,
    type: pair.sync_type,
    options: {
      conflictPolicy: pair.conflict_policy,
      matchThreshold: pair.match_threshold,
      match: policiesOf(pair),
      // Two-way there is nothing to choose, and a request that does is refused.
      ...(pair.mode === "bidirectional" ? {} : { propagation: pair.propagation, prune: pair.prune }),
      ...(isOfContainers ? askedOfContainers(pair, typed) : {}),
      ...(Object.keys(typed.rules).length > 0 ? { rules: typed.rules } : {}),
    },
  };
}

/** A prefix for a side that gets no copies is refused. */
function askedOfContainers({ mode }: PairRow, { select, prefixes }: TypedSettings): PlannedRequest["options"] {
  const prefix = {
    ...(mode === "sync-from" ? {} : { source: prefixes.source.now }),
    ...(mode === "sync-to" ? {} : { target: prefixes.target.now }),
  };
  return { select, prefix };
}

interface Reading {
  readonly rows: number;
  readonly listedAtMs: number;
  /** Whether absence from it proves anything. */
  readonly complete: boolean;
  readonly fingerprint?: string;
  readonly token?: string;
  readonly forADay?: true;
}
