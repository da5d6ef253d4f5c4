import { z } from "zod";
import { InvalidRequestError } from "../../errors/index.ts";
import type { Row } from "../../ports/index.ts";
import type { ConflictPolicy } from "../../reconcile/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { Side } from "../plans/plan.ts";
import type { PairOwner } from "../requests/pairs.ts";
import { parseOwner, parseWith } from "../requests/request.ts";

/** What a side of a conflict was when it was found: hashes and times, no content. */
export interface ConflictSide {
  /** The item's id there, as stored: the id, or its keyed hash where ids are sealed. */
  readonly itemId?: string;
  readonly deleted: boolean;
  readonly checksum?: string;
  readonly version?: string;
  /** By the service's own clock, in ms since the epoch. */
  readonly modifiedAtMs?: number;
}

/** An item that both sides changed: who won, or that nobody has yet. */
export interface ConflictInfo {
  readonly id: string;
  readonly pairId: string;
  /** What the source did first: `delete-edit` means deleted on the source and edited on the target. */
  readonly kind: Row<"conflicts">["kind"];
  /** `overwrite`: settled by the policy of that name, which asks nobody. */
  readonly loggedAs: Row<"conflicts">["logged_as"];
  readonly state: "open" | "resolved";
  readonly policy: ConflictPolicy;
  /** What a person decided; the pair's next run does it. */
  readonly decision?: Side;
  readonly resolution?: NonNullable<Row<"conflicts">["resolution"]>;
  readonly source: ConflictSide;
  readonly target: ConflictSide;
  readonly jobId: string;
  readonly foundAtMs: number;
  readonly resolvedAtMs?: number;
}

export interface ListConflicts extends PairOwner {
  readonly pairId?: string;
  /** Default `open`. */
  readonly state?: "open" | "resolved";
  /** At most so many; default 100. */
  readonly limit?: number;
  /** Only those behind this one, in the order of their finding. */
  readonly after?: string;
}

export interface ConflictRef extends PairOwner {
  readonly conflictId: string;
}

const handle = z.string().min(1).max(200);
const listSchema = z.object({
  pairId: handle.optional(),
  state: z.enum(["open", "resolved"]).optional(),
  limit: z.int().positive().max(1_000).optional(),
  after: handle.optional(),
});
const decideSchema = z.object({ conflictId: handle, winner: z.enum(["source", "target"]) });

/** Conflicts that a run has recorded, for a person to see and to decide [ENG-4]. */
export class Conflicts {
  readonly #parts: EngineParts;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** In the order in which they were found. */
  async list(request: ListConflicts): Promise<ConflictInfo[]> {
    const { tenantId, userId } = parseOwner(request);
    const { pairId, state = "open", limit = 100, after } = parseWith(listSchema, request, "request");
    const last = after === undefined ? undefined : await this.#read({ tenantId, userId, conflictId: after });
    const rows = await this.#parts.storage.select({
      table: "conflicts",
      where: { tenant_id: tenantId, user_id: userId, state, ...(pairId === undefined ? {} : { pair_id: pairId }) },
      orderBy: ["created_at", "id"],
      limit,
      ...(last ? { after: [last.created_at, last.id] } : {}),
    });
    return await this.#describe(rows);
  }

  /** @throws {InvalidRequestError} `conflict.unknown`, also for another user's */
  async get(ref: ConflictRef): Promise<ConflictInfo> {
    const [info] = await this.#describe([await this.#read(ref)]);
    if (!info) throw new InvalidRequestError("conflict.unknown", { conflictId: ref.conflictId });
    return info;
  }

  /**
   * Lets one side win. The pair's next run makes the other side what this one is, if both still are what they were when
   * the conflict was found; else it is decided again by the pair's policy.
   * @throws {InvalidRequestError} `conflict.unknown`; `conflict.resolved`: it has ended by itself meanwhile
   */
  async decide(ref: ConflictRef & { readonly winner: Side }): Promise<void> {
    const { conflictId, winner } = parseWith(decideSchema, ref, "request");
    const { id } = await this.#read(ref);
    const now = this.#parts.clock.now();
    const result = await this.#parts.storage.write({
      guards: [{ table: "conflicts", where: { id, state: "open" }, must: "exist" }],
      statements: [{ update: "conflicts", set: { decision: winner, decided_at: now, updated_at: now }, where: { id } }],
    });
    if (!result.applied) throw new InvalidRequestError("conflict.resolved", { conflictId });
  }

  async #read(ref: ConflictRef): Promise<Row<"conflicts">> {
    const { tenantId, userId } = parseOwner(ref);
    const { conflictId } = parseWith(z.object({ conflictId: handle }), ref, "request");
    const [row] = await this.#parts.storage.select({
      table: "conflicts",
      where: { id: conflictId, tenant_id: tenantId, user_id: userId },
    });
    if (!row) throw new InvalidRequestError("conflict.unknown", { conflictId: conflictId.slice(0, 80) });
    return row;
  }

  async #describe(rows: readonly Row<"conflicts">[]): Promise<ConflictInfo[]> {
    const links = new Map<string, Pick<Row<"links">, "source_id" | "target_id">>();
    for (const [pair_id, ofPair] of Map.groupBy(rows, (row) => row.pair_id)) {
      const found = await this.#parts.storage.select({
        table: "links",
        columns: ["link_key", "source_id", "target_id"],
        where: { pair_id, link_key: { in: ofPair.map(({ link_key }) => link_key) } },
      });
      for (const link of found) links.set(`${pair_id} ${link.link_key}`, link);
    }
    return rows.map((row) => {
      const link = links.get(`${row.pair_id} ${row.link_key}`);
      return toInfo(row, link?.source_id ?? undefined, link?.target_id ?? undefined);
    });
  }
}

function toInfo(row: Row<"conflicts">, sourceId: string | undefined, targetId: string | undefined): ConflictInfo {
  return {
    id: row.id,
    pairId: row.pair_id,
    kind: row.kind,
    loggedAs: row.logged_as,
    state: row.state,
    policy: row.policy,
    source: toSide(sourceId, row.source_checksum, row.source_version, row.source_modified_at),
    target: toSide(targetId, row.target_checksum, row.target_version, row.target_modified_at),
    jobId: row.job_id,
    foundAtMs: row.created_at,
    ...(row.decision === null ? {} : { decision: row.decision }),
    ...(row.resolution === null ? {} : { resolution: row.resolution }),
    ...(row.resolved_at === null ? {} : { resolvedAtMs: row.resolved_at }),
  };
}

function toSide(
  itemId: string | undefined,
  checksum: string | null,
  version: string | null,
  modifiedAtMs: number | null,
): ConflictSide {
  return {
    ...(itemId === undefined ? {} : { itemId }),
    deleted: checksum === null,
    ...(checksum === null ? {} : { checksum }),
    ...(version === null ? {} : { version }),
    ...(modifiedAtMs === null ? {} : { modifiedAtMs }),
  };
}
