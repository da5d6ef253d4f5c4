import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type JobInfo,
  memoryStorage,
  type Row,
  type Statement,
  type StorageAdapter,
  silentLogger,
  systemRandom,
} from "../../src/index.ts";
import { claimNext, type Turns } from "../../src/jobs/claim-job.ts";
import type { JobParts } from "../../src/jobs/job-parts.ts";
import { virtualClock } from "../support/virtual-clock.ts";

type Job = Row<"sync_jobs">;

/**
 * A table of waiting jobs, without the users, services and runs that they would be for.
 * @param meanwhile done once, between a look at the table and the write that follows from it
 */
async function line(jobs: readonly Partial<Job>[], meanwhile?: Statement) {
  const clock = virtualClock();
  const storage = memoryStorage();
  let happens = meanwhile;
  const moving: StorageAdapter = {
    ...storage,
    write: async (batch) => {
      if (happens) await storage.write({ statements: [happens] });
      happens = undefined;
      return await storage.write(batch);
    },
  };
  const rows = jobs.map((job, index) => rowOf(index, clock.now(), job));
  await storage.write({ statements: [{ insert: "sync_pairs", rows: rows.map(pairOf) }] });
  await storage.write({ statements: [{ insert: "sync_jobs", rows }] });
  const queue = { wake: async () => {}, process: async () => ({ close: async () => {} }) };
  const emit = () => {};
  // Claiming knows of nothing else.
  const parts = {
    storage: moving,
    clock,
    random: systemRandom,
    queue,
    emit,
    logger: silentLogger,
  } as Partial<JobParts>;
  const turns: Turns = new Map();
  return {
    clock,
    storage,
    next: async (lane: JobInfo["lane"] = "manual") => (await claimNext(parts as JobParts, lane, turns))?.job,
  };
}

function rowOf(index: number, now: number, job: Partial<Job>): Job {
  return {
    id: `job-${index}`,
    tenant_id: "default",
    user_id: `user-${index}`,
    pair_id: `pair-${index}`,
    sync_type: "favorites",
    trigger: "manual",
    task: "sync",
    plan_id: null,
    undoes: null,
    status: "queued",
    lane: "manual",
    format: 1,
    priority: 10,
    retry_count: 0,
    max_retries: 4,
    next_retry_at: now,
    worker_id: null,
    locked_until: null,
    cancel_requested: false,
    started_at: null,
    finished_at: null,
    items_processed: 0,
    items_added: 0,
    items_updated: 0,
    items_deleted: 0,
    items_unmatched: 0,
    items_refused: 0,
    requests: 0,
    error_code: null,
    created_at: now + index,
    updated_at: now,
    ...job,
  };
}

function pairOf({ pair_id, tenant_id, user_id, created_at }: Job): Row<"sync_pairs"> {
  return {
    id: pair_id,
    tenant_id,
    user_id,
    source_connection_id: `source of ${pair_id}`,
    target_connection_id: `target of ${pair_id}`,
    source_container: "",
    target_container: "",
    containers_sealed: null,
    sync_type: "favorites",
    parent_id: null,
    container: "",
    mode: "sync-from",
    propagation: "additive",
    prune: false,
    conflict_policy: "skip",
    match_threshold: 0.8,
    match_policies: null,
    selection_sealed: null,
    selection_hash: null,
    prefix_sealed: null,
    prefix_hash: null,
    history_name_sealed: null,
    history_length: null,
    state: "active",
    state_reason: null,
    not_before: null,
    delete_free: false,
    held_plan_hash: null,
    confirmed_plan_hash: null,
    pruned_once: false,
    last_run_at: null,
    last_success_at: null,
    version: 1,
    created_at,
    updated_at: created_at,
  };
}

describe("whose job is next", () => {
  it("H14: one tenant's ten thousand jobs hold up another's by one", { timeout: 60_000 }, async () => {
    const crowd = Array.from({ length: 10_000 }, () => ({ tenant_id: "crowd" }));
    const { next } = await line([...crowd, { tenant_id: "alone" }, { tenant_id: "zoe" }]);
    const tenants: (string | undefined)[] = [];
    for (let turn = 0; turn < 6; turn++) tenants.push((await next())?.tenant_id);
    expect(tenants).toEqual(["alone", "crowd", "zoe", "crowd", "crowd", "crowd"]);
  });

  it("among tenants turns go round; of one tenant the job that was due first comes first", async () => {
    const tenants = fc.constantFrom("a", "b", "c", "d", "Ä", "z z", "10", "9");
    const jobs = fc.array(fc.record({ tenant_id: tenants, waits: fc.integer({ min: 0, max: 50 }) }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(jobs, async (invented) => {
        const { next, storage, clock } = await line(
          invented.map(({ tenant_id, waits }, index) => ({
            tenant_id,
            next_retry_at: Date.UTC(2026, 0, 1) - waits,
            created_at: index,
          })),
        );
        const rows = await storage.select({ table: "sync_jobs" });
        const left = Map.groupBy(rows, ({ tenant_id }) => tenant_id);
        const passedOver = new Map<string, number>();
        for (let job = await next(); job; job = await next()) {
          const own = left.get(job.tenant_id) ?? [];
          const due = (each: Job) => each.next_retry_at ?? 0;
          const first = own.toSorted((x, y) => due(x) - due(y) || x.created_at - y.created_at)[0];
          expect(job.id).toBe(first?.id);
          left.set(
            job.tenant_id,
            own.filter(({ id }) => id !== job?.id),
          );
          const others = [...left].filter(([tenant, waiting]) => tenant !== job?.tenant_id && waiting.length > 0);
          for (const [tenant] of others) {
            passedOver.set(tenant, (passedOver.get(tenant) ?? 0) + 1);
            expect(passedOver.get(tenant)).toBeLessThan(left.size);
          }
          passedOver.set(job.tenant_id, 0);
        }
        expect([...left.values()].flat()).toEqual([]);
        expect(clock.sleepers).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("each lane has its own turns, and its jobs only", async () => {
    const { next } = await line([
      { tenant_id: "a" },
      { tenant_id: "a", lane: "automatic" },
      { tenant_id: "b" },
      { tenant_id: "b", lane: "automatic" },
    ]);
    const order = [await next("manual"), await next("automatic"), await next("manual"), await next("automatic")];
    expect(order.map((job) => job?.id)).toEqual(["job-0", "job-1", "job-2", "job-3"]);
    expect([await next("manual"), await next("automatic")]).toEqual([undefined, undefined]);
  });

  it("a job is taken by one of those who reach for it, and only when it is due", async () => {
    const { next, clock } = await line([{}, { next_retry_at: Date.UTC(2026, 0, 1) + 1 }]);
    const taken = await Promise.all([next(), next(), next()]);
    expect(taken.flatMap((job) => job?.id ?? [])).toEqual(["job-0"]);
    await clock.advance(1);
    expect((await next())?.id).toBe("job-1");
  });

  it.each<[string, Partial<Job>]>([
    ["cancelled", { status: "cancelled", finished_at: 1 }],
    ["taken, and done", { status: "succeeded", finished_at: 1 }],
    ["put off", { next_retry_at: Date.UTC(2026, 0, 2) }],
    ["moved to another lane", { lane: "automatic" }],
  ])(
    "a job that is %s in the moment in which it is reached for is not begun, and the next one is",
    async (_name, set) => {
      const { next, storage } = await line([{}, {}], { update: "sync_jobs", set, where: { id: "job-0" } });
      expect((await next())?.id).toBe("job-1");
      const [moved] = await storage.select({ table: "sync_jobs", where: { id: "job-0" } });
      expect(moved).toMatchObject({ ...set, started_at: null, worker_id: null });
    },
  );

  it.each([
    ["another job of its pair is running", "job"],
    ["a direct run holds its pair", "lease"],
  ])("while %s, it is put off, and others go first", async (_name, by) => {
    const { next, storage, clock } = await line([{}, {}]);
    const now = clock.now();
    const until = now + 20_000;
    const running = { status: "running", worker_id: "w", locked_until: until, id: "job-x", pair_id: "pair-0" } as const;
    await storage.write({
      statements: [
        by === "job"
          ? { insert: "sync_jobs", rows: [rowOf(9, now, running)] }
          : {
              insert: "leases",
              rows: [
                {
                  name: "pair:pair-0",
                  tenant_id: "default",
                  owner_id: "somebody",
                  fencing: 1,
                  expires_at: until,
                  created_at: now,
                  updated_at: now,
                },
              ],
            },
      ],
    });
    expect((await next())?.id).toBe("job-1");
    expect(await next()).toBeUndefined();
    await clock.advance(19_000);
    expect(await next()).toBeUndefined();
    await clock.advance(4_000);
    expect(await next()).toMatchObject({ id: "job-0", retry_count: 0 });
  });

  it("H10: a job of an unknown format is set aside, and the next one is taken", async () => {
    const { next, storage } = await line([{ format: 0 }, {}]);
    expect((await next())?.id).toBe("job-1");
    const [aside] = await storage.select({ table: "sync_jobs", where: { id: "job-0" } });
    expect(aside).toMatchObject({ status: "dead", error_code: "job.format-unknown", retry_count: 0 });
  });

  it("H10: a job of a newer format is left to workers that know it, and the next one is taken", async () => {
    const { next, storage, clock } = await line([{ format: 3 }, {}]);
    expect((await next())?.id).toBe("job-1");
    await clock.advance(7 * 86_400_000);
    expect(await next()).toBeUndefined();
    const [left] = await storage.select({ table: "sync_jobs", where: { id: "job-0" } });
    expect(left).toMatchObject({ status: "queued", retry_count: 0 });
  });
});
