import type { OAuthExchange } from "../contract/index.ts";
import { assertOAuthEndpoint } from "./oauth-endpoint.ts";

/**
 * What a dialect sends its requests through.
 * @param oauthFetch the transport's, with its time-out and redaction; it follows no redirect, which would carry the
 *   secrets elsewhere
 */
export function dialectSender(oauthFetch: typeof fetch): OAuthExchange["send"] {
  return async ({ method, url, query, form, headers }) => {
    const target = assertOAuthEndpoint(url);
    for (const [name, value] of Object.entries(query ?? {})) target.searchParams.set(name, value);
    const response = await oauthFetch(target.href, {
      method,
      headers: { accept: "application/json", ...headers },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    });
    return { status: response.status, body: await response.text() };
  };
}
