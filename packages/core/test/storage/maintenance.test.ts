import {
  type Clock,
  defaultRetention,
  memoryStorage,
  type Row,
  runMaintenance,
  type StorageAdapter,
  schema,
} from "@syncer/core";
import { sampleRow } from "@syncer/testkit";
import { describe, expect, it } from "vitest";

const NOW = 1_800_000_000_000;
const clock: Clock = { now: () => NOW, sleep: () => Promise.reject(new Error("maintenance does not wait for time")) };
const ago = (ms: number) => NOW - ms;
const { finishedIntentsMs, tombstonesMs, resolvedConflictsMs, finishedJobsMs, logsMs, auditMs, expiredMs } =
  defaultRetention;
const LONG_AGO = 0;

async function withPair(): Promise<StorageAdapter> {
  const storage = memoryStorage();
  await storage.write({ statements: [{ insert: "sync_pairs", rows: [sampleRow("sync_pairs", { id: "p" })] }] });
  return storage;
}

const nothing = {
  pendingAuthorizations: 0,
  intents: 0,
  runLists: 0,
  tombstones: 0,
  conflicts: 0,
  jobs: 0,
  logs: 0,
  audit: 0,
  leases: 0,
  serviceLimits: 0,
  channels: 0,
  plans: 0,
  idempotencyKeys: 0,
  deliveries: 0,
};

describe("maintenance", () => {
  it("keeps what is known of a limit that was never closed for as long as it is used", async () => {
    const storage = await withPair();
    const rows = [1, 0].map((more) =>
      sampleRow("service_limits", { budget_hash: `${more}`, closed_until: 0, updated_at: ago(expiredMs + more) }),
    );
    await storage.write({ statements: [{ insert: "service_limits", rows }] });
    expect(await runMaintenance(storage, clock)).toEqual({ ...nothing, serviceLimits: 1 });
    expect(await storage.select({ table: "service_limits", columns: ["budget_hash"] })).toEqual([{ budget_hash: "0" }]);
  });

  it("forgets sign-ins that ran out", async () => {
    const storage = await withPair();
    const rows = [1, 0, -1].map((left) =>
      sampleRow("pending_oauth_auth", { state_hash: `${left}`, expires_at: NOW + left }),
    );
    await storage.write({ statements: [{ insert: "pending_oauth_auth", rows }] });
    expect(await runMaintenance(storage, clock)).toEqual({ ...nothing, pendingAuthorizations: 2 });
    expect(await storage.select({ table: "pending_oauth_auth", columns: ["state_hash"] })).toEqual([
      { state_hash: "1" },
    ]);
  });

  it("forgets finished intents with their items after a week, and an open one never", async () => {
    const storage = await withPair();
    const intent = (id: string, state: "prepared" | "done" | "abandoned", updated_at: number) =>
      sampleRow("intents", { id, pair_id: "p", state, updated_at });
    const rows = [
      intent("done", "done", ago(finishedIntentsMs + 1)),
      intent("abandoned", "abandoned", ago(finishedIntentsMs + 1)),
      intent("recent", "done", ago(finishedIntentsMs)),
      intent("open", "prepared", LONG_AGO),
    ];
    const items = rows.map(({ id }) => sampleRow("intent_items", { intent_id: id }));
    await storage.write({
      statements: [
        { insert: "intents", rows },
        { insert: "intent_items", rows: items },
      ],
    });
    expect(await runMaintenance(storage, clock)).toEqual({ ...nothing, intents: 2 });
    const left = await storage.select({ table: "intent_items", columns: ["intent_id"], orderBy: ["intent_id"] });
    expect(left.map(({ intent_id }) => intent_id)).toEqual(["open", "recent"]);
  });

  it("forgets with them what runs have made of lists, in the lists of each pair", async () => {
    const storage = await withPair();
    const of = (job_id: string, updated_at: number, part = 0) =>
      sampleRow("run_lists", { job_id, pair_id: "p", side: "source", moment: "before", part, updated_at });
    const old = ago(finishedIntentsMs + 1);
    const rows = [of("old", old), of("old", old, 1), of("recent", ago(finishedIntentsMs))];
    await storage.write({ statements: [{ insert: "run_lists", rows }] });
    expect(await runMaintenance(storage, clock)).toMatchObject({ intents: 0, runLists: 2 });
    const left = await storage.select({ table: "run_lists", columns: ["job_id"] });
    expect(left).toEqual([{ job_id: "recent" }]);
  });

  it("forgets tombstones after ninety days, but never what a user took away", async () => {
    const storage = await withPair();
    const states = schema.links.columns.state.values as readonly Row<"links">["state"][];
    const rows = states.flatMap((state) =>
      [tombstonesMs, tombstonesMs + 1].map((age) =>
        sampleRow("links", { pair_id: "p", link_key: `${state} ${age}`, state, updated_at: ago(age) }),
      ),
    );
    await storage.write({ statements: [{ insert: "links", rows }] });
    expect(await runMaintenance(storage, clock)).toEqual({ ...nothing, tombstones: 2 });
    const gone = ["dropped", "superseded"].map((state) => `${state} ${tombstonesMs + 1}`);
    expect(await storage.count({ table: "links", where: { link_key: { in: gone } } })).toBe(0);
    expect(await storage.count({ table: "links" })).toBe(rows.length - 2);
  });

  it("forgets conflicts ninety days after they were resolved, and an open one never", async () => {
    const storage = await withPair();
    const conflict = (id: string, state: "open" | "resolved", resolved_at: number | null) =>
      sampleRow("conflicts", { id, pair_id: "p", state, resolved_at, created_at: LONG_AGO, updated_at: LONG_AGO });
    const rows = [
      conflict("old", "resolved", ago(resolvedConflictsMs + 1)),
      conflict("recent", "resolved", ago(resolvedConflictsMs)),
      conflict("open", "open", null),
      conflict("open again", "open", LONG_AGO),
    ];
    await storage.write({ statements: [{ insert: "conflicts", rows }] });
    expect(await runMaintenance(storage, clock)).toEqual({ ...nothing, conflicts: 1 });
    expect(await storage.count({ table: "conflicts", where: { id: "old" } })).toBe(0);
    expect(await runMaintenance(storage, clock, { resolvedConflictsMs: 0 })).toEqual({ ...nothing, conflicts: 1 });
    const left = await storage.select({ table: "conflicts", columns: ["id"], orderBy: ["id"] });
    expect(left.map(({ id }) => id)).toEqual(["open", "open again"]);
    expect(resolvedConflictsMs).toBe(90 * 24 * 60 * 60 * 1_000);
  });

  it("forgets finished jobs and those that were given up, and keeps those that wait or run", async () => {
    const storage = await withPair();
    const job = (id: string, status: Row<"sync_jobs">["status"], finished_at: number | null) =>
      sampleRow("sync_jobs", { id, pair_id: "p", status, finished_at, created_at: LONG_AGO });
    const rows = [
      job("old", "succeeded", ago(finishedJobsMs + 1)),
      job("failed", "failed", ago(finishedJobsMs + 1)),
      job("dead", "dead", ago(finishedJobsMs + 1)),
      job("recent", "succeeded", ago(finishedJobsMs)),
      job("recently dead", "dead", ago(finishedJobsMs)),
      job("queued", "queued", null),
      job("running again", "running", LONG_AGO),
    ];
    await storage.write({ statements: [{ insert: "sync_jobs", rows }] });
    expect(await runMaintenance(storage, clock)).toEqual({ ...nothing, jobs: 3 });
    expect(await storage.count({ table: "sync_jobs", where: { id: { in: ["old", "failed", "dead"] } } })).toBe(0);
  });

  it("forgets logs, audit entries, leases and quiet times each in its own time", async () => {
    const storage = await withPair();
    const ages = [0, 1];
    await storage.write({
      statements: [
        {
          insert: "sync_logs",
          rows: ages.map((more) => sampleRow("sync_logs", { id: `${more}`, pair_id: "p", at: ago(logsMs + more) })),
        },
        {
          insert: "audit_log",
          rows: ages.map((more) => sampleRow("audit_log", { id: `${more}`, at: ago(auditMs + more) })),
        },
        {
          insert: "leases",
          rows: ages.map((more) => sampleRow("leases", { name: `${more}`, expires_at: ago(expiredMs + more) })),
        },
        {
          insert: "service_limits",
          rows: ages.map((more) =>
            sampleRow("service_limits", { budget_hash: `${more}`, closed_until: ago(expiredMs + more) }),
          ),
        },
      ],
    });
    expect(await runMaintenance(storage, clock)).toEqual({
      ...nothing,
      logs: 1,
      audit: 1,
      leases: 1,
      serviceLimits: 1,
    });
    for (const table of ["sync_logs", "audit_log", "leases", "service_limits"] as const) {
      expect(await storage.count({ table })).toBe(1);
    }
    expect(await runMaintenance(storage, clock)).toEqual(nothing);
    expect(await runMaintenance(storage, clock, { logsMs: 0, auditMs: 0 })).toMatchObject({ logs: 1, audit: 1 });
  });

  it("forgets channels a month after they ended, whatever was to become of them", async () => {
    const storage = await withPair();
    const states = schema.watch_channels.columns.status.values as readonly Row<"watch_channels">["status"][];
    const channel = (status: (typeof states)[number], ended: number) =>
      sampleRow("watch_channels", { id: `${status} ${ended}`, connection_id: "c", status, expires_at: ago(ended) });
    const rows = states.flatMap((status) => [-1, 0, expiredMs, expiredMs + 1].map((ended) => channel(status, ended)));
    await storage.write({
      statements: [
        { insert: "user_services", rows: [sampleRow("user_services", { id: "c" })] },
        { insert: "watch_channels", rows },
      ],
    });
    expect(await runMaintenance(storage, clock)).toEqual({ ...nothing, channels: states.length });
    const left = await storage.select({ table: "watch_channels", columns: ["expires_at"] });
    expect(Math.min(...left.map(({ expires_at }) => expires_at))).toBe(ago(expiredMs));
  });

  it("forgets plans with their items, answers kept for repeats, and webhooks that came in, once they have expired", async () => {
    const storage = await withPair();
    const [over, left] = [clock.now(), clock.now() + 1];
    await storage.write({
      statements: [
        {
          insert: "plans",
          rows: [over, left].map((expires_at) =>
            sampleRow("plans", { id: `p ${expires_at}`, pair_id: "p", expires_at }),
          ),
        },
        { insert: "plan_items", rows: [over, left].map((at) => sampleRow("plan_items", { plan_id: `p ${at}` })) },
        {
          insert: "idempotency_keys",
          rows: [over, left].map((expires_at) =>
            sampleRow("idempotency_keys", { key_hash: `k ${expires_at}`, expires_at }),
          ),
        },
        {
          insert: "deliveries",
          rows: [over, left].map((expires_at) =>
            sampleRow("deliveries", { delivery_hash: `d ${expires_at}`, expires_at }),
          ),
        },
      ],
    });
    expect(await runMaintenance(storage, clock)).toEqual({ ...nothing, plans: 1, idempotencyKeys: 1, deliveries: 1 });
    expect(await storage.select({ table: "plan_items", columns: ["plan_id"] })).toEqual([{ plan_id: `p ${left}` }]);
    for (const table of ["plans", "idempotency_keys", "deliveries"] as const) {
      expect(await storage.select({ table, columns: ["expires_at"] })).toEqual([{ expires_at: left }]);
    }
  });

  it("does it in batches, also when several run at once, and counts each row once", async () => {
    const storage = await withPair();
    const rows = Array.from({ length: 1_700 }, (_, n) => sampleRow("audit_log", { id: `${n}`, at: LONG_AGO }));
    await storage.write({ statements: [{ insert: "audit_log", rows }] });
    let largest = 0;
    const watched: StorageAdapter = {
      ...storage,
      async write(batch) {
        const result = await storage.write(batch);
        if (result.applied) largest = Math.max(largest, ...result.affected);
        return result;
      },
    };
    const reports = await Promise.all([1, 2, 3].map(() => runMaintenance(watched, clock)));
    expect(reports.reduce((sum, { audit }) => sum + audit, 0)).toBe(1_700);
    expect(largest).toBe(500);
    expect(await storage.count({ table: "audit_log" })).toBe(0);
  });
});
