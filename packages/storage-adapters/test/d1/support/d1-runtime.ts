import { ConfigurationError, InvalidRequestError, StorageError } from "@syncer/core";
import type { D1Storage } from "@syncer/storage-adapters/d1";
import { Miniflare } from "miniflare";
import { bundleWorker, COMPATIBLE_WITH } from "./bundle-worker.ts";
import type { StorageAnswer, StorageCall } from "./storage-worker.ts";
import { fromWire, toWire } from "./wire.ts";

/** The workers runtime with our adapter inside and D1 databases beside it. */
export interface D1Runtime {
  /** The name of a database that nobody has used. */
  freshDatabase(): string;
  /** An adapter inside a worker, as a thin one out here. */
  open(database: string, options?: { readonly tablePrefix?: string; readonly worker?: number }): RemoteStorage;
  /** Runs statements on a database, past the adapter, in one batch. */
  run(database: string, ...statements: string[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

interface D1RuntimeOptions {
  /** How many tests may ask for one. */
  readonly databases: number;
  /** How many workers share all of the databases, 1 unless told. Each is a program of its own, as on two machines. */
  readonly workers?: number;
}

/** The adapter's methods; what is answered at once inside is answered later out here. */
export type RemoteStorage = Omit<D1Storage, "migrationSql"> & {
  migrationSql(from?: number): Promise<string>;
};

/** The runtime's own types come without those of the web that they are made of. */
interface Fetcher {
  fetch(url: string, init: { readonly method: string; readonly body: string }): Promise<Response>;
}

/** Starts workers with the adapter inside. */
export async function startD1Runtime({ databases, workers = 1 }: D1RuntimeOptions): Promise<D1Runtime> {
  const names = Array.from({ length: databases }, (_, index) => `DB${index}`);
  const d1Databases = Object.fromEntries(names.map((name) => [name, name]));
  const bundle = await bundleWorker(new URL("storage-worker.ts", import.meta.url));
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    workers: Array.from({ length: workers }, (_, index) => ({
      name: `worker-${index}`,
      ...bundle,
      compatibilityDate: COMPATIBLE_WITH,
      d1Databases,
    })),
  });
  await miniflare.ready;
  const fetchers = await Promise.all(
    Array.from(
      { length: workers },
      async (_, index) => (await miniflare.getWorker(`worker-${index}`)) as unknown as Fetcher,
    ),
  );
  let opened = 0;
  const free = names.values();
  return {
    freshDatabase() {
      const { value } = free.next();
      if (value === undefined) throw new Error("more databases are needed than were asked for");
      return value;
    },
    open(database, { tablePrefix = "", worker = 0 } = {}) {
      opened += 1;
      const place = { adapter: `${opened}`, database, tablePrefix };
      return remoteStorage(async (body) => {
        const fetcher = fetchers[worker];
        if (!fetcher) throw new Error(`no worker ${worker}`);
        return await fetcher.fetch("http://storage/", { method: "POST", body });
      }, place);
    },
    async run(database, ...statements) {
      const d1 = await miniflare.getD1Database(database, "worker-0");
      const results = await d1.batch<Record<string, unknown>>(statements.map((sql) => d1.prepare(sql)));
      return results.at(-1)?.results ?? [];
    },
    stop: () => miniflare.dispose(),
  };
}

function remoteStorage(
  post: (body: string) => Promise<Response>,
  place: Pick<StorageCall, "adapter" | "database" | "tablePrefix">,
): RemoteStorage {
  const call = async (method: StorageCall["method"], ...args: readonly unknown[]) => {
    const response = await post(toWire({ ...place, method, args } satisfies StorageCall));
    const text = await response.text();
    if (!response.ok) throw new Error(`the worker failed: ${text.slice(0, 1_000)}`);
    const answer = fromWire(text) as StorageAnswer;
    if ("value" in answer) return answer.value;
    throw sameError(answer);
  };
  return {
    migrate: () => call("migrate"),
    select: (query: unknown) => call("select", query),
    count: (query: unknown) => call("count", query),
    write: (batch: unknown) => call("write", batch),
    close: () => call("close"),
    migrationSql: (from?: number) => call("migrationSql", from),
  } as RemoteStorage;
}

/** Errors travel by code and params, of which their messages are made again. */
function sameError({ code, params, cause, problems }: Extract<StorageAnswer, { code: string }>): Error {
  const options = { cause: new Error(cause) };
  if (code.startsWith("storage.")) return new StorageError(code as never, params as never, options);
  if (code === "config.invalid") return new ConfigurationError(problems ?? []);
  return new InvalidRequestError(code as never, params as never, options);
}
