import { formOf, json, type SandboxContext } from "../exchange.ts";
import type { SpotifyClient } from "./clients.ts";
import { tokenError } from "./errors.ts";
import type { SpotifyGrant } from "./grants.ts";
import type { SpotifyWorld } from "./world.ts";

const ACCESS_TOKEN_MS = 3_600_000;
const CODE_MS = 600_000;
const REFRESH_TOKEN_MONTHS = 6;

/** `POST /api/token`. */
export async function exchangeToken(world: SpotifyWorld, context: SandboxContext): Promise<Response> {
  if (!(context.req.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded")) {
    return tokenError(415, "unsupported_media_type");
  }
  const form = formOf(context);
  const auth = authenticate(world, context.req.header("authorization"), form);
  if (auth instanceof Response) return auth;
  switch (form.get("grant_type")) {
    case "authorization_code":
      return exchangeCode(world, auth, form);
    case "refresh_token":
      return refresh(world, auth, form);
    case "client_credentials":
      return appToken(world, auth);
    case null:
      return tokenError(400, "invalid_request", "grant_type parameter is missing");
    default:
      return tokenError(400, "unsupported_grant_type", "grant_type parameter is invalid");
  }
}

interface ClientAuth {
  readonly client: SpotifyClient;
  /** Whether the secret was shown. */
  readonly confidential: boolean;
}

function authenticate(world: SpotifyWorld, header: string | undefined, form: URLSearchParams): ClientAuth | Response {
  if (header !== undefined) {
    const [id, secret] = readBasic(header);
    const client = world.clients.get(id);
    if (client === undefined) return tokenError(400, "invalid_client", "Invalid client");
    if (client.secret !== secret) return tokenError(400, "invalid_client", "Invalid client secret");
    return { client, confidential: true };
  }
  const client = world.clients.get(form.get("client_id") ?? "");
  if (client === undefined) return tokenError(400, "invalid_client", "Invalid client");
  const secret = form.get("client_secret");
  if (secret !== null && secret !== client.secret) return tokenError(400, "invalid_client", "Invalid client secret");
  return { client, confidential: secret !== null };
}

/** Both halves are form-encoded by RFC 6749 §2.3.1; ids and secrets of Spotify need no escaping, so either form is equal. */
function readBasic(header: string): [id: string, secret: string] {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header)?.[1] ?? "";
  try {
    const [id = "", secret = ""] = atob(encoded).split(":");
    return [decodeURIComponent(id), decodeURIComponent(secret)];
  } catch {
    return ["", ""];
  }
}

async function exchangeCode(world: SpotifyWorld, auth: ClientAuth, form: URLSearchParams): Promise<Response> {
  const code = world.grants.codes.get(form.get("code") ?? "");
  if (form.get("code") === null) return tokenError(400, "invalid_request", "code must be supplied");
  const expired = code !== undefined && world.clock.now() - code.issuedAt > CODE_MS;
  if (code === undefined || code.used || code.clientId !== auth.client.id) {
    return tokenError(400, "invalid_grant", "Invalid authorization code");
  }
  if (expired) return tokenError(400, "invalid_grant", "Authorization code expired");
  if (form.get("redirect_uri") !== code.redirectUri) return tokenError(400, "invalid_grant", "Invalid redirect URI");
  const refusal = await refuseVerifier(code.codeChallenge, form.get("code_verifier"), auth.confidential);
  if (refusal !== undefined) return refusal;
  code.used = true;
  const grant: SpotifyGrant = {
    clientId: code.clientId,
    userId: code.userId,
    scopes: code.scopes,
    authorizedAt: world.clock.now(),
    refreshToken: undefined,
    revoked: false,
  };
  return tokenAnswer(world, grant, world.grants.issueRefreshToken(grant));
}

async function refuseVerifier(
  challenge: string | undefined,
  verifier: string | null,
  confidential: boolean,
): Promise<Response | undefined> {
  if (challenge === undefined) {
    return confidential ? undefined : tokenError(400, "invalid_client", "Invalid client secret");
  }
  if (verifier === null) return tokenError(400, "invalid_request", "code_verifier required");
  if (!/^[A-Za-z0-9\-._~]{43,128}$/.test(verifier)) {
    return tokenError(400, "invalid_request", "code_verifier must be between 43 and 128 characters");
  }
  if ((await s256(verifier)) !== challenge) return tokenError(400, "invalid_grant", "code_verifier was incorrect");
  return undefined;
}

async function s256(verifier: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  return btoa(String.fromCharCode(...hash))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function refresh(world: SpotifyWorld, auth: ClientAuth, form: URLSearchParams): Response {
  const text = form.get("refresh_token");
  if (text === null) return tokenError(400, "invalid_request", "refresh_token must be supplied");
  const grant = world.grants.refreshTokens.get(text);
  if (grant === undefined || grant.clientId !== auth.client.id)
    return tokenError(400, "invalid_grant", "Invalid refresh token");
  if (grant.revoked || grant.refreshToken !== text) return tokenError(400, "invalid_grant", "Refresh token revoked");
  if (world.clock.now() >= refreshTokenDeath(grant.authorizedAt))
    return tokenError(400, "invalid_grant", "Refresh token expired");
  return tokenAnswer(
    world,
    grant,
    world.settings.rotateRefreshTokens ? world.grants.issueRefreshToken(grant) : undefined,
  );
}

/** Six calendar months after the user's authorization; a refresh does not move it. */
function refreshTokenDeath(authorizedAt: number): number {
  const date = new Date(authorizedAt);
  date.setUTCMonth(date.getUTCMonth() + REFRESH_TOKEN_MONTHS);
  return date.getTime();
}

function appToken(world: SpotifyWorld, auth: ClientAuth): Response {
  if (!auth.confidential) return tokenError(400, "invalid_client", "Invalid client secret");
  const grant: SpotifyGrant = {
    clientId: auth.client.id,
    userId: undefined,
    scopes: [],
    authorizedAt: world.clock.now(),
    refreshToken: undefined,
    revoked: false,
  };
  const token = world.grants.issueAccessToken(grant, world.clock.now() + ACCESS_TOKEN_MS);
  return noStore({ access_token: token, token_type: "Bearer", expires_in: ACCESS_TOKEN_MS / 1_000 });
}

function tokenAnswer(world: SpotifyWorld, grant: SpotifyGrant, refreshToken: string | undefined): Response {
  return noStore({
    access_token: world.grants.issueAccessToken(grant, world.clock.now() + ACCESS_TOKEN_MS),
    token_type: "Bearer",
    expires_in: ACCESS_TOKEN_MS / 1_000,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    scope: grant.scopes.join(" "),
  });
}

function noStore(body: unknown): Response {
  return json(body, 200, { "cache-control": "no-store", pragma: "no-cache" });
}
