import { newHandle } from "../crypto/index.ts";
import { isKnownFormat, JOB_FORMAT, type JobLane, type JobRow } from "../engine/runs/job-records.ts";
import { HOLD_MS } from "../engine/runs/keep-renewing.ts";
import { leaseName } from "../engine/runs/lease.ts";
import type { Where } from "../ports/index.ts";
import { BUSY_MS } from "./decide-outcome.ts";
import { type JobParts, wakeFor } from "./job-parts.ts";
import { settleJob } from "./settle-job.ts";

/** A job that is ours until its lock ends. */
export interface ClaimedJob {
  readonly job: JobRow;
  /** What its row is while it is ours: the worker's name is new with each claim. */
  readonly mine: { readonly id: string; readonly worker_id: string; readonly status: "running" };
}

/** Whose turn it is in each lane: tenants in the order of their ids, and from the beginning again. */
export type Turns = Map<JobLane, string>;

/** How many jobs it may fail to take, because others were faster or for good, before it leaves the rest to later. */
const TRIES = 100;

/**
 * Takes the next due job of a lane: one tenant after another, of one tenant what is due first. What this release does
 * not understand is set aside on the way, and what cannot be done now because its pair is being worked on is put off.
 * @returns `undefined` if there is nothing to do
 */
export async function claimNext(parts: JobParts, lane: JobLane, turns: Turns): Promise<ClaimedJob | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const job = await nextDue(parts, lane, turns.get(lane));
    if (!job) return undefined;
    turns.set(lane, job.tenant_id);
    if (!isKnownFormat(job.format)) {
      const outcome = { kind: "end", status: "dead", errorCode: "job.format-unknown" } as const;
      await settleJob(parts, job, { id: job.id, status: "queued" }, outcome);
      continue;
    }
    const claimed = await claim(parts, job);
    if (claimed) return claimed;
  }
  return undefined;
}

async function nextDue({ storage, clock }: JobParts, lane: JobLane, last = ""): Promise<JobRow | undefined> {
  // While a newer release is being rolled out, its jobs are left to its workers.
  const due: Where<"sync_jobs"> = {
    status: "queued",
    lane,
    format: { lte: JOB_FORMAT },
    next_retry_at: { lte: clock.now() },
  };
  const first = async (where: Where<"sync_jobs">) => {
    const orderBy = ["tenant_id", "next_retry_at", "created_at", "id"] as const;
    return (await storage.select({ table: "sync_jobs", where, orderBy, limit: 1 }))[0];
  };
  return (await first({ ...due, tenant_id: { gt: last } })) ?? (await first(due));
}

async function claim(parts: JobParts, job: JobRow): Promise<ClaimedJob | undefined> {
  const { storage, clock, random } = parts;
  const { id, pair_id, lane } = job;
  const now = clock.now();
  const worker_id = newHandle("worker", random);
  const set = { status: "running", worker_id, locked_until: now + HOLD_MS, started_at: now, updated_at: now } as const;
  const result = await storage.write({
    guards: [
      { table: "sync_jobs", where: { id, status: "queued", lane, next_retry_at: { lte: now } }, must: "exist" },
      { table: "sync_jobs", where: { pair_id, status: "running", locked_until: { gt: now } }, must: "not-exist" },
      { table: "leases", where: { name: leaseName(pair_id), expires_at: { gt: now } }, must: "not-exist" },
    ],
    statements: [{ update: "sync_jobs", set: { ...set, next_retry_at: null }, where: { id } }],
  });
  if (result.applied)
    return { job: { ...job, ...set, next_retry_at: null }, mine: { id, worker_id, status: "running" } };
  if (result.failedGuard > 0) await putOff(parts, job, now + BUSY_MS);
  return undefined;
}

/** Somebody works on its pair: it comes up again in a moment, and others go first. */
async function putOff(parts: JobParts, job: JobRow, next_retry_at: number): Promise<void> {
  const { id } = job;
  await parts.storage.write({
    statements: [{ update: "sync_jobs", set: { next_retry_at }, where: { id, status: "queued" } }],
  });
  await wakeFor(parts, { ...job, next_retry_at });
}
