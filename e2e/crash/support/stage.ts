import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PairReport, Row } from "@syncer/core";
import { createSandbox, type RunningServer, type Sandbox, signIn } from "@syncer/sandbox";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { AGREEING, onlyAtSpotify, type Recording, recordings } from "../../support/agreeing.ts";
import { REDIRECT } from "../../support/host.ts";
import { crashEngine, REQUEST, type Setting, USER } from "./crash-engine.ts";
import { Points } from "./points.ts";
import { sharedClock } from "./shared-clock.ts";

/** Clock seconds in a real one: a lease of a dead process ends after half a second. */
const SPEED = 60;
const ANNA = { spotifyId: "anna", deezerId: 4_000_000_001 } as const;
const CHILD = join(import.meta.dirname, "../child.ts");

export interface Ended {
  /** Absent if the process was killed. */
  readonly report?: { readonly status: PairReport["status"]; readonly counts: PairReport["counts"] };
  readonly killed: boolean;
  /** The points that it passed, unless it was killed. */
  readonly points: readonly string[];
}

/** Stand-ins behind a real server, a folder for database files, and processes that share one scaled clock. */
export class Stage {
  readonly sandbox: Sandbox;
  readonly #server: RunningServer;
  readonly #folder: string;
  readonly #epochMs: number;
  #files = 0;

  private constructor(sandbox: Sandbox, server: RunningServer, folder: string, epochMs: number) {
    this.sandbox = sandbox;
    this.#server = server;
    this.#folder = folder;
    this.#epochMs = epochMs;
  }

  static async open(): Promise<Stage> {
    const epochMs = Date.now();
    const sandbox = createSandbox({ clock: sharedClock({ epochMs, speed: SPEED }), disagreements: AGREEING });
    return new Stage(sandbox, await sandbox.listen(), await mkdtemp(join(tmpdir(), "syncer-crash-")), epochMs);
  }

  /** A new database and fresh services: eight favourites in step, then six changes that wait for a sync. */
  async scene(): Promise<Scene> {
    const setting: Setting = {
      server: this.#server.url,
      file: join(this.#folder, `${++this.#files}.db`),
      epochMs: this.#epochMs,
      speed: SPEED,
    };
    this.sandbox.control.reset();
    const scene = new Scene(this.sandbox, setting, this.#folder);
    await scene.prepare();
    return scene;
  }

  async close(): Promise<void> {
    await this.#server.close();
    await rm(this.#folder, { recursive: true });
  }
}

/** What can be compared between two scenes: everything that users see, and what is kept of it. */
export interface Outcome {
  readonly spotify: readonly string[];
  readonly deezer: readonly string[];
  readonly links: readonly Pick<Row<"links">, "link_key" | "source_id" | "target_id" | "state" | "alias">[];
}

/** One database, from its first sync on. */
export class Scene {
  readonly #sandbox: Sandbox;
  readonly #setting: Setting;
  readonly #cache: string;

  constructor(sandbox: Sandbox, setting: Setting, cache: string) {
    this.#sandbox = sandbox;
    this.#setting = setting;
    this.#cache = cache;
  }

  async prepare(): Promise<void> {
    const { spotify } = this.#sandbox.control;
    const all = recordings(this.#sandbox, 12);
    const ids = (some: readonly Recording[]) => some.map((each) => each.spotify);
    spotify.seedFavourites(ANNA.spotifyId, ids(all.slice(0, 8)));
    const engine = crashEngine(this.#setting, new Points(undefined, () => {}));
    await engine.migrate();
    for (const service of ["spotify", "deezer"] as const) {
      const { url } = await engine.connections.begin({ ...USER, service, redirectUrl: REDIRECT[service] });
      const user = service === "spotify" ? ANNA.spotifyId : ANNA.deezerId;
      await engine.connections.complete({ service, callbackUrl: await signIn({ fetch, url, user }) });
    }
    const first = await engine.sync(REQUEST);
    if (first.pairs[0]?.counts.added !== 8) throw new Error("the first sync copies eight favourites");
    await engine.stop();
    spotify.seedFavourites(ANNA.spotifyId, [...ids(all.slice(8)), ...onlyAtSpotify(this.#sandbox, 1)]);
    spotify.removeFavourites(ANNA.spotifyId, ids(all.slice(0, 2)));
    this.#sandbox.control.clearStats();
  }

  /** Syncs in a process of its own. @param crashAt where it is to kill itself, see `Points` */
  async sync(crashAt?: number | string): Promise<Ended> {
    const child = spawn(process.execPath, ["--conditions=@syncer/source", CHILD], {
      env: {
        ...process.env,
        NODE_COMPILE_CACHE: join(this.#cache, "compiled"),
        CRASH_SETTING: JSON.stringify(this.#setting),
        ...(crashAt === undefined ? {} : { CRASH_AT: `${crashAt}` }),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    let complaints = "";
    child.stdout.on("data", (data) => (printed += data));
    child.stderr.on("data", (data) => (complaints += data));
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      child.once("close", (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
    });
    if (signal === "SIGKILL") return { killed: true, points: [] };
    if (code !== 0) throw new Error(`the process ended with ${code}: ${complaints}`);
    const { points, ...report } = JSON.parse(printed.trim().split("\n").at(-1) ?? "");
    return { killed: false, report, points };
  }

  /** Requests that wrote at a service since the scene began, or since `clearStats`. */
  writes(): number {
    const { spotify, deezer } = this.#sandbox.control.stats();
    return spotify.byKind.write + deezer.byKind.write;
  }

  clearStats(): void {
    this.#sandbox.control.clearStats();
  }

  async outcome(): Promise<Outcome> {
    const storage = sqlite(this.#setting.file);
    const links = await storage.select({
      table: "links",
      columns: ["link_key", "source_id", "target_id", "state", "alias"],
      orderBy: ["link_key"],
    });
    await storage.close();
    const { spotify, deezer } = this.#sandbox.control;
    return {
      spotify: [...spotify.favourites(ANNA.spotifyId)].sort(),
      deezer: [...deezer.favourites(ANNA.deezerId)].sort(),
      links,
    };
  }

  /** What a run that ended well leaves behind of its own work: nothing. */
  async openWork(): Promise<{ readonly intents: number; readonly jobs: number; readonly leases: number }> {
    const storage = sqlite(this.#setting.file);
    const now = sharedClock(this.#setting).now();
    const open = {
      intents: await storage.count({ table: "intents", where: { state: "prepared" } }),
      jobs: await storage.count({ table: "sync_jobs", where: { status: "running" } }),
      leases: await storage.count({ table: "leases", where: { expires_at: { gt: now } } }),
    };
    await storage.close();
    return open;
  }
}
