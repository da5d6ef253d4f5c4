import { eraseTenant, eraseUser, exportUser, type UserDataPage } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { PairOwner } from "../requests/pairs.ts";
import { parseOwner, parseTenant } from "../requests/request.ts";

export interface ErasureReport {
  /** Connections that were revoked at their service, and those whose service has no way to or failed. */
  readonly revoked: number;
  readonly notRevoked: number;
  /** Rows that went, without those that went with a row they belonged to. */
  readonly rows: number;
}

/** Everything stored about a user, to give back or to erase [STO-4]. */
export class UserData {
  readonly #parts: EngineParts;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** Page by page: ids, hashes, times, counts and states. What is sealed stays sealed. */
  export(owner: PairOwner): AsyncIterable<UserDataPage> {
    return exportUser(this.#parts.storage, parseOwner(owner));
  }

  /**
   * Revokes what the user granted and erases all that is stored about them. A run under way stops before its next
   * write, because what it would record belongs to nothing any more. A failed revocation keeps nothing.
   */
  async erase(owner: PairOwner): Promise<ErasureReport> {
    const user = parseOwner(owner);
    const { connections, storage } = this.#parts;
    let revoked = 0;
    let notRevoked = 0;
    for (const { id } of await connections.list(user)) {
      const { revocation } = await connections.disconnect({ ...user, connectionId: id });
      if (revocation === "revoked") revoked++;
      else if (revocation !== "nothing-to-revoke") notRevoked++;
    }
    return { revoked, notRevoked, rows: await eraseUser(storage, user) };
  }

  /** As `erase`, for all users of a tenant at once; its keys go too. Nothing is revoked at the services. */
  async eraseTenant(options: { readonly tenantId: string }): Promise<number> {
    const tenantId = parseTenant(options);
    const rows = await eraseTenant(this.#parts.storage, tenantId);
    this.#parts.hashes.forget(tenantId);
    return rows;
  }
}
