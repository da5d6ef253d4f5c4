import type { Row } from "../../ports/index.ts";
import type { SideLetter } from "../../reconcile/index.ts";
import { type RunContext, sideOf } from "../runs/run-context.ts";
import type { DocumentSides } from "./document-side.ts";
import type { SettlingDocuments } from "./side-state.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** What a service refused is not sent again for so long, as long as it stays the same. */
export const REFUSED_FOR_MS = 7 * DAY_MS;
/** The same content is written so often in a day; then the document rests. */
const LEAST_PATIENCE = 3;

/** What this pair's own writes of late mean for a new plan. */
export interface RecentDocuments {
  readonly settling: { readonly [S in SideLetter]: SettlingDocuments };
  /** Documents deleted within 24 h because they were missing on this side; the guard counts them. */
  readonly removedLately: { readonly [S in SideLetter]: number };
  /**
   * Whether exactly this was refused lately.
   * @param sent hashes of what the document was to become, or `delete`
   */
  wasRefused(linkKey: string, sent: string): boolean;
  /** How often exactly this was written within 24 h. */
  timesWritten(linkKey: string, meant: string): number;
  /** How often the same may be written in that time. No two pairs of a user are equally patient, see `patienceOf`. */
  readonly patience: number;
}

type Item = Pick<Row<"intent_items">, "intent_id" | "link_key" | "written_id" | "meant_fields" | "outcome">;

export async function readRecentDocuments(context: RunContext, sides: DocumentSides): Promise<RecentDocuments> {
  const { parts, pair } = context;
  const now = parts.clock.now();
  const intents = await parts.storage.select({
    table: "intents",
    columns: ["id", "side", "kind", "state", "undo", "updated_at"],
    where: { pair_id: pair.id, updated_at: { gt: now - REFUSED_FOR_MS } },
  });
  const items = await itemsOf(
    context,
    intents.map(({ id }) => id),
  );
  const refused = new Set<string>();
  const writes = new Map<string, number>();
  const settling = { a: emptySettling(), b: emptySettling() };
  const removed = { a: new Set<string>(), b: new Set<string>() };
  for (const { id, side, kind, state, undo, updated_at } of intents) {
    const letter = sideOf(context, "a").side === side ? "a" : "b";
    const windowMs = sides[letter].collection.write?.consistencyWindowMs ?? 0;
    for (const item of items.get(id) ?? []) {
      const sent = kind === "delete" ? kind : item.meant_fields;
      if (item.outcome === "refused") refused.add(`${item.link_key}\n${sent}`);
      const took = state === "prepared" || item.outcome === "written" || item.outcome === "not-found";
      if (took && item.written_id !== "" && updated_at > now - windowMs) {
        settling[letter][kind === "delete" ? "deleted" : "written"].add(item.written_id);
      }
      if (kind !== "delete" && item.outcome === "written" && updated_at > now - DAY_MS) {
        const what = `${item.link_key}\n${item.meant_fields}`;
        writes.set(what, (writes.get(what) ?? 0) + 1);
      }
      // A deletion whose answer was lost may have been made, and for the guard that is as much.
      const gone = kind === "delete" && !undo && item.outcome !== "refused" && updated_at > now - DAY_MS;
      if (gone) removed[letter].add(item.written_id);
    }
  }
  return {
    settling,
    // What was missing on one side was deleted on the other.
    removedLately: { a: removed.b.size, b: removed.a.size },
    wasRefused: (linkKey, sent) => refused.has(`${linkKey}\n${sent}`),
    timesWritten: (linkKey, meant) => writes.get(`${linkKey}\n${meant}`) ?? 0,
    patience: patienceOf(context),
  };
}

/**
 * Where pairs form a ring, different edits at each of its services may chase each other round it for ever. One pair that
 * rests is enough to end that, and all of them would leave everything as it is: so each is more patient than the one
 * before it.
 */
function patienceOf({ pair, others }: RunContext): number {
  return LEAST_PATIENCE + others.filter(({ id }) => id < pair.id).length;
}

function emptySettling() {
  return { written: new Set<string>(), deleted: new Set<string>() };
}

async function itemsOf({ parts }: RunContext, ids: readonly string[]): Promise<ReadonlyMap<string, readonly Item[]>> {
  const items: Item[] = [];
  for (let start = 0; start < ids.length; start += 200) {
    items.push(
      ...(await parts.storage.select({
        table: "intent_items",
        columns: ["intent_id", "link_key", "written_id", "meant_fields", "outcome"],
        where: { intent_id: { in: ids.slice(start, start + 200) } },
      })),
    );
  }
  return Map.groupBy(items, ({ intent_id }) => intent_id);
}
