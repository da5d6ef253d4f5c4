import type { StoredItemId } from "../../crypto/index.ts";
import type { Row } from "../../ports/index.ts";
import type { Side } from "../plans/plan.ts";
import { openSideOf, type RunContext } from "../runs/run-context.ts";

/** One item that a run has written, as the journal has it. */
export interface WrittenItem {
  readonly side: Side;
  readonly kind: Row<"intents">["kind"];
  /** Of the first link that it was about; empty where it had none. */
  readonly linkKey: string;
  /** The item on `side`: as stored, and the service's own. */
  readonly key: string;
  readonly id: string;
  /** The service's own id of what it answers to on the other side. */
  readonly counterpartId?: string;
}

/** What a run has written for one pair. */
export interface Journal {
  readonly written: readonly WrittenItem[];
  /** What may have been written, by calls whose outcome nobody knows yet. */
  readonly open: readonly WrittenItem[];
  /** Stored keys of items that later runs have written. */
  readonly later: { readonly [S in Side]: ReadonlySet<string> };
}

const PAGE = 200;

type IntentRow = Row<"intents">;

/** Reads what a run has written, for each of these pairs that it has written for. */
export async function readJournals(
  context: RunContext,
  jobId: string,
  pairIds: readonly string[],
): Promise<ReadonlyMap<string, Journal>> {
  const { storage } = context.parts;
  const ofPair = { pair_id: context.pair.id, undoes: jobId };
  const undoings = await storage.select({ table: "sync_jobs", columns: ["id"], where: ofPair });
  // What an earlier attempt at undoing the same run has done is no reason to stop at it.
  const own = new Set([jobId, ...undoings.map(({ id }) => id)]);
  const journals = new Map<string, Journal>();
  const known = new Set(pairIds);
  const intents = (await storage.select({ table: "intents", where: { job_id: jobId } })).filter((each) =>
    known.has(each.pair_id),
  );
  for (const [pairId, mine] of Map.groupBy(intents, ({ pair_id }) => pair_id)) {
    // Each run of a pair has a greater number than the one before it, whatever its clock said.
    const fencing = { gte: Math.min(...mine.map((each) => each.fencing)) };
    const since = await storage.select({ table: "intents", where: { pair_id: pairId, fencing } });
    const last = Math.max(...mine.map((each) => each.fencing));
    const later = since.filter((each) => each.fencing > last && !own.has(each.job_id));
    journals.set(pairId, {
      written: await readItems(context, mine, ({ outcome }) => outcome === "written"),
      open: await readItems(
        context,
        mine.filter(({ state }) => state === "prepared"),
        ({ outcome }) => outcome === null || outcome === "unknown",
      ),
      later: {
        source: await keysWritten(context, later, "source"),
        target: await keysWritten(context, later, "target"),
      },
    });
  }
  return journals;
}

/** A list that was only rearranged counts as written, too: by a key that no item has. */
async function keysWritten(
  context: RunContext,
  intents: readonly IntentRow[],
  side: Side,
): Promise<ReadonlySet<string>> {
  const own = intents.filter((intent) => intent.side === side);
  const items = await itemsOf(context, own);
  const taken = items.filter(({ outcome }) => outcome !== "refused");
  const arranged = own.some(({ kind }) => kind === "arrange") ? [""] : [];
  return new Set([...taken.map(({ written_id }) => written_id), ...arranged]);
}

async function itemsOf({ parts }: RunContext, intents: readonly IntentRow[]): Promise<Row<"intent_items">[]> {
  const items: Row<"intent_items">[] = [];
  for (let start = 0; start < intents.length; start += PAGE) {
    const intent_id = { in: intents.slice(start, start + PAGE).map(({ id }) => id) };
    items.push(
      ...(await parts.storage.select({
        table: "intent_items",
        where: { intent_id },
        orderBy: ["intent_id", "position"],
      })),
    );
  }
  return items;
}

async function readItems(
  context: RunContext,
  intents: readonly IntentRow[],
  isWanted: (item: Row<"intent_items">) => boolean,
): Promise<readonly WrittenItem[]> {
  const byIntent = Map.groupBy(await itemsOf(context, intents), ({ intent_id }) => intent_id);
  const read = intents.map(async ({ id, tenant_id, side, kind }): Promise<WrittenItem[]> => {
    const items = (byIntent.get(id) ?? []).filter(isWanted);
    const owner = { tenant_id, intent_id: id };
    const written = openSideOf(context, side);
    const other = written === context.from ? context.to : context.from;
    const ids = await written.ids.open(
      items.map((item): StoredItemId => ({ key: item.written_id, sealed: item.written_sealed })),
      { table: "intent_items", column: "written_sealed", owner },
    );
    const answers = items.filter(({ counterpart_id }) => counterpart_id !== null);
    const opened = await other.ids.open(
      answers.map((item): StoredItemId => ({ key: item.counterpart_id ?? "", sealed: item.counterpart_sealed })),
      { table: "intent_items", column: "counterpart_sealed", owner },
    );
    const counterparts = new Map(answers.map((item, index) => [item, opened[index]]));
    return items.map((item, index) => {
      const counterpartId = counterparts.get(item);
      return {
        side,
        kind,
        linkKey: item.link_key,
        key: item.written_id,
        id: ids[index] ?? item.written_id,
        ...(counterpartId === undefined ? {} : { counterpartId }),
      };
    });
  });
  return (await Promise.all(read)).flat();
}
