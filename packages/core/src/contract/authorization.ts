import type { SyncType } from "../items/index.ts";

/**
 * When an access token ends. Lifetimes are counted from the arrival of the answer, on our own clock.
 * - `at`: the moment, in ms since the epoch
 * - `never`: the service said so (Deezer with `offline_access`: `expires=0`)
 * - `unknown`: the service gave no lifetime; it counts as short
 */
export type TokenExpiry =
  | { readonly kind: "at"; readonly atMs: number }
  | { readonly kind: "never" }
  | { readonly kind: "unknown" };

/** The tokens of one connection, in clear. Live in memory only; at rest they are ciphertext. */
export interface OAuthTokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** As the service names it, lower case; usually `bearer`. */
  readonly tokenType: string;
  readonly expiry: TokenExpiry;
  /** What the user granted, as far as the service says. */
  readonly scopes: readonly string[];
}

/** What the operator got when registering the application at the service. */
export interface ClientCredentials {
  readonly clientId: string;
  /** Absent for public clients. */
  readonly clientSecret?: string;
}

/** Credentials, or a function of the tenant: many hosts need one developer app per customer. */
export type ClientCredentialsSource =
  | ClientCredentials
  | ((tenantId: string) => ClientCredentials | Promise<ClientCredentials>);

/** How a user lets the application act at a service. One member per way that services have. */
export type Authorization = OAuth2Authorization | BasicAuthorization | NoAuthorization;

export interface OAuth2Authorization {
  readonly kind: "oauth2";
  readonly client: ClientCredentialsSource;
  readonly endpoints: { readonly authorize: string; readonly token: string; readonly revoke?: string };
  /** PKCE S256 (RFC 7636); off only for services that do not know it. */
  readonly pkce: boolean;
  /** RFC 6749 §2.3.1: how client id and secret travel to the token endpoint. */
  readonly clientAuthentication: "basic" | "post" | "none";
  /** Asked for at every sign-in, beside the scopes of the sync types. */
  readonly baseScopes: readonly string[];
  /**
   * How long a refresh token lives after the user's consent, whatever is done with it. Absent: no known end.
   * Spotify: six months from the authorization (announcement of 2026-06-18).
   */
  readonly refreshTokenLifetimeMs?: number;
  /** Why a redirect URL would be refused by the service, in words for the developer; `undefined` if it is fine. */
  readonly redirectProblem?: (redirectUrl: URL) => string | undefined;
  /** Only for services that do not follow RFC 6749. Each part replaces one step of the standard flow. */
  readonly dialect?: OAuthDialect;
}

/** What a dialect's steps get: requests go out through this, never through a global `fetch`. */
export interface OAuthExchange {
  readonly client: ClientCredentials;
  /** Sends one request and reads the whole answer as text, with the transport's time-out; no redaction is lost. */
  readonly send: (request: OAuthHttpRequest) => Promise<{ readonly status: number; readonly body: string }>;
}

export interface OAuthHttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A token answer before the connection gives it a point in time. */
export interface TokenAnswer {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly tokenType?: string;
  /** Seconds from the answer's arrival, `never`, or absent if the service does not say. */
  readonly expiresIn?: number | "never";
  /** Absent: the service does not say; what was asked for counts, or what `grantedScopes` finds. */
  readonly scopes?: readonly string[];
}

export interface OAuthDialect {
  /** Query parameters of the authorization URL, in place of RFC 6749 §4.1.1. */
  authorizationParameters?(input: {
    readonly clientId: string;
    readonly redirectUrl: string;
    readonly scopes: readonly string[];
    readonly state: string;
  }): Readonly<Record<string, string>>;
  /** Reads a callback in place of RFC 6749 §4.1.2: a code, a refusal by the user, or neither. */
  readCallback?(query: URLSearchParams): { readonly code?: string; readonly denied?: boolean };
  /** @throws {AuthorizationError} `auth.code-refused`, `auth.client-refused` */
  exchangeCode?(
    exchange: OAuthExchange,
    input: { readonly code: string; readonly redirectUrl: string; readonly codeVerifier: string },
  ): Promise<TokenAnswer>;
  /** `"unsupported"`: tokens of this service cannot be refreshed, only replaced by a new sign-in. */
  refresh?: "unsupported";
}

/** A name and a password that the user made for applications (RFC 7617): CalDAV, Subsonic. */
export interface BasicAuthorization {
  readonly kind: "basic";
  /** The address where every account is, or `given`: each user names the server of his own, see `ProviderTransport.addresses`. */
  readonly server: "given" | (string & {});
}

/** A service, or a mode of one, that shows public data to anybody. The connection names whose data. */
export interface NoAuthorization {
  readonly kind: "none";
}

/** The scopes that one sync type needs, by access. */
export interface ScopeNeeds {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

export type ScopesByType = { readonly [type in SyncType]?: ScopeNeeds };
