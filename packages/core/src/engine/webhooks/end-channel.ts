import { report } from "../../connections/connection-events.ts";
import { ServiceError } from "../../contract/index.ts";
import { InvalidRequestError, StorageError, SyncerError } from "../../errors/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { asRead, backOffMs, type ChannelRow, LOST_AFTER_MS, openResource } from "./channel-rows.ts";

/**
 * Takes a channel to deal with it; should this process end meanwhile, another one does after ten minutes.
 * @param status what becomes of it
 * @returns `undefined`: another process has it, or it has gone
 */
export async function claimChannel(
  { storage, clock }: EngineParts,
  row: ChannelRow,
  status = row.status,
): Promise<ChannelRow | undefined> {
  const now = clock.now();
  const set = { status, due_at: now + LOST_AFTER_MS, updated_at: now };
  const result = await storage.write({
    guards: [asRead(row)],
    statements: [{ update: "watch_channels", set, where: { id: row.id } }],
  });
  return result.applied ? { ...row, ...set } : undefined;
}

/**
 * - `stopped`: the service calls no more. `forgotten`: it had ended by itself
 * - `waits`: the service's own name of it is not known. A call of it may still tell; else it ends by itself
 */
export type Ending = "stopped" | "forgotten" | "waits";

/** Ends a channel that was claimed and is `stopping`: at the service, and here. */
export async function endChannel(parts: EngineParts, row: ChannelRow, signal: AbortSignal): Promise<Ending> {
  const { storage, clock, connections, registry } = parts;
  const where = { id: row.id, status: "stopping" } as const;
  const forget = () => storage.write({ statements: [{ delete: "watch_channels", where }] });
  if (row.expires_at <= clock.now()) {
    await forget();
    return "forgotten";
  }
  const resourceId = await openResource(parts, row);
  if (resourceId === undefined) {
    const set = { due_at: row.expires_at, updated_at: clock.now() };
    const still = { ...where, resource_sealed: null };
    await storage.write({ statements: [{ update: "watch_channels", set, where: still }] });
    return "waits";
  }
  const { webhooks } = registry.get(row.service);
  if (!webhooks) {
    const { service, sync_type: type } = row;
    throw new InvalidRequestError("request.type-unsupported", { service, type, access: "watch" });
  }
  const session = await connections.session({ tenantId: row.tenant_id, connectionId: row.connection_id, signal });
  await webhooks.stop(session, { channelId: row.id, resourceId }).catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
  await forget();
  return "stopped";
}

/** Ends a channel now, whatever state it is in. What fails is put off, and `renewDue` tries again. */
export async function endNow(parts: EngineParts, id: string, signal: AbortSignal): Promise<Ending | Failed> {
  const [row] = await parts.storage.select({ table: "watch_channels", where: { id } });
  const claimed = row && (await claimChannel(parts, row, "stopping"));
  if (!claimed) return row ? "waits" : "forgotten";
  try {
    return await endChannel(parts, claimed, signal);
  } catch (error) {
    return { failed: await putOff(parts, claimed, error) };
  }
}

export interface Failed {
  /** An error code. */
  readonly failed: string;
}

/**
 * Puts off what has failed; the longer, the more often it has.
 * @returns the code that tells of it
 * @throws {StorageError} it was the storage that failed
 */
export async function putOff(parts: EngineParts, row: ChannelRow, error: unknown): Promise<string> {
  if (error instanceof StorageError) throw error;
  const { storage, clock } = parts;
  const code = SyncerError.is(error) ? error.code : "unexpected";
  const { tenant_id: tenantId, service, connection_id: connectionId } = row;
  report(parts, { level: "warn", event: "channel.failed", tenantId, service, connectionId, code });
  const now = clock.now();
  const set = { attempts: row.attempts + 1, error_code: code, due_at: now + backOffMs(row.attempts), updated_at: now };
  await storage.write({
    statements: [{ update: "watch_channels", set, where: { id: row.id, status: row.status } }],
  });
  return code;
}

export function isGone(error: unknown): boolean {
  return error instanceof ServiceError && error.failure.kind === "not-found";
}
