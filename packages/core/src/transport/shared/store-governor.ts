import type { Budget, Governor } from "../governor.ts";
import type { GovernorParts } from "./budget-row.ts";
import { SharedGate } from "./shared-gate.ts";

/** How many budgets are kept before idle ones are dropped: budgets of single users come and go. */
const SWEEP_FROM = 1_000;

/** See `sharedGovernor`, which loads it at the first request. */
export function storeGovernor(parts: GovernorParts): Required<Governor> {
  const gates = new Map<string, SharedGate>();
  let sweepAt = SWEEP_FROM;

  const gateOf = (budget: Budget): SharedGate => {
    const known = gates.get(budget.key);
    if (known) return known;
    if (gates.size >= sweepAt) {
      for (const [key, gate] of gates) if (gate.isIdle) gates.delete(key);
      sweepAt = Math.max(SWEEP_FROM, gates.size * 2);
    }
    const gate = new SharedGate(budget, parts);
    gates.set(budget.key, gate);
    return gate;
  };

  return {
    isShared: true,
    run: (budget, claim, work) => gateOf(budget).run(claim, work),
    close: (budget, quiet) => gateOf(budget).close(quiet),
    status: (budget) => gateOf(budget).status(),
    answered: (budget, sentAtMs) => gates.get(budget.key)?.answered(sentAtMs),
  };
}
