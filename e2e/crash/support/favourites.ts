import { join } from "node:path";
import { createSandbox, type RunningServer, type Sandbox, signIn } from "@syncer/sandbox";
import { AGREEING, onlyAtSpotify, recordings } from "../../support/agreeing.ts";
import { REDIRECT } from "../../support/host.ts";
import { USER } from "./crash-engine.ts";
import { copyDatabase, emptyDatabase } from "./database-of.ts";
import { Points } from "./points.ts";
import { type Rehearsal, rehearsalEngine } from "./rehearsal.ts";
import type { Prepared, Services } from "./rehearsal-stage.ts";
import { sharedClock } from "./shared-clock.ts";

/** Clock seconds in a real one: services are asked no faster than they permit, and nobody waits for that. */
const SPEED = 60;
/** Access tokens live for an hour; none is to be renewed in the middle of a scene. */
const TEMPLATE_LIVES_MS = 30 * 60_000;
const ANNA = { spotifyId: "anna", deezerId: 4_000_000_001 } as const;

type Time = { readonly epochMs: number; readonly speed: number; aheadMs: number };
type What = "favourites" | "two-way favourites";

interface Changes {
  readonly before: { readonly spotify: readonly string[]; readonly deezer: readonly string[] };
  readonly after: { readonly spotify: readonly string[]; readonly deezer: readonly string[] };
}

/** Spotify and Deezer in the sandbox, behind one real server. */
export class Favourites implements Services {
  readonly #sandbox: Sandbox;
  readonly #server: RunningServer;
  readonly #time: Time;
  readonly #what: What;
  readonly #folder: string;
  #template = "";
  #templateAtMs = Number.NEGATIVE_INFINITY;
  #made = 0;

  private constructor(what: What, folder: string, sandbox: Sandbox, server: RunningServer, time: Time) {
    this.#what = what;
    this.#folder = folder;
    this.#sandbox = sandbox;
    this.#server = server;
    this.#time = time;
  }

  static async open(what: What, folder: string): Promise<Favourites> {
    const time = { epochMs: Date.now(), speed: SPEED, aheadMs: 0 };
    const clock = sharedClock(time);
    const sandbox = createSandbox({ clock, disagreements: AGREEING });
    return new Favourites(what, folder, sandbox, await sandbox.listen(), time);
  }

  async prepare(file: string): Promise<Prepared> {
    const { spotify, deezer } = this.#sandbox.control;
    const changes = changesOf(this.#what, this.#sandbox);
    if (sharedClock(this.#time).now() - this.#templateAtMs > TEMPLATE_LIVES_MS) await this.#makeTemplate(changes, file);
    await copyDatabase(this.#template, file);
    const have = { spotify: spotify.favourites(ANNA.spotifyId), deezer: deezer.favourites(ANNA.deezerId) };
    const lacks = (wanted: readonly string[], ids: readonly string[]) => wanted.filter((id) => !ids.includes(id));
    spotify.removeFavourites(ANNA.spotifyId, lacks(have.spotify, changes.after.spotify));
    spotify.seedFavourites(ANNA.spotifyId, lacks(changes.after.spotify, have.spotify));
    deezer.removeFavourites(ANNA.deezerId, lacks(have.deezer, changes.after.deezer));
    deezer.seedFavourites(ANNA.deezerId, lacks(changes.after.deezer, have.deezer));
    this.#sandbox.control.clearStats();
    return {
      rehearsal: this.#rehearsal(file),
      shown: () => ({
        spotify: [...spotify.favourites(ANNA.spotifyId)].sort(),
        deezer: [...deezer.favourites(ANNA.deezerId)].sort(),
      }),
      writes: () => {
        const stats = this.#sandbox.control.stats();
        return stats.spotify.byKind.write + stats.deezer.byKind.write;
      },
      clearStats: () => this.#sandbox.control.clearStats(),
      moveOn: (aheadMs) => {
        this.#time.aheadMs = aheadMs;
      },
    };
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  #rehearsal(file: string): Rehearsal {
    return { ...this.#time, what: this.#what, server: this.#server.url, file };
  }

  /** A database that is signed in at both services, with what is there before the changes in step. */
  async #makeTemplate({ before }: Changes, beside: string): Promise<void> {
    this.#template = await emptyDatabase(join(this.#folder, `template${++this.#made}`), beside);
    this.#sandbox.control.reset();
    this.#templateAtMs = sharedClock(this.#time).now();
    const { spotify, deezer } = this.#sandbox.control;
    spotify.seedFavourites(ANNA.spotifyId, before.spotify);
    deezer.seedFavourites(ANNA.deezerId, before.deezer);
    const { engine, sync, close } = rehearsalEngine(this.#rehearsal(this.#template), new Points(undefined, () => {}));
    await engine.migrate();
    for (const service of ["spotify", "deezer"] as const) {
      const { url } = await engine.connections.begin({ ...USER, service, redirectUrl: REDIRECT[service] });
      const user = service === "spotify" ? ANNA.spotifyId : ANNA.deezerId;
      await engine.connections.complete({ service, callbackUrl: await signIn({ fetch, url, user }) });
    }
    const [report] = (await sync()).pairs;
    if (report?.status !== "succeeded") throw new Error(`the first sync ended ${report?.status}`, { cause: report });
    await close();
  }
}

/** One way: four to add, two to remove and one that has no counterpart. Both ways: six and four on either side. */
function changesOf(what: What, sandbox: Sandbox): Changes {
  const all = recordings(sandbox, 42);
  const spotify = (from: number, to: number) => all.slice(from, to).map((each) => each.spotify);
  const deezer = (from: number, to: number) => all.slice(from, to).map((each) => each.deezer);
  if (what === "favourites") {
    return {
      before: { spotify: spotify(0, 8), deezer: [] },
      after: { spotify: [...spotify(2, 12), ...onlyAtSpotify(sandbox, 1)], deezer: deezer(0, 8) },
    };
  }
  return {
    before: { spotify: spotify(0, 20), deezer: deezer(10, 30) },
    after: {
      spotify: [...spotify(4, 30), ...spotify(30, 36)],
      deezer: [...deezer(0, 26), ...deezer(36, 42)],
    },
  };
}
