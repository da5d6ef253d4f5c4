import { z } from "zod";
import { report } from "../../connections/connection-events.ts";
import type { ChannelNotice, WebhookCapability, WebhookDelivery } from "../../contract/index.ts";
import { InvalidRequestError } from "../../errors/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { parseWith } from "../requests/request.ts";
import { inRanges } from "../runs/in-ranges.ts";
import type { PairRow } from "../runs/run-context.ts";
import { type ChannelRow, sealResource } from "./channel-rows.ts";
import { pairsOfChannel } from "./watched-collections.ts";

/** A request that came in at a channel's address, as the host got it. */
export interface ReceiveRequest {
  readonly service: string;
  /** The address that was called, with its query: some services prove in it that they may call. */
  readonly url?: string;
  readonly headers: HeadersInit;
  /** As it came, byte for byte. Absent: there was none. */
  readonly body?: Uint8Array;
}

/**
 * What became of a delivery. `not-understood` (400): it has not the form of that service's. `not-verified` (401): no channel that we
 * opened there, or not its secret.
 */
export type WebhookReceipt =
  | {
      readonly accepted: true;
      /** Pairs that were given a job. */
      readonly pairIds: readonly string[];
      /** It came before, and this time woke nobody. */
      readonly repeated?: true;
      /** To be sent back as plain text, with 200: what the service asks for before it calls. */
      readonly reply?: string;
    }
  | { readonly accepted: false; readonly reason: "not-understood" | "not-verified" };

/** Queues a run of each pair, which waits for more to come. */
export type Wake = (pairs: readonly PairRow[]) => Promise<void>;

/** More than any service puts into one delivery. */
const MOST_NOTICES = 1_000;
const CHANNELS_AT_ONCE = 200;

const requestSchema = z.object({
  service: z.string(),
  url: z
    .string()
    .max(8_000)
    .refine((url) => URL.canParse(url), "a whole address is expected")
    .optional(),
  body: z.instanceof(Uint8Array, { error: "the bytes of the body are expected" }).optional(),
});
const noticesSchema = z
  .array(
    z.object({
      channelId: z.string().min(1).max(64),
      token: z.string().max(500),
      resourceId: z.string().min(1).max(2_000).optional(),
      state: z.enum(["opened", "changed", "gone"]),
    }),
  )
  .max(MOST_NOTICES);

interface Heard {
  readonly row: ChannelRow;
  readonly notice: ChannelNotice;
}

/**
 * Takes in a delivery. It wakes the pairs of the collection, and nothing of it but its channel counts: one that comes late, twice or
 * out of order finds a run that reads for itself.
 */
export async function receive(parts: EngineParts, request: ReceiveRequest, wake: Wake): Promise<WebhookReceipt> {
  const { service, url, body = new Uint8Array() } = parseWith(requestSchema, request, "request");
  const provider = parts.registry.get(service);
  const { name, webhooks } = provider;
  const headers = parseHeaders(request.headers);
  const reply = url === undefined ? undefined : handshake(webhooks, new URL(url));
  if (reply !== undefined) return { accepted: true, pairIds: [], reply };
  if (parts.webhookSecrets.has(name) && headers.has("webhook-signature")) {
    const { receiveSigned } = await import("./receive-signed.ts");
    const receipt = await receiveSigned(parts, provider, { headers, body }, wake);
    return receipt.accepted ? receipt : refuse(parts, name, receipt.reason);
  }
  const notices = webhooks && read(webhooks, { headers, body });
  if (!notices) return refuse(parts, name, "not-understood");
  const heard = await verify(parts, name, notices);
  if (heard.length === 0) return refuse(parts, name, "not-verified");
  await note(parts, heard);
  const pairs = new Map<string, PairRow>();
  for (const { row } of changed(heard)) {
    for (const pair of await pairsOfChannel(parts, row)) if (pair.state === "active") pairs.set(pair.id, pair);
  }
  await wake([...pairs.values()]);
  return { accepted: true, pairIds: [...pairs.keys()] };
}

function parseHeaders(headers: HeadersInit): Headers {
  try {
    return new Headers(headers);
  } catch {
    throw new InvalidRequestError("request.invalid", {
      path: "request.headers",
      problem: "not the headers of a request",
    });
  }
}

function refuse(
  parts: EngineParts,
  service: string,
  reason: Extract<WebhookReceipt, { readonly accepted: false }>["reason"],
): WebhookReceipt {
  report(parts, { level: "warn", event: "webhook.refused", service, code: reason });
  return { accepted: false, reason };
}

/** What a service wants to hear before it calls, as far as that is text that no browser takes for anything else. */
function handshake(webhooks: WebhookCapability | undefined, url: URL): string | undefined {
  try {
    const reply = webhooks?.handshake?.(url);
    return typeof reply === "string" && /^[\x20-\x7e]{1,2000}$/.test(reply) ? reply : undefined;
  } catch {
    return undefined;
  }
}

/** @returns `undefined`: it is no delivery of that service. Anybody may have sent it, so nothing that it holds can be an error. */
function read(webhooks: WebhookCapability, delivery: WebhookDelivery): readonly ChannelNotice[] | undefined {
  try {
    const said = webhooks.read(delivery);
    if (said === undefined) return undefined;
    const result = noticesSchema.safeParse([said].flat());
    return result.success && result.data.length > 0 ? (result.data as readonly ChannelNotice[]) : undefined;
  } catch {
    return undefined;
  }
}

/** The notices that come from whom we gave the secret of their channel to. */
async function verify(parts: EngineParts, service: string, notices: readonly ChannelNotice[]): Promise<Heard[]> {
  const ids = [...new Set(notices.map(({ channelId }) => channelId))];
  const rows = new Map<string, ChannelRow>();
  for (const id of inRanges(ids, CHANNELS_AT_ONCE)) {
    const found = await parts.storage.select({ table: "watch_channels", where: { id: { in: id }, service } });
    for (const row of found) rows.set(row.id, row);
  }
  const heard: Heard[] = [];
  for (const notice of notices) {
    const row = rows.get(notice.channelId);
    if (!row) continue;
    const shown = (await parts.hashes.forTenant(row.tenant_id)).hash("channel-token", notice.token);
    if (isSame(shown, row.token_hash)) heard.push({ row, notice });
  }
  return heard;
}

/** In a time that does not tell where two hashes begin to differ. */
function isSame(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let at = 0; at < left.length; at++) difference |= left.charCodeAt(at) ^ right.charCodeAt(at);
  return difference === 0;
}

/** Channels about which something was said that is worth a look. */
function changed(heard: readonly Heard[]): readonly Heard[] {
  const worth = heard.filter(({ notice }) => notice.state !== "opened");
  return [...new Map(worth.map((one) => [one.row.id, one])).values()];
}

/** Remembers what it tells of the channel itself: its name at the service, and that it is no more. */
async function note(parts: EngineParts, heard: readonly Heard[]): Promise<void> {
  const now = parts.clock.now();
  for (const { row, notice } of heard) {
    const { id, resource_sealed } = row;
    if (resource_sealed === null && notice.resourceId !== undefined) {
      const set = { resource_sealed: await sealResource(parts, row, notice.resourceId), updated_at: now };
      const where = { id, resource_sealed: null };
      await parts.storage.write({
        statements: [
          // One that waits to be stopped can be now.
          { update: "watch_channels", set: { ...set, due_at: now }, where: { ...where, status: "stopping" } },
          { update: "watch_channels", set, where },
        ],
      });
    }
    if (notice.state !== "gone") continue;
    // Said again and again, it does not undo the pause after a failure.
    const where = { id, status: "open", attempts: 0, due_at: { gt: now } } as const;
    await parts.storage.write({
      statements: [{ update: "watch_channels", set: { due_at: now, updated_at: now }, where }],
    });
  }
}
