import {
  AuthorizationError,
  type OAuth2Authorization,
  type OAuthExchange,
  serviceError,
  type TokenAnswer,
} from "@syncer/core";
import { z } from "zod";
import { classifyDeezerAnswer } from "./deezer-errors.ts";
import type { DeezerAppOptions } from "./deezer-options.ts";

const TOKEN_ROUTE = "/oauth/access_token.php";
const PERMISSIONS_ROUTE = "/user/me/permissions";

/**
 * Deezer's own protocol, older than RFC 6749: no PKCE, no refresh, no revocation, permissions separated by commas and
 * not part of the token's answer, failures as plain text with status 200.
 */
export function deezerAuthorization(
  options: DeezerAppOptions,
  origins: { readonly connect: string; readonly api: string },
): OAuth2Authorization {
  return {
    kind: "oauth2",
    client: options.credentials ?? { clientId: options.appId, clientSecret: options.appSecret },
    endpoints: { authorize: `${origins.connect}/oauth/auth.php`, token: `${origins.connect}${TOKEN_ROUTE}` },
    pkce: false,
    clientAuthentication: "post",
    // Without offline_access a token ends after about an hour and can only be replaced by a new sign-in.
    baseScopes: ["basic_access", "offline_access", ...(options.permissions ?? [])],
    redirectProblem,
    dialect: {
      authorizationParameters: ({ clientId, redirectUrl, scopes, state }) => ({
        app_id: clientId,
        redirect_uri: redirectUrl,
        perms: scopes.join(","),
        state,
      }),
      readCallback(query) {
        const code = query.get("code");
        if (code) return { code };
        return query.has("error_reason") || query.has("error") ? { denied: true } : {};
      },
      exchangeCode: (exchange, { code }) => exchangeCode(exchange, code, origins),
      refresh: "unsupported",
    },
  };
}

/** Deezer takes `localhost` and refuses loopback literals, the reverse of Spotify. */
function redirectProblem(redirectUrl: URL): string | undefined {
  const { hostname, protocol } = redirectUrl;
  if (/^127\./.test(hostname) || hostname === "[::1]") {
    return "Deezer refuses loopback addresses such as 127.0.0.1. Use http://localhost:<port>/….";
  }
  if (protocol !== "http:" && protocol !== "https:") return "Deezer redirects to http and https addresses only.";
  return undefined;
}

const tokenAnswerSchema = z.object({
  access_token: z.string().min(1),
  /** Seconds from now; 0 means that the token never ends. */
  expires: z.coerce.number().int().nonnegative().optional(),
});

async function exchangeCode(
  exchange: OAuthExchange,
  code: string,
  origins: { readonly connect: string; readonly api: string },
): Promise<TokenAnswer> {
  const { clientId, clientSecret = "" } = exchange.client;
  const answer = await exchange.send({
    method: "POST",
    url: `${origins.connect}${TOKEN_ROUTE}`,
    // As a form, so that the secret is in no URL.
    form: { app_id: clientId, secret: clientSecret, code, output: "json" },
  });
  if (answer.status >= 500) throw serviceError("deezer", TOKEN_ROUTE, answer.status, { kind: "unavailable" });
  const body = parseJson(answer.body);
  const tokens = tokenAnswerSchema.safeParse(body);
  if (!tokens.success) throw refusalOf(answer.status, body);
  const { access_token: accessToken, expires } = tokens.data;
  const scopes = await readPermissions(exchange, accessToken, origins.api);
  return {
    accessToken,
    ...(expires === undefined ? {} : { expiresIn: expires === 0 ? ("never" as const) : expires }),
    ...(scopes ? { scopes } : {}),
  };
}

/** Anything but a token: usually the text `wrong code`, with status 200; rarely an error object (quota, disabled app). */
function refusalOf(status: number, body: unknown): Error {
  const failure = classifyDeezerAnswer({ status, headers: new Headers(), body });
  if (failure?.kind === "rate-limited" || failure?.kind === "unavailable" || failure?.kind === "outage") {
    return serviceError("deezer", TOKEN_ROUTE, status, failure);
  }
  return typeof body === "string" && /secret|app/i.test(body)
    ? new AuthorizationError("auth.client-refused", { service: "deezer" })
    : new AuthorizationError("auth.code-refused", { service: "deezer" });
}

const permissionsSchema = z.object({ permissions: z.record(z.string(), z.boolean()) });

/**
 * What the user granted. Its failure does not cost the user the sign-in (the code is used up by now): unknown
 * permissions count as asked for. Only a disabled application is told, since nothing will work for it.
 */
async function readPermissions(
  exchange: OAuthExchange,
  accessToken: string,
  apiOrigin: string,
): Promise<readonly string[] | undefined> {
  let answer: { readonly status: number; readonly body: string };
  try {
    answer = await exchange.send({
      method: "GET",
      url: `${apiOrigin}${PERMISSIONS_ROUTE}`,
      query: { access_token: accessToken },
    });
  } catch {
    return undefined;
  }
  const body = parseJson(answer.body);
  const failure = classifyDeezerAnswer({ status: answer.status, headers: new Headers(), body });
  if (failure?.kind === "outage") throw serviceError("deezer", PERMISSIONS_ROUTE, answer.status, failure);
  const parsed = permissionsSchema.safeParse(body);
  if (!parsed.success) return undefined;
  return Object.entries(parsed.data.permissions).flatMap(([name, granted]) => (granted ? [name] : []));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
