import { z } from "zod";
import { sealContext } from "../../crypto/index.ts";
import { InvalidRequestError } from "../../errors/index.ts";
import type { Row } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { PairOwner } from "./pairs.ts";
import { parseOwner, parseWith } from "./request.ts";

export interface OnceRequest extends PairOwner {
  /** What its sender calls it: 1 to 255 printable characters of ASCII, of its own making. */
  readonly key: string;
  /** All that makes the request what it is. Held against the one that the key was used for; only a keyed hash of it is stored. */
  readonly request: string;
}

export interface OnceAnswer {
  /** Of HTTP. */
  readonly status: number;
  readonly body: string;
}

export interface OnceResult extends OnceAnswer {
  /** It was done before, and this is what was answered then. */
  readonly replayed: boolean;
}

const schema = z.object({
  key: z.string().regex(/^[\x21-\x7e]{1,255}$/, "1 to 255 printable characters of ASCII are expected"),
  request: z.string(),
});

/** How long a repeat waits for a first one that may have died in its middle. */
const UNDER_WAY_MS = 60_000;
const KEPT_MS = 86_400_000;

type KeyRow = Row<"idempotency_keys">;

/** @see Idempotency.once */
export async function once(
  parts: EngineParts,
  given: OnceRequest,
  act: () => Promise<OnceAnswer>,
): Promise<OnceResult> {
  const { tenantId, userId } = parseOwner(given);
  const { key, request } = parseWith(schema, given, "request");
  const { storage, clock, hashes } = parts;
  const hasher = await hashes.forTenant(tenantId);
  const key_hash = hasher.hash("idempotency-key", JSON.stringify([userId, key]));
  const now = clock.now();
  const row: KeyRow = {
    key_hash,
    tenant_id: tenantId,
    user_id: userId,
    request_hash: hasher.hash("idempotency-request", request),
    status: null,
    answer_sealed: null,
    expires_at: now + UNDER_WAY_MS,
    created_at: now,
    updated_at: now,
  };
  const begun = await storage.write({
    guards: [{ table: "idempotency_keys", where: { key_hash, expires_at: { gt: now } }, must: "not-exist" }],
    statements: [
      { delete: "idempotency_keys", where: { key_hash } },
      { insert: "idempotency_keys", rows: [row] },
    ],
  });
  if (!begun.applied) return await answered(parts, row);
  let answer: OnceAnswer | undefined;
  try {
    answer = await act();
    return { ...answer, replayed: false };
  } finally {
    await settle(parts, row, answer);
  }
}

/** What the first request of this key was answered. */
async function answered({ storage, encryption }: EngineParts, asked: KeyRow): Promise<OnceResult> {
  const [row] = await storage.select({ table: "idempotency_keys", where: { key_hash: asked.key_hash } });
  if (row && row.request_hash !== asked.request_hash) throw new InvalidRequestError("request.key-reused", {});
  if (!row || row.status === null || row.answer_sealed === null) throw new InvalidRequestError("request.under-way", {});
  const body = await encryption.open(row.answer_sealed, sealContext("idempotency_keys", "answer_sealed", row));
  return { status: row.status, body, replayed: true };
}

/** Keeps the answer, or lets the next one try if there is none that lasts. Not if somebody else has taken over since. */
async function settle({ storage, encryption, clock }: EngineParts, row: KeyRow, answer?: OnceAnswer): Promise<void> {
  const { key_hash, created_at } = row;
  const mine = { key_hash, created_at, status: null };
  if (!answer || answer.status >= 400) {
    await storage.write({ statements: [{ delete: "idempotency_keys", where: mine }] });
    return;
  }
  const context = sealContext("idempotency_keys", "answer_sealed", row);
  const now = clock.now();
  const set = {
    status: answer.status,
    answer_sealed: await encryption.seal(answer.body, context),
    expires_at: now + KEPT_MS,
    updated_at: now,
  };
  await storage.write({ statements: [{ update: "idempotency_keys", set, where: mine }] });
}
