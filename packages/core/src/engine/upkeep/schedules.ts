import { z } from "zod";
import { newHandle } from "../../crypto/index.ts";
import type { Guard, Row, Statement } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { PairReport } from "../reports/report.ts";
import { checkCallOptions } from "../requests/call-options.ts";
import { type PairOwner, type PairRef, readPair } from "../requests/pairs.ts";
import { parseOwner, parseWith } from "../requests/request.ts";
import type { PairRow } from "../runs/run-context.ts";
import type { Maintenance } from "./maintenance.ts";

export interface SyncSchedule {
  readonly id: string;
  readonly pairId: string;
  readonly enabled: boolean;
  readonly everyMs: number;
  readonly nextRunAtMs: number;
  readonly lastRunAtMs?: number;
}

const MINUTE_MS = 60_000;
const scheduleSchema = z.object({
  everyMs: z.int().min(MINUTE_MS, "a schedule runs every minute (60000 ms) at most"),
  enabled: z.boolean().optional(),
});
const runDueSchema = z.object({ limit: z.int().positive().optional() });

/** Schedules that live in the database; the host, or a loop of its own, calls {@link Schedules.runDue}. */
export class Schedules {
  readonly #parts: EngineParts;
  readonly #run: (pair: PairRow, signal: AbortSignal) => Promise<PairReport>;

  readonly #maintenance: Maintenance;

  constructor(
    parts: EngineParts,
    run: (pair: PairRow, signal: AbortSignal) => Promise<PairReport>,
    maintenance: Maintenance,
  ) {
    this.#parts = parts;
    this.#run = run;
    this.#maintenance = maintenance;
  }

  /** One schedule per pair; setting it again changes it. The first run is due at once. */
  async set(request: PairRef & { readonly everyMs: number; readonly enabled?: boolean }): Promise<SyncSchedule> {
    const { everyMs, enabled = true } = parseWith(scheduleSchema, request, "request");
    const pair = await readPair(this.#parts, request);
    const [known] = await this.#parts.storage.select({ table: "sync_schedules", where: { pair_id: pair.id } });
    const now = this.#parts.clock.now();
    const row: Row<"sync_schedules"> = {
      id: known?.id ?? newHandle("sched", this.#parts.random),
      tenant_id: pair.tenant_id,
      user_id: pair.user_id,
      pair_id: pair.id,
      enabled,
      every_ms: everyMs,
      next_run_at: Math.min(known?.next_run_at ?? now, now + everyMs),
      last_run_at: known?.last_run_at ?? null,
      created_at: known?.created_at ?? now,
      updated_at: now,
    };
    await this.#parts.storage.write({ statements: [{ insert: "sync_schedules", rows: [row], onConflict: "replace" }] });
    return scheduleInfo(row);
  }

  async list(owner: PairOwner): Promise<SyncSchedule[]> {
    const { tenantId, userId } = parseOwner(owner);
    const rows = await this.#parts.storage.select({
      table: "sync_schedules",
      where: { tenant_id: tenantId, user_id: userId },
      orderBy: ["created_at", "id"],
    });
    return rows.map(scheduleInfo);
  }

  async remove(ref: PairRef): Promise<void> {
    const pair = await readPair(this.#parts, ref);
    await this.#parts.storage.write({ statements: [{ delete: "sync_schedules", where: { pair_id: pair.id } }] });
  }

  /**
   * Runs what is due, one after another, overdue ones once. Several processes may call it: each schedule is claimed
   * by moving its next run before it starts.
   * @param options.limit at most so many; default 100
   */
  async runDue(options: { readonly signal?: AbortSignal; readonly limit?: number } = {}): Promise<PairReport[]> {
    checkCallOptions(options);
    const { limit = 100 } = parseWith(runDueSchema, options, "options");
    const signal = options.signal ?? new AbortController().signal;
    const { storage, clock } = this.#parts;
    const due = await storage.select({
      table: "sync_schedules",
      where: { enabled: true, next_run_at: { lte: clock.now() } },
      orderBy: ["next_run_at", "id"],
      limit,
    });
    const reports: PairReport[] = [];
    for (const schedule of due) {
      if (signal.aborted) break;
      const pair = await this.#claim(schedule);
      if (pair) reports.push(await this.#run(pair, signal));
    }
    await this.#maintenance.runIfDue();
    return reports;
  }

  /** @returns `undefined` if another process was first, or the pair is not to be run now */
  async #claim(schedule: Row<"sync_schedules">): Promise<PairRow | undefined> {
    const { storage, clock } = this.#parts;
    const now = clock.now();
    const { guard, statement } = claimOf(schedule, now);
    const claimed = await storage.write({ guards: [guard], statements: [statement] });
    if (!claimed.applied) return undefined;
    const [pair] = await storage.select({ table: "sync_pairs", where: { id: schedule.pair_id } });
    return pair && isRunnable(pair, now) ? pair : undefined;
  }
}

/** Moves a due schedule on by its period from now, unless another process has: times that were missed count once. */
export function claimOf(
  { id, next_run_at, every_ms }: Row<"sync_schedules">,
  now: number,
): { readonly guard: Guard; readonly statement: Statement } {
  const set = { next_run_at: now + every_ms, last_run_at: now, updated_at: now };
  return {
    guard: { table: "sync_schedules", where: { id, next_run_at, enabled: true }, must: "exist" },
    statement: { update: "sync_schedules", set, where: { id } },
  };
}

/** Whether a schedule may run its pair: nobody has paused it, and no service asked for quiet. */
export function isRunnable(pair: PairRow, now: number): boolean {
  return pair.state === "active" && (pair.not_before ?? 0) <= now;
}

function scheduleInfo(row: Row<"sync_schedules">): SyncSchedule {
  return {
    id: row.id,
    pairId: row.pair_id,
    enabled: row.enabled,
    everyMs: row.every_ms,
    nextRunAtMs: row.next_run_at,
    ...(row.last_run_at === null ? {} : { lastRunAtMs: row.last_run_at }),
  };
}
