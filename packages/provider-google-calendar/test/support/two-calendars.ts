import type { UniversalEvent } from "@syncer/calendar";
import { createSyncEngine, keyring, memoryStorage, type PairReport, type SyncOptions, tableNames } from "@syncer/core";
import { createSandbox, GOOGLE_APP, signIn } from "@syncer/sandbox";
import { fastForwardClock } from "@syncer/testkit";
import { googleCalendar } from "../../src/index.ts";
import { GoogleBench } from "./google-bench.ts";
import { ANNA, BEN } from "./google-harness.ts";

const USER = { userId: "user-1" } as const;

/** Two accounts at Google, and an engine between the primary calendar of either. */
export class TwoCalendars {
  readonly clock = fastForwardClock();
  readonly sandbox = createSandbox({ clock: this.clock });
  readonly people: readonly [GoogleBench, GoogleBench];
  readonly engine;
  /** `POST /calendars/{id}/events`, without queries, since the last sync began. */
  requests: string[] = [];
  /** Stands between the engine and Google. */
  wayside: ((request: Request, pass: () => Promise<Response>) => Promise<Response>) | undefined;
  readonly #storage = memoryStorage();
  readonly #connections: string[] = [];

  constructor() {
    const person = (user: string) => new GoogleBench({ user, sandbox: this.sandbox });
    this.people = [person(ANNA), person(BEN)];
    this.engine = createSyncEngine({
      providers: [googleCalendar({ clientId: GOOGLE_APP.id, clientSecret: GOOGLE_APP.secret })],
      storage: this.#storage,
      encryption: keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(9) } }),
      fetch: (input, init) => this.clock.hold(this.#fetch(new Request(input, init))),
      clock: this.clock,
    });
  }

  static async open(): Promise<TwoCalendars> {
    const made = new TwoCalendars();
    await made.engine.migrate();
    for (const user of [ANNA, BEN]) await made.#connect(user);
    return made;
  }

  async #connect(user: string): Promise<void> {
    const { connections } = this.engine;
    const redirectUrl = "https://app.example/callback";
    const { url } = await connections.begin({ ...USER, service: "google-calendar", redirectUrl });
    const { searchParams } = await signIn({ fetch: this.sandbox.fetch, url, user });
    const [code, state] = [searchParams.get("code") ?? "", searchParams.get("state") ?? ""];
    const { connection } = await connections.complete({ service: "google-calendar", code, state });
    this.#connections.push(connection.id);
  }

  async #fetch(request: Request): Promise<Response> {
    const { pathname, hostname } = new URL(request.url);
    if (hostname === "www.googleapis.com") {
      this.requests.push(`${request.method} ${decodeURIComponent(pathname).replace(/^\/calendar\/v3/, "")}`);
    }
    const pass = () => this.sandbox.fetch(request);
    return this.wayside ? await this.wayside(request, pass) : await pass();
  }

  get writes(): readonly string[] {
    return this.requests.filter((each) => !each.startsWith("GET"));
  }

  async sync(options: SyncOptions = {}, mode: "bidirectional" | "sync-to" = "bidirectional"): Promise<PairReport> {
    this.requests = [];
    const { pairs: reports } = await this.engine.sync(this.#request(options, mode));
    if (!reports[0]) throw new TypeError("no report");
    return reports[0];
  }

  /** Looks at what a sync would do. */
  async plan(): Promise<void> {
    this.requests = [];
    const [plan] = (await this.engine.plan(this.#request({}, "bidirectional"))).pairs;
    if (!plan?.ok) throw new TypeError("it cannot be planned");
  }

  #request(options: SyncOptions, mode: "bidirectional" | "sync-to") {
    const sideOf = (side: 0 | 1) => ({
      connectionId: this.#connections[side] ?? "",
      container: [ANNA, BEN][side] ?? "",
    });
    return { ...USER, pairs: [{ source: sideOf(0), target: sideOf(1), mode }], type: "events", options };
  }

  /** What both calendars show, without what a copy has of its own. */
  async shown(): Promise<readonly ReadonlyMap<string, Partial<UniversalEvent>>[]> {
    return await Promise.all(
      this.people.map(async (person) => {
        const shown = await person.shown();
        return new Map([...shown].map(([title, event]) => [title, comparable(event)] as const).sort());
      }),
    );
  }

  async stored(): Promise<string> {
    return JSON.stringify(await Promise.all(tableNames.map((table) => this.#storage.select({ table }))));
  }
}

function comparable(event: UniversalEvent): Partial<UniversalEvent> {
  const { uid: _, sequence: __, organizer: ___, attendees: ____, myResponse: _____, ...rest } = event;
  return rest;
}
