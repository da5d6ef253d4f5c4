import pg from "pg";
import type { OwnPostgres } from "../../../packages/storage-adapters/test/support/own-postgres.ts";
import { answers } from "../../../packages/storage-adapters/test/support/own-postgres.ts";
import { Fleet, type FleetOptions } from "./fleet.ts";
import { fullestWindow } from "./windows.ts";

export interface StoryOptions extends FleetOptions {
  readonly server: OwnPostgres;
  readonly rounds: number;
  /** Processes that are killed in the middle of rounds; the database is restarted in the middle of one of them, too. */
  readonly kills: number;
}

/** What came of it. Times in ms, of the shared clock unless they say otherwise. */
export interface Outcome {
  readonly libraries: Record<string, readonly string[]>;
  readonly jobs: Readonly<Record<string, number>>;
  /** By service: how many, refused for coming too fast, and the fullest window beside what it may hold. */
  readonly requests: Readonly<
    Record<string, { readonly sent: number; readonly fullest: number; readonly limit: number }>
  >;
  readonly refused: number;
  readonly kills: number;
  readonly dropped: number;
  /** Of the round in which all tokens had ended: how often each connection was refreshed. */
  readonly refreshes: { readonly connections: number; readonly stored: number; readonly asked: number };
  /** Of each round, in which everybody waits at once: how long a job took, and the slowest one. */
  readonly waits: readonly { readonly meanMs: number; readonly slowestMs: number }[];
  readonly openWork: { readonly intents: number; readonly jobs: number };
  readonly tookMs: number;
  readonly tookRealMs: number;
  readonly exitCodes: readonly (number | string)[];
}

const LIMITS = { spotify: { requests: 90, perMs: 30_000 }, deezer: { requests: 50, perMs: 5_000 } } as const;
/** Real time between two broken connections, and between two killed processes. */
const DROP_MS = 700;
const KILL_MS = 3_000;

/** Rounds of jobs for everybody, while processes are killed, connections break and the database is restarted. */
export async function tellStory(options: StoryOptions): Promise<Outcome> {
  const { server, rounds, kills } = options;
  const fleet = await Fleet.open(options);
  const began = { ms: fleet.now(), realMs: Date.now() };
  const trouble = new Trouble(fleet, server);
  fleet.noteRequests();
  const waits: Outcome["waits"][number][] = [];
  let refreshes = { connections: 0, stored: 0, asked: 0 };
  for (let round = 0; round < rounds; round++) {
    const sinceMs = fleet.now();
    // The last round is without trouble: a process that dies with a new token in its hands would need another.
    const isLast = round === rounds - 1;
    if (isLast) fleet.sandbox.control.spotify.expireAccessTokens();
    await fleet.begin(round);
    const troubled = isLast ? undefined : trouble.make(Math.ceil(kills / (rounds - 1)), round === 1);
    await fleet.settled();
    await troubled?.end();
    waits.push(summary((await fleet.waits(sinceMs)).map(({ waitedMs }) => waitedMs)));
    if (isLast) refreshes = await refreshesSince(fleet, sinceMs);
  }
  fleet.noteRequests();
  const took = { ms: fleet.now() - began.ms, realMs: Date.now() - began.realMs };
  const outcome = {
    libraries: fleet.libraries(),
    jobs: await jobsOf(fleet),
    requests: Object.fromEntries(
      Object.entries(LIMITS).map(([service, { requests, perMs }]) => [
        service,
        {
          sent: fleet.log.filter((each) => each.service === service).length,
          fullest: fullestWindow(fleet.log, service, perMs),
          limit: requests,
        },
      ]),
    ),
    refused: fleet.refused,
    kills: trouble.kills,
    dropped: trouble.dropped,
    refreshes,
    waits,
    openWork: {
      intents: await fleet.storage.count({ table: "intents", where: { state: "prepared" } }),
      jobs: await fleet.storage.count({ table: "sync_jobs", where: { status: { in: ["queued", "running"] } } }),
    },
    tookMs: took.ms,
    tookRealMs: took.realMs,
  };
  return { ...outcome, exitCodes: await fleet.close() };
}

function summary(times: readonly number[]): Outcome["waits"][number] {
  const sum = times.reduce((total, each) => total + each, 0);
  return { meanMs: Math.round(sum / times.length), slowestMs: Math.max(...times) };
}

async function jobsOf({ storage }: Fleet): Promise<Record<string, number>> {
  const jobs = await storage.select({ table: "sync_jobs", columns: ["status"] });
  const counts: Record<string, number> = {};
  for (const { status } of jobs) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function refreshesSince(fleet: Fleet, sinceMs: number): Promise<Outcome["refreshes"]> {
  const where = { act: "connection.refreshed", at: { gte: sinceMs } };
  const rows = await fleet.storage.select({ table: "audit_log", where });
  fleet.noteRequests();
  const asked = fleet.log.filter((each) => each.service === "spotify" && each.kind === "token" && each.at >= sinceMs);
  return {
    connections: new Set(rows.map(({ subject_id }) => subject_id)).size,
    stored: rows.length,
    asked: asked.length,
  };
}

/** What goes wrong while a round is under way. */
class Trouble {
  readonly #fleet: Fleet;
  readonly #server: OwnPostgres;
  kills = 0;
  dropped = 0;

  constructor(fleet: Fleet, server: OwnPostgres) {
    this.#fleet = fleet;
    this.#server = server;
  }

  make(kills: number, restarts: boolean): { end(): Promise<void> } {
    let isOver = false;
    const pause = (ms: number) => new Promise((resume) => setTimeout(resume, ms));
    const drops = (async () => {
      for (await pause(DROP_MS); !isOver; await pause(DROP_MS)) await this.#dropOne();
    })();
    const deaths = (async () => {
      for (let count = 0; count < kills; count++) {
        await pause(KILL_MS);
        if (isOver) return;
        if (restarts && count === 0) {
          await this.#server.kill();
          await this.#server.start();
        }
        await this.#fleet.replace(this.kills);
        this.kills += 1;
      }
    })();
    return {
      end: async () => {
        isOver = true;
        await Promise.all([drops, deaths]);
      },
    };
  }

  /** Breaks a connection of one of the processes, whatever it is doing. */
  async #dropOne(): Promise<void> {
    const { connectionString } = this.#server;
    if (!(await answers(connectionString))) return;
    const client = new pg.Client({ connectionString });
    client.on("error", () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() order by random() limit 1",
      );
      this.dropped += rows.length;
    } catch {
      // The server is being restarted.
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
