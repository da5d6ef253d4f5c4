import {
  catalogueId,
  catalogueIds,
  ciphertext,
  code,
  count,
  fieldHashes,
  flag,
  hash,
  id,
  name,
  oneOf,
  oneOfOrNull,
  owner,
  ratio,
  table,
  time,
  times,
} from "./columns.ts";

/** What is stored of pairs and of the items on their two sides. */
export const pairTables = {
  sync_pairs: table({
    columns: {
      id: id(),
      ...owner,
      source_connection_id: id(),
      target_connection_id: id(),
      /** Keyed hashes of the containers (calendars) whose documents are synced; empty where a service has but one list. */
      source_container: catalogueId(),
      target_container: catalogueId(),
      /** The ids of the two, which may hold an address. Null: there are none. */
      containers_sealed: ciphertext.nullable,
      sync_type: name(),
      /** Of the contents of one container: the pair of the containers. */
      parent_id: id.nullable,
      /** Of the contents of one container: names the link of the two containers within the parent. Else empty. */
      container: catalogueId(),
      mode: oneOf("sync-from", "sync-to", "bidirectional"),
      propagation: oneOf("additive", "mirror"),
      prune: flag(),
      conflict_policy: oneOf("skip", "overwrite", "merge", "newest-wins", "source-wins", "target-wins"),
      match_threshold: ratio(),
      /** What may stand for what, in words of ours: `explicit=any live=accept`. Null: as the engine says. */
      match_policies: code.nullable,
      /** Which containers are synced, and what stands before the names of copies: typed by people, so sealed. Null: none. */
      selection_sealed: ciphertext.nullable,
      selection_hash: hash.nullable,
      prefix_sealed: ciphertext.nullable,
      prefix_hash: hash.nullable,
      /** Of listening history: what the playlist that takes it is called, and how long it gets. Null: as the defaults say. */
      history_name_sealed: ciphertext.nullable,
      history_length: count.nullable,
      state: oneOf("active", "paused"),
      state_reason: code.nullable,
      /** No run before this time: a service asked for quiet. */
      not_before: time.nullable,
      /** The next run makes no deletes: mode or scope changed, or the database was restored. */
      delete_free: flag(),
      /** The plan that a guard holds, and the one that a person confirmed. */
      held_plan_hash: hash.nullable,
      confirmed_plan_hash: hash.nullable,
      pruned_once: flag(),
      last_run_at: time.nullable,
      last_success_at: time.nullable,
      /** Rises with every change of settings; plans are bound to it. */
      version: count(),
      ...times,
    },
    primaryKey: ["id"],
    indexes: [
      {
        columns: [
          "tenant_id",
          "user_id",
          "sync_type",
          "source_connection_id",
          "source_container",
          "target_connection_id",
          "target_container",
          "container",
        ],
        unique: true,
      },
      { columns: ["parent_id"], where: { column: "parent_id", is: "not-null" } },
      { columns: ["source_connection_id"] },
      { columns: ["target_connection_id"] },
    ],
    owner: "user",
  }),

  /** "Item X on one side is item Y on the other", or why it is not. Both sides keep their own version. */
  links: table({
    columns: {
      pair_id: id(),
      /**
       * `source:<id>` or, for what exists on the target side only, `target:<id>`; with `#n` for the n-th repetition. Of a log
       * `source:<id>@<ms>` for what happened when, and `target:list` for the playlist that takes it.
       */
      link_key: catalogueId(),
      tenant_id: id(),
      /** Item on the pair's source side. */
      source_id: catalogueId.nullable,
      /** Item on the pair's target side. */
      target_id: catalogueId.nullable,
      /** The ids themselves, where the two above are keyed hashes. */
      source_sealed: ciphertext.nullable,
      target_sealed: ciphertext.nullable,
      source_checksum: hash.nullable,
      target_checksum: hash.nullable,
      source_version: hash.nullable,
      target_version: hash.nullable,
      /** What the fields of a document were when both sides last agreed, each side in its own form: the base of a merge. */
      source_fields: fieldHashes.nullable,
      target_fields: fieldHashes.nullable,
      /** The service's own time of the version that was last seen. */
      source_modified_at: time.nullable,
      target_modified_at: time.nullable,
      /** How often in a row it was written alternately from both sides without a new version by the user. */
      turns: count(),
      last_written: oneOfOrNull("source", "target"),
      /**
       * `pending`: a counterpart is known and not yet written. `dropped`: a tombstone that keeps the generation.
       * `superseded`: an id that was replaced by another; late news about it is ignored. `detached`: gone from the source
       * and kept on the target; `suppressed`: gone from the target. These two are why nothing is written, and stay.
       */
      state: oneOf(
        "linked",
        "pending",
        "unmatched",
        "uncertain",
        "refused",
        "detached",
        "suppressed",
        "conflict",
        "oscillating",
        "superseded",
        "dropped",
      ),
      /** Why it is in this state. */
      reason: code.nullable,
      /** An alias shares its counterpart with a primary link. */
      alias: flag(),
      /** How the counterpart was found. */
      matched_by: oneOfOrNull("held-key", "held-match", "chain", "lookup", "search", "override"),
      confidence: ratio.nullable,
      /** Rises each time the link is dropped or re-pointed; part of the operation id. */
      generation: count(),
      attempts: count(),
      /** Not tried again before this time. */
      retry_at: time.nullable,
      ...times,
    },
    primaryKey: ["pair_id", "link_key"],
    indexes: [
      { columns: ["pair_id", "source_id"] },
      { columns: ["pair_id", "target_id"] },
      { columns: ["pair_id", "state", "retry_at"] },
      { columns: ["updated_at"], where: { column: "state", is: "dropped" } },
      { columns: ["updated_at"], where: { column: "state", is: "superseded" } },
    ],
    references: { columns: ["pair_id"], table: "sync_pairs", target: ["id"] },
    owner: "tenant",
  }),

  /** What is known of one item of one connection: when it was last seen in step, never what it is. */
  sync_metadata: table({
    columns: {
      connection_id: id(),
      item_type: name(),
      external_id: catalogueId(),
      tenant_id: id(),
      checksum: hash.nullable,
      last_modified_at: time.nullable,
      last_sync_at: time(),
      sync_count: count(),
      /** In a ring of pairs: the last wish for the item was to have it gone, and when that was. */
      gone: flag(),
      wished_at: time.nullable,
      ...times,
    },
    primaryKey: ["connection_id", "item_type", "external_id"],
    indexes: [
      { columns: ["connection_id", "item_type", "last_modified_at"] },
      { columns: ["connection_id", "item_type", "checksum"] },
    ],
    references: { columns: ["connection_id"], table: "user_services", target: ["id"] },
    owner: "tenant",
  }),

  /**
   * Orders of a pair of ordered lists, in parts. `agreed`: keys of the links of what both sides shared when they last
   * agreed; `agreed-target`: the same in the order that they have on the target, where a run was undone and the orders are
   * not the same. The others are of a side that is being rearranged, as ids of its entries: what it was when its user had last
   * changed it, where the calls begin, and where they lead; while it is on its way, nobody has moved anything there.
   */
  list_orders: table({
    columns: {
      pair_id: id(),
      kind: oneOf(
        "agreed",
        "agreed-target",
        "source-was",
        "source-from",
        "source-becomes",
        "target-was",
        "target-from",
        "target-becomes",
      ),
      /** From 0. */
      part: count(),
      tenant_id: id(),
      entries: catalogueIds(),
      ...times,
    },
    primaryKey: ["pair_id", "kind", "part"],
    indexes: [],
    references: { columns: ["pair_id"], table: "sync_pairs", target: ["id"] },
    owner: "tenant",
  }),

  /** Where the last finished read of one side of a pair ended. */
  sync_cursors: table({
    columns: {
      pair_id: id(),
      side: oneOf("source", "target"),
      tenant_id: id(),
      /** Rows that the collection had. */
      rows: count(),
      /** Keyed hash of the provider's fingerprint; a probe that gives the same needs no listing. */
      fingerprint: hash.nullable,
      /** When the collection was last listed to its end; a hint stands for a listing for a day at most. */
      listed_at: time(),
      /** Whether every difference that the listing showed has been dealt with. */
      settled: flag(),
      /**
       * An exact fingerprint, too, stands for a listing for a day at most: it was read after our own writes and not with a
       * listing, or some rows of that could not be read, or lacked what the service had withdrawn.
       */
      for_a_day: flag(),
      /** With what the next delta goes on: the service's own token. Null: the next reading lists. */
      token_sealed: ciphertext.nullable,
      ...times,
    },
    primaryKey: ["pair_id", "side"],
    indexes: [],
    references: { columns: ["pair_id"], table: "sync_pairs", target: ["id"] },
    owner: "tenant",
  }),
} as const;
