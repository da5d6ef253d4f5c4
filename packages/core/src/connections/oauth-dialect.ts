import type { OAuthExchange } from "../contract/index.ts";
import { assertOAuthEndpoint } from "./oauth-endpoint.ts";

/**
 * What a dialect sends its requests through. Redirects are not followed: they would carry the secrets elsewhere.
 * @param oauthFetch the transport's, with its time-out and redaction
 */
export function dialectSender(oauthFetch: typeof fetch): OAuthExchange["send"] {
  return async ({ method, url, query, form, headers }) => {
    const target = assertOAuthEndpoint(url);
    for (const [name, value] of Object.entries(query ?? {})) target.searchParams.set(name, value);
    const response = await oauthFetch(target.href, {
      method,
      redirect: "manual",
      headers: { accept: "application/json", ...headers },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    });
    return { status: response.status, body: await response.text() };
  };
}
