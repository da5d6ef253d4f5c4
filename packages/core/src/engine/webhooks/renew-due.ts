import { z } from "zod";
import { requireOn } from "../../connections/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { parseWith } from "../requests/request.ts";
import { type ChannelRow, collectionOfChannel, endOf, openAddress, openResource, replacedAt } from "./channel-rows.ts";
import { claimChannel, type Ending, endChannel, endNow, type Failed, isGone, putOff } from "./end-channel.ts";
import { openChannel } from "./open-channel.ts";
import { pairsOfChannel } from "./watched-collections.ts";

export interface RenewDueOptions {
  /** At most so many channels; default 100. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface RenewalReport {
  /** Channels in whose place there is a new one, or whose life was made longer. */
  readonly renewed: number;
  /** Channels that were stopped at their service. */
  readonly stopped: number;
  /** Channels that had ended by themselves. */
  readonly forgotten: number;
  /** What failed, by error code; it is tried again later, and until then the old channel goes on as long as it lives. */
  readonly failed: Readonly<Record<string, number>>;
  /** More were due than the limit allowed. */
  readonly more: boolean;
}

type Outcome = "renewed" | "overtaken" | Ending | Failed;

const nowSchema = z.int().min(0, "a time in ms since the epoch");
const optionsSchema = z.object({ limit: z.int().min(1).max(10_000).optional() });

/** Deals with every channel with which something is due, the longest due first. */
export async function renewDue(
  parts: EngineParts,
  nowMs: number,
  options: RenewDueOptions,
  signal: AbortSignal,
): Promise<RenewalReport> {
  const { limit = 100 } = parseWith(optionsSchema, options, "options");
  const due = await parts.storage.select({
    table: "watch_channels",
    where: { due_at: { lte: parseWith(nowSchema, nowMs, "now") } },
    orderBy: ["due_at", "id"],
    limit,
  });
  const tally = new Tally();
  for (const row of due) {
    if (signal.aborted) break;
    await dealWith(parts, row, tally, signal);
  }
  return { ...tally.counts, failed: Object.fromEntries(tally.failed), more: due.length === limit };
}

class Tally {
  readonly counts = { renewed: 0, stopped: 0, forgotten: 0 };
  readonly failed = new Map<string, number>();

  add(outcome: Outcome): void {
    if (typeof outcome !== "string") this.failed.set(outcome.failed, (this.failed.get(outcome.failed) ?? 0) + 1);
    else if (outcome !== "waits" && outcome !== "overtaken") this.counts[outcome] += 1;
  }
}

async function dealWith(parts: EngineParts, row: ChannelRow, tally: Tally, signal: AbortSignal): Promise<void> {
  const isWanted = row.status === "open" && (await pairsOfChannel(parts, row)).length > 0;
  if (isWanted) {
    const claimed = await claimChannel(parts, row);
    if (claimed) tally.add(await attempt(parts, claimed, () => renew(parts, claimed, tally, signal)));
    return;
  }
  const claimed = await claimChannel(parts, row, "stopping");
  if (claimed) tally.add(await attempt(parts, claimed, () => endChannel(parts, claimed, signal)));
}

/** One channel's failure is that channel's; only a storage that fails ends the whole call. */
async function attempt(parts: EngineParts, row: ChannelRow, act: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await act();
  } catch (error) {
    return { failed: await putOff(parts, row, error) };
  }
}

async function renew(parts: EngineParts, row: ChannelRow, tally: Tally, signal: AbortSignal): Promise<Outcome> {
  if (await lengthen(parts, row, signal)) return "renewed";
  const [collection, address] = [await collectionOfChannel(parts, row), await openAddress(parts, row)];
  if (!(await openChannel(parts, { collection, address, replaces: row }, signal))) return "overtaken";
  tally.add(await endNow(parts, row.id, signal));
  return "renewed";
}

/** @returns `false`: the service has no way to, or knows nothing of the channel any more */
async function lengthen(parts: EngineParts, row: ChannelRow, signal: AbortSignal): Promise<boolean> {
  const { webhooks } = parts.registry.get(row.service);
  const resourceId = await openResource(parts, row);
  if (!webhooks?.renew || resourceId === undefined || row.expires_at <= parts.clock.now()) return false;
  const { tenant_id: tenantId, connection_id: connectionId } = row;
  requireOn(await parts.connections.get({ tenantId, connectionId }));
  const session = await parts.connections.session({ tenantId, connectionId, signal });
  const ttlMs = webhooks.maxTtlMs;
  const renewed = await webhooks.renew(session, { channelId: row.id, resourceId, ttlMs }).catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
  if (!renewed) return false;
  const now = parts.clock.now();
  const expires_at = endOf(renewed.expiresAtMs, now, ttlMs);
  const set = { expires_at, due_at: replacedAt(now, expires_at), attempts: 0, error_code: null, updated_at: now };
  await parts.storage.write({
    statements: [{ update: "watch_channels", set, where: { id: row.id, status: "open" } }],
  });
  return true;
}
