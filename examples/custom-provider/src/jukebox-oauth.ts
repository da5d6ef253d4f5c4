import type { OAuth2Authorization } from "@syncer/core";
import type { JukeboxOptions } from "./jukebox-options.ts";

/**
 * Ordinary OAuth 2 (RFC 6749) with PKCE, so that data is all there is to write. Every refresh gives a new refresh
 * token and ends the old one; storing it in time is the engine's work.
 */
export function jukeboxAuthorization(options: JukeboxOptions, origin: string): OAuth2Authorization {
  return {
    kind: "oauth2",
    client: { clientId: options.clientId, clientSecret: options.clientSecret },
    endpoints: {
      authorize: `${origin}/oauth/authorize`,
      token: `${origin}/oauth/token`,
      revoke: `${origin}/oauth/revoke`,
    },
    pkce: true,
    clientAuthentication: "post",
    baseScopes: [],
  };
}
