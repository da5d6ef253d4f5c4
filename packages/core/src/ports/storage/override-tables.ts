import { catalogueId, ciphertext, id, name, oneOf, owner, table, times } from "./columns.ts";

/** What people have decided about matches, as ids. */
export const overrideTables = {
  /**
   * Two items of two services, and whether they are the same; or one item and the service on which it has no
   * counterpart. The pair has no order: service and id of `a` come first by code unit.
   */
  match_overrides: table({
    columns: {
      id: id(),
      ...owner,
      item_kind: name(),
      service_a: name(),
      /** Null: no item of that service is `b`'s counterpart. */
      id_a: catalogueId.nullable,
      /** The id itself, where the one above is a keyed hash. */
      sealed_a: ciphertext.nullable,
      service_b: name(),
      id_b: catalogueId.nullable,
      sealed_b: ciphertext.nullable,
      verdict: oneOf("same", "different", "none"),
      ...times,
    },
    primaryKey: ["id"],
    indexes: [
      { columns: ["tenant_id", "user_id", "created_at", "id"] },
      { columns: ["tenant_id", "user_id", "item_kind", "service_a", "service_b", "id_a"] },
      { columns: ["tenant_id", "user_id", "item_kind", "service_a", "service_b", "id_b"] },
    ],
    owner: "user",
  }),
} as const;
