import type { LogCollection, LoggedEntry } from "../../contract/index.ts";
import { RunError } from "../../errors/index.ts";
import type { Play } from "../../reconcile/index.ts";
import { assertRunning, type RunContext } from "../runs/run-context.ts";
import { playKey } from "./plays.ts";

/** A play as the service shows it. */
interface ShownPlay extends Play {
  /** The service's id of what was played. */
  readonly id: string;
  readonly native: unknown;
}

export interface LogReading {
  /** By key; what came twice is here once. */
  readonly plays: ReadonlyMap<string, ShownPlay>;
  /** Entries that can be read and not synced. */
  readonly unsyncable: readonly LoggedEntry<unknown>[];
  readonly rows: number;
}

/** @param sinceMs what happened before that is not needed; absent: all that the service shows */
export async function readLog(context: RunContext, sinceMs: number | undefined): Promise<LogReading> {
  const { from, parts } = context;
  const plays = new Map<string, ShownPlay>();
  const unsyncable: LoggedEntry<unknown>[] = [];
  let rows = 0;
  const options = sinceMs === undefined ? {} : { sinceMs };
  for await (const page of logOf(context).read.list(from.session, options)) {
    assertRunning(context);
    rows += page.entries.length;
    const { maxItems } = parts.bounds;
    if (rows > maxItems) throw new RunError("run.bound-exceeded", { bound: "items", limit: maxItems });
    for (const entry of page.entries) {
      if (entry.state === "unsyncable") unsyncable.push(entry);
      if (entry.state !== "listed") continue;
      const { id, atMs, native } = entry;
      const itemId = from.ids.key(id);
      const key = playKey(from.side, itemId, atMs);
      if (!plays.has(key)) plays.set(key, { key, itemId, atMs, id, native });
    }
    context.progress("reading-source", rows);
  }
  return { plays, unsyncable, rows };
}

/** @throws {TypeError} the provider lost the collection since the pair was made */
export function logOf({ pair, from }: Pick<RunContext, "pair" | "from">): LogCollection {
  const collection = from.provider.collections[pair.sync_type];
  if (collection?.shape !== "log") throw new TypeError(`${from.provider.name} has no such log`);
  return collection;
}
