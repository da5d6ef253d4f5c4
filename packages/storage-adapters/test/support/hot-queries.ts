import type { StorageAdapter } from "@syncer/core";
import { sampleRow } from "@syncer/testkit";

/** Moments of the rows below; `NOW` lies in their middle, and what is due then is a small part of them. */
const FIRST = 1_000_000;
const NOW = FIRST + 500;
const PAIRS = 400;
const ids = (prefix: string, amount: number) => Array.from({ length: amount }, (_, n) => `${prefix}${n}`);
const owner = (n: number) => ({ tenant_id: `t${n % 20}`, user_id: `u${n % 200}` });

/** What the engine asks for again and again, as it asks for it: no whole table may be read for the answer. */
export const hotQueries: [what: string, ask: (storage: StorageAdapter) => Promise<unknown>][] = [
  [
    "the next due job of a lane behind a tenant",
    (s) =>
      s.select({
        table: "sync_jobs",
        where: {
          status: "queued",
          lane: "manual",
          format: { lte: 1 },
          next_retry_at: { lte: NOW },
          tenant_id: { gt: "t3" },
        },
        orderBy: ["tenant_id", "next_retry_at", "created_at", "id"],
        limit: 1,
      }),
  ],
  [
    "the next due job of a lane",
    (s) =>
      s.select({
        table: "sync_jobs",
        where: { status: "queued", lane: "manual", format: { lte: 1 }, next_retry_at: { lte: NOW } },
        orderBy: ["tenant_id", "next_retry_at", "created_at", "id"],
        limit: 1,
      }),
  ],
  [
    "jobs that are due and about which nobody was told",
    (s) =>
      s.select({
        table: "sync_jobs",
        where: { status: "queued", next_retry_at: { lte: NOW } },
        orderBy: ["next_retry_at", "id"],
        limit: 100,
      }),
  ],
  [
    "when the next job is due",
    (s) =>
      s.select({
        table: "sync_jobs",
        columns: ["next_retry_at"],
        where: { status: "queued", next_retry_at: { gt: NOW } },
        orderBy: ["next_retry_at"],
        limit: 1,
      }),
  ],
  [
    "jobs whose worker is lost",
    (s) =>
      s.select({
        table: "sync_jobs",
        where: { status: "running", locked_until: { lte: NOW } },
        orderBy: ["locked_until", "id"],
        limit: 100,
      }),
  ],
  [
    "what works on a pair or waits for it",
    (s) => s.count({ table: "sync_jobs", where: { pair_id: "p7", status: "queued" } }),
  ],
  [
    "how much waits in a lane",
    (s) => s.count({ table: "sync_jobs", where: { status: "queued", lane: "automatic", started_at: null } }),
  ],
  [
    "a user's jobs, the newest first",
    (s) =>
      s.select({
        table: "sync_jobs",
        where: { ...owner(7), pair_id: { in: ["p7", "p207"] } },
        orderBy: ["created_at", "id"],
        descending: true,
        limit: 50,
      }),
  ],
  [
    "due schedules",
    (s) =>
      s.select({
        table: "sync_schedules",
        where: { enabled: true, next_run_at: { lte: FIRST + 3 } },
        orderBy: ["next_run_at", "id"],
        limit: 100,
      }),
  ],
  ["the schedule of a pair", (s) => s.select({ table: "sync_schedules", where: { pair_id: "p7" } })],
  [
    "a page of a pair's links",
    (s) =>
      s.select({ table: "links", where: { pair_id: "p7" }, orderBy: ["link_key"], after: ["source:5"], limit: 20 }),
  ],
  [
    "links of a pair by their keys",
    (s) => s.select({ table: "links", where: { pair_id: "p7", link_key: { in: ids("source:", 300) } } }),
  ],
  [
    "links of a pair by ids of the source",
    (s) => s.select({ table: "links", where: { pair_id: "p7", source_id: { in: ids("s", 300) } } }),
  ],
  [
    "links of a pair by ids of the target",
    (s) => s.select({ table: "links", where: { pair_id: "p7", target_id: { in: ids("x", 300) } } }),
  ],
  ["a link by its item", (s) => s.select({ table: "links", where: { pair_id: "p7", target_id: "x7" } })],
  [
    "links that are due again",
    (s) =>
      s.select({
        table: "links",
        where: { pair_id: "p7", state: { in: ["unmatched", "uncertain", "refused"] }, retry_at: { lte: NOW } },
      }),
  ],
  [
    "open calls of a pair",
    (s) => s.select({ table: "intents", where: { pair_id: "p7", state: "prepared" }, orderBy: ["created_at", "id"] }),
  ],
  [
    "what was written on one side lately",
    (s) => s.select({ table: "intents", where: { pair_id: "p7", side: "target", updated_at: { gt: FIRST + 990 } } }),
  ],
  ["the calls of a run", (s) => s.select({ table: "intents", where: { job_id: "j7" } })],
  ["the items of calls", (s) => s.select({ table: "intent_items", where: { intent_id: { in: ids("i", 50) } } })],
  [
    "the last calls about an item",
    (s) =>
      s.select({
        table: "intent_items",
        where: { tenant_id: "t7", link_key: "source:7", outcome: { not: null } },
      }),
  ],
  ["the cursors of a pair", (s) => s.select({ table: "sync_cursors", where: { pair_id: "p7" } })],
  [
    "the orders of a pair's list",
    (s) => s.select({ table: "list_orders", where: { pair_id: "p7" }, orderBy: ["kind", "part"] }),
  ],
  ["what a run made of lists", (s) => s.select({ table: "run_lists", where: { job_id: "j7", pair_id: "p7" } })],
  [
    "a user's open conflicts",
    (s) =>
      s.select({
        table: "conflicts",
        where: { ...owner(7), state: "open" },
        orderBy: ["created_at", "id"],
        limit: 50,
      }),
  ],
  ["a pair's open conflicts", (s) => s.select({ table: "conflicts", where: { pair_id: "p7", state: "open" } })],
  [
    "metadata of many items",
    (s) =>
      s.select({
        table: "sync_metadata",
        where: { connection_id: "c7", item_type: "favorites", external_id: { in: ids("x", 300) } },
      }),
  ],
  [
    "metadata by checksum",
    (s) => s.select({ table: "sync_metadata", where: { connection_id: "c7", item_type: "favorites", checksum: "h7" } }),
  ],
  ["a user's pairs", (s) => s.select({ table: "sync_pairs", where: { ...owner(7), container: "" } })],
  [
    "the pairs of a connection",
    (s) => s.select({ table: "sync_pairs", where: { tenant_id: "t7", target_connection_id: "c7" } }),
  ],
  ["the pairs within a pair", (s) => s.select({ table: "sync_pairs", where: { parent_id: "p7" } })],
  ["a user's connections", (s) => s.select({ table: "user_services", where: owner(7), orderBy: ["created_at", "id"] })],
  [
    "connections that will end soon",
    (s) =>
      s.select({
        table: "user_services",
        where: { state: { not: "needs-reauthorization" }, refresh_expires_at: { lte: FIRST + 2 } },
        orderBy: ["refresh_expires_at", "id"],
      }),
  ],
  [
    "what a user decided about two services",
    (s) =>
      s.select({
        table: "match_overrides",
        where: { ...owner(7), item_kind: "track", service_a: "a", service_b: "b" },
        orderBy: ["id"],
        limit: 100,
      }),
  ],
  [
    "channels with which something is to be done",
    (s) =>
      s.select({
        table: "watch_channels",
        where: { due_at: { lte: FIRST + 2 } },
        orderBy: ["due_at", "id"],
        limit: 50,
      }),
  ],
  ["a lease", (s) => s.count({ table: "leases", where: { name: "lease 7", expires_at: { gt: NOW } } })],
  ["a service's limit", (s) => s.select({ table: "service_limits", where: { budget_hash: "b7" }, limit: 1 })],
  [
    "a user's audit",
    (s) => s.select({ table: "audit_log", where: owner(7), orderBy: ["at"], descending: true, limit: 20 }),
  ],
  ["the log of a run", (s) => s.select({ table: "sync_logs", where: { job_id: "j7" }, orderBy: ["at"] })],
];

/** What upkeep looks for; each is a small part of its table. */
const BEFORE = FIRST + 2;
export const purges: typeof hotQueries = [
  ["sign-ins", (s) => s.select({ table: "pending_oauth_auth", where: { expires_at: { lte: BEFORE } }, limit: 500 })],
  [
    "finished calls",
    (s) =>
      s.select({
        table: "intents",
        where: { state: { in: ["done", "abandoned"] }, updated_at: { lt: BEFORE } },
        limit: 500,
      }),
  ],
  ["lists of runs", (s) => s.select({ table: "run_lists", where: { updated_at: { lt: BEFORE } }, limit: 500 })],
  [
    "tombstones",
    (s) => s.select({ table: "links", where: { state: "dropped", updated_at: { lt: BEFORE } }, limit: 500 }),
  ],
  [
    "replaced ids",
    (s) => s.select({ table: "links", where: { state: "superseded", updated_at: { lt: BEFORE } }, limit: 500 }),
  ],
  [
    "ended conflicts",
    (s) => s.select({ table: "conflicts", where: { state: "resolved", resolved_at: { lt: BEFORE } }, limit: 500 }),
  ],
  [
    "finished jobs",
    (s) =>
      s.select({
        table: "sync_jobs",
        where: { status: { in: ["succeeded", "failed", "dead"] }, finished_at: { lt: BEFORE } },
        limit: 500,
      }),
  ],
  ["logs", (s) => s.select({ table: "sync_logs", where: { at: { lt: BEFORE } }, limit: 500 })],
  ["audit", (s) => s.select({ table: "audit_log", where: { at: { lt: BEFORE } }, limit: 500 })],
  [
    "leases",
    (s) => s.select({ table: "leases", where: { expires_at: { lt: BEFORE }, updated_at: { lt: BEFORE } }, limit: 500 }),
  ],
  ["quiet times", (s) => s.select({ table: "service_limits", where: { closed_until: { lt: BEFORE } }, limit: 500 })],
  ["channels", (s) => s.select({ table: "watch_channels", where: { expires_at: { lt: BEFORE } }, limit: 500 })],
];

/** Enough rows in every table that reading all of them is the dearer way, spread over users, pairs and a thousand moments. */
export async function fillForPlans(storage: StorageAdapter): Promise<void> {
  const times = (amount: number) => Array.from({ length: amount }, (_, n) => ({ n, at: FIRST + ((n * 7) % 1_000) }));
  const pairOf = (n: number) => ({ pair_id: `p${n % PAIRS}` });
  await storage.write({
    statements: [
      {
        insert: "user_services",
        rows: times(2_000).map(({ n, at }) =>
          sampleRow("user_services", {
            id: `c${n}`,
            ...owner(n),
            account_hash: `${n}`,
            refresh_expires_at: n % 2 ? at : null,
          }),
        ),
      },
      {
        insert: "sync_pairs",
        rows: times(2_000).map(({ n }) =>
          sampleRow("sync_pairs", {
            id: `p${n}`,
            ...owner(n),
            source_connection_id: `c${n}`,
            target_connection_id: `c${n + 1}`,
            container: n < PAIRS ? "" : `${n}`,
            parent_id: n < PAIRS ? null : `p${n % PAIRS}`,
          }),
        ),
      },
      {
        insert: "links",
        rows: times(40_000).map(({ n, at }) =>
          sampleRow("links", {
            ...pairOf(n),
            link_key: `source:${Math.floor(n / PAIRS)}`,
            source_id: `s${Math.floor(n / PAIRS)}`,
            target_id: `x${Math.floor(n / PAIRS)}`,
            state: n % 50 === 0 ? "dropped" : n % 50 === 1 ? "superseded" : n % 10 === 2 ? "unmatched" : "linked",
            retry_at: n % 10 === 2 ? at : null,
            updated_at: at,
          }),
        ),
      },
      {
        insert: "sync_metadata",
        rows: times(20_000).map(({ n }) =>
          sampleRow("sync_metadata", {
            connection_id: `c${n % 200}`,
            item_type: "favorites",
            external_id: `x${Math.floor(n / 200)}`,
            checksum: `h${Math.floor(n / 200)}`,
          }),
        ),
      },
      {
        insert: "intents",
        rows: times(10_000).map(({ n, at }) =>
          sampleRow("intents", {
            id: `i${n}`,
            ...pairOf(n),
            job_id: `j${n % 2_000}`,
            side: n % 2 ? "source" : "target",
            state: n % 100 === 0 ? "prepared" : "done",
            updated_at: at,
          }),
        ),
      },
      {
        insert: "intent_items",
        rows: times(20_000).map(({ n }) =>
          sampleRow("intent_items", {
            intent_id: `i${n % 10_000}`,
            position: Math.floor(n / 10_000),
            tenant_id: `t${n % 20}`,
            link_key: `source:${n % 5_000}`,
            outcome: "written",
          }),
        ),
      },
      {
        insert: "sync_jobs",
        rows: times(20_000).map(({ n, at }) => {
          const status = n % 20 === 0 ? "queued" : n % 200 === 1 ? "running" : "succeeded";
          return sampleRow("sync_jobs", {
            id: `j${n}`,
            ...owner(n),
            ...pairOf(n),
            format: 1,
            lane: n % 40 === 0 ? "manual" : "automatic",
            status,
            next_retry_at: status === "queued" ? at : null,
            locked_until: status === "running" ? at : null,
            finished_at: status === "succeeded" ? at : null,
            created_at: at,
          });
        }),
      },
      {
        insert: "sync_schedules",
        rows: times(5_000).map(({ n, at }) =>
          sampleRow("sync_schedules", {
            id: `s${n}`,
            ...owner(n),
            ...pairOf(n),
            enabled: n % 2 === 0,
            next_run_at: at,
          }),
        ),
      },
      {
        insert: "conflicts",
        rows: times(5_000).map(({ n, at }) =>
          sampleRow("conflicts", {
            id: `k${n}`,
            ...owner(n),
            ...pairOf(n),
            state: n % 10 === 0 ? "open" : "resolved",
            resolved_at: n % 10 === 0 ? null : at,
          }),
        ),
      },
      {
        insert: "run_lists",
        rows: times(5_000).map(({ n, at }) =>
          sampleRow("run_lists", { job_id: `j${n}`, ...pairOf(n), entries: "[]", updated_at: at }),
        ),
      },
      {
        insert: "list_orders",
        rows: times(5_000).map(({ n }) =>
          sampleRow("list_orders", { ...pairOf(n), part: Math.floor(n / PAIRS), entries: "[]" }),
        ),
      },
      {
        insert: "sync_cursors",
        rows: times(2_000).map(({ n }) => sampleRow("sync_cursors", { pair_id: `p${n}`, side: "source" })),
      },
      {
        insert: "match_overrides",
        rows: times(5_000).map(({ n }) =>
          sampleRow("match_overrides", {
            id: `o${n}`,
            ...owner(n),
            item_kind: "track",
            service_a: "a",
            service_b: "b",
          }),
        ),
      },
      {
        insert: "watch_channels",
        rows: times(3_000).map(({ n, at }) =>
          sampleRow("watch_channels", {
            id: `w${n}`,
            ...owner(n),
            connection_id: `c${n % 2_000}`,
            due_at: at,
            expires_at: at,
          }),
        ),
      },
      {
        insert: "pending_oauth_auth",
        rows: times(3_000).map(({ n, at }) =>
          sampleRow("pending_oauth_auth", { state_hash: `h${n}`, ...owner(n), expires_at: at }),
        ),
      },
      {
        insert: "leases",
        rows: times(3_000).map(({ n, at }) =>
          sampleRow("leases", { name: `lease ${n}`, expires_at: at, updated_at: at }),
        ),
      },
      {
        insert: "service_limits",
        rows: times(3_000).map(({ n, at }) => sampleRow("service_limits", { budget_hash: `b${n}`, closed_until: at })),
      },
      {
        insert: "audit_log",
        rows: times(20_000).map(({ n, at }) => sampleRow("audit_log", { id: `a${n}`, ...owner(n), at })),
      },
      {
        insert: "sync_logs",
        rows: times(20_000).map(({ n, at }) =>
          sampleRow("sync_logs", { id: `l${n}`, job_id: `j${n % 2_000}`, ...pairOf(n), at }),
        ),
      },
    ],
  });
}
