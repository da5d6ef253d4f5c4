import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { DavServer } from "../../packages/provider-caldav/test/support/dav-server.ts";

/** A request as it arrived. */
export interface FrontRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

const READS = ["PROPFIND", "REPORT", "GET", "HEAD", "OPTIONS"];
/** Of the connection, or of a body that is passed on as a whole. */
const HOP_BY_HOP = ["connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "host"];

/**
 * A proxy before a server that really runs, as operators put one there: other processes reach the server through it, it takes down
 * what was asked, and it can answer in the server's place.
 */
export class DavFront {
  readonly server: DavServer;
  readonly url: string;
  /** All requests since the last {@link clear}. */
  requests: FrontRequest[] = [];
  /** Answers in the server's place; `undefined`: the server does. */
  instead: (request: FrontRequest) => Response | undefined = () => undefined;
  readonly #listener: Server;

  private constructor(server: DavServer, listener: Server, port: number) {
    this.server = server;
    this.#listener = listener;
    this.url = `http://127.0.0.1:${port}/`;
    listener.on("request", (request, response) => void this.#answer(request, response));
  }

  static async before(server: DavServer): Promise<DavFront> {
    const listener = createServer();
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const address = listener.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return new DavFront(server, listener, address.port);
  }

  /** The address that users know of what is at this address of the server. */
  addressOf(address: string): string {
    return new URL(new URL(address).pathname, this.url).href;
  }

  /** Requests that change something. */
  get writes(): readonly FrontRequest[] {
    return this.requests.filter(({ method }) => !READS.includes(method));
  }

  clear(): void {
    this.requests = [];
  }

  async close(): Promise<void> {
    this.#listener.closeAllConnections();
    this.#listener.close();
    await once(this.#listener, "close");
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    // Whoever is killed in the middle of a request has asked for nothing.
    incoming.on("error", () => {});
    outgoing.on("error", () => {});
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    const request = { method: incoming.method ?? "GET", path: incoming.url ?? "/", headers: headersOf(incoming), body };
    this.requests.push(request);
    const answer = this.instead(request) ?? (await this.#pass(request));
    const headers = [...answer.headers].filter(([name]) => !HOP_BY_HOP.includes(name));
    outgoing.writeHead(answer.status, Object.fromEntries(headers));
    outgoing.end(Buffer.from(await answer.arrayBuffer()));
  }

  async #pass({ method, path, headers, body }: FrontRequest): Promise<Response> {
    const init = { method, headers, redirect: "manual" as const, ...(body === "" ? {} : { body }) };
    return await this.server.fetch(new URL(path, this.server.url), init);
  }
}

function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (typeof value === "string" && !HOP_BY_HOP.includes(name)) headers.set(name, value);
  }
  return headers;
}
