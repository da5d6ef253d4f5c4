import { InvalidRequestError, SyncerError } from "../../errors/index.ts";
import type { Statement } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { contradicted, contradictionAmong } from "./contradictions.ts";
import type { MatchOverride, OverrideInfo, OverridesExport } from "./override-form.ts";
import { itemsOf, type OverrideRow, toInfo, toRow, type User } from "./override-rows.ts";
import { reconsider } from "./reconsider.ts";

const LOT = 500;

export interface SetOverrideResult {
  readonly override: OverrideInfo;
  /** Decisions that went because they cannot stand beside it. */
  readonly replaced: readonly OverrideInfo[];
}

export interface ImportOverridesResult {
  readonly imported: number;
  /** Decisions that were there and went because they cannot stand beside what was imported. */
  readonly replaced: readonly OverrideInfo[];
}

export async function setOverride(
  parts: EngineParts,
  user: User,
  override: MatchOverride,
  alongside: boolean,
): Promise<SetOverrideResult> {
  const row = await toRow(parts, user, override, parts.clock.now());
  const replaced = await store(parts, user, [row], alongside);
  return { override: await toInfo(parts, row), replaced };
}

export async function removeOverride(parts: EngineParts, user: User, row: OverrideRow): Promise<void> {
  await parts.storage.write({
    statements: [{ delete: "match_overrides", where: { id: row.id } }, ...(await reconsider(parts, user, [row]))],
  });
}

/** Checks all of it before anything is stored. Entries may stand beside each other, as they did where they come from. */
export async function importOverrides(
  parts: EngineParts,
  user: User,
  { overrides }: OverridesExport,
): Promise<ImportOverridesResult> {
  const rows: OverrideRow[] = [];
  for (const [place, each] of overrides.entries()) {
    rows.push(await atPlace(place, () => toRow(parts, user, each, each.createdAtMs ?? parts.clock.now())));
  }
  const clash = contradictionAmong(rows);
  if (clash) {
    const [earlier, later] = clash;
    throw refusal(later, `it contradicts data.overrides.${earlier}`);
  }
  const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
  return { imported: unique.length, replaced: await store(parts, user, unique, false) };
}

async function atPlace<T>(place: number, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    throw refusal(
      place,
      SyncerError.is(error) && "problem" in error.params ? `${error.params.problem}` : error.message,
    );
  }
}

function refusal(place: number, problem: string): InvalidRequestError {
  return new InvalidRequestError("request.invalid", { path: `data.overrides.${place}`, problem });
}

/** @returns what had to go */
async function store(
  parts: EngineParts,
  user: User,
  rows: readonly OverrideRow[],
  alongside: boolean,
): Promise<readonly OverrideInfo[]> {
  const stored = await readConcerned(parts, user, rows);
  // What stays the same as before is no contradiction to what is the same beside it.
  const wanted = new Set(rows.map(({ id }) => id));
  const gone = contradicted(stored, { rows, alongside });
  const replaced = await Promise.all(gone.map((row) => toInfo(parts, row)));
  const ids = [...new Set([...wanted, ...gone.map(({ id }) => id)])];
  const statements: Statement[] = [];
  for (let start = 0; start < ids.length; start += LOT) {
    statements.push({ delete: "match_overrides", where: { id: { in: ids.slice(start, start + LOT) } } });
  }
  if (rows.length > 0) statements.push({ insert: "match_overrides", rows });
  statements.push(...(await reconsider(parts, user, [...rows, ...gone])));
  await parts.storage.write({ statements });
  return replaced;
}

/** All that is stored about the items of these rows, for the same services. */
async function readConcerned(
  { storage }: EngineParts,
  { tenantId, userId }: User,
  rows: readonly OverrideRow[],
): Promise<readonly OverrideRow[]> {
  const found = new Map<string, OverrideRow>();
  const groups = Map.groupBy(rows, ({ item_kind, service_a, service_b }) =>
    JSON.stringify([item_kind, service_a, service_b]),
  );
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const { item_kind, service_a, service_b } = first;
    const where = { tenant_id: tenantId, user_id: userId, item_kind, service_a, service_b };
    const keys = [...new Set(group.flatMap(itemsOf).map(({ key }) => key))];
    for (let start = 0; start < keys.length; start += LOT) {
      const lot = { in: keys.slice(start, start + LOT) };
      for (const column of ["id_a", "id_b"] as const) {
        const page = await storage.select({ table: "match_overrides", where: { ...where, [column]: lot } });
        for (const row of page) found.set(row.id, row);
      }
    }
  }
  return [...found.values()];
}
