import type { UniversalEvent } from "@syncer/calendar";
import {
  createTransport,
  type DocumentPage,
  type DocumentState,
  documentsIn,
  type ListedDocument,
  type Session,
  systemRandom,
} from "@syncer/core";
import { createSandbox, GOOGLE_APP, type Sandbox } from "@syncer/sandbox";
import { fastForwardClock } from "@syncer/testkit";
import {
  type GoogleCalendarOptions,
  type GoogleCalendarProvider,
  type GoogleEvent,
  googleCalendar,
} from "../../src/index.ts";
import { ANNA, GRANTED } from "./google-harness.ts";

type Row = ListedDocument<GoogleEvent>;
export type State = DocumentState<GoogleEvent> & { readonly losses?: readonly string[] };

/** Requests, as `POST /calendars/…/events`, without the query; what is in the way of one answers instead of it. */
export type Wayside = (request: Request, pass: () => Promise<Response>) => Promise<Response>;

/** The provider over the sandbox, for one user and calendar, with all that was asked. */
export class GoogleBench {
  readonly clock = fastForwardClock();
  readonly sandbox: Sandbox;
  readonly provider: GoogleCalendarProvider;
  readonly calendarId: string;
  readonly session: Session;
  readonly user: string;
  /** `GET /calendars/{id}/events?…`, decoded, since the last `forget`. */
  requests: string[] = [];
  wayside: Wayside | undefined;
  #operations = 0;

  constructor({
    user = ANNA,
    calendarId = user,
    sandbox,
    scopes = GRANTED,
    options = {},
  }: {
    user?: string;
    calendarId?: string;
    sandbox?: Sandbox;
    scopes?: readonly string[];
    options?: Pick<GoogleCalendarOptions, "eventTypes">;
  } = {}) {
    this.provider = googleCalendar({ clientId: GOOGLE_APP.id, clientSecret: GOOGLE_APP.secret, ...options });
    this.user = user;
    this.calendarId = calendarId;
    this.sandbox = sandbox ?? createSandbox({ clock: this.clock });
    const renew = async () => this.google.issueTokens(user, scopes).accessToken;
    let accessToken = this.google.issueTokens(user, scopes).accessToken;
    const transport = createTransport({
      clock: this.clock,
      random: systemRandom,
      fetch: (input, init) => this.clock.hold(this.#fetch(new Request(input, init))),
    });
    this.session = transport.session({
      provider: this.provider,
      tenantId: "test",
      connectionId: "c1",
      grantedScopes: scopes,
      tokens: {
        current: async () => accessToken,
        async renew() {
          accessToken = await renew();
          return accessToken;
        },
      },
    });
  }

  get google() {
    return this.sandbox.control.google;
  }

  get events() {
    return documentsIn(this.provider.collections.events, this.calendarId);
  }

  async #fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const query = searchParams.size === 0 ? "" : `?${decodeURIComponent(searchParams.toString())}`;
    this.requests.push(`${request.method} ${decodeURIComponent(pathname).replace(/^\/calendar\/v3/, "")}${query}`);
    const pass = () => this.sandbox.fetch(request);
    return this.wayside ? await this.wayside(request, pass) : await pass();
  }

  /** Methods and paths of what was asked while `work` was done. */
  async asked(work: () => Promise<unknown>): Promise<readonly string[]> {
    this.requests = [];
    await work();
    return this.requests.map((each) => each.replace(/\?.*$/, ""));
  }

  async pages(pageSize?: number): Promise<readonly DocumentPage<GoogleEvent>[]> {
    return await collect(this.events.read.list(this.session, pageSize === undefined ? {} : { pageSize }));
  }

  async rows(pageSize?: number): Promise<readonly Row[]> {
    return (await this.pages(pageSize)).flatMap(({ entries }) => entries);
  }

  /** The token that a listing ends with. */
  async token(): Promise<string> {
    return tokenOf(await this.pages());
  }

  async changes(token: string): Promise<{ readonly rows: readonly Row[]; readonly token: string }> {
    const { changes } = this.events.read;
    if (!changes) throw new TypeError("no deltas");
    const pages = await collect(changes(this.session, token, {}));
    return { rows: pages.flatMap(({ entries }) => entries), token: tokenOf(pages) };
  }

  /** The listed events, by title. */
  async shown(): Promise<ReadonlyMap<string, UniversalEvent>> {
    const listed = (await this.rows()).flatMap((row) => (row.state === "listed" ? [row.native.event] : []));
    return new Map(listed.map((event) => [event.title ?? "(busy)", event]));
  }

  operation(): string {
    this.#operations += 1;
    return `operation-of-a-test.${String(this.#operations).padStart(30, "0")}`;
  }

  async create(item: Partial<UniversalEvent>, operationId = this.operation()): Promise<State> {
    return await this.#write().create(this.session, { item, operationId });
  }

  /** Creates, and writes what a creation cannot carry, as the engine does. */
  async createWhole(item: Partial<UniversalEvent>): Promise<State> {
    const made = await this.create(item);
    return item.overrides ? await this.update(made, { overrides: item.overrides }) : made;
  }

  async update(state: State, item: Partial<UniversalEvent>, operationId = this.operation()): Promise<State> {
    const { id, native, version } = state;
    const condition = version === undefined ? {} : { ifVersion: version };
    return await this.#write().update(this.session, { id, item, operationId, previous: native, ...condition });
  }

  async delete(id: string, ifVersion?: string): Promise<void> {
    const condition = ifVersion === undefined ? {} : { ifVersion };
    await this.#write().delete(this.session, { id, operationId: this.operation(), ...condition });
  }

  async get(id: string): Promise<State> {
    const answer = await this.events.read.get(this.session, id);
    if (answer.state === "gone") throw new RangeError("it is gone");
    const { state: _, ...found } = answer;
    return found;
  }

  /** What is stored, by Google's id. */
  stored(id: string): Readonly<Record<string, unknown>> {
    const found = this.google.events(this.calendarId).find((event) => event.id === id);
    if (!found) throw new RangeError("nothing is stored there");
    return found;
  }

  #write() {
    const { write } = this.events;
    if (!write) throw new TypeError("it can be written");
    return write;
  }
}

export async function collect<T>(source: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const each of source) all.push(each);
  return all;
}

function tokenOf(pages: readonly DocumentPage<GoogleEvent>[]): string {
  const token = pages.at(-1)?.token;
  if (token === undefined) throw new TypeError("no token");
  return token;
}
