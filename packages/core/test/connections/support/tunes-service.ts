import { createHash } from "node:crypto";
import type { Clock } from "../../../src/ports/index.ts";

/** An account at the stand-in service. */
export interface TunesAccount {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** What the user ticks on the consent page; everything that is asked for, if absent. */
  grants?: readonly string[];
}

interface Code {
  readonly account: TunesAccount;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly scopes: readonly string[];
  readonly endsAtMs: number;
}

interface Grant {
  readonly account: TunesAccount;
  readonly scopes: readonly string[];
  revoked: boolean;
}

interface AccessToken {
  readonly grant: Grant;
  readonly endsAtMs: number;
}

export interface TunesRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly headers: Headers;
}

/** How the service is to behave; tests turn these. */
export interface TunesSettings {
  lifetimeSeconds: number | undefined;
  /** Each refresh gives a new refresh token, and a second use of an old one ends the grant (RFC 9700 §4.14.2). */
  rotates: boolean;
  givesRefreshToken: boolean;
  givesScope: boolean;
  profileStatus: number;
  revocationStatus: number;
  /** Answers in place of the token endpoint's own, first come first served; `undefined` lets one request pass. */
  tokenFaults: (((request: TunesRequest) => Response | Promise<Response>) | undefined)[];
  /** Runs after a refresh has been decided and before its answer is given. */
  afterRefresh: (() => void | Promise<void>) | undefined;
}

export const CLIENT = { clientId: "app-1", clientSecret: "sssh-client-secret" };
export const REDIRECT = "https://host.example/callback?from=tunes";
const ORIGIN = "https://tunes.example";

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
const refuse = (error: string, status = 400) => json(status, { error, error_description: "echoes: what you sent" });

/** A service with OAuth by RFC 6749, 7009 and 7636, as strict as they allow, in memory and on the given clock. */
export function createTunesService(clock: Clock) {
  const settings: TunesSettings = {
    lifetimeSeconds: 3_600,
    rotates: true,
    givesRefreshToken: true,
    givesScope: true,
    profileStatus: 200,
    revocationStatus: 200,
    tokenFaults: [],
    afterRefresh: undefined,
  };
  const codes = new Map<string, Code>();
  const refreshTokens = new Map<string, { readonly grant: Grant; used: boolean }>();
  const accessTokens = new Map<string, AccessToken>();
  const requests: TunesRequest[] = [];
  const secrets: string[] = [];
  let serial = 0;

  const secret = (kind: string): string => {
    serial += 1;
    const value = `${kind}-${createHash("sha256").update(`${kind}${serial}`).digest("base64url")}`;
    secrets.push(value);
    return value;
  };

  function issue(grant: Grant, refreshToken: string | undefined): Response {
    const access = secret("access");
    const lifetimeMs = (settings.lifetimeSeconds ?? 3_600) * 1_000;
    accessTokens.set(access, { grant, endsAtMs: clock.now() + lifetimeMs });
    if (refreshToken !== undefined) refreshTokens.set(refreshToken, { grant, used: false });
    return json(200, {
      access_token: access,
      token_type: "Bearer",
      ...(settings.lifetimeSeconds === undefined ? {} : { expires_in: settings.lifetimeSeconds }),
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      ...(settings.givesScope ? { scope: grant.scopes.join(" ") } : {}),
    });
  }

  function clientProblem({ headers, form }: TunesRequest): Response | undefined {
    const expected = `Basic ${btoa(`${CLIENT.clientId.replace("-", "%2D")}:${CLIENT.clientSecret.replaceAll("-", "%2D")}`)}`;
    if (form.has("client_secret") || form.has("client_id")) return refuse("invalid_request");
    return headers.get("authorization") === expected
      ? undefined
      : json(401, { error: "invalid_client" }, { "www-authenticate": 'Basic realm="tunes"' });
  }

  function exchangeCode({ form }: TunesRequest): Response {
    const code = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const verifier = form.get("code_verifier") ?? "";
    const proven = createHash("sha256").update(verifier).digest("base64url") === code?.challenge;
    if (!code || !proven || code.redirectUri !== form.get("redirect_uri") || clock.now() > code.endsAtMs) {
      return refuse("invalid_grant");
    }
    const grant: Grant = { account: code.account, scopes: code.scopes, revoked: false };
    return issue(grant, settings.givesRefreshToken ? secret("refresh") : undefined);
  }

  async function refresh({ form }: TunesRequest): Promise<Response> {
    const sent = refreshTokens.get(form.get("refresh_token") ?? "");
    if (!sent || sent.grant.revoked) return refuse("invalid_grant");
    if (sent.used) {
      sent.grant.revoked = true;
      return refuse("invalid_grant");
    }
    sent.used = settings.rotates;
    const answer = issue(sent.grant, settings.rotates ? secret("refresh") : undefined);
    await settings.afterRefresh?.();
    return answer;
  }

  async function token(request: TunesRequest): Promise<Response> {
    const fault = settings.tokenFaults.shift();
    if (fault) return fault(request);
    const problem = clientProblem(request);
    if (problem) return problem;
    if (request.form.get("grant_type") === "authorization_code") return exchangeCode(request);
    if (request.form.get("grant_type") === "refresh_token") return refresh(request);
    return refuse("unsupported_grant_type");
  }

  function revoke(request: TunesRequest): Response {
    const problem = clientProblem(request);
    if (problem) return problem;
    if (settings.revocationStatus !== 200) return json(settings.revocationStatus, {});
    const value = request.form.get("token") ?? "";
    const grant = refreshTokens.get(value)?.grant ?? accessTokens.get(value)?.grant;
    if (grant) grant.revoked = true;
    return new Response(null, { status: 200 });
  }

  function accessTokenOf(headers: Headers): AccessToken | undefined {
    const known = accessTokens.get((headers.get("authorization") ?? "").replace(/^Bearer /, ""));
    return known && !known.grant.revoked && clock.now() < known.endsAtMs ? known : undefined;
  }

  function me({ headers }: TunesRequest): Response {
    if (settings.profileStatus !== 200) return json(settings.profileStatus, { error: "no profile" });
    const known = accessTokenOf(headers);
    if (!known) return json(401, { error: "token" });
    const { id, name, email } = known.grant.account;
    return json(200, { id, name, email });
  }

  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (url.origin !== ORIGIN) throw new Error(`unexpected request to ${url.origin}`);
    const seen: TunesRequest = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      form: new URLSearchParams(request.body === null ? "" : await request.text()),
      headers: request.headers,
    };
    requests.push(seen);
    if (seen.path === "/token") return token(seen);
    if (seen.path === "/revoke") return revoke(seen);
    if (seen.path === "/me") return me(seen);
    if (seen.path.startsWith("/users/")) {
      return seen.path === "/users/pub-1" ? json(200, { id: "pub-1", name: "Public Pat" }) : json(404, {});
    }
    return json(404, {});
  };

  /** The user at the consent page. Gives the address that the service redirects to. */
  function consent(url: string, account: TunesAccount, decision: "allow" | "deny" = "allow"): string {
    const query = new URL(url).searchParams;
    const expected = {
      response_type: "code",
      client_id: CLIENT.clientId,
      redirect_uri: REDIRECT,
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(expected)) {
      if (query.get(name) !== value) throw new Error(`the authorization page refuses ${name}`);
    }
    const challenge = query.get("code_challenge") ?? "";
    const state = query.get("state") ?? "";
    if (!/^[\w-]{43}$/.test(challenge) || !/^[\w-]{43}$/.test(state)) throw new Error("no proof or state");
    const back = new URL(REDIRECT);
    back.searchParams.set("state", state);
    secrets.push(state);
    if (decision === "deny") {
      back.searchParams.set("error", "access_denied");
      return back.href;
    }
    const asked = (query.get("scope") ?? "").split(" ");
    const scopes = account.grants ? asked.filter((scope) => account.grants?.includes(scope)) : asked;
    const code = secret("code");
    codes.set(code, { account, redirectUri: REDIRECT, challenge, scopes, endsAtMs: clock.now() + 600_000 });
    back.searchParams.set("code", code);
    return back.href;
  }

  return {
    fetch,
    consent,
    settings,
    requests,
    /** Every token, code and state that the service has given out. */
    secrets,
    /** Requests to one path, of one grant type where asked. */
    count: (path: string, grantType?: string) =>
      requests.filter((seen) => seen.path === path && (!grantType || seen.form.get("grant_type") === grantType)).length,
    accepts: (accessToken: string) =>
      accessTokenOf(new Headers({ authorization: `Bearer ${accessToken}` })) !== undefined,
    /** Ends all grants of an account, as its owner can in the account's settings. */
    revokeAll(account: TunesAccount) {
      for (const { grant } of refreshTokens.values()) if (grant.account.id === account.id) grant.revoked = true;
    },
    /** Ends access tokens before their time, as a password change does; refresh tokens stay good. */
    endAccessTokens: () => accessTokens.clear(),
    answer: { json, refuse },
  };
}

export type TunesService = ReturnType<typeof createTunesService>;
