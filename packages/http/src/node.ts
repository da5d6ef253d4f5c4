import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { HttpHandler } from "./create-http-handler.ts";
import { PARSED_HEADER } from "./webhooks.ts";

/** What Express adds to Node's request. */
interface MaybeExpress extends IncomingMessage {
  /** Before a router took away the path it is mounted at. */
  readonly originalUrl?: string;
  /** What a parser in front, such as `express.json()`, has made of the body. */
  readonly body?: unknown;
  /** Read by the adapter in place of a body that is gone. */
  rawBody?: Buffer;
}

/** What was read and made something of is written anew; what needs its bytes as they came is told so. */
function withParsedBody(request: MaybeExpress): void {
  request.rawBody = Buffer.from(JSON.stringify(request.body));
  request.rawHeaders.push(PARSED_HEADER, "true");
}

/**
 * The handler for Node's own server and for Express: `app.use(nodeHandler(handler))` after everything else, or
 * `app.use("/api", nodeHandler(handler))`. It may stand behind `express.json()`.
 */
export function nodeHandler(handler: HttpHandler): (request: IncomingMessage, response: ServerResponse) => void {
  const listen = getRequestListener((request) => handler.fetch(request));
  return (request: MaybeExpress, response) => {
    if (request.originalUrl !== undefined) request.url = request.originalUrl;
    // Read before: its stream gives nothing any more, and would be waited for.
    if (request.readableEnded && request.body !== undefined) withParsedBody(request);
    void listen(request, response);
  };
}
