import type { StorageAdapter } from "@syncer/core";

/**
 * Names of the points at which a process can be ended: before each batch of the database and after it was committed, and
 * before and after each request that writes at a service, after which nobody has heard of the answer yet; and before each
 * that reads.
 *
 * `store:cursors:before`, `store:intent:after`, `remote:add:before`, `remote:list` …
 */
export type PointName = string;

/** Ends this process as SIGKILL does: nothing is closed, released or told. */
export function endHere(): never {
  process.kill(process.pid, "SIGKILL");
  // The signal arrives when it arrives; nothing may happen until then.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
}

/** Counts points as a process passes them; at the chosen one the process ends on the spot. */
export class Points {
  readonly passed: PointName[] = [];
  readonly #times = new Map<PointName, number>();
  readonly #chosen: number | PointName | undefined;
  readonly #end: () => void;

  /** @param chosen a number from 1 on; or the name of a point, of which the first is meant, or with ` #n` the n-th */
  constructor(chosen: number | PointName | undefined, end: () => void) {
    this.#chosen = chosen;
    this.#end = end;
  }

  pass(name: PointName): void {
    this.passed.push(name);
    const times = (this.#times.get(name) ?? 0) + 1;
    this.#times.set(name, times);
    const names = [this.passed.length, `${name} #${times}`, ...(times === 1 ? [name] : [])];
    if (this.#chosen !== undefined && names.includes(this.#chosen)) this.#end();
  }
}

/** A storage whose batches are points. Heartbeats of a lease are none: they come when they like. */
export function pointedStorage(inner: StorageAdapter, points: Points): StorageAdapter {
  return {
    migrate: () => inner.migrate(),
    select: (query) => inner.select(query),
    count: (query) => inner.count(query),
    close: () => inner.close(),
    async write(batch) {
      const name = nameOf(batch);
      if (name === "heartbeat") return await inner.write(batch);
      points.pass(`store:${name}:before`);
      const result = await inner.write(batch);
      points.pass(`store:${name}:after`);
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
  return tables.has("intents") ? "outcome" : [...tables].join("+");
}

/** What a request does at a service; `undefined`: none of what a run is about, such as signing in. */
export type RequestName = (request: Request) => string | undefined;

/** A fetch whose requests to the services are points; a read, which changes nothing, is one. */
export function pointedFetch(inner: typeof fetch, points: Points, nameOfRequest: RequestName): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const name = nameOfRequest(request);
    if (name === undefined) return await inner(request);
    if (request.method === "GET") {
      points.pass(`remote:${name}`);
      return await inner(request);
    }
    points.pass(`remote:${name}:before`);
    const answer = await inner(request);
    points.pass(`remote:${name}:after`);
    return answer;
  };
}
