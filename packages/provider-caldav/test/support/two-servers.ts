import { readEvent, type UniversalEvent } from "@syncer/calendar";
import { createSyncEngine, keyring, memoryStorage, type PairReport, type SyncOptions, tableNames } from "@syncer/core";
import { caldav } from "../../src/index.ts";
import { ON_THIS_MACHINE } from "./caldav-harness.ts";
import type { DavServer } from "./dav-server.ts";
import { DavUser } from "./dav-user.ts";

const USER = { userId: "user-1" } as const;

/** One account at each of two servers, and an engine between a new calendar of either. */
export class TwoServers {
  readonly #servers: readonly [DavServer, DavServer];
  readonly #storage = memoryStorage();
  readonly calendars: readonly [string, string];
  readonly people: readonly [DavUser, DavUser];
  readonly engine;
  /** Methods of the requests that changed something since the last sync began. */
  writes: string[] = [];
  #connections: string[] = [];

  constructor(servers: readonly [DavServer, DavServer], calendars: readonly [string, string]) {
    this.#servers = servers;
    this.calendars = calendars;
    this.people = [new DavUser(servers[0], calendars[0]), new DavUser(servers[1], calendars[1])];
    this.engine = createSyncEngine({
      providers: [caldav({ addresses: ON_THIS_MACHINE })],
      storage: this.#storage,
      encryption: keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(9) } }),
      fetch: this.#fetch,
    });
  }

  static async open(servers: readonly [DavServer, DavServer], name: string): Promise<TwoServers> {
    const [left, right] = servers;
    const made = new TwoServers(servers, [await left.makeCalendar(name), await right.makeCalendar(name)]);
    await made.engine.migrate();
    for (const { url, username, password } of servers) {
      const login = { ...USER, service: "caldav" as const, serverUrl: url, username, password };
      made.#connections.push((await made.engine.connections.addBasic(login)).connection.id);
    }
    return made;
  }

  readonly #fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const server = this.#servers.find(({ url }) => request.url.startsWith(url));
    if (!server) throw new TypeError("a request to somebody else");
    if (!["PROPFIND", "REPORT", "GET"].includes(request.method)) this.writes.push(request.method);
    return await server.fetch(request);
  };

  containers(side: 0 | 1) {
    return this.engine.containers({ ...USER, connectionId: this.#connections[side] ?? "", type: "events" });
  }

  async sync(options: SyncOptions = {}): Promise<PairReport> {
    this.writes = [];
    const sideOf = (side: 0 | 1) => ({
      connectionId: this.#connections[side] ?? "",
      container: this.calendars[side],
    });
    const pairs = [{ source: sideOf(0), target: sideOf(1), mode: "bidirectional" as const }];
    const { pairs: reports } = await this.engine.sync({ ...USER, pairs, type: "events", options });
    if (!reports[0]) throw new TypeError("no report");
    return reports[0];
  }

  /** What is in a calendar, by title, as a person's application shows it; the ids are those of {@link DavUser}. */
  async shown(side: 0 | 1): Promise<ReadonlyMap<string, { readonly id: string; readonly event: UniversalEvent }>> {
    const person = this.people[side];
    const rows = (await person.ids()).map(async (id) => ({ id, event: readEvent(await person.text(id)).event }));
    const found = await Promise.all(rows);
    return new Map(found.map((row) => [row.event.title ?? "", row]));
  }

  async titles(side: 0 | 1): Promise<readonly string[]> {
    return [...(await this.shown(side)).keys()].sort();
  }

  async stored(): Promise<string> {
    return JSON.stringify(await Promise.all(tableNames.map((table) => this.#storage.select({ table }))));
  }
}
