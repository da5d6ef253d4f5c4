import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, type RequestRecord, type Sandbox, signIn } from "@syncer/sandbox";
import pg from "pg";
import type { OwnPostgres } from "../../../packages/storage-adapters/test/support/own-postgres.ts";
import { withDatabase } from "../../../packages/storage-adapters/test/support/postgres-server.ts";
import { sharedClock } from "../../crash/support/shared-clock.ts";
import { REDIRECT } from "../../support/host.ts";
import { fleetEngine, requestOf } from "./fleet-engine.ts";
import { libraries, live, type Person, register } from "./people.ts";
import { bundleWorker, WorkerProcess } from "./processes.ts";
import type { FleetSetting } from "./setting.ts";

export interface FleetOptions {
  readonly server: Pick<OwnPostgres, "connectionString">;
  /** One of this name is made there. */
  readonly database: string;
  readonly redis?: FleetSetting["redis"];
  readonly speed: number;
  readonly people: number;
  readonly processes: number;
  readonly doubled?: boolean;
}

/** A job of a round, in clock time. */
export interface Waited {
  readonly userId: string;
  readonly waitedMs: number;
}

async function createDatabase(server: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`create database "${name}"`);
  await client.end();
  return withDatabase(server, name);
}

/** How often the database is asked whether a round is over: nobody else tells, as those who do the work may be killed. */
const ASK_AGAIN_MS = 100;

/** Worker processes on one database, stand-ins of the services that count, and one scaled clock for all. */
export class Fleet {
  readonly sandbox: Sandbox;
  readonly people: readonly Person[];
  readonly setting: FleetSetting;
  readonly log: RequestRecord[] = [];
  processes: WorkerProcess[] = [];
  readonly #here: ReturnType<typeof fleetEngine>;
  readonly folder: string;
  readonly #program: string;
  readonly #close: () => Promise<void>;
  refused = 0;

  private constructor(given: {
    sandbox: Sandbox;
    people: readonly Person[];
    setting: FleetSetting;
    folder: string;
    program: string;
    close: () => Promise<void>;
  }) {
    this.sandbox = given.sandbox;
    this.people = given.people;
    this.setting = given.setting;
    this.folder = given.folder;
    this.#program = given.program;
    this.#close = given.close;
    this.#here = fleetEngine(given.setting);
  }

  /** Starts services and processes, and signs everybody in. */
  static async open(options: FleetOptions): Promise<Fleet> {
    const { speed, server: database, redis, doubled = false } = options;
    const postgres = await createDatabase(database.connectionString, options.database);
    const folder = await mkdtemp(join(tmpdir(), "syncer-fleet-"));
    const time = { epochMs: Date.now(), speed };
    const sandbox = createSandbox({ clock: sharedClock(time), regime: "EQM" });
    const server = await sandbox.listen();
    const setting: FleetSetting = {
      ...time,
      server: server.url,
      postgres,
      poolSize: 5,
      doubled,
      workers: 4,
      ...(redis ? { redis } : {}),
    };
    const close = async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    };
    const people = register(sandbox, options.people);
    const fleet = new Fleet({ sandbox, people, setting, close, folder, program: await bundleWorker(folder) });
    await fleet.#here.engine.migrate();
    await fleet.#signIn();
    fleet.processes = Array.from({ length: options.processes }, () => fleet.start());
    await Promise.all(fleet.processes.map((each) => each.saying("ready")));
    return fleet;
  }

  get engine() {
    return this.#here.engine;
  }

  get storage() {
    return this.#here.storage;
  }

  now(): number {
    return this.#here.clock.now();
  }

  start(): WorkerProcess {
    return new WorkerProcess(this.#program, this.setting);
  }

  /** Kills one of the processes in the middle of its work, and starts another. */
  async replace(index: number): Promise<void> {
    const doomed = this.processes[index % this.processes.length];
    await doomed?.kill();
    this.processes = [...this.processes.filter((each) => each !== doomed), this.start()];
  }

  /** What everybody does at Spotify before a round, and a job for each, or for the first ones. */
  async begin(round: number, amount = this.people.length): Promise<void> {
    for (const [index, person] of this.people.entries()) live(this.sandbox, person, index, round);
    for (const { userId } of this.people.slice(0, amount))
      await this.#here.engine.enqueue(requestOf(userId), { lane: "automatic" });
  }

  /** Resolves when nothing waits and nothing runs, however often the database is away meanwhile. */
  async settled(): Promise<void> {
    for (let left = -1; left !== 0; left = await this.#open()) {
      await new Promise((resume) => setTimeout(resume, ASK_AGAIN_MS));
      this.noteRequests();
    }
  }

  /** Takes over what the services have counted; they keep the last ten thousand requests only. */
  noteRequests(): void {
    const { control } = this.sandbox;
    this.log.push(...control.log());
    const stats = control.stats();
    this.refused += stats.spotify.rateLimited + stats.deezer.rateLimited;
    control.clearStats();
  }

  /** How long each job that was made since then took, from being queued to its end. */
  async waits(sinceMs: number): Promise<Waited[]> {
    const jobs = await this.storage.select({ table: "sync_jobs", where: { created_at: { gte: sinceMs } } });
    return jobs.map(({ user_id, created_at, finished_at }) => ({
      userId: user_id,
      waitedMs: (finished_at ?? Number.POSITIVE_INFINITY) - created_at,
    }));
  }

  libraries(): Record<string, readonly string[]> {
    return libraries(this.sandbox, this.people);
  }

  async close(): Promise<(number | string)[]> {
    const codes = await Promise.all(this.processes.map((each) => each.end()));
    await this.#here.engine.stop();
    await this.#close();
    return codes;
  }

  async #open(): Promise<number> {
    try {
      return await this.storage.count({ table: "sync_jobs", where: { status: { in: ["queued", "running"] } } });
    } catch {
      return -1;
    }
  }

  async #signIn(): Promise<void> {
    const { engine } = this.#here;
    for (const { userId, spotifyId, deezerId } of this.people) {
      for (const [service, user] of [
        ["spotify", spotifyId],
        ["deezer", deezerId],
      ] as const) {
        const { url } = await engine.connections.begin({ userId, service, redirectUrl: REDIRECT[service] });
        const server = (input: string | URL | Request, init?: RequestInit) => fetch(this.#served(input), init);
        const callbackUrl = await signIn({ fetch: server, url, user });
        await engine.connections.complete({ service, callbackUrl });
      }
    }
  }

  /** Links of the consent page name the real host, or the server's form of it. */
  #served(input: string | URL | Request): string {
    const url = input instanceof Request ? input.url : String(input);
    return url.replace(/^https:\/\/(accounts\.spotify\.com|connect\.deezer\.com)/, `${this.setting.server}/$1`);
  }
}
