import { deezer } from "@syncer/provider-deezer";
import { googleCalendar } from "@syncer/provider-google-calendar";
import { spotify } from "@syncer/provider-spotify";
import type { ItemFixtures, ProviderFixtures, ProviderHarness } from "@syncer/testkit";
import {
  createDeezerHarness,
  createPublicDeezerHarness,
} from "../../packages/provider-deezer/test/support/deezer-harness.ts";
import { createGoogleHarness } from "../../packages/provider-google-calendar/test/support/google-harness.ts";
import { createSpotifyHarness } from "../../packages/provider-spotify/test/support/spotify-harness.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A service to try, beside its stand-in. */
export interface LiveTarget {
  readonly name: string;
  /** Names of variables that have to be set and are not. */
  readonly missing: readonly string[];
  /** Asks the real service for what the checks need to know. */
  prepare(fetch: typeof globalThis.fetch, writable: boolean): Promise<Omit<ProviderHarness, "fetch">>;
  createSandbox(): ProviderHarness;
}

/** Somewhat below what the services allow, because preparing the checks and other programs count too. */
const CAREFUL = { spotify: { requests: 80, perMs: 30_000 }, deezer: { requests: 40, perMs: 5_000 } };

/** A recording that the catalogue extract knows at both services under one code; the environment can name another. */
const RECORDING = { isrc: "USIR20400274", title: "Mr. Brightside", artist: "The Killers" };

export function liveTargets(env: Environment): readonly LiveTarget[] {
  const recording = {
    isrc: env.LIVE_ISRC ?? RECORDING.isrc,
    title: env.LIVE_TITLE ?? RECORDING.title,
    artist: env.LIVE_ARTIST ?? RECORDING.artist,
  };
  return [
    googleTarget(env),
    spotifyTarget(env, recording),
    deezerTarget(env, recording),
    publicDeezerTarget(env, recording),
  ];
}

function missingIn(env: Environment, names: readonly string[]): readonly string[] {
  return names.filter((name) => !env[name]);
}

/** One calendar, made for tests; the suite's events are those that it tries the sandbox with. */
function googleTarget(env: Environment): LiveTarget {
  const { GOOGLE_CLIENT_ID = "", GOOGLE_CLIENT_SECRET = "", GOOGLE_REFRESH_TOKEN = "", GOOGLE_CALENDAR_ID = "" } = env;
  const client = { clientId: GOOGLE_CLIENT_ID || "unset", clientSecret: GOOGLE_CLIENT_SECRET || "unset" };
  const provider = googleCalendar({ ...client, rateLimit: { requests: 300 } });
  return {
    name: "google-calendar",
    missing: missingIn(env, ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "GOOGLE_REFRESH_TOKEN", "GOOGLE_CALENDAR_ID"]),
    createSandbox: () => createGoogleHarness(),
    async prepare(fetch, writable) {
      const renew = () => refreshGoogle(fetch, client, GOOGLE_REFRESH_TOKEN);
      const { events } = createGoogleHarness().fixtures.documents ?? {};
      return {
        provider,
        writable,
        user: { accessToken: await renew(), renew, grantedScopes: provider.scopes },
        fixtures: events ? { documents: { events: { ...events, containerId: GOOGLE_CALENDAR_ID } } } : {},
      };
    },
  };
}

async function refreshGoogle(
  fetch: typeof globalThis.fetch,
  client: { readonly clientId: string; readonly clientSecret: string },
  refreshToken: string,
): Promise<string> {
  const body = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    client_id: client.clientId,
    client_secret: client.clientSecret,
  });
  const response = await fetch("https://oauth2.googleapis.com/token", { method: "POST", body });
  const token = valueAt(await response.json(), "access_token");
  if (typeof token !== "string") throw new Error(`Google gives no access token (HTTP ${response.status}).`);
  return token;
}

function spotifyTarget(env: Environment, recording: typeof RECORDING): LiveTarget {
  const { SPOTIFY_CLIENT_ID: clientId = "", SPOTIFY_CLIENT_SECRET: clientSecret, SPOTIFY_REFRESH_TOKEN = "" } = env;
  const provider = spotify({
    clientId: clientId || "unset",
    ...(clientSecret ? { clientSecret } : {}),
    rateLimit: CAREFUL.spotify,
  });
  return {
    name: "spotify",
    missing: missingIn(env, ["SPOTIFY_CLIENT_ID", "SPOTIFY_REFRESH_TOKEN"]),
    createSandbox: () => createSpotifyHarness("DEV"),
    async prepare(fetch, writable) {
      const renew = () => refreshSpotify(fetch, clientId, clientSecret, SPOTIFY_REFRESH_TOKEN);
      const accessToken = await renew();
      const ask = (query: string) =>
        askJson(fetch, `https://api.spotify.com/v1/search?type=track&limit=10&q=${encodeURIComponent(query)}`, {
          authorization: `Bearer ${accessToken}`,
        });
      const byCode = await ask(`isrc:${recording.isrc}`);
      const byWords = await ask(`track:"${recording.title}" artist:"${recording.artist}"`);
      const [first] = listIn(byCode, "tracks", "items");
      return {
        provider,
        writable,
        user: { accessToken, renew, grantedScopes: provider.scopes },
        fixtures: fixturesOf(
          recording,
          { byCode: idsIn(byCode, "tracks", "items"), byWords: idsIn(byWords, "tracks", "items") },
          { album: valueAt(first, "album"), artist: listIn(first, "artists")[0] },
          "0000000000000000000000",
        ),
      };
    },
  };
}

function deezerTarget(env: Environment, recording: typeof RECORDING): LiveTarget {
  const accessToken = env.DEEZER_ACCESS_TOKEN ?? "";
  // Calls carry the token alone; the application's own credentials take part in signing in only.
  const provider = deezer({
    appId: env.DEEZER_APP_ID || "1",
    appSecret: env.DEEZER_APP_SECRET || "not used",
    rateLimit: CAREFUL.deezer,
  });
  return {
    name: "deezer",
    missing: missingIn(env, ["DEEZER_ACCESS_TOKEN"]),
    createSandbox: () => createDeezerHarness(),
    prepare: async (fetch, writable) => ({
      provider,
      writable,
      user: { accessToken, grantedScopes: provider.scopes },
      fixtures: await deezerFixtures(fetch, recording),
    }),
  };
}

function publicDeezerTarget(env: Environment, recording: typeof RECORDING): LiveTarget {
  const accountId = env.DEEZER_PUBLIC_USER_ID;
  const provider = deezer({ rateLimit: CAREFUL.deezer });
  return {
    name: "deezer (public)",
    missing: [],
    createSandbox: () => createPublicDeezerHarness(),
    prepare: async (fetch) => ({
      // Without somebody to look at, the catalogue is what remains.
      provider: accountId ? provider : { ...provider, collections: {} },
      writable: false,
      user: { grantedScopes: [], ...(accountId ? { accountId } : {}) },
      fixtures: await deezerFixtures(fetch, recording),
    }),
  };
}

async function deezerFixtures(fetch: typeof globalThis.fetch, recording: typeof RECORDING): Promise<ProviderFixtures> {
  const track = await askJson(fetch, `https://api.deezer.com/track/isrc:${recording.isrc}`);
  const query = `artist:"${recording.artist}" track:"${recording.title}"`;
  const hits = await askJson(fetch, `https://api.deezer.com/search?limit=25&q=${encodeURIComponent(query)}`);
  return fixturesOf(
    recording,
    { byCode: idsIn([track]), byWords: idsIn(hits, "data") },
    { album: valueAt(track, "album"), artist: valueAt(track, "artist") },
    "999999999999999",
  );
}

function fixturesOf(
  { isrc, title, artist }: typeof RECORDING,
  { byCode, byWords }: { readonly byCode: readonly string[]; readonly byWords: readonly string[] },
  around: { readonly album: unknown; readonly artist: unknown },
  unknownId: string,
): ProviderFixtures {
  const found = byWords.find((id) => byCode.includes(id)) ?? byWords[0];
  const track = {
    ids: byCode,
    unknownId,
    ...(byCode.length > 0 ? { lookups: { isrc: { known: isrc, unknown: "ZZZZZ0000000" } } } : {}),
    ...(found ? { search: { title, artist, id: found } } : {}),
  };
  const artistName = nameOf(around.artist);
  return {
    items: {
      track,
      album: itemOf(around.album, unknownId, artistName),
      artist: itemOf(around.artist, unknownId),
    },
  };
}

/** What is known of the album or the artist of the recording. */
function itemOf(native: unknown, unknownId: string, artist?: string): ItemFixtures {
  const [id] = idsIn([native]);
  const title = nameOf(native);
  if (id === undefined || title === undefined) return { ids: [], unknownId };
  return { ids: [id], unknownId, search: { title, id, ...(artist === undefined ? {} : { artist }) } };
}

function nameOf(native: unknown): string | undefined {
  const name = valueAt(native, "name") ?? valueAt(native, "title");
  return typeof name === "string" ? name : undefined;
}

async function refreshSpotify(
  fetch: typeof globalThis.fetch,
  clientId: string,
  clientSecret: string | undefined,
  refreshToken: string,
): Promise<string> {
  const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken });
  const headers = new Headers();
  if (clientSecret) headers.set("authorization", `Basic ${btoa(`${clientId}:${clientSecret}`)}`);
  else body.set("client_id", clientId);
  const response = await fetch("https://accounts.spotify.com/api/token", { method: "POST", body, headers });
  const token = valueAt(await response.json(), "access_token");
  if (typeof token !== "string") throw new Error(`Spotify gives no access token (HTTP ${response.status}).`);
  return token;
}

async function askJson(
  fetch: typeof globalThis.fetch,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`${new URL(url).hostname} answers HTTP ${response.status}.`);
  return response.json();
}

function valueAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (node, name) => (typeof node === "object" && node !== null ? new Map(Object.entries(node)).get(name) : undefined),
    value,
  );
}

function listIn(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const list = valueAt(value, ...path);
  return Array.isArray(list) ? list : [];
}

function idsIn(value: unknown, ...path: readonly string[]): readonly string[] {
  return listIn(value, ...path).flatMap((element: unknown) => {
    const id = valueAt(element, "id");
    return typeof id === "string" || typeof id === "number" ? [String(id)] : [];
  });
}
