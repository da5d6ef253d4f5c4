import { ciphertext, code, count, flag, hash, id, name, oneOf, owner, table, tenant, time, times } from "./columns.ts";

/** What is stored of tenants and of their users' connections. */
export const connectionTables = {
  /** One random hash key per tenant, sealed; erasing it makes every keyed hash of the tenant meaningless. */
  tenant_keys: table({
    columns: { ...tenant, hash_key: ciphertext(), ...times },
    primaryKey: ["tenant_id"],
    indexes: [],
    owner: "tenant",
  }),

  /** Connections: one user's authorized access to one account of a service. */
  user_services: table({
    columns: {
      id: id(),
      ...owner,
      service: name(),
      /** Keyed hash of the account's id at the service; unique per tenant, user and service. */
      account_hash: hash(),
      account_id: ciphertext.nullable,
      /** The name shown there. */
      account_name: ciphertext.nullable,
      /** Where the server is that the user named. Null: the service has an address of its own. */
      server_url: ciphertext.nullable,
      access_token: ciphertext.nullable,
      refresh_token: ciphertext.nullable,
      token_type: name.nullable,
      token_expiry: oneOf("at", "never", "unknown"),
      token_expires_at: time.nullable,
      /** When the user consented; refresh tokens of some services die a fixed time after it. */
      authorized_at: time(),
      refresh_expires_at: time.nullable,
      /** Granted scopes, sorted, separated by spaces. */
      scopes: name(),
      state: oneOf("active", "paused", "needs-reauthorization"),
      state_reason: code.nullable,
      enabled: flag(),
      default_frequency_ms: count(),
      last_sync_at: time.nullable,
      /** Rises with each change of the tokens; every write of them is conditional on it. */
      token_version: count(),
      ...times,
    },
    primaryKey: ["id"],
    indexes: [
      { columns: ["tenant_id", "user_id", "service", "account_hash"], unique: true },
      { columns: ["enabled", "last_sync_at", "default_frequency_ms"] },
      { columns: ["refresh_expires_at"], where: { column: "refresh_expires_at", is: "not-null" } },
    ],
    owner: "user",
  }),

  /** Sign-ins under way. The state is stored as a hash, the PKCE verifier and the redirect URL as ciphertext. */
  pending_oauth_auth: table({
    columns: {
      state_hash: hash(),
      ...owner,
      service: name(),
      code_verifier: ciphertext(),
      redirect_url: ciphertext(),
      /** Scopes asked for, separated by spaces. */
      scopes: name(),
      /** Set when an existing connection is being re-authorized: the account must be the same. */
      connection_id: id.nullable,
      expires_at: time(),
      ...times,
    },
    primaryKey: ["state_hash"],
    indexes: [{ columns: ["expires_at"] }],
    owner: "user",
  }),
} as const;
