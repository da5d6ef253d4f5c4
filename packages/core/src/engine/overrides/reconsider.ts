import type { Statement } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { itemsOf, type OverrideRow, type User } from "./override-rows.ts";

const LOT = 500;
const unresolved = ["unmatched", "uncertain", "refused"] as const;
const standing = ["linked", "pending", "suppressed"] as const;

/**
 * Makes the next run of each pair look at what decisions that came or went are about, once, whatever probes say. What rests
 * without a counterpart is due at once. Where something is linked, the pair is read anew: its run holds its links against
 * what is decided by then.
 */
export async function reconsider(
  parts: EngineParts,
  user: User,
  rows: readonly OverrideRow[],
): Promise<readonly Statement[]> {
  const sides = await sidesOf(parts, user);
  const statements: Statement[] = [];
  const unsettled = new Set<string>();
  for (const { column, pairIds, keys } of lotsOf(sides, rows)) {
    const where = { pair_id: { in: pairIds }, [column]: { in: keys } };
    statements.push({ update: "links", set: { retry_at: 0 }, where: { ...where, state: { in: unresolved } } });
    const linked = await parts.storage.select({
      table: "links",
      columns: ["pair_id"],
      where: { ...where, state: { in: standing } },
    });
    for (const { pair_id } of linked) unsettled.add(pair_id);
  }
  for (const pairIds of inLots([...unsettled])) {
    statements.push({ update: "sync_cursors", set: { settled: false }, where: { pair_id: { in: pairIds } } });
  }
  return statements;
}

/** The side of a pair, by the services that it stands between. */
interface PairSide {
  readonly pairId: string;
  readonly column: "source_id" | "target_id";
  readonly service: string;
  readonly other: string;
}

async function sidesOf({ storage }: EngineParts, { tenantId, userId }: User): Promise<readonly PairSide[]> {
  const owner = { tenant_id: tenantId, user_id: userId };
  const connections = await storage.select({ table: "user_services", columns: ["id", "service"], where: owner });
  const serviceOf = new Map(connections.map(({ id, service }) => [id, service]));
  const pairs = await storage.select({
    table: "sync_pairs",
    columns: ["id", "source_connection_id", "target_connection_id"],
    where: owner,
  });
  return pairs.flatMap(({ id: pairId, source_connection_id, target_connection_id }): PairSide[] => {
    const [source, target] = [serviceOf.get(source_connection_id), serviceOf.get(target_connection_id)];
    if (source === undefined || target === undefined) return [];
    return [
      { pairId, column: "source_id", service: source, other: target },
      { pairId, column: "target_id", service: target, other: source },
    ];
  });
}

/** Items of one service in pairs with one other, in lots: there may be many pairs and many items. */
function* lotsOf(sides: readonly PairSide[], rows: readonly OverrideRow[]) {
  const keysOf = new Map<string, Set<string>>();
  for (const row of rows) {
    for (const { service, key } of itemsOf(row)) {
      const other = service === row.service_a ? row.service_b : row.service_a;
      const name = JSON.stringify([service, other]);
      keysOf.set(name, (keysOf.get(name) ?? new Set()).add(key));
    }
  }
  const groups = Map.groupBy(sides, ({ column, service, other }) => JSON.stringify([column, service, other]));
  for (const group of groups.values()) {
    const [first] = group;
    const keys = first && keysOf.get(JSON.stringify([first.service, first.other]));
    if (!first || !keys) continue;
    for (const pairIds of inLots(group.map(({ pairId }) => pairId))) {
      for (const lot of inLots([...keys])) yield { column: first.column, pairIds, keys: lot };
    }
  }
}

function inLots(values: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(values.length / LOT) }, (_, lot) => values.slice(lot * LOT, (lot + 1) * LOT));
}
