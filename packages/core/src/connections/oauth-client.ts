import {
  type AnyProvider,
  type ClientCredentials,
  MalformedAnswerError,
  type OAuth2Authorization,
  type TokenAnswer,
} from "../contract/index.ts";
import { AuthorizationError } from "../errors/index.ts";
import type { Clock } from "../ports/index.ts";
import type { Transport } from "../transport/types.ts";
import { dialectSender } from "./oauth-dialect.ts";
import { GrantRefused } from "./oauth-failure.ts";

/** RFC 6749 §A.12: visible ASCII. Anything else could not travel in a header. */
const TOKEN = /^[\x20-\x7e]+$/;

/** One provider's OAuth for one tenant: the standard's steps, some of them in the provider's dialect. */
export interface OAuthClient {
  /** @throws {AuthorizationError} `auth.code-refused`, `auth.client-refused` */
  exchangeCode(input: { code: string; redirectUrl: string; codeVerifier: string }): Promise<TokenAnswer>;
  /** @throws {GrantRefused} the service no longer takes this refresh token */
  refresh(refreshToken: string): Promise<TokenAnswer>;
  /** RFC 7009. */
  revoke(token: string, hint: "access_token" | "refresh_token"): Promise<void>;
}

export async function createOAuthClient(
  { transport, clock }: { readonly transport: Transport; readonly clock: Clock },
  provider: AnyProvider,
  authorization: OAuth2Authorization,
  tenantId: string,
): Promise<OAuthClient> {
  const service = provider.name;
  const client = await credentialsFor(authorization, tenantId);
  const fetch = transport.oauthFetch(provider);
  const { standardOAuth } = await import("./standard-oauth.ts");
  const standard = standardOAuth({ service, authorization, client, fetch, clock });
  const { dialect } = authorization;
  return {
    exchangeCode: async (input) => {
      try {
        const answer = dialect?.exchangeCode
          ? await dialect.exchangeCode({ client, send: dialectSender(fetch) }, input)
          : await standard.exchangeCode(input);
        return checkedTokens(service, answer);
      } catch (error) {
        if (error instanceof GrantRefused) throw new AuthorizationError("auth.code-refused", { service });
        throw error;
      }
    },
    refresh: async (refreshToken) => checkedTokens(service, await standard.refresh(refreshToken)),
    revoke: standard.revoke,
  };
}

export async function credentialsFor({ client }: OAuth2Authorization, tenantId: string): Promise<ClientCredentials> {
  return typeof client === "function" ? client(tenantId) : client;
}

/** Whether the service has a way to renew its tokens. */
export function canRefresh(authorization: OAuth2Authorization | undefined): authorization is OAuth2Authorization {
  return authorization !== undefined && authorization.dialect?.refresh !== "unsupported";
}

function checkedTokens(service: string, answer: TokenAnswer): TokenAnswer {
  for (const token of [answer.accessToken, answer.refreshToken]) {
    if (token !== undefined && !TOKEN.test(token)) {
      throw new MalformedAnswerError(service, "the token endpoint", "a token is empty or holds invisible characters");
    }
  }
  return answer;
}
