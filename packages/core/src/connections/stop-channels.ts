import type { ChannelRef, Session, WebhookCapability } from "../contract/index.ts";
import { sealContext } from "../crypto/index.ts";
import { SyncerError } from "../errors/index.ts";
import { report } from "./connection-events.ts";
import type { ConnectionRow } from "./connection-rows.ts";
import type { ConnectionsOptions } from "./connections-options.ts";

/**
 * Stops the channels by which a service calls about a connection, as long as its tokens are there. What cannot be stopped now
 * ends by itself, and until then calls about a channel that nobody knows.
 */
export async function stopChannels(
  options: ConnectionsOptions,
  row: ConnectionRow,
  openSession: () => Promise<Session>,
): Promise<void> {
  try {
    const { webhooks } = options.providers.get(row.service);
    const channels = webhooks ? await openChannels(options, row) : [];
    if (!webhooks || channels.length === 0) return;
    const session = await openSession();
    await Promise.all(channels.map((channel) => stopOne(options, row, webhooks, session, channel)));
  } catch (error) {
    reportFailure(options, row, error);
  }
}

async function openChannels(
  { storage, encryption, clock }: ConnectionsOptions,
  { id, tenant_id }: ConnectionRow,
): Promise<ChannelRef[]> {
  const rows = await storage.select({
    table: "watch_channels",
    where: { connection_id: id, tenant_id, expires_at: { gt: clock.now() } },
  });
  const known = rows.flatMap((row) => (row.resource_sealed === null ? [] : [{ row, sealed: row.resource_sealed }]));
  return await Promise.all(
    known.map(async ({ row, sealed }) => ({
      channelId: row.id,
      resourceId: await encryption.open(sealed, sealContext("watch_channels", "resource_sealed", row)),
    })),
  );
}

async function stopOne(
  options: ConnectionsOptions,
  row: ConnectionRow,
  webhooks: WebhookCapability,
  session: Session,
  channel: ChannelRef,
): Promise<void> {
  try {
    await webhooks.stop(session, channel);
  } catch (error) {
    reportFailure(options, row, error);
  }
}

function reportFailure(options: ConnectionsOptions, row: ConnectionRow, error: unknown): void {
  report(options, {
    level: "warn",
    event: "channel.failed",
    tenantId: row.tenant_id,
    service: row.service,
    connectionId: row.id,
    code: SyncerError.is(error) ? error.code : "unexpected",
  });
}
