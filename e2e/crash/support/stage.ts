import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobInfo, PairReport, Row } from "@syncer/core";
import { createSandbox, type RunningServer, type Sandbox, signIn } from "@syncer/sandbox";
import { AGREEING, onlyAtSpotify, type Recording, recordings } from "../../support/agreeing.ts";
import { REDIRECT } from "../../support/host.ts";
import { crashEngine, openQueue, REQUEST, type Setting, USER } from "./crash-engine.ts";
import { databaseOf } from "./database-of.ts";
import { Points } from "./points.ts";
import { sharedClock } from "./shared-clock.ts";

/** Clock seconds in a real one: a lease of a dead process ends after half a second. */
const SPEED = 60;
const ANNA = { spotifyId: "anna", deezerId: 4_000_000_001 } as const;
const CHILD = join(import.meta.dirname, "../child.ts");
const WORKER = join(import.meta.dirname, "../worker-child.ts");

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
  readonly #speed: number;
  #files = 0;

  private constructor(sandbox: Sandbox, server: RunningServer, folder: string, epochMs: number, speed: number) {
    this.sandbox = sandbox;
    this.#server = server;
    this.#folder = folder;
    this.#epochMs = epochMs;
    this.#speed = speed;
  }

  static async open(speed: number = SPEED): Promise<Stage> {
    const epochMs = Date.now();
    const sandbox = createSandbox({ clock: sharedClock({ epochMs, speed }), disagreements: AGREEING });
    return new Stage(sandbox, await sandbox.listen(), await mkdtemp(join(tmpdir(), "syncer-crash-")), epochMs, speed);
  }

  /** A new database and fresh services: eight favourites in step, then six changes that wait for a sync. */
  async scene(queue?: Setting["queue"]): Promise<Scene> {
    const setting: Setting = {
      ...(queue ? { queue } : {}),
      server: this.#server.url,
      file: join(this.#folder, `${++this.#files}.db`),
      epochMs: this.#epochMs,
      speed: this.#speed,
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
    const child = this.#spawn(CHILD, crashAt === undefined ? {} : { CRASH_AT: `${crashAt}` });
    let printed = "";
    let complaints = "";
    child.stdout?.on("data", (data) => (printed += data));
    child.stderr?.on("data", (data) => (complaints += data));
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      child.once("close", (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
    });
    if (signal === "SIGKILL") return { killed: true, points: [] };
    if (code !== 0) throw new Error(`the process ended with ${code}: ${complaints}`);
    const { points, ...report } = JSON.parse(printed.trim().split("\n").at(-1) ?? "");
    return { killed: false, report, points };
  }

  /**
   * Starts a worker process. Whoever starts one sees that it ends.
   * @param at where it is to kill itself, or to be asked to end, see `Points`
   */
  worker(at: { readonly CRASH_AT?: string; readonly TERM_AT?: string } = {}): WorkerProcess {
    return new WorkerProcess(this.#spawn(WORKER, at));
  }

  /** Queues the sync, in this process; a worker that runs is woken, or finds it when it looks. */
  async enqueue(): Promise<JobInfo> {
    const nowhere = new Points(undefined, () => {});
    const engine = crashEngine(this.#setting, nowhere, databaseOf(this.#setting), await openQueue(this.#setting));
    const [job] = await engine.enqueue(REQUEST);
    await engine.stop();
    if (!job) throw new Error("one pair gives one job");
    return job;
  }

  async job({ id }: Pick<JobInfo, "id">): Promise<Row<"sync_jobs"> | undefined> {
    const storage = databaseOf(this.#setting);
    const [row] = await storage.select({ table: "sync_jobs", where: { id } });
    await storage.close();
    return row;
  }

  now(): number {
    return sharedClock(this.#setting).now();
  }

  #spawn(file: string, env: Readonly<Record<string, string>>): ChildProcess {
    return spawn(process.execPath, ["--conditions=@syncer/source", file], {
      env: {
        ...process.env,
        NODE_COMPILE_CACHE: join(this.#cache, "compiled"),
        CRASH_SETTING: JSON.stringify(this.#setting),
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
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
    const storage = databaseOf(this.#setting);
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
    const storage = databaseOf(this.#setting);
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

/** A line that a worker process has printed. */
interface Said {
  readonly type: string;
  readonly atMs: number;
  readonly status?: string;
}

/** A process that works until it is ended. */
export class WorkerProcess {
  readonly said: Said[] = [];
  readonly #child: ChildProcess;
  readonly #exit: Promise<readonly [code: number | null, signal: string | null]>;
  #complaints = "";
  #heard = Promise.withResolvers<void>();

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#exit = once(child, "close") as Promise<[number | null, string | null]>;
    let unfinished = "";
    child.stdout?.on("data", (data) => {
      const lines = `${unfinished}${data}`.split("\n");
      unfinished = lines.pop() ?? "";
      this.said.push(...lines.map((line) => JSON.parse(line) as Said));
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    });
    child.stderr?.on("data", (data) => (this.#complaints += data));
  }

  /** Resolves when it has said so; rejects if it ends before. */
  async saying(type: string): Promise<Said> {
    for (;;) {
      const found = this.said.find((line) => line.type === type);
      if (found) return found;
      const ended = await Promise.race([this.#heard.promise, this.#exit.then((how) => how)]);
      if (ended && !this.said.some((line) => line.type === type)) {
        throw new Error(`it ended (${ended}) without saying ${type}: ${this.#complaints}`);
      }
    }
  }

  /** How it ended: its exit code, or the signal that killed it. */
  async ended(): Promise<number | string | null> {
    const [code, signal] = await this.#exit;
    return signal ?? code;
  }

  kill(signal: "SIGTERM" | "SIGKILL"): void {
    this.#child.kill(signal);
  }
}
