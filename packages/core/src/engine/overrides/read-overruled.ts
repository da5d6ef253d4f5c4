import type { Row } from "../../ports/index.ts";
import type { RunContext } from "../runs/run-context.ts";
import { type Decided, Overruled } from "./overruled.ts";

const PAGE = 2_000;

/** What is stored of one side of an override. */
type StoredSide = { readonly key: string | null; readonly sealed: string | null };

/** A user's decisions about the services of a run, and the ids behind their stored keys. */
export interface ReadOverruled {
  readonly overruled: Overruled;
  /** The ids of B, or of A, behind stored keys that the decisions name. */
  open(side: "a" | "b", keys: Iterable<string>): Promise<ReadonlyMap<string, string>>;
}

/**
 * Reads what the user decided about the two services, in ranges; one query where there is nothing. Links are held
 * against all of it, so it is not asked for item by item.
 */
export async function readOverruled(context: RunContext, itemKind: string): Promise<ReadOverruled> {
  const { pair, from, to } = context;
  const services = [from.provider.name, to.provider.name] as const;
  const rows = await readRows(context, itemKind, services);
  const sealed = { a: new Map<string, Row<"match_overrides">>(), b: new Map<string, Row<"match_overrides">>() };
  const decided = rows.flatMap((row): Decided[] => {
    // Of two accounts of one service, each item may be on either side.
    const straight = row.service_a === services[0];
    const turned = row.service_a === services[1];
    const views = [...(straight ? [false] : []), ...(turned ? [true] : [])];
    return views.flatMap((isTurned): Decided[] => {
      const a = isTurned ? row.id_b : row.id_a;
      const b = isTurned ? row.id_a : row.id_b;
      if (a !== null) sealed.a.set(a, row);
      if (b !== null) sealed.b.set(b, row);
      const { verdict } = row;
      if (verdict === "none") {
        if (a !== null) return [{ verdict, side: "a", id: a }];
        return b === null ? [] : [{ verdict, side: "b", id: b }];
      }
      return a === null || b === null ? [] : [{ verdict, a, b }];
    });
  });
  const open: ReadOverruled["open"] = async (side, keys) => {
    const { ids } = side === "a" ? from : to;
    const known = [...new Set(keys)].flatMap((key) => {
      const row = sealed[side].get(key);
      return row ? [[key, row] as const] : [];
    });
    const opened = await Promise.all(
      known.map(async ([key, row]) => {
        const column = row.id_a === key ? "sealed_a" : "sealed_b";
        const owner = { tenant_id: pair.tenant_id, id: row.id };
        const stored: StoredSide & { key: string } = { key, sealed: row[column] };
        const [id = key] = await ids.open([stored], { table: "match_overrides", column, owner });
        return [key, id] as const;
      }),
    );
    return new Map(opened);
  };
  return { overruled: new Overruled(decided), open };
}

/** The latest decision first. */
async function readRows(
  { parts, pair }: RunContext,
  item_kind: string,
  services: readonly [string, string],
): Promise<readonly Row<"match_overrides">[]> {
  const [service_a, service_b] = services.toSorted(byCodeUnit) as [string, string];
  const rows: Row<"match_overrides">[] = [];
  for (let after: string[] | undefined; ; ) {
    const page = await parts.storage.select({
      table: "match_overrides",
      where: { tenant_id: pair.tenant_id, user_id: pair.user_id, item_kind, service_a, service_b },
      orderBy: ["id"],
      limit: PAGE,
      ...(after ? { after } : {}),
    });
    rows.push(...page);
    const last = page.at(-1);
    if (!last || page.length < PAGE) break;
    after = [last.id];
  }
  return rows.sort((left, right) => right.created_at - left.created_at || byCodeUnit(left.id, right.id));
}

/** In what order the services, and the ids of one, stand in a row. */
export function byCodeUnit(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
