import { checkRequest, requestSchemas } from "./check-request.ts";
import { announce } from "./connection-events.ts";
import { type ConnectionRow, toInfo } from "./connection-rows.ts";
import type { ConnectionsOptions } from "./connections-options.ts";
import type { ConnectionInfo, Owner } from "./types.ts";

const DAY_MS = 86_400_000;
/** Spotify's advice is to ask in the fifth of six months. */
const WARN_BEFORE_MS = 30 * DAY_MS;

/** Connections whose authorization has a known end that comes within a time, soonest first; those past it included. */
export async function expiringSoon(
  { storage, clock }: ConnectionsOptions,
  filter: { readonly withinMs: number } & Partial<Owner>,
): Promise<ConnectionInfo[]> {
  checkRequest("connections.expiringSoon", requestSchemas.expiringSoon, filter);
  const { withinMs, tenantId, userId } = filter;
  const rows = await storage.select({
    table: "user_services",
    where: {
      ...(tenantId === undefined ? {} : { tenant_id: tenantId }),
      ...(userId === undefined ? {} : { user_id: userId }),
      state: { not: "needs-reauthorization" },
      refresh_expires_at: { lte: clock.now() + withinMs },
    },
    orderBy: ["refresh_expires_at", "id"],
  });
  return rows.map(toInfo);
}

/** Says so, at most once a day, process and connection, when a connection in use will end soon. */
export function createExpiryWarnings(options: ConnectionsOptions) {
  const warnedAtMs = new Map<string, number>();
  return {
    consider({ id, tenant_id, user_id, service, refresh_expires_at: endsAtMs }: ConnectionRow): void {
      const nowMs = options.clock.now();
      if (endsAtMs === null || endsAtMs - nowMs > WARN_BEFORE_MS) return;
      if (nowMs - (warnedAtMs.get(id) ?? Number.NEGATIVE_INFINITY) < DAY_MS) return;
      warnedAtMs.set(id, nowMs);
      announce(options, {
        type: "connection.expires-soon",
        tenantId: tenant_id,
        userId: user_id,
        service,
        connectionId: id,
        refreshExpiresAtMs: endsAtMs,
      });
    },
  };
}
