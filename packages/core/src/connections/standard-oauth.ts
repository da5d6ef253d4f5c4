import * as oauth from "oauth4webapi";
import type { ClientCredentials, OAuth2Authorization, TokenAnswer } from "../contract/index.ts";
import type { Clock } from "../ports/index.ts";
import { retryAfterMs } from "../transport/retry-after.ts";
import { assertOAuthEndpoint, isPlainHttp } from "./oauth-endpoint.ts";
import { asOAuthErrorCode, type OAuthErrorCode, oauthFailure } from "./oauth-failure.ts";
import { normalised } from "./scopes.ts";

export interface StandardOAuthOptions {
  readonly service: string;
  readonly authorization: OAuth2Authorization;
  readonly client: ClientCredentials;
  /** The transport's: it has read the whole answer when it resolves, with a time-out, and never retries. */
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/** RFC 6749, 7009 and 7636 by the book, through oauth4webapi. Each step throws `GrantRefused` on `invalid_grant`. */
export function standardOAuth({ service, authorization, client, fetch, clock }: StandardOAuthOptions) {
  const { endpoints } = authorization;
  const server: oauth.AuthorizationServer = {
    issuer: new URL(endpoints.authorize).origin,
    token_endpoint: endpoints.token,
    ...(endpoints.revoke === undefined ? {} : { revocation_endpoint: endpoints.revoke }),
  };
  const oauthClient: oauth.Client = { client_id: client.clientId };
  const clientAuth = clientAuthentication(authorization, client);

  async function ask<T>(
    endpoint: string,
    route: string,
    send: (options: { [oauth.customFetch]: typeof fetch; [oauth.allowInsecureRequests]: boolean }) => Promise<Response>,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    assertOAuthEndpoint(endpoint);
    const response = await send({ [oauth.customFetch]: fetch, [oauth.allowInsecureRequests]: isPlainHttp(endpoint) });
    const { status, headers } = response;
    const copy = response.clone();
    try {
      return await read(response);
    } catch {
      // The library's errors hold the whole answer; ours say what it means.
      throw oauthFailure({
        service,
        route,
        status,
        error: await errorCodeIn(copy),
        retryAfterMs: retryAfterMs(headers, clock.now()),
      });
    }
  }

  return {
    exchangeCode: (input: { code: string; redirectUrl: string; codeVerifier: string }): Promise<TokenAnswer> => {
      // The state has been checked against its stored hash, which is all that binds a callback to its beginning.
      const callback = oauth.validateAuthResponse(
        server,
        oauthClient,
        new URLSearchParams({ code: input.code }),
        oauth.skipStateCheck,
      );
      const verifier = authorization.pkce ? input.codeVerifier : oauth.nopkce;
      return ask(
        endpoints.token,
        "the token endpoint",
        (options) =>
          oauth.authorizationCodeGrantRequest(
            server,
            oauthClient,
            clientAuth,
            callback,
            input.redirectUrl,
            verifier,
            options,
          ),
        async (response) => toTokenAnswer(await oauth.processAuthorizationCodeResponse(server, oauthClient, response)),
      );
    },

    refresh: (refreshToken: string): Promise<TokenAnswer> =>
      ask(
        endpoints.token,
        "the token endpoint",
        (options) => oauth.refreshTokenGrantRequest(server, oauthClient, clientAuth, refreshToken, options),
        async (response) => toTokenAnswer(await oauth.processRefreshTokenResponse(server, oauthClient, response)),
      ),

    revoke: (token: string, hint: "access_token" | "refresh_token"): Promise<void> =>
      ask(
        endpoints.revoke ?? "",
        "the revocation endpoint",
        (options) =>
          oauth.revocationRequest(server, oauthClient, clientAuth, token, {
            ...options,
            additionalParameters: { token_type_hint: hint },
          }),
        (response) => oauth.processRevocationResponse(response),
      ),
  };
}

function clientAuthentication(
  { clientAuthentication: method }: OAuth2Authorization,
  { clientSecret }: ClientCredentials,
) {
  if (clientSecret === undefined || method === "none") return oauth.None();
  return method === "basic" ? oauth.ClientSecretBasic(clientSecret) : oauth.ClientSecretPost(clientSecret);
}

async function errorCodeIn(answer: Response): Promise<OAuthErrorCode | undefined> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (typeof body !== "object" || body === null || !("error" in body)) return undefined;
  return asOAuthErrorCode(body.error);
}

function toTokenAnswer(answer: oauth.TokenEndpointResponse): TokenAnswer {
  return {
    accessToken: answer.access_token,
    ...(answer.refresh_token === undefined ? {} : { refreshToken: answer.refresh_token }),
    tokenType: answer.token_type,
    ...(answer.expires_in === undefined ? {} : { expiresIn: answer.expires_in }),
    ...(answer.scope === undefined ? {} : { scopes: normalised([answer.scope]) }),
  };
}
