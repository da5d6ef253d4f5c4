import type { HttpBindings } from "@hono/node-server";
import { serve } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { serveControl } from "./control-routes.ts";
import { cutAnswers } from "./faults/body-edits.ts";
import { ConnectionLost } from "./faults/strike.ts";
import type { Sandbox } from "./sandbox.ts";

/** Where the server listens. */
export interface ListenOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1: nothing outside this machine can reach it. */
  readonly host?: string;
}

export interface RunningServer {
  /** `http://127.0.0.1:4010`; put the emulated host name behind it. */
  readonly url: string;
  readonly port: number;
  /** Ends open connections and resolves when the port is free. */
  close(): Promise<void>;
}

/**
 * Services keep idle connections for a minute or more. Node's five seconds are shorter than some waits for a budget, so that a
 * client now and then sends into a closing connection and has to repeat: requests that no service would have seen.
 */
const KEEP_ALIVE_MS = 75_000;

/** Serves a sandbox over HTTP, on Node. */
export async function listen(sandbox: Sandbox, options: ListenOptions = {}): Promise<RunningServer> {
  const host = options.host ?? "127.0.0.1";
  const handle = async (request: Request, { outgoing }: HttpBindings): Promise<Response> => {
    try {
      const { pathname, origin } = new URL(request.url);
      if (pathname.startsWith("/_control/")) return await serveControl(sandbox, request);
      const answer = sandbox.dispatcher.servePrefixed(request, origin);
      return answer === undefined ? overview(sandbox, origin) : breakOff(await answer, outgoing);
    } catch (error) {
      if (!(error instanceof ConnectionLost) && !request.signal.aborted) throw error;
      outgoing.destroy();
      return RESPONSE_ALREADY_SENT;
    }
  };
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch: (request, env) => handle(request, env as HttpBindings),
        port: options.port ?? 0,
        hostname: host,
        serverOptions: { keepAliveTimeout: KEEP_ALIVE_MS },
      },
      ({ port }) => {
        server.off("error", reject);
        resolve({
          url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
          port,
          close: () =>
            new Promise((closed) => {
              server.close(() => closed());
              if ("closeAllConnections" in server) server.closeAllConnections();
            }),
        });
      },
    );
    server.once("error", reject);
  });
}

/** An answer that is to break off takes its socket with it. */
function breakOff(response: Response, outgoing: HttpBindings["outgoing"]): Response {
  const half = cutAnswers.get(response);
  if (half === undefined) return response;
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.write(half, () => outgoing.destroy());
  return RESPONSE_ALREADY_SENT;
}

/** Tells a person who looks at the bare address where things are. */
function overview(sandbox: Sandbox, base: string): Response {
  const lines = sandbox.dispatcher.origins.map((origin) => `${origin}  →  ${base}/${new URL(origin).host}`);
  const text = ["Syncer sandbox: nothing here belongs to the real services.", ...lines, `${base}/_control/stats`].join(
    "\n",
  );
  return new Response(`${text}\n`, { status: 404, headers: { "content-type": "text/plain; charset=utf-8" } });
}
