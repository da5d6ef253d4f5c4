import { z } from "zod";
import { InvalidRequestError } from "../../errors/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { PairOwner } from "../requests/pairs.ts";
import { parseOwner, parseWith } from "../requests/request.ts";
import type { ListOverrides, OverrideRef, SetOverrideOptions } from "../upkeep/overrides.ts";
import {
  type ImportOverridesResult,
  importOverrides,
  removeOverride,
  type SetOverrideResult,
  setOverride,
} from "./change-overrides.ts";
import {
  exportSchema,
  type MatchOverride,
  type OverrideInfo,
  type OverridesExport,
  overrideSchema,
} from "./override-form.ts";
import { type OverrideRow, toInfo } from "./override-rows.ts";

const handle = z.string().min(1).max(200);
const setSchema = z.object({ alongside: z.boolean().optional() });
const listSchema = z.object({ limit: z.int().positive().max(1_000).optional(), after: handle.optional() });
const PAGE = 1_000;

/** @see Overrides.set */
export async function set(
  parts: EngineParts,
  request: PairOwner & MatchOverride & SetOverrideOptions,
): Promise<SetOverrideResult> {
  const user = parseOwner(request);
  const override = parseWith(overrideSchema, request, "request") as MatchOverride;
  const { alongside = false } = parseWith(setSchema, request, "request");
  return await setOverride(parts, user, override, alongside);
}

/** @see Overrides.list */
export async function list(parts: EngineParts, request: ListOverrides): Promise<OverrideInfo[]> {
  const { tenantId, userId } = parseOwner(request);
  const { limit = 100, after } = parseWith(listSchema, request, "request");
  const last = after === undefined ? undefined : await read(parts, { tenantId, userId, overrideId: after });
  const rows = await parts.storage.select({
    table: "match_overrides",
    where: { tenant_id: tenantId, user_id: userId },
    orderBy: ["created_at", "id"],
    limit,
    ...(last ? { after: [last.created_at, last.id] } : {}),
  });
  return await Promise.all(rows.map((row) => toInfo(parts, row)));
}

/** @see Overrides.remove */
export async function remove(parts: EngineParts, ref: OverrideRef): Promise<void> {
  const row = await read(parts, ref);
  await removeOverride(parts, parseOwner(ref), row);
}

/** @see Overrides.export */
export async function exportAll(parts: EngineParts, owner: PairOwner): Promise<OverridesExport> {
  const user = parseOwner(owner);
  const overrides: OverridesExport["overrides"][number][] = [];
  for (let after: string | undefined; ; ) {
    const page = await list(parts, { ...user, limit: PAGE, ...(after === undefined ? {} : { after }) });
    overrides.push(...page.map(({ overrideId: _, ...rest }) => rest));
    after = page.at(-1)?.overrideId;
    if (page.length < PAGE) return { format: "syncer.match-overrides", version: 1, overrides };
  }
}

/** @see Overrides.import */
export async function importAll(
  parts: EngineParts,
  request: PairOwner & { readonly data: OverridesExport },
): Promise<ImportOverridesResult> {
  const user = parseOwner(request);
  const data = parseWith(exportSchema, request.data, "data") as OverridesExport;
  return await importOverrides(parts, user, data);
}

async function read({ storage }: EngineParts, ref: OverrideRef): Promise<OverrideRow> {
  const { tenantId, userId } = parseOwner(ref);
  const { overrideId } = parseWith(z.object({ overrideId: handle }), ref, "request");
  const [row] = await storage.select({
    table: "match_overrides",
    where: { id: overrideId, tenant_id: tenantId, user_id: userId },
  });
  if (!row) throw new InvalidRequestError("override.unknown", { overrideId: overrideId.slice(0, 80) });
  return row;
}
