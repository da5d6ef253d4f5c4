import type { UserProfile } from "../contract/index.ts";
import type { SyncType } from "../items/index.ts";
import type { ReauthorizationReason } from "./reasons.ts";

/** Whose connections: a user of a tenant, both opaque to us. */
export interface Owner {
  /** Default `"default"`. */
  readonly tenantId?: string;
  readonly userId: string;
}

/** One connection. A given owner has to be right: another one's connection does not exist for the caller. */
export interface ConnectionRef {
  /** Default `"default"`. */
  readonly tenantId?: string;
  /** Leave it out only where no user asks, as in a worker. */
  readonly userId?: string;
  readonly connectionId: string;
}

/**
 * - `active`: works, as far as we know
 * - `paused`: set aside by the engine, for the reason given
 * - `needs-reauthorization`: the user has to consent again; nothing has been deleted
 */
export type ConnectionState = "active" | "paused" | "needs-reauthorization";

/** What may be shown of a connection: no token, no account id, no name. */
export interface ConnectionInfo {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly service: string;
  readonly state: ConnectionState;
  /** A {@link ReauthorizationReason} or a code of the engine; absent while active. */
  readonly stateReason?: string;
  /** What the user granted, sorted. */
  readonly scopes: readonly string[];
  readonly enabled: boolean;
  /** How often it is synced by default, when no schedule says otherwise. */
  readonly defaultFrequencyMs: number;
  readonly createdAtMs: number;
  /** When the user last consented. */
  readonly authorizedAtMs: number;
  readonly lastSyncAtMs?: number;
  /** When the service will end the authorization whatever is done, where it says so (Spotify: six months after consent). */
  readonly refreshExpiresAtMs?: number;
  /** Whether we know which account it is; `false` only after the service failed to tell at sign-in. */
  readonly accountKnown: boolean;
}

export interface BeginRequest extends Owner {
  readonly service: string;
  /** Where the service sends the user back to; registered there, character by character. */
  readonly redirectUrl: string;
  /** What the connection shall be good for. Default: every sync type of the provider. */
  readonly types?: readonly SyncType[];
  /** Default `read-write`: as much as the provider can do. */
  readonly access?: "read" | "read-write";
  /** Scopes of the host's own, asked for beside the others. */
  readonly extraScopes?: readonly string[];
  /** Renews this connection: the user has to sign in to the same account, and what was granted is asked for again. */
  readonly connectionId?: string;
}

/** Where to send the user. */
export interface AuthInitiation {
  readonly url: string;
  /** Comes back with the callback. Good for one use, until `expiresAtMs`. */
  readonly state: string;
  readonly expiresAtMs: number;
  /** What is asked for, sorted. */
  readonly scopes: readonly string[];
}

/** A callback as the host got it: the URL that was called, or the parameters out of it. */
export type CompleteRequest = {
  readonly service: string;
  /** If given, it has to be the one who began. */
  readonly tenantId?: string;
  /** If given, it has to be the one who began. */
  readonly userId?: string;
} & (
  | { readonly callbackUrl: string | URL }
  | { readonly code: string; readonly state: string }
  | { readonly error: string; readonly state: string }
);

/** What came of a sign-in. */
export interface CallbackResult {
  readonly connection: ConnectionInfo;
  /** `reconnected`: the user had connected this account before; the same connection goes on with new tokens. */
  readonly outcome: "connected" | "reconnected";
  /** What was asked for and not granted. */
  readonly missingScopes: readonly string[];
  /** Who signed in, to greet them. Transient: not stored but for the id, sealed. Absent if the service failed to tell. */
  readonly profile?: UserProfile;
}

export interface AddPublicRequest extends Owner {
  readonly service: string;
  /** Whose public data: the account's id at the service. */
  readonly accountId: string;
}

export interface AddBasicRequest extends Owner {
  readonly service: string;
  /** Where the server is, for services that have none of their own: `https://dav.example.org/`. */
  readonly serverUrl?: string;
  readonly username: string;
  /** One that its user made for this application, where the service has such (app password). */
  readonly password: string;
}

export interface DisconnectResult {
  /** `unsupported`: the service offers no revocation; the user can remove the application in the account settings there. */
  readonly revocation: "revoked" | "unsupported" | "failed" | "nothing-to-revoke";
  /** Pairs that had this connection as a side, and are gone with it. */
  readonly removedPairs: number;
}

interface EventBase {
  readonly atMs: number;
  readonly tenantId: string;
  readonly userId: string;
  readonly service: string;
  readonly connectionId: string;
}

/** What a host may want to act on. */
export type ConnectionEvent = EventBase &
  (
    | { readonly type: "connection.connected"; readonly missingScopes: readonly string[] }
    | { readonly type: "connection.reconnected"; readonly missingScopes: readonly string[] }
    | { readonly type: "connection.refreshed" }
    | { readonly type: "connection.reauthorization-required"; readonly reason: ReauthorizationReason }
    /** The authorization ends soon and cannot be extended; ask the user to connect again in time. */
    | { readonly type: "connection.expires-soon"; readonly refreshExpiresAtMs: number }
    | { readonly type: "connection.disconnected" }
    /** The account turned out to be that of another connection of the user, which goes on in place of this one. */
    | { readonly type: "connection.merged"; readonly intoConnectionId: string }
  );
