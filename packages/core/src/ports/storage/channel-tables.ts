import { catalogueId, ciphertext, code, count, hash, id, name, oneOf, owner, table, time, times } from "./columns.ts";

/** What is stored of the channels by which services call. */
export const channelTables = {
  /**
   * One channel at a service: "call this address when that collection changes". One collection of a connection has one that is
   * `open` and, while it is being replaced, one that is `opening`.
   */
  watch_channels: table({
    columns: {
      /** Our name of it, which the service is told. */
      id: id(),
      ...owner,
      connection_id: id(),
      service: name(),
      sync_type: name(),
      /** Keyed hash of the container (calendar) that is watched; empty where a service has but one list. */
      container: catalogueId(),
      /** The container's id, which may hold an address. Null: there is none. */
      container_sealed: ciphertext.nullable,
      /** Where the service calls: the host's, and needed again for the next channel. */
      address_sealed: ciphertext(),
      /** Keyed hash of what the service has to show with each call. */
      token_hash: hash(),
      /** The service's own name of it. Null: its answer has not come, or was lost. */
      resource_sealed: ciphertext.nullable,
      /**
       * `opening`: asked for; what is still so after ten minutes was lost. `open`: the service calls. `stopping`: not wanted any
       * more, and to be ended at the service.
       */
      status: oneOf("opening", "open", "stopping"),
      /** When the service ends it; while that is not known, when it would at the latest. */
      expires_at: time(),
      /** When something is to be done with it: replace, stop or forget it, or try that again. */
      due_at: time(),
      /** How often in a row that has failed, and why the last time. */
      attempts: count(),
      error_code: code.nullable,
      ...times,
    },
    primaryKey: ["id"],
    indexes: [
      { columns: ["connection_id", "sync_type", "container"] },
      { columns: ["tenant_id", "user_id", "created_at", "id"] },
      { columns: ["due_at", "id"] },
      { columns: ["expires_at"] },
    ],
    references: { columns: ["connection_id"], table: "user_services", target: ["id"] },
    owner: "user",
  }),
} as const;
