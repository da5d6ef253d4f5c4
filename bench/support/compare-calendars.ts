import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { readEvent, type UniversalEvent } from "@syncer/calendar";
import { buildChild } from "./build-child.ts";
import type { CalendarServer } from "./calendar-server.ts";
import type { ChildResult, ChildTask } from "./calendars-child.ts";
import { inventedEvent } from "./invented-events.ts";
import { type Measured, measuredProcess } from "./measured-process.ts";
import { Vdirsyncer } from "./vdirsyncer.ts";

/** What one client cost, run by run. */
export interface ClientFigures {
  readonly first: Measured;
  /** The first run after it. */
  readonly second: Measured;
  /** Once nothing has happened since the run before. */
  readonly quiet: Measured;
}

export interface OurFigures extends ClientFigures {
  /** A quiet sync in a process that has run one before, from its call to its report. */
  readonly runningMs: number;
  /** Of that one, by side. */
  readonly quietRequests: readonly number[];
  /** Of the first sync, by side. */
  readonly firstRequests: readonly number[];
}

export type RateLimit = NonNullable<ChildTask["rateLimit"]>;

const CHILD = fileURLToPath(new URL("./calendars-child.ts", import.meta.url));
const FULL = "full";
/** Quiet runs in one process; the middle one counts. */
const RUNS = 9;

/** A server with a full calendar, and clients that bring it into empty ones of another account. */
export class Comparison {
  readonly #server: CalendarServer;
  readonly #count: number;
  readonly #folder: string;
  readonly #child: string;
  #copies = 0;

  private constructor(server: CalendarServer, count: number, folder: string, child: string) {
    this.#server = server;
    this.#count = count;
    this.#folder = folder;
    this.#child = child;
  }

  static async open(server: CalendarServer, count: number): Promise<Comparison> {
    const folder = await mkdtemp(join(tmpdir(), "syncer-bench-calendars-"));
    const child = await buildChild(CHILD, folder);
    const [owner] = server.users;
    await server.makeCalendar(owner, FULL);
    await server.fill(
      owner,
      FULL,
      Array.from({ length: count }, (_, n) => inventedEvent(n)),
    );
    return new Comparison(server, count, folder, child);
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async vdirsyncer(): Promise<ClientFigures> {
    const { url, password, users } = this.#server;
    const copy = await this.#emptyCalendar();
    const client = await Vdirsyncer.open({
      folder: join(this.#folder, copy),
      serverUrl: url,
      password,
      sides: [
        { username: users[0], name: FULL },
        { username: users[1], name: copy },
      ],
    });
    const first = await client.sync();
    await this.#assertEqual(copy);
    return { first, second: await client.sync(), quiet: await client.sync() };
  }

  /** @param rateLimit absent: the provider's own */
  async ours(rateLimit?: RateLimit): Promise<OurFigures> {
    const { url, password, users } = this.#server;
    const copy = await this.#emptyCalendar();
    const sides = [FULL, copy].map((name, index) => {
      const username = users[index] ?? "";
      return { username, calendar: this.#server.addressOf(username, name) };
    });
    const file = join(this.#folder, `${copy}.db`);
    const task = { file, serverUrl: url, password, ...(rateLimit ? { rateLimit } : {}) };
    const { stdout } = await this.#run("connect", { ...task, sides });
    const ids = JSON.parse(stdout) as string[];
    const connected = sides.map((side, index) => ({ ...side, connectionId: ids[index] ?? "" }));
    const sync = (runs: number) => this.#run("sync", { ...task, sides: connected, runs });
    const first = await sync(1);
    await this.#assertEqual(copy);
    const [second, quiet] = [await sync(1), await sync(1)];
    const running = resultsOf(await sync(RUNS)).slice(1);
    const times = running.map(({ syncMs }) => syncMs).sort((a, b) => a - b);
    return {
      first,
      second,
      quiet,
      runningMs: times[Math.floor(times.length / 2)] ?? Number.NaN,
      firstRequests: resultsOf(first)[0]?.requests ?? [],
      quietRequests: running.at(-1)?.requests ?? [],
    };
  }

  #run(action: string, task: ChildTask): Promise<Measured> {
    return measuredProcess(process.execPath, [this.#child, action, JSON.stringify(task)]);
  }

  async #emptyCalendar(): Promise<string> {
    this.#copies += 1;
    const name = `copy-${this.#copies}`;
    await this.#server.makeCalendar(this.#server.users[1], name);
    return name;
  }

  /** A client that is fast because it leaves something out would win. */
  async #assertEqual(copy: string): Promise<void> {
    const [owner, other] = this.#server.users;
    const original = eventsOf(await this.#server.texts(owner, FULL));
    const made = eventsOf(await this.#server.texts(other, copy));
    if (original.size !== this.#count) throw new Error(`${original.size} events are left of ${this.#count}`);
    if (made.size !== this.#count) throw new Error(`${made.size} events were made of ${this.#count}`);
    for (const [uid, event] of original) {
      if (!isDeepStrictEqual(made.get(uid), event)) throw new Error(`${uid} is not what it was`);
    }
  }
}

function resultsOf({ stdout }: Measured): readonly ChildResult[] {
  return JSON.parse(stdout) as ChildResult[];
}

/** What the events of a calendar say, by UID. */
function eventsOf(texts: readonly string[]): ReadonlyMap<string, Partial<UniversalEvent>> {
  return new Map(
    texts.map((text) => {
      const { uid, event } = readEvent(text);
      // How often an event was changed is each server's own affair.
      const { sequence: _, ...said } = event;
      return [uid, said];
    }),
  );
}

/** What a Node process takes that does nothing. */
export function bareNode(): Promise<Measured> {
  return measuredProcess(process.execPath, ["--eval", "0"]);
}
