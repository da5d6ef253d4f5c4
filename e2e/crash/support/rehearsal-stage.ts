import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Row } from "@syncer/core";
import { databaseAt, databaseOf } from "./database-of.ts";
import { type Ended, Processes } from "./processes.ts";
import type { Rehearsal } from "./rehearsal.ts";
import { sharedClock } from "./shared-clock.ts";

/** Longer than a lease lives: whoever held one is taken for dead, without anybody having waited. */
const LATER_MS = 60_000;

/** What a stage has to know of the services that it plays. */
export interface Services {
  /** Services and a database in step, with changes that wait for a sync. */
  prepare(file: string): Promise<Prepared>;
  close(): Promise<void>;
}

export interface Prepared {
  readonly rehearsal: Omit<Rehearsal, "aheadMs">;
  /** What users see at the services. */
  shown(): { readonly [service: string]: readonly string[] };
  /** Requests that wrote at a service since the scene began, or since `clearStats`. */
  writes(): number;
  clearStats(): void;
  /** From now on the services' clocks are so far ahead. */
  moveOn(aheadMs: number): void;
}

/** What can be compared between two scenes: everything that users see, and what is kept of it. */
export interface Outcome {
  readonly shown: { readonly [service: string]: readonly string[] };
  readonly links: readonly string[];
  readonly conflicts: readonly string[];
}

/** A row of links as far as it can be compared: ids that a service made up on the way have another name. */
export type NameOf = (id: string | null) => string;

/** Stand-ins behind a real server, a folder for database files, and processes that share one clock with them. */
export class Stage {
  readonly #services: Services;
  readonly #folder: string;
  readonly processes: Processes;
  readonly #server: string | undefined;
  #files = 0;
  /** Never goes back: a token that was given to an earlier scene must not come from the future. */
  #aheadMs = 0;

  private constructor(services: Services, folder: string, processes: Processes, server: string | undefined) {
    this.#services = services;
    this.#folder = folder;
    this.processes = processes;
    this.#server = server;
  }

  /**
   * @param program see `bundleChild`
   * @param server the PostgreSQL server that has the databases. Absent: they are SQLite files
   */
  static async open(program: string, services: (folder: string) => Promise<Services>, server?: string): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), "syncer-crash-"));
    return new Stage(await services(folder), folder, new Processes(program, join(folder, "compiled")), server);
  }

  /** A database of its own, and the services as they are before the sync. */
  async scene(): Promise<Scene> {
    const name = `${basename(this.#folder)}-${++this.#files}`.replaceAll("-", "_");
    const file = this.#server ? databaseAt(this.#server, name) : join(this.#folder, `${name}.db`);
    const prepared = await this.#services.prepare(file);
    return new Scene(this, prepared, () => {
      this.#aheadMs += LATER_MS;
      prepared.moveOn(this.#aheadMs);
      return this.#aheadMs;
    });
  }

  async close(): Promise<void> {
    this.processes.end();
    await this.#services.close();
    await rm(this.#folder, { recursive: true });
  }
}

/** One database, from its first sync on. */
export class Scene {
  readonly stage: Stage;
  readonly #prepared: Prepared;
  readonly #later: () => number;
  #rehearsal: Rehearsal;

  constructor(stage: Stage, prepared: Prepared, later: () => number) {
    this.stage = stage;
    this.#prepared = prepared;
    this.#later = later;
    this.#rehearsal = { ...prepared.rehearsal, aheadMs: later() };
  }

  get rehearsal(): Rehearsal {
    return this.#rehearsal;
  }

  /** Syncs in another process, when the lease of the last one has run out. @param at where it is to kill itself */
  async sync(at?: number | string): Promise<Ended> {
    this.#rehearsal = { ...this.#rehearsal, aheadMs: this.#later() };
    return await this.stage.processes.run({ rehearsal: this.#rehearsal, ...(at === undefined ? {} : { at }) });
  }

  /** Syncs in a process that is stopped at a point, as SIGSTOP does. @returns what lets it go on */
  async stopAt(at: string): Promise<() => Promise<Ended>> {
    this.#rehearsal = { ...this.#rehearsal, aheadMs: this.#later() };
    return await this.stage.processes.stop({ rehearsal: this.#rehearsal, at });
  }

  writes(): number {
    return this.#prepared.writes();
  }

  clearStats(): void {
    this.#prepared.clearStats();
  }

  async outcome(nameOf: NameOf = (id) => id ?? "-"): Promise<Outcome> {
    const storage = databaseOf(this.#rehearsal);
    const links = await storage.select({ table: "links", orderBy: ["link_key"] });
    const conflicts = await storage.select({ table: "conflicts" });
    await storage.close();
    const describe = ({ source_id, target_id, state, alias }: Row<"links">) =>
      `${nameOf(source_id)} = ${nameOf(target_id)} ${state}${alias ? " alias" : ""}`;
    return {
      shown: this.#prepared.shown(),
      links: links
        .filter(({ state }) => state !== "dropped" && state !== "superseded")
        .map(describe)
        .sort(),
      conflicts: conflicts.map(({ kind, state, resolution }) => `${kind} ${state} ${resolution}`).sort(),
    };
  }

  /** What a run that ended well leaves behind of its own work: nothing. */
  async openWork(): Promise<{ readonly intents: number; readonly jobs: number; readonly leases: number }> {
    const storage = databaseOf(this.#rehearsal);
    const now = sharedClock(this.#rehearsal).now();
    const open = {
      intents: await storage.count({ table: "intents", where: { state: "prepared" } }),
      jobs: await storage.count({ table: "sync_jobs", where: { status: "running" } }),
      leases: await storage.count({ table: "leases", where: { expires_at: { gt: now } } }),
    };
    await storage.close();
    return open;
  }
}

export const nothingOpen = { intents: 0, jobs: 0, leases: 0 } as const;
