import { z } from "zod";
import type { AuditAct } from "../../crypto/index.ts";
import { InvalidRequestError } from "../../errors/index.ts";
import type { Row } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { PairOwner } from "../requests/pairs.ts";
import { parseOwner, parseWith } from "../requests/request.ts";

/** A security-relevant act: who it concerns, what, when; metadata only. */
export interface AuditEntry {
  readonly id: string;
  readonly act: AuditAct;
  readonly service?: string;
  /** Our handle of what was acted on, such as a connection. */
  readonly subjectId?: string;
  readonly atMs: number;
}

export interface AuditQuery extends PairOwner {
  /** At most so many, 1 to 500. Default 100. */
  readonly limit?: number;
  /** The id of the last entry of the page before. */
  readonly after?: string;
}

const querySchema = z.object({
  limit: z.int().min(1).max(500).optional(),
  after: z.string().min(1).max(200).optional(),
});

/** What was done with a user's connections and keys [OBS-3]; kept for a year. */
export class Audit {
  readonly #parts: EngineParts;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /**
   * A user's entries, youngest first.
   * @throws {InvalidRequestError} `request.invalid`: also where `after` is no entry of this user's
   */
  async list(query: AuditQuery): Promise<AuditEntry[]> {
    const { tenantId, userId } = parseOwner(query);
    const { limit = 100, after } = parseWith(querySchema, query, "request");
    const where = { tenant_id: tenantId, user_id: userId };
    const rows = await this.#parts.storage.select({
      table: "audit_log",
      where,
      orderBy: ["at", "id"],
      descending: true,
      limit,
      ...(after === undefined ? {} : { after: await this.#placeOf({ ...where, id: after }) }),
    });
    return rows.map(entryOf);
  }

  async #placeOf(where: { readonly tenant_id: string; readonly user_id: string; readonly id: string }) {
    const [last] = await this.#parts.storage.select({ table: "audit_log", where });
    if (last) return [last.at, last.id] as const;
    throw new InvalidRequestError("request.invalid", { path: "request.after", problem: "there is no such entry" });
  }
}

function entryOf({ id, act, service, subject_id, at }: Row<"audit_log">): AuditEntry {
  return {
    id,
    act: act as AuditAct,
    ...(service === null ? {} : { service }),
    ...(subject_id === null ? {} : { subjectId: subject_id }),
    atMs: at,
  };
}
