import type { Sandbox } from "../../src/index.ts";
import { validateExchange } from "./validate-exchange.ts";

/** What came back, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; `undefined` if it is none. */
  readonly json: unknown;
}

export interface CallOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form. */
  readonly form?: Record<string, string>;
}

export async function call(sandbox: Sandbox, url: string, options: CallOptions = {}): Promise<Answer> {
  const { method = "GET", headers = {}, json, form } = options;
  const request = new Request(url, {
    method,
    headers: { ...headers, ...(json === undefined ? {} : { "content-type": "application/json" }) },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  const copy = request.clone();
  const response = await sandbox.fetch(request);
  // Every exchange of every test is held against the published description.
  await validateExchange(copy, response);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export type Api = (path: string, options?: CallOptions) => Promise<Answer>;

/** Calls Spotify's Web API for a user, with a token made behind the consent page. */
export function spotifyApi(sandbox: Sandbox, user = "anna", scopes?: readonly string[], clientId?: string): Api {
  const { accessToken } = sandbox.control.spotify.issueTokens(user, scopes, clientId);
  return (path, options = {}) =>
    call(sandbox, `https://api.spotify.com/v1${path}`, {
      ...options,
      headers: { authorization: `Bearer ${accessToken}`, ...options.headers },
    });
}

/** Calls Deezer's API for a user. */
export function deezerApi(
  sandbox: Sandbox,
  user = 4_000_000_001,
  permissions?: Parameters<Sandbox["control"]["deezer"]["issueToken"]>[1],
): Api {
  const token = sandbox.control.deezer.issueToken(user, permissions);
  return (path, options) =>
    call(sandbox, `https://api.deezer.com${path}${path.includes("?") ? "&" : "?"}access_token=${token}`, options);
}

/** Reaches into parsed JSON: `at(body, "items", 0, "track", "id")`. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((node, key) => (node as Record<string | number, unknown> | undefined)?.[key], value);
}

/** A list inside parsed JSON. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const list = at(value, ...path);
  if (!Array.isArray(list)) throw new Error(`No list at ${path.join(".")}`);
  return list;
}

/** Calls the Calendar API for a user, with a token made behind the consent page. Scopes may be short: `calendar.events`. */
export function googleApi(sandbox: Sandbox, user = "anna@gmail.example", scopes?: readonly string[]): Api {
  const { accessToken } = sandbox.control.google.issueTokens(user, scopes);
  return (path, options = {}) =>
    call(sandbox, `https://www.googleapis.com/calendar/v3${path}`, {
      ...options,
      headers: { authorization: `Bearer ${accessToken}`, ...options.headers },
    });
}
