import { ciphertext, count, hash, name, owner, table, time, times } from "./columns.ts";

/** What is stored of requests from outside, so that one that comes twice counts once. */
export const requestTables = {
  /** Requests that carried an idempotency key, and what they were answered. */
  idempotency_keys: table({
    columns: {
      /** Keyed hash of the user and the key. */
      key_hash: hash(),
      ...owner,
      /** Keyed hash of what was asked for: another request under the same key is refused. */
      request_hash: hash(),
      /** The answer: its HTTP status and body; null while it is made. */
      status: count.nullable,
      answer_sealed: ciphertext.nullable,
      expires_at: time(),
      ...times,
    },
    primaryKey: ["key_hash"],
    indexes: [{ columns: ["tenant_id", "user_id"] }, { columns: ["expires_at"] }],
    owner: "user",
  }),

  /** Signed webhooks that came in, by the hash of their id: each counts once. */
  deliveries: table({
    columns: { delivery_hash: hash(), service: name(), expires_at: time() },
    primaryKey: ["delivery_hash"],
    indexes: [{ columns: ["expires_at"] }],
    owner: "shared",
  }),
} as const;
