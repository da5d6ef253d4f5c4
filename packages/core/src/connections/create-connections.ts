import type { OAuthTokens, Session } from "../contract/index.ts";
import { sealContext } from "../crypto/index.ts";
import type { SyncType } from "../items/index.ts";
import type { RequestMeter } from "../transport/types.ts";
import { checkRequest, requestSchemas } from "./check-request.ts";
import { type ConnectionRow, readConnection, toInfo } from "./connection-rows.ts";
import { type ConnectionsOptions, DEFAULT_TENANT } from "./connections-options.ts";
import { createExpiryWarnings, expiringSoon } from "./expiring-soon.ts";
import { openSession } from "./open-session.ts";
import type { ReauthorizationReason } from "./reasons.ts";
import { requireReauthorization } from "./require-reauthorization.ts";
import { requireScopes } from "./scopes.ts";
import { createTokenKeeper } from "./token-keeper.ts";
import type {
  AddBasicRequest,
  AddPublicRequest,
  AuthInitiation,
  BeginRequest,
  CallbackResult,
  CompleteRequest,
  ConnectionInfo,
  ConnectionRef,
  DisconnectResult,
  Owner,
} from "./types.ts";

export interface SessionRequest extends ConnectionRef {
  /** Aborts the session's requests and waits. */
  readonly signal?: AbortSignal;
  /** Counts the session's requests. */
  readonly meter?: RequestMeter;
  /** Longest quiet that the session waits out; a longer one is a `DeferredError`. */
  readonly maxWaitMs?: number;
}

/**
 * Users' authorized access to their accounts. All methods check their input first (`request.invalid`), and treat the
 * connection of another tenant or user as not existing (`connection.unknown`).
 */
export interface Connections {
  /**
   * Starts a sign-in. Send the user to `url`; the service sends them back to `redirectUrl` within ten minutes.
   * @throws {AuthorizationError} `auth.redirect-refused`, `auth.kind-mismatch`
   * @throws {InvalidRequestError} `service.unknown`, `request.type-unsupported`, `connection.unknown`
   */
  begin(request: BeginRequest): Promise<AuthInitiation>;
  /**
   * Finishes a sign-in with what came back. Connecting an account a second time renews the connection to it.
   *
   * If the service cannot say who signed in, a new connection is made all the same and its account found out at its
   * first session; an existing one is not renewed then, because links belong to an account.
   *
   * @throws {AuthorizationError} `auth.state-unknown` (never begun, or used), `auth.state-expired`, `auth.state-foreign`,
   *   `auth.consent-denied`, `auth.code-missing`, `auth.code-refused`, `auth.client-refused`, `auth.wrong-account`,
   *   `auth.refresh-token-missing`
   * @throws {ServiceError} the service fails; begin again
   */
  complete(request: CompleteRequest): Promise<CallbackResult>;
  /**
   * Connects an account by its id, at a service that shows public data to anybody.
   * @throws {AuthorizationError} `auth.kind-mismatch`
   */
  addPublic(request: AddPublicRequest): Promise<CallbackResult>;
  /**
   * Connects an account by name and (app) password, at the server that its user names. The same account again gets the new password.
   * @throws {AuthorizationError} `auth.kind-mismatch`, `auth.password-refused`
   * @throws {InvalidRequestError} `service.url-refused`: the server is in a private network, or its address is none
   * @throws {ServiceError} the server cannot be reached, or is not of this kind
   */
  addBasic(request: AddBasicRequest): Promise<CallbackResult>;
  /** A user's connections, oldest first. */
  list(owner: Owner & { readonly service?: string }): Promise<ConnectionInfo[]>;
  get(ref: ConnectionRef): Promise<ConnectionInfo>;
  /** The name shown at the service, opened for this answer; `undefined` if it has none. */
  accountName(ref: ConnectionRef): Promise<string | undefined>;
  /**
   * Tokens in clear, renewed first if they end within a minute.
   * @throws {AuthorizationError} `auth.reauthorization-required`, `auth.refresh-storm`, `auth.kind-mismatch`
   * @throws {ServiceError} they have ended and the service cannot renew them now; the connection stays as it is
   */
  tokens(ref: ConnectionRef): Promise<OAuthTokens>;
  /**
   * Renews the tokens now, where the service has a way to. Also tried on a connection that needs re-authorization: some
   * services refuse good grants during an outage, and this brings such a connection back.
   * @throws as `tokens`
   */
  refresh(ref: ConnectionRef): Promise<ConnectionInfo>;
  /** Revokes, and erases the connection with its pairs and all that is known of them. */
  disconnect(ref: ConnectionRef): Promise<DisconnectResult>;
  /** Switches a connection off or on; tokens stay. Runs and channels that would use one that is off are refused as `connection.off`. */
  setEnabled(ref: ConnectionRef, enabled: boolean): Promise<ConnectionInfo>;
  /** Marks a connection after the service demanded a new sign-in. Deletes nothing; announced once. */
  markForReauthorization(ref: ConnectionRef, reason: ReauthorizationReason): Promise<void>;
  /** Connections whose authorization ends within `withinMs` whatever is done, soonest first; ask their users in time. */
  expiringSoon(filter: {
    readonly withinMs: number;
    readonly tenantId?: string;
    readonly userId?: string;
  }): Promise<ConnectionInfo[]>;
  /**
   * The connection in use.
   * @throws {AuthorizationError} `auth.reauthorization-required`
   */
  session(request: SessionRequest): Promise<Session>;
  /**
   * Whether the user granted what a sync type needs.
   * @throws {AuthorizationError} `auth.scope-missing`, naming the scopes
   * @throws {InvalidRequestError} `request.type-unsupported`
   */
  requireScopes(connection: ConnectionInfo, type: SyncType, access: "read" | "write"): void;
}

/** Connections on a storage. One per process: what it shares among callers keeps tokens from being renewed twice. */
export function createConnections(options: ConnectionsOptions): Connections {
  const { storage, encryption, clock } = options;
  const keeper = createTokenKeeper(options);
  const warnings = createExpiryWarnings(options);

  async function find(method: string, ref: ConnectionRef): Promise<ConnectionRow> {
    checkRequest(`connections.${method}`, requestSchemas.reference, ref);
    return readConnection(storage, ref);
  }

  return {
    // Connecting and disconnecting are rare, and their code, with an OAuth library, is left out until then.
    async begin(request) {
      const { beginAuthorization } = await import("./begin-authorization.ts");
      return beginAuthorization(options, request);
    },

    async complete(request) {
      const { completeAuthorization } = await import("./complete-authorization.ts");
      const result = await completeAuthorization(options, request);
      keeper.forget(result.connection.id);
      return result;
    },

    async addPublic(request) {
      const { addPublicConnection } = await import("./add-public-connection.ts");
      return addPublicConnection(options, request);
    },

    async addBasic(request) {
      const { addBasicConnection } = await import("./add-basic-connection.ts");
      const result = await addBasicConnection(options, request);
      keeper.forget(result.connection.id);
      return result;
    },

    async list(owner) {
      checkRequest("connections.list", requestSchemas.list, owner);
      const { tenantId = DEFAULT_TENANT, userId, service } = owner;
      const where = { tenant_id: tenantId, user_id: userId, ...(service === undefined ? {} : { service }) };
      return (await storage.select({ table: "user_services", where, orderBy: ["created_at", "id"] })).map(toInfo);
    },

    get: async (ref) => toInfo(await find("get", ref)),

    async accountName(ref) {
      const row = await find("accountName", ref);
      if (row.account_name === null) return undefined;
      return encryption.open(row.account_name, sealContext("user_services", "account_name", row));
    },

    tokens: async (ref) => keeper.current(await find("tokens", ref)),

    refresh: async (ref) => toInfo(await keeper.refresh(await find("refresh", ref))),

    async disconnect(ref) {
      const row = await find("disconnect", ref);
      const { disconnect } = await import("./disconnect.ts");
      try {
        // A service that asks for quiet does not keep its user waiting.
        return await disconnect(options, row, () => openSession(options, keeper, row, { maxWaitMs: 0 }));
      } finally {
        keeper.forget(row.id);
      }
    },

    async setEnabled(ref, enabled) {
      const row = await find("setEnabled", ref);
      checkRequest("connections.setEnabled.enabled", requestSchemas.setEnabled, enabled);
      const set = { enabled, updated_at: clock.now() };
      const ofIt = { connection_id: row.id, error_code: "connection.off" };
      await storage.write({
        statements: [
          { update: "user_services", set, where: { id: row.id } },
          // What rested because it was off is due again.
          { update: "watch_channels", set: { due_at: set.updated_at, updated_at: set.updated_at }, where: ofIt },
        ],
      });
      return toInfo({ ...row, ...set });
    },

    async markForReauthorization(ref, reason) {
      const row = await find("markForReauthorization", ref);
      checkRequest("connections.markForReauthorization.reason", requestSchemas.reason, reason);
      keeper.forget(row.id);
      await requireReauthorization(options, row, reason);
    },

    expiringSoon: (filter) => expiringSoon(options, filter),

    async session(request) {
      const { signal, meter, maxWaitMs, ...ref } = request ?? {};
      const row = await find("session", ref);
      warnings.consider(row);
      return openSession(options, keeper, row, {
        ...(signal ? { signal } : {}),
        ...(meter ? { meter } : {}),
        ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
      });
    },

    requireScopes(connection, type, access) {
      checkRequest("connections.requireScopes", requestSchemas.requireScopes, { connection, type, access });
      requireScopes(options.providers.get(connection.service), connection, type, access);
    },
  };
}
