import {
  catalogueId,
  ciphertext,
  code,
  count,
  flag,
  hash,
  id,
  oneOf,
  oneOfOrNull,
  owner,
  ratio,
  table,
  time,
  times,
} from "./columns.ts";

/** What is stored of dry runs that somebody is to look at before they are carried out. */
export const planTables = {
  /** One stored dry run of one pair. */
  plans: table({
    columns: {
      id: id(),
      ...owner,
      pair_id: id(),
      /** The pair's settings that it was made with; other ones make it void. */
      pair_version: count(),
      /** Names what a guard keeps back, and the first of its reasons. */
      hold_hash: hash.nullable,
      hold_reason: code.nullable,
      /** A person lets go ahead what is held. */
      confirmed: flag(),
      operations: count(),
      held: count(),
      unmatched: count(),
      /** Requests that carrying it out will take, and when that may be done. */
      requests: count(),
      expected_end_at: time.nullable,
      /** Null: a job is at it, or has failed. */
      planned_at: time.nullable,
      expires_at: time(),
      ...times,
    },
    primaryKey: ["id"],
    indexes: [
      { columns: ["tenant_id", "user_id", "created_at", "id"] },
      { columns: ["pair_id"] },
      { columns: ["expires_at"] },
    ],
    references: { columns: ["pair_id"], table: "sync_pairs", target: ["id"] },
    owner: "user",
  }),

  /** What a stored plan would do, and what it found nothing for: ids and codes, from which names are asked for when shown. */
  plan_items: table({
    columns: {
      plan_id: id(),
      position: count(),
      tenant_id: id(),
      /** `write`: a service is written. `link`: only what is remembered changes. */
      section: oneOf("write", "link", "held", "unmatched"),
      /** Keyed hash of the operation's id; null: there is none. */
      operation_key: hash.nullable,
      kind: oneOfOrNull(
        "add",
        "remove",
        "arrange",
        "create",
        "update",
        "delete",
        "merge",
        "link",
        "advance",
        "detach",
        "suppress",
        "drop",
        "conflict",
        "rest",
      ),
      verdict: oneOfOrNull("uncertain", "not-found", "unplayable", "failed", "ambiguous", "unsyncable", "by-override"),
      /** The side that is written, or of what has no counterpart the one that has it. */
      side: oneOfOrNull("source", "target"),
      source_id: catalogueId.nullable,
      source_sealed: ciphertext.nullable,
      target_id: catalogueId.nullable,
      target_sealed: ciphertext.nullable,
      /** The container that it stands in, on the side that is read from first; null: in none. */
      container_id: catalogueId.nullable,
      container_sealed: ciphertext.nullable,
      reason: code(),
      matched_by: oneOfOrNull("held-key", "held-match", "chain", "lookup", "search", "override"),
      confidence: ratio.nullable,
    },
    primaryKey: ["plan_id", "position"],
    indexes: [{ columns: ["plan_id", "section", "position"] }],
    references: { columns: ["plan_id"], table: "plans", target: ["id"] },
    owner: "tenant",
  }),
} as const;
