import { z } from "zod";
import { defaultRetention, type MaintenanceReport, type Retention, runMaintenance } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { parseWith } from "../requests/request.ts";

const HOUR_MS = 3_600_000;
const retentionSchema = z.partialRecord(
  z.enum(Object.keys(defaultRetention), "there is no such retention"),
  z.number().min(0, "a time to keep something is not negative").optional(),
);

/** Forgets what has expired [STO-5]. Runs by itself, once an hour, where `schedules.runDue` is called. */
export class Maintenance {
  readonly #parts: EngineParts;
  #lastRunAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /**
   * Purges sign-ins never finished, finished journal entries, tombstones, resolved conflicts, runs, logs and audit. Safe
   * to run concurrently.
   */
  async run(retention: Partial<Retention> = {}): Promise<MaintenanceReport> {
    parseWith(retentionSchema, retention, "retention");
    this.#lastRunAtMs = this.#parts.clock.now();
    return await runMaintenance(this.#parts.storage, this.#parts.clock, retention);
  }

  /** @returns `undefined` if it ran within the last hour */
  async runIfDue(): Promise<MaintenanceReport | undefined> {
    return this.#parts.clock.now() - this.#lastRunAtMs >= HOUR_MS ? await this.run() : undefined;
  }
}
