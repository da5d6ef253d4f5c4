import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { type DavAnswer, type DavRequest, davAnswer } from "./dav-answers.ts";
import { StandInCalendar } from "./stand-in-calendar.ts";

export interface StandInOptions {
  /** Names of accounts. Each has a home of its own, and all the same password. */
  readonly users: readonly string[];
  readonly password: string;
}

/** How many requests of each kind came: `PROPFIND`, `PUT`, `sync-collection` … */
export type RequestKinds = Readonly<Record<string, number>>;

/**
 * A small CalDAV server in memory, on a free port of 127.0.0.1: discovery, calendars, conditional writes, `sync-collection`,
 * `calendar-multiget` and `calendar-query` without ranges of time. It answers as fast as Node can, or as late as it is told, so that it
 * shows what clients cost. Nothing is rewritten, scheduled or expanded.
 * @see RFC 4791, RFC 4918, RFC 5397, RFC 6578, RFC 6764
 */
export class CaldavStandIn {
  readonly #options: StandInOptions;
  readonly #calendars = new Map<string, Map<string, StandInCalendar>>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #counts = new Map<string, Map<string, number>>();
  /** Added to each answer, like a network with that round trip. */
  latencyMs = 0;

  private constructor(options: StandInOptions) {
    this.#options = options;
    for (const user of options.users) this.#calendars.set(user, new Map());
    // A client may think for a while between two requests.
    this.#server.keepAliveTimeout = 60_000;
  }

  static async start(options: StandInOptions): Promise<CaldavStandIn> {
    const made = new CaldavStandIn(options);
    await new Promise<void>((resolve) => made.#server.listen(0, "127.0.0.1", resolve));
    return made;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** What a user would name. */
  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the stand-in is not listening");
    return `http://127.0.0.1:${address.port}/`;
  }

  /** Makes a calendar, or gives the one that is there. */
  calendar(user: string, name: string): StandInCalendar {
    const home = this.#calendars.get(user);
    if (!home) throw new RangeError("no such account");
    const calendar = home.get(name) ?? new StandInCalendar(name);
    home.set(name, calendar);
    return calendar;
  }

  addressOf(user: string, name: string): string {
    return new URL(`/calendars/${user}/${name}/`, this.url).href;
  }

  /** Since the last {@link forgetRequests}. */
  requestsOf(user: string): RequestKinds {
    return Object.fromEntries(this.#counts.get(user) ?? []);
  }

  forgetRequests(): void {
    this.#counts.clear();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (this.latencyMs > 0) await pause(this.latencyMs);
    const { status, headers = {}, body = "" } = this.#answer(request, Buffer.concat(parts).toString("utf8"));
    const bytes = Buffer.from(body, "utf8");
    response.writeHead(status, { ...headers, "content-length": bytes.byteLength });
    response.end(request.method === "HEAD" ? undefined : bytes);
  }

  #answer(request: IncomingMessage, body: string): DavAnswer {
    const user = this.#userOf(request.headers.authorization);
    if (user === undefined) return { status: 401, headers: { "www-authenticate": 'Basic realm="stand-in"' } };
    const asked: DavRequest = {
      method: request.method ?? "",
      path: new URL(request.url ?? "/", this.url).pathname,
      user,
      calendars: this.#calendars.get(user) ?? new Map(),
      header: (name) => {
        const value = request.headers[name];
        return Array.isArray(value) ? value[0] : value;
      },
      body,
    };
    const { kind, ...answer } = davAnswer(asked);
    const counts = this.#counts.get(user) ?? new Map<string, number>();
    this.#counts.set(user, counts.set(kind, (counts.get(kind) ?? 0) + 1));
    return answer;
  }

  #userOf(authorization = ""): string | undefined {
    const token = /^Basic (.*)$/i.exec(authorization)?.[1] ?? "";
    const [user = "", password] = Buffer.from(token, "base64").toString("utf8").split(/:(.*)/s);
    return this.#calendars.has(user) && password === this.#options.password ? user : undefined;
  }
}
