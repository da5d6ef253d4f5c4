import type { StorageAdapter } from "@syncer/core";

/**
 * Names of the points at which a process can be ended: after each batch that the database has committed, and around each
 * write at a service, after which nobody has heard of the answer yet.
 *
 * `store:cursors`, `store:links`, `remote:add:before`, `remote:add:after`, `remote:remove:after` …
 */
export type PointName = string;

/** Counts points as a process passes them; at the chosen one the process ends on the spot. */
export class Points {
  readonly passed: PointName[] = [];
  readonly #chosen: number | PointName | undefined;
  readonly #end: () => void;

  /** @param chosen a number from 1 on, or the name of a point, of which the first is meant */
  constructor(chosen: number | PointName | undefined, end: () => void) {
    this.#chosen = chosen;
    this.#end = end;
  }

  pass(name: PointName): void {
    this.passed.push(name);
    if (this.#chosen === this.passed.length || this.#chosen === name) this.#end();
  }
}

/** A storage whose committed batches are points. Heartbeats of the lease are none: they come when they like. */
export function pointedStorage(inner: StorageAdapter, points: Points): StorageAdapter {
  return {
    migrate: () => inner.migrate(),
    select: (query) => inner.select(query),
    count: (query) => inner.count(query),
    close: () => inner.close(),
    async write(batch) {
      const name = nameOf(batch);
      if (name === "cursors") points.pass("store:cursors:before");
      const result = await inner.write(batch);
      if (name !== "heartbeat") points.pass(`store:${name}`);
      return result;
    },
  };
}

function nameOf({ guards = [], statements }: Parameters<StorageAdapter["write"]>[0]): string {
  const tables = new Set(
    statements.map((statement) => {
      if ("insert" in statement) return statement.insert;
      return "update" in statement ? statement.update : statement.delete;
    }),
  );
  if (statements.some((statement) => "insert" in statement && statement.insert === "sync_cursors")) return "cursors";
  if (statements.some((statement) => "insert" in statement && statement.insert === "intents")) return "intent";
  if (tables.has("leases")) {
    const [lease] = statements;
    const renews = lease && "update" in lease && guards.length > 0 && !("fencing" in lease.set);
    return renews ? "heartbeat" : "lease";
  }
  return [...tables].join("+");
}

/** A fetch whose writes at the services are points; signing in and renewing tokens are none. */
export function pointedFetch(inner: typeof fetch, points: Points): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const isWrite = request.method !== "GET" && !/accounts\.spotify\.com|connect\.deezer\.com/.test(request.url);
    if (!isWrite) return await inner(request);
    const kind = request.method === "DELETE" ? "remove" : "add";
    points.pass(`remote:${kind}:before`);
    const answer = await inner(request);
    points.pass(`remote:${kind}:after`);
    return answer;
  };
}
