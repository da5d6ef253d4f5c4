import { z } from "zod";
import { defaultRetention, type MaintenanceReport, type Retention, runMaintenance } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { parseWith } from "../requests/request.ts";

const HOUR_MS = 3_600_000;
const retentionSchema = z.partialRecord(
  z.enum(Object.keys(defaultRetention), "there is no such retention"),
  z.number().min(0, "a time to keep something is not negative").optional(),
);

/** Forgets what has expired [STO-5]. Runs by itself, once an hour, where an engine works or `schedules.runDue` is called. */
export class Maintenance {
  readonly #parts: EngineParts;
  #lastLookAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /**
   * Purges sign-ins never finished, finished journal entries, tombstones, resolved conflicts, runs, logs and audit. Safe
   * to run concurrently.
   */
  async run(retention: Partial<Retention> = {}): Promise<MaintenanceReport> {
    parseWith(retentionSchema, retention, "retention");
    return await runMaintenance(this.#parts.storage, this.#parts.clock, retention);
  }

  /** @returns `undefined` if it ran within the last hour, in whichever process */
  async runIfDue(): Promise<MaintenanceReport | undefined> {
    const now = this.#parts.clock.now();
    if (now - this.#lastLookAtMs < HOUR_MS) return undefined;
    this.#lastLookAtMs = now;
    return (await this.#isFirst(now)) ? await this.run() : undefined;
  }

  /** Of the processes that find it due, one does it. What it leaves is a lease that nobody holds: it tells when that was. */
  async #isFirst(now: number): Promise<boolean> {
    const { storage, ownerId } = this.#parts;
    const name = "maintenance";
    const row = { name, tenant_id: "default", owner_id: ownerId, fencing: 1, expires_at: now };
    const result = await storage.write({
      guards: [{ table: "leases", where: { name, updated_at: { gt: now - HOUR_MS } }, must: "not-exist" }],
      statements: [
        { delete: "leases", where: { name } },
        { insert: "leases", rows: [{ ...row, created_at: now, updated_at: now }] },
      ],
    });
    return result.applied;
  }
}
