import { mergeOrdered } from "../../ordered/index.ts";
import type { Row, Statement, StorageAdapter } from "../../ports/index.ts";
import type { Side } from "../plans/plan.ts";
import type { PairRow } from "./run-context.ts";

/** Entries in one row; small enough for any database. */
const PER_PART = 2_000;

/** A list as stored: keys of its entries, cut into parts. */
export function inParts(list: readonly string[]): readonly { readonly part: number; readonly entries: string }[] {
  const parts: { part: number; entries: string }[] = [];
  for (let start = 0; start < list.length; start += PER_PART) {
    parts.push({ part: parts.length, entries: JSON.stringify(list.slice(start, start + PER_PART)) });
  }
  return parts;
}

/** @param parts in their order */
export function fromParts(parts: readonly { readonly entries: string }[]): readonly string[] {
  // Checked when it was written: an array of strings.
  return parts.flatMap(({ entries }) => JSON.parse(entries) as string[]);
}

/** What a run has made of one list, as stored keys of entries. */
export interface RunList {
  /** Before its first call. */
  readonly before: readonly string[];
  /** What its calls lead to; where it was cut off, or something was refused, the list is on the way there. */
  readonly after: readonly string[];
}

interface Owner {
  readonly jobId: string;
  readonly pair: Pick<PairRow, "id" | "tenant_id">;
  readonly side: Side;
}

/**
 * A run is about to rearrange a list. Where it has begun with that before and somebody was there in between, what the list
 * was before the run has that person's changes in it, too.
 */
export async function runListStatements(
  storage: StorageAdapter,
  { jobId, pair, side }: Owner,
  { before, after }: RunList,
  now: number,
): Promise<Statement[]> {
  const of = { job_id: jobId, pair_id: pair.id, side };
  const known = (await readRunLists(storage, jobId, pair.id))[side];
  const was = known ? mergeOrdered({ base: known.after, a: known.before, b: before, winner: "b" }).merged : before;
  const own = { ...of, tenant_id: pair.tenant_id, created_at: now, updated_at: now };
  return [
    { delete: "run_lists", where: of },
    { insert: "run_lists", rows: [...rowsOf(own, "before", was), ...rowsOf(own, "after", after)] },
  ];
}

/** The calls of a run have come to this, and there will be no more of them. */
export function reachedStatements({ jobId, pair, side }: Owner, list: readonly string[], now: number): Statement[] {
  const of = { job_id: jobId, pair_id: pair.id, side };
  const own = { ...of, tenant_id: pair.tenant_id, created_at: now, updated_at: now };
  return [
    { delete: "run_lists", where: { ...of, moment: "after" } },
    { insert: "run_lists", rows: rowsOf(own, "after", list) },
  ];
}

type RunListRow = Row<"run_lists">;

function rowsOf(
  own: Omit<RunListRow, "moment" | "part" | "entries">,
  moment: RunListRow["moment"],
  list: readonly string[],
): RunListRow[] {
  // An empty list is a row as well: it tells that there was a list.
  const parts = list.length === 0 ? [{ part: 0, entries: "[]" }] : inParts(list);
  return parts.map((each) => ({ ...own, ...each, moment }));
}

/** The lists of one pair that a run has rearranged, by side. */
export async function readRunLists(
  storage: StorageAdapter,
  jobId: string,
  pairId: string,
): Promise<{ readonly [S in Side]?: RunList }> {
  const rows = await storage.select({
    table: "run_lists",
    columns: ["side", "moment", "entries"],
    where: { job_id: jobId, pair_id: pairId },
    orderBy: ["side", "moment", "part"],
  });
  const lists: { [S in Side]?: RunList } = {};
  for (const [side, own] of Map.groupBy(rows, (row) => row.side)) {
    const listOf = (moment: string) => fromParts(own.filter((row) => row.moment === moment));
    lists[side] = { before: listOf("before"), after: listOf("after") };
  }
  return lists;
}
