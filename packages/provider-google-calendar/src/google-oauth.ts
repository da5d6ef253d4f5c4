import type { OAuth2Authorization } from "@syncer/core";
import type { GoogleCalendarOptions } from "./google-calendar-options.ts";

const PREFIX = "https://www.googleapis.com/auth/";

/**
 * Scopes by what they are for. `calendar.events` alone lists no calendars, and the list of calendars shows no events. `email` is
 * told by its long name, because that is how Google names it when it says what was granted.
 * @see "Choose Google Calendar API scopes"
 */
export const SCOPES = {
  identity: ["openid", `${PREFIX}userinfo.email`],
  read: [`${PREFIX}calendar.calendarlist.readonly`, `${PREFIX}calendar.events.readonly`],
  write: [`${PREFIX}calendar.events`],
} as const;

/**
 * Authorization Code with PKCE (RFC 6749, RFC 7636), with the parameters that bring a refresh token each time: without
 * `access_type=offline` there is none, and without `prompt=consent` only the first time.
 * @see "Using OAuth 2.0 for Web Server Applications"
 */
export function googleAuthorization(
  options: GoogleCalendarOptions,
  origins: { readonly accounts: string; readonly oauth: string },
): OAuth2Authorization {
  return {
    kind: "oauth2",
    client: options.credentials ?? { clientId: options.clientId, clientSecret: options.clientSecret },
    endpoints: {
      authorize: `${origins.accounts}/o/oauth2/v2/auth`,
      token: `${origins.oauth}/token`,
      revoke: `${origins.oauth}/revoke`,
    },
    pkce: true,
    clientAuthentication: "post",
    baseScopes: [...SCOPES.identity, ...(options.scopes ?? [])],
    redirectProblem,
    dialect: {
      authorizationParameters: ({ clientId, redirectUrl, scopes, state }) => ({
        response_type: "code",
        client_id: clientId,
        redirect_uri: redirectUrl,
        scope: scopes.join(" "),
        state,
        access_type: "offline",
        prompt: "consent",
        include_granted_scopes: "true",
      }),
    },
  };
}

const LOOPBACK: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** Google's rules for redirect URIs of web applications. */
function redirectProblem({ hostname, protocol }: URL): string | undefined {
  if (LOOPBACK.includes(hostname)) return undefined;
  if (protocol === "http:") return "Google takes plain http only for localhost. Use https.";
  if (/^[\d.]+$|^\[/.test(hostname))
    return "Google takes no addresses in numbers other than the loopback's. Use a name.";
  return undefined;
}
