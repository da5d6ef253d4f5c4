import type { ClientCredentialsSource, OAuth2Authorization } from "@syncer/core";
import type { SpotifyOptions } from "./spotify-options.ts";

const DAY_MS = 86_400_000;

/**
 * Refresh tokens end six months after the user's consent, and refreshing does not extend them (announced 2026-06-18).
 * The shortest six calendar months have 181 days (1 September to 1 March); counting those, a user is never warned
 * after the fact.
 */
export const REFRESH_TOKEN_LIFETIME_MS = 181 * DAY_MS;

/** Authorization Code with PKCE, as RFC 6749 and RFC 7636 say; there is no revocation endpoint. */
export function spotifyAuthorization(options: SpotifyOptions, accountsOrigin: string): OAuth2Authorization {
  return {
    kind: "oauth2",
    client: clientOf(options),
    endpoints: { authorize: `${accountsOrigin}/authorize`, token: `${accountsOrigin}/api/token` },
    pkce: true,
    clientAuthentication: options.credentials === undefined && options.clientSecret === undefined ? "none" : "basic",
    baseScopes: options.scopes ?? [],
    refreshTokenLifetimeMs: REFRESH_TOKEN_LIFETIME_MS,
    redirectProblem,
  };
}

function clientOf(options: SpotifyOptions): ClientCredentialsSource {
  if (options.credentials !== undefined) return options.credentials;
  return options.clientSecret === undefined
    ? { clientId: options.clientId }
    : { clientId: options.clientId, clientSecret: options.clientSecret };
}

/** Spotify's rules for redirect URIs, in force for all applications since 2025-11-27. */
function redirectProblem(redirectUrl: URL): string | undefined {
  const { hostname, protocol } = redirectUrl;
  if (hostname === "localhost" || hostname.endsWith(".localhost")) {
    return "Spotify refuses the name localhost. Use http://127.0.0.1:<port>/… or http://[::1]:<port>/….";
  }
  if (protocol === "http:" && hostname !== "127.0.0.1" && hostname !== "[::1]") {
    return "Spotify takes plain http only for a loopback address (127.0.0.1 or [::1]). Use https.";
  }
  return undefined;
}
