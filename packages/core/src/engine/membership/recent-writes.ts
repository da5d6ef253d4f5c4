import type { Row } from "../../ports/index.ts";
import type { SideLetter } from "../../reconcile/index.ts";
import { addressOf } from "../links/addresses.ts";
import type { Side } from "../plans/plan.ts";
import type { OpenSide, RunContext } from "../runs/run-context.ts";
import { membershipOf } from "./read-side.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Stored keys of items that were written so lately, by whichever pair, that listings may still show the state before. */
export interface Settling {
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
}

/** What our own writes of late mean for a new plan. */
export interface RecentWrites {
  readonly settling: { readonly [S in SideLetter]: Settling };
  /** Items that this pair took within 24 h because they were missing on this side; the guard counts them. */
  readonly removedLately: { readonly [S in SideLetter]: number };
}

export async function readRecentWrites(context: RunContext, now: number): Promise<RecentWrites> {
  const [a, b] = await Promise.all([recentOn(context, context.from, now), recentOn(context, context.to, now)]);
  return {
    settling: { a: a.settling, b: b.settling },
    // What was missing on one side was taken from the other.
    removedLately: { a: b.removed, b: a.removed },
  };
}

async function recentOn(context: RunContext, open: OpenSide, now: number) {
  const windowMs = membershipOf(context, open).write?.consistencyWindowMs ?? 0;
  const intents = await intentsSince(context, context.pair.id, open.side, now - DAY_MS);
  const recent = intents.filter(({ updated_at }) => updated_at > now - windowMs);
  // What another pair wrote to the same collection lags in the same listing.
  for (const other of windowMs > 0 ? context.others : []) {
    for (const side of ["source", "target"] as const) {
      if (addressOf(other, side) === open.address)
        recent.push(...(await intentsSince(context, other.id, side, now - windowMs)));
    }
  }
  // A call whose outcome nobody knows may have taken effect, so it unsettles as much as one that has.
  const unknown = (kind: "add" | "remove") =>
    recent.filter((intent) => intent.kind === kind && intent.state === "prepared");
  const known = (kind: "add" | "remove") => recent.filter((intent) => intent.kind === kind && intent.state === "done");
  const ids = async (kind: "add" | "remove", ...outcomes: Outcome[]) =>
    new Set([
      ...(await writtenIds(context, known(kind), outcomes)),
      ...(await writtenIds(context, unknown(kind), undefined)),
    ]);
  // What was taken back was asked for by name, and nothing was missing on the other side.
  const removals = intents.filter(({ kind, undo }) => kind === "remove" && !undo);
  return {
    settling: {
      added: await ids("add", "written", "already-there"),
      removed: await ids("remove", "written", "not-found"),
    },
    // What nobody knows of may have been removed, and for the guard that is as much.
    removed: (await writtenIds(context, removals, undefined, "refused")).length,
  };
}

async function intentsSince({ parts }: RunContext, pairId: string, side: Side, sinceMs: number) {
  return await parts.storage.select({
    table: "intents",
    columns: ["id", "kind", "state", "undo", "updated_at"],
    where: { pair_id: pairId, side, updated_at: { gt: sinceMs } },
  });
}

type Outcome = NonNullable<Row<"intent_items">["outcome"]>;

/** @param outcomes all of them if absent, also calls that were cut off; but never the one that is left out */
async function writtenIds(
  { parts }: RunContext,
  intents: readonly { readonly id: string }[],
  outcomes: readonly Outcome[] | undefined,
  leftOut?: Outcome,
): Promise<readonly string[]> {
  const written = new Set<string>();
  for (let start = 0; start < intents.length; start += 200) {
    const ids = intents.slice(start, start + 200).map(({ id }) => id);
    const items = await parts.storage.select({
      table: "intent_items",
      columns: ["written_id", "outcome"],
      where: { intent_id: { in: ids }, ...(outcomes ? { outcome: { in: outcomes } } : {}) },
    });
    for (const { written_id, outcome } of items) if (outcome === null || outcome !== leftOut) written.add(written_id);
  }
  return [...written];
}
