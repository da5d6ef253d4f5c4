import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { type StorageAdapter, type SyncEngineOptions, tableNames } from "@syncer/core";
import { createSandbox, DEEZER_APP, SPOTIFY_APP, signIn } from "@syncer/sandbox";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { virtualClock } from "../../../packages/core/test/support/virtual-clock.ts";
import { REDIRECT, startHost } from "../../support/host.ts";
import { type Canary, type Leak, Scanner } from "./scanner.ts";

const LISTENER = {
  spotifyId: "kanarienvogel-listener-7f3a",
  deezerId: 4_111_777_999,
  displayName: "Wilhelmina Kanarienvogel",
} as const;

/** Answers and requests in which secrets and persons go over the wire. */
const SECRET_FIELDS = ["access_token", "refresh_token", "code", "code_verifier", "client_secret", "state"];
const PERSON_FIELDS = ["email", "display_name", "name", "firstname", "lastname", "account_id", "id"];

/** What the engine said and threw, in full. */
export interface Said {
  readonly where: string;
  readonly text: string;
}

/**
 * A host whose user, library and tokens are canaries: what the services really send is taken down on the way, so that
 * nothing is forgotten.
 */
export async function canaryHost(wrap: (storage: StorageAdapter) => StorageAdapter = (storage) => storage) {
  const folder = await mkdtemp(join(tmpdir(), "syncer-canary-"));
  const clock = virtualClock({ autoAdvance: true });
  const sandbox = createSandbox({ clock });
  const { spotify, deezer } = sandbox.control;
  const { accountId } = spotify.addUser({
    id: LISTENER.spotifyId,
    displayName: LISTENER.displayName,
    country: "SE",
  });
  deezer.addUser({
    id: LISTENER.deezerId,
    name: "kanarienvogel_w_4711",
    firstName: "Wilhelmina",
    lastName: "Kanarienvogel",
    country: "SE",
  });
  const canaries: Canary[] = [
    { kind: "account id", value: LISTENER.spotifyId },
    { kind: "account id", value: accountId },
    { kind: "account id", value: String(LISTENER.deezerId) },
    { kind: "name", value: LISTENER.displayName },
    { kind: "client secret", value: SPOTIFY_APP.secret },
    { kind: "client secret", value: DEEZER_APP.secret },
  ];
  const tapped = tap(sandbox.fetch, canaries);
  const inner = sqlite(join(folder, "syncer.db"));
  const storage = wrap(inner);
  const host = startHost({ clock, sandbox, storage, engine: { fetch: tapped } });
  const said: Said[] = [];
  const note = (where: string, what: unknown) => {
    said.push({ where, text: inspect(what, { depth: 12, showHidden: true, maxStringLength: null }) });
    said.push({ where: `${where} as text`, text: `${what instanceof Error ? what.stack : JSON.stringify(what)}` });
  };
  return {
    ...host,
    listener: LISTENER,
    canaries,
    note,
    /** Plants titles, artists and albums: real ones, long enough not to be met by chance. */
    plantLibrary(spotifyIds: readonly string[]): void {
      spotify.seedFavourites(LISTENER.spotifyId, spotifyIds);
      for (const id of spotifyIds) {
        const track = sandbox.catalogue.spotify.byId(id);
        if (!track) throw new RangeError("the sandbox has no such track");
        const twins = sandbox.catalogue.truth
          .deezerCopies(id)
          .flatMap((copy) => sandbox.catalogue.deezer.byId(copy) ?? []);
        canaries.push(
          ...[track.title, ...twins.map(({ title }) => title)].map((value) => ({ kind: "title", value })),
          ...[track.album.name, ...twins.map(({ album }) => album.title)].map((value) => ({ kind: "album", value })),
          ...[...track.artists, ...twins.flatMap(({ contributors }) => contributors)].map(({ name }) => ({
            kind: "artist",
            value: name,
          })),
        );
      }
    },
    /** Plants a playlist with a name and a description that nobody else has, of tracks that are planted already. */
    plantPlaylist(entries: readonly string[]): string {
      const name = `Rainy Thursday Mixtape ${sandbox.control.spotify.playlists(LISTENER.spotifyId).length}`;
      const description = `Written for nobody but ${LISTENER.displayName}, on the night train`;
      canaries.push({ kind: "playlist", value: name }, { kind: "playlist", value: description });
      return spotify.seedPlaylist(LISTENER.spotifyId, { name, description, public: false, entries });
    },
    async signIn(service: "spotify" | "deezer") {
      const { url, state } = await host.engine.connections.begin({
        userId: "user-1",
        service,
        redirectUrl: REDIRECT[service],
        // More than a sync needs: what a host asks for beside it must not be kept either.
        extraScopes: service === "spotify" ? ["user-read-email", "user-read-private"] : ["email"],
      });
      canaries.push({ kind: "state", value: state });
      const user = service === "spotify" ? LISTENER.spotifyId : LISTENER.deezerId;
      const callbackUrl = await signIn({ fetch: sandbox.fetch, url, user });
      canaries.push({ kind: "code", value: callbackUrl.searchParams.get("code") ?? "" });
      const { connection } = await host.engine.connections.complete({ service, callbackUrl });
      return connection;
    },
    /** Another process on the same database, whose work in the background ends before the host's does. */
    worker(engine: Pick<SyncEngineOptions, "beforeApply" | "jobs">) {
      const shared: StorageAdapter = {
        migrate: () => storage.migrate(),
        select: (query) => storage.select(query),
        count: (query) => storage.count(query),
        write: (batch) => storage.write(batch),
        close: async () => {},
      };
      return startHost({ clock, sandbox, storage: shared, engine: { fetch: tapped, ...engine } });
    },
    /** Everything that was stored, logged, announced or thrown. */
    async leaks(): Promise<Leak[]> {
      const scanner = new Scanner(canaries.filter(({ value }) => value.length >= 8));
      const places: (readonly [string, string | Uint8Array])[] = [
        ["log events", JSON.stringify(host.logs)],
        ["events", JSON.stringify(host.events)],
        ...said.map(({ where, text }) => [where, text] as const),
      ];
      for (const table of tableNames) {
        places.push([`table ${table}`, JSON.stringify(await inner.select({ table }))]);
      }
      for (const file of await readdir(folder)) places.push([`file ${file}`, await readFile(join(folder, file))]);
      return places.flatMap(([where, hay]) => scanner.find(where, hay));
    },
    async close() {
      await host.engine.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Takes down, as canaries, the secrets and the persons that pass. */
function tap(inner: typeof fetch, canaries: Canary[]): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const sent = `${new URL(request.url).search.slice(1)}&${await request.clone().text()}`;
    const parameters = new URLSearchParams(sent);
    for (const field of SECRET_FIELDS) {
      for (const value of parameters.getAll(field)) canaries.push({ kind: field, value });
    }
    const answer = await inner(request);
    const text = await answer
      .clone()
      .text()
      .catch(() => "");
    for (const [key, value] of new URLSearchParams(text))
      if (key === "access_token") canaries.push({ kind: key, value });
    const body = parse(text);
    const isPerson = /\/(v1|user)\/me$/.test(new URL(request.url).pathname);
    for (const [key, value] of Object.entries(body)) {
      const wanted = SECRET_FIELDS.includes(key) || (isPerson && PERSON_FIELDS.includes(key));
      if (wanted && (typeof value === "string" || typeof value === "number")) {
        canaries.push({ kind: key, value: String(value) });
      }
    }
    return answer;
  };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
