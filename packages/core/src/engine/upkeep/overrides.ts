import { z } from "zod";
import { InvalidRequestError } from "../../errors/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { ImportResult, SetResult } from "../overrides/change-overrides.ts";
import {
  exportSchema,
  type MatchOverride,
  type OverrideInfo,
  type OverridesExport,
  overrideSchema,
} from "../overrides/override-form.ts";
import type { OverrideRow } from "../overrides/override-rows.ts";
import type { PairOwner } from "../requests/pairs.ts";
import { parseOwner, parseWith } from "../requests/request.ts";

export interface SetOptions {
  /**
   * Of `same`: what is the same as either item already stays so, so that several items of one service share one of the
   * other. Default `false`: it is replaced.
   */
  readonly alongside?: boolean;
}

export interface ListOverrides extends PairOwner {
  /** At most so many; default 100. */
  readonly limit?: number;
  /** Only those behind this one, in the order of their making. */
  readonly after?: string;
}

export interface OverrideRef extends PairOwner {
  readonly overrideId: string;
}

const handle = z.string().min(1).max(200);
const setSchema = z.object({ alongside: z.boolean().optional() });
const listSchema = z.object({ limit: z.int().positive().max(1_000).optional(), after: handle.optional() });
const PAGE = 1_000;

const loadChanges = () => import("../overrides/change-overrides.ts");
const loadRows = () => import("../overrides/override-rows.ts");

/**
 * What people have decided about matches, as ids [MAT-4]. Asked before the matcher, in both directions, in every pair of
 * the two services; the next run of each does what follows. Goes with the user, and with the last connection to a service.
 */
export class Overrides {
  readonly #parts: EngineParts;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /**
   * Decides about two items, or about one and a service that has none for it. Deciding again replaces; what cannot
   * stand beside the new decision goes, and is told.
   * @throws {InvalidRequestError} `service.unknown`; `request.invalid` with the place
   */
  async set(request: PairOwner & MatchOverride & SetOptions): Promise<SetResult> {
    const user = parseOwner(request);
    const override: MatchOverride = parseOverride(request);
    const { alongside = false } = parseWith(setSchema, request, "request");
    const { setOverride } = await loadChanges();
    return await setOverride(this.#parts, user, override, alongside);
  }

  /** In the order of their making. */
  async list(request: ListOverrides): Promise<OverrideInfo[]> {
    const { tenantId, userId } = parseOwner(request);
    const { limit = 100, after } = parseWith(listSchema, request, "request");
    const last = after === undefined ? undefined : await this.#read({ tenantId, userId, overrideId: after });
    const rows = await this.#parts.storage.select({
      table: "match_overrides",
      where: { tenant_id: tenantId, user_id: userId },
      orderBy: ["created_at", "id"],
      limit,
      ...(last ? { after: [last.created_at, last.id] } : {}),
    });
    const { toInfo } = await loadRows();
    return await Promise.all(rows.map((row) => toInfo(this.#parts, row)));
  }

  /**
   * Takes a decision back: the matcher decides again.
   * @throws {InvalidRequestError} `override.unknown`, also for another user's
   */
  async remove(ref: OverrideRef): Promise<void> {
    const row = await this.#read(ref);
    const { removeOverride } = await loadChanges();
    await removeOverride(this.#parts, parseOwner(ref), row);
  }

  /** All of a user's decisions, as JSON. */
  async export(owner: PairOwner): Promise<OverridesExport> {
    const user = parseOwner(owner);
    const overrides: OverridesExport["overrides"][number][] = [];
    for (let after: string | undefined; ; ) {
      const page = await this.list({ ...user, limit: PAGE, ...(after === undefined ? {} : { after }) });
      overrides.push(...page.map(({ overrideId: _, ...rest }) => rest));
      after = page.at(-1)?.overrideId;
      if (page.length < PAGE) return { format: "syncer.match-overrides", version: 1, overrides };
    }
  }

  /**
   * Takes over what was exported, here or elsewhere; at most 10,000 at once. All of it, or nothing if some of it is
   * wrong. What is there and cannot stand beside it goes, and is told.
   * @throws {InvalidRequestError} `request.invalid` with the place: no such format or version, or a contradiction within
   */
  async import(request: PairOwner & { readonly data: OverridesExport }): Promise<ImportResult> {
    const user = parseOwner(request);
    const data = parseWith(exportSchema, request.data, "data") as OverridesExport;
    const { importOverrides } = await loadChanges();
    return await importOverrides(this.#parts, user, data);
  }

  async #read(ref: OverrideRef): Promise<OverrideRow> {
    const { tenantId, userId } = parseOwner(ref);
    const { overrideId } = parseWith(z.object({ overrideId: handle }), ref, "request");
    const [row] = await this.#parts.storage.select({
      table: "match_overrides",
      where: { id: overrideId, tenant_id: tenantId, user_id: userId },
    });
    if (!row) throw new InvalidRequestError("override.unknown", { overrideId: overrideId.slice(0, 80) });
    return row;
  }
}

function parseOverride(request: unknown): MatchOverride {
  return parseWith(overrideSchema, request, "request") as MatchOverride;
}
