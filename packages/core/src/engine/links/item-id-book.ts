import { plainItemIds } from "../../crypto/index.ts";
import type { Row } from "../../ports/index.ts";
import type { OpenSide, RunContext } from "../runs/run-context.ts";

type SealedPair = Pick<Row<"links">, "link_key" | "source_id" | "source_sealed" | "target_id" | "target_sealed">;

/** From stored keys back to the services' own ids. Plain ids are their own key. */
export class ItemIdBook {
  readonly #known: { readonly [S in "a" | "b"]: Map<string, string> } = { a: new Map(), b: new Map() };
  readonly #context: RunContext;

  constructor(context: RunContext) {
    this.#context = context;
  }

  /** Learns an id that was read. */
  learn(side: "a" | "b", id: string): void {
    this.#known[side].set(this.#open(side).ids.key(id), id);
  }

  /** The id behind a stored key. */
  id(side: "a" | "b", storedKey: string): string {
    return this.#known[side].get(storedKey) ?? storedKey;
  }

  /** Opens, in ranges, the sealed ids of these links. */
  async openLinks(keys: readonly string[]): Promise<void> {
    const { from, to } = this.#context;
    if (from.ids === plainItemIds && to.ids === plainItemIds) return;
    for (let start = 0; start < keys.length; start += PAGE) {
      const rows = await this.#readSealed(keys.slice(start, start + PAGE));
      await this.#learnFrom("a", rows);
      await this.#learnFrom("b", rows);
    }
  }

  async #readSealed(keys: readonly string[]): Promise<SealedPair[]> {
    return await this.#context.parts.storage.select({
      table: "links",
      columns: ["link_key", "source_id", "source_sealed", "target_id", "target_sealed"],
      where: { pair_id: this.#context.pair.id, link_key: { in: keys } },
    });
  }

  async #learnFrom(side: "a" | "b", rows: readonly SealedPair[]): Promise<void> {
    const open = this.#open(side);
    const { pair } = this.#context;
    const source = open.side === "source";
    const stored = rows.flatMap((row) => {
      const key = source ? row.source_id : row.target_id;
      return key === null ? [] : [{ key, sealed: source ? row.source_sealed : row.target_sealed }];
    });
    const ids = await open.ids.open(stored, {
      table: "links",
      column: source ? "source_sealed" : "target_sealed",
      owner: { tenant_id: pair.tenant_id, pair_id: pair.id },
    });
    for (const [index, { key }] of stored.entries()) this.#known[side].set(key, ids[index] ?? key);
  }

  #open(side: "a" | "b"): OpenSide {
    return side === "a" ? this.#context.from : this.#context.to;
  }
}

const PAGE = 500;
