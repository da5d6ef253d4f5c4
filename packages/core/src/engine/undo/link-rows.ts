import type { Row } from "../../ports/index.ts";
import { ItemIdBook } from "../links/item-id-book.ts";
import { turnedState } from "../links/link-states.ts";
import type { LinkPrecondition, MatchInfo, Side } from "../plans/plan.ts";
import type { RunContext } from "../runs/run-context.ts";

export type LinkRow = Row<"links">;

const PAGE = 500;

/** The links of a pair that some items have to do with. */
export class LinkRows {
  readonly #byKey: ReadonlyMap<string, LinkRow>;
  readonly #byId: { readonly [S in Side]: ReadonlyMap<string, readonly LinkRow[]> };
  readonly #book: ItemIdBook;
  readonly #context: RunContext;

  private constructor(context: RunContext, rows: readonly LinkRow[], book: ItemIdBook) {
    this.#context = context;
    this.#book = book;
    this.#byKey = new Map(rows.map((row) => [row.link_key, row]));
    this.#byId = { source: rowsById(rows, "source_id"), target: rowsById(rows, "target_id") };
  }

  static async read(
    context: RunContext,
    wanted: { readonly keys: readonly string[]; readonly ids: { readonly [S in Side]: readonly string[] } },
  ): Promise<LinkRows> {
    const { storage } = context.parts;
    const rows = new Map<string, LinkRow>();
    const read = async (column: "link_key" | "source_id" | "target_id", values: readonly string[]) => {
      for (let start = 0; start < values.length; start += PAGE) {
        const where = { pair_id: context.pair.id, [column]: { in: values.slice(start, start + PAGE) } };
        for (const row of await storage.select({ table: "links", where })) rows.set(row.link_key, row);
      }
    };
    await read("link_key", wanted.keys);
    await read("source_id", wanted.ids.source);
    await read("target_id", wanted.ids.target);
    const book = new ItemIdBook(context);
    await book.openLinks([...rows.keys()]);
    return new LinkRows(context, [...rows.values()], book);
  }

  get(key: string): LinkRow | undefined {
    return this.#byKey.get(key);
  }

  /** The links of an item, the primary one first. */
  of(side: Side, key: string): readonly LinkRow[] {
    return [...(this.#byId[side].get(key) ?? [])].sort(
      (one, other) => Number(one.alias) - Number(other.alias) || (one.link_key < other.link_key ? -1 : 1),
    );
  }

  /** What the link must still be when what is planned is carried out. */
  precondition(row: LinkRow): LinkPrecondition {
    const { from } = this.#context;
    const [aKey, bKey] = from.side === "source" ? [row.source_id, row.target_id] : [row.target_id, row.source_id];
    const state = turnedState(row.state, from.side);
    return {
      key: row.link_key,
      generation: row.generation,
      ...(state === "superseded" || state === "oscillating" || state === "dropped" ? {} : { state }),
      ...(aKey === null ? {} : { fromId: this.#book.id("a", aKey) }),
      ...(bKey === null ? {} : { toId: this.#book.id("b", bKey) }),
    };
  }
}

function rowsById(
  rows: readonly LinkRow[],
  column: "source_id" | "target_id",
): ReadonlyMap<string, readonly LinkRow[]> {
  return Map.groupBy(
    rows.filter((row) => row[column] !== null),
    (row) => row[column] ?? "",
  );
}

export function matchOf({ matched_by, confidence }: LinkRow): MatchInfo | undefined {
  return matched_by === null || confidence === null ? undefined : { by: matched_by, confidence };
}
