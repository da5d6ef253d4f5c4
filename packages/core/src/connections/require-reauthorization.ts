import { AuthorizationError } from "../errors/index.ts";
import { announce } from "./connection-events.ts";
import type { ConnectionRow } from "./connection-rows.ts";
import type { ConnectionsOptions } from "./connections-options.ts";
import type { ReauthorizationReason } from "./reasons.ts";
import { audit, unchanged } from "./save-connection.ts";

/**
 * Marks a connection as needing a new consent and says so once. Nothing is deleted: services have been seen to call
 * good grants revoked during an outage.
 * @returns `false` if its tokens have changed since `row` was read, or it was marked already
 */
export async function requireReauthorization(
  options: ConnectionsOptions,
  row: ConnectionRow,
  reason: ReauthorizationReason,
): Promise<boolean> {
  const { id, tenant_id, user_id, service } = row;
  const result = await options.storage.write({
    guards: [
      unchanged(row),
      { table: "user_services", where: { id, state: { not: "needs-reauthorization" } }, must: "exist" },
    ],
    statements: [
      {
        update: "user_services",
        set: { state: "needs-reauthorization", state_reason: reason, updated_at: options.clock.now() },
        where: { id },
      },
      audit(options, "connection.reauthorization-required", row),
    ],
  });
  if (!result.applied) return false;
  const owner = { tenantId: tenant_id, userId: user_id, service };
  announce(options, { type: "connection.reauthorization-required", ...owner, connectionId: id, reason });
  return true;
}

/** @throws {AuthorizationError} `auth.reauthorization-required` */
export function assertAuthorized(row: ConnectionRow): void {
  if (row.state === "needs-reauthorization") throw reauthorizationError(row, row.state_reason ?? "grant-refused");
}

export function reauthorizationError({ service, id }: ConnectionRow, reason: string): AuthorizationError {
  return new AuthorizationError("auth.reauthorization-required", { service, connectionId: id, reason });
}
