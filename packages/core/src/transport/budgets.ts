import type { RateLimit } from "../contract/index.ts";
import type { StorageAdapter } from "../ports/index.ts";
import type { Governor } from "./governor.ts";
import { noLimitStore, storedLimits } from "./limit-store.ts";
import { memoryGovernor } from "./memory-governor.ts";
import { type BudgetParts, ServiceBudget } from "./service-budget.ts";

const SWEEP_FROM = 1_000;

export interface BudgetsParts extends Omit<BudgetParts, "governor" | "limits"> {
  readonly governor: Governor | undefined;
  readonly storage: StorageAdapter | undefined;
}

export type Budgets = (service: string, key: string, limit: RateLimit) => ServiceBudget;

/** The budgets of one transport, by their keys; loaded with the first request. */
export function createBudgets({ storage, ...options }: BudgetsParts): Budgets {
  const governor = options.governor ?? memoryGovernor(options);
  const limits = storage && !governor.isShared ? storedLimits(storage) : noLimitStore;
  const budgets = new Map<string, ServiceBudget>();
  let sweepAt = SWEEP_FROM;

  return (service, key, limit) => {
    const known = budgets.get(key);
    if (known) return known;
    if (budgets.size >= sweepAt) {
      for (const [idle, budget] of budgets) if (budget.isFresh) budgets.delete(idle);
      sweepAt = Math.max(SWEEP_FROM, budgets.size * 2);
    }
    const budget = new ServiceBudget(service, key, limit, { ...options, governor, limits });
    budgets.set(key, budget);
    return budget;
  };
}
