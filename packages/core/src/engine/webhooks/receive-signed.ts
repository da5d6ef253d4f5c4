import { sha256 } from "@noble/hashes/sha2.js";
import { z } from "zod";
import { accountHashes } from "../../connections/account.ts";
import type { AnyProvider } from "../../contract/index.ts";
import { toBase64url } from "../../crypto/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { containerKey } from "../requests/pair-containers.ts";
import type { PairRow } from "../runs/run-context.ts";
import type { Wake, WebhookReceipt } from "./receive.ts";
import { bytesOfBase64 } from "./signed-secrets.ts";
import { sidesThatWake } from "./watched-collections.ts";

/** As the specification recommends; the injected clock's. */
const TOLERANCE_S = 300;
/** Longer than any delivery of a time within tolerance can come again. */
const REMEMBERED_MS = 15 * 60_000;
const MOST_SIGNATURES = 20;
const handle = z.string().min(1).max(500);

const bodySchema = z.object({
  type: z.string().max(200).optional(),
  data: z
    .object({
      connection_id: handle.optional(),
      user_id: handle.optional(),
      account_id: handle.optional(),
      tenant_id: handle.optional(),
      sync_type: handle.optional(),
      container_id: z.string().min(1).max(2_000).optional(),
    })
    .refine(({ connection_id, user_id }) => (connection_id ?? user_id) !== undefined),
});
type Told = z.infer<typeof bodySchema>["data"];

/**
 * Takes in a delivery in the form of Standard Webhooks (https://www.standardwebhooks.com): `webhook-id`, `webhook-timestamp` (seconds) and
 * `webhook-signature` (`v1,` and base64 of HMAC-SHA256 over `<id>.<timestamp>.<body>`; several, separated by spaces). Its body is
 * `{ type?, data: { connection_id | user_id, account_id?, tenant_id?, sync_type?, container_id? } }` and says what has changed, not how.
 * A delivery that comes again is accepted and wakes nobody.
 */
export async function receiveSigned(
  parts: EngineParts,
  provider: AnyProvider,
  { headers, body }: { readonly headers: Headers; readonly body: Uint8Array },
  wake: Wake,
): Promise<WebhookReceipt> {
  const id = headers.get("webhook-id") ?? "";
  const timestamp = headers.get("webhook-timestamp") ?? "";
  if (!/^[\x21-\x7e]{1,200}$/.test(id) || !/^\d{1,12}$/.test(timestamp)) return refused("not-understood");
  const isTimely = Math.abs(parts.clock.now() / 1_000 - Number(timestamp)) <= TOLERANCE_S;
  if (!isTimely || !(await isGenuine(parts, provider.name, `${id}.${timestamp}.`, headers, body))) {
    return refused("not-verified");
  }
  const told = read(body);
  if (!told) return refused("not-understood");
  const delivery = toBase64url(sha256(new TextEncoder().encode(JSON.stringify([provider.name, id]))));
  if (!(await isFirst(parts, provider.name, delivery))) return { accepted: true, pairIds: [], repeated: true };
  try {
    const pairs = await pairsTold(parts, provider, told);
    await wake(pairs);
    return { accepted: true, pairIds: pairs.map((pair) => pair.id) };
  } catch (error) {
    // It will be delivered again, and has not counted.
    await parts.storage.write({ statements: [{ delete: "deliveries", where: { delivery_hash: delivery } }] });
    throw error;
  }
}

function refused(reason: "not-understood" | "not-verified"): WebhookReceipt {
  return { accepted: false, reason };
}

async function isGenuine(
  { webhookSecrets }: EngineParts,
  service: string,
  head: string,
  headers: Headers,
  body: Uint8Array,
): Promise<boolean> {
  const prefix = new TextEncoder().encode(head);
  const signed = new Uint8Array(prefix.length + body.length);
  signed.set(prefix);
  signed.set(body, prefix.length);
  const given = (headers.get("webhook-signature") ?? "").split(" ").slice(0, MOST_SIGNATURES);
  const signatures = given.flatMap((text) => (text.startsWith("v1,") ? (bytesOfBase64(text.slice(3)) ?? []) : []));
  for (const secret of webhookSecrets.get(service) ?? []) {
    const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    for (const signature of signatures) {
      // Compares in a time that tells nothing.
      if (await crypto.subtle.verify("HMAC", key, signature, signed)) return true;
    }
  }
  return false;
}

function read(body: Uint8Array): Told | undefined {
  try {
    const result = bodySchema.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)));
    return result.success ? result.data.data : undefined;
  } catch {
    return undefined;
  }
}

async function isFirst({ storage, clock }: EngineParts, service: string, delivery_hash: string): Promise<boolean> {
  const now = clock.now();
  const result = await storage.write({
    guards: [{ table: "deliveries", where: { delivery_hash, expires_at: { gt: now } }, must: "not-exist" }],
    statements: [
      { delete: "deliveries", where: { delivery_hash } },
      { insert: "deliveries", rows: [{ delivery_hash, service, expires_at: now + REMEMBERED_MS }] },
    ],
  });
  return result.applied;
}

/** The active pairs whose runs would carry over what has changed there. */
async function pairsTold(parts: EngineParts, provider: AnyProvider, told: Told): Promise<readonly PairRow[]> {
  const { storage } = parts;
  const { tenant_id = "default", sync_type, container_id } = told;
  const ids = await connectionsTold(parts, provider, { ...told, tenant_id });
  const where = {
    tenant_id,
    state: "active",
    parent_id: null,
    ...(sync_type === undefined ? {} : { sync_type }),
  } as const;
  const container =
    container_id === undefined
      ? undefined
      : await containerKey(parts, tenant_id, { provider, container: container_id });
  const pairs = new Map<string, PairRow>();
  for (const side of ["source", "target"] as const) {
    const found = await storage.select({
      table: "sync_pairs",
      where: {
        ...where,
        [`${side}_connection_id`]: { in: ids },
        ...(container === undefined ? {} : { [`${side}_container`]: container }),
      },
    });
    for (const pair of found) if (sidesThatWake(pair).includes(side)) pairs.set(pair.id, pair);
  }
  return [...pairs.values()];
}

async function connectionsTold(
  { storage, hashes }: EngineParts,
  { name: service }: AnyProvider,
  { tenant_id, connection_id, user_id, account_id }: Told & { readonly tenant_id: string },
): Promise<readonly string[]> {
  const hasher = await hashes.forTenant(tenant_id);
  const account_hash = account_id && { in: accountHashes(hasher, service, { externalId: account_id }) };
  const found = await storage.select({
    table: "user_services",
    columns: ["id"],
    where: {
      ...{ tenant_id, service },
      ...(connection_id === undefined ? {} : { id: connection_id }),
      ...(user_id === undefined ? {} : { user_id }),
      ...(account_hash ? { account_hash } : {}),
    },
  });
  return found.map(({ id }) => id);
}
