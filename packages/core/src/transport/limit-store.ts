import type { StorageAdapter } from "../ports/index.ts";
import type { Quiet, QuietReason } from "./governor.ts";

interface StoredQuiet extends Quiet {
  /** Refusals in a row so far. */
  readonly strikes: number;
}

/** Keeps quiets over a restart. Rows are keyed by the budget's hash and hold times, counts and codes only. */
export interface LimitStore {
  /** @throws {StorageError} a failing store never looks like "not closed" */
  load(budgetKey: string): Promise<StoredQuiet | undefined>;
  /** Prolongs what is stored; a later end, written by another worker, stays. */
  save(budgetKey: string, service: string, quiet: StoredQuiet, nowMs: number): Promise<void>;
}

/** For transports without a storage: nothing outlives the process. */
export const noLimitStore: LimitStore = { load: async () => undefined, save: async () => {} };

export function storedLimits(storage: StorageAdapter): LimitStore {
  return {
    async load(budgetKey) {
      const [row] = await storage.select({ table: "service_limits", where: { budget_hash: budgetKey }, limit: 1 });
      if (!row) return undefined;
      return { untilMs: row.closed_until, reason: reasonOf(row.reason), strikes: row.strikes };
    },
    async save(budgetKey, service, { untilMs, reason, strikes }, nowMs) {
      const quiet = { closed_until: untilMs, reason, strikes };
      const row = { budget_hash: budgetKey, service, ...quiet, next_at: null, version: 0, under_way: "[]", day: "[]" };
      await storage.write({
        statements: [
          {
            insert: "service_limits",
            rows: [{ ...row, created_at: nowMs, updated_at: nowMs }],
            onConflict: "ignore",
          },
          {
            update: "service_limits",
            set: { closed_until: untilMs, reason, strikes, updated_at: nowMs },
            // So that a shared governor which has read the row before decides again.
            increment: { version: 1 },
            where: { budget_hash: budgetKey, closed_until: { lt: untilMs } },
          },
        ],
      });
    },
  };
}

export function reasonOf(stored: string): QuietReason {
  return stored === "quota" || stored === "outage" || stored === "unavailable" ? stored : "rate-limited";
}
