import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Engine } from "@syncer/core";

/** How long the database may take to answer. */
const PATIENCE_MS = 2_000;

/**
 * Answers `GET /health` on 127.0.0.1: 200 while this process works and reaches its database, else 503; with what waits, runs
 * and was given up. It asks no service.
 */
export async function listenForHealth(engine: Pick<Engine, "jobs">, port: number) {
  let state: "starting" | "working" | "stopping" = "starting";
  const server = createServer(({ method, url }, response) => {
    if (method !== "GET" || url !== "/health") return answer(response, 404, { status: "unknown" });
    void check(engine).then(({ jobs, database }) => {
      const isWell = state === "working" && database === "reachable";
      answer(response, isWell ? 200 : 503, { status: isWell ? "healthy" : "unhealthy", state, database, jobs });
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    started: () => {
      state = "working";
    },
    stopping: () => {
      state = "stopping";
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function check({ jobs }: Pick<Engine, "jobs">) {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined).unref());
  const stats = await Promise.race([jobs.stats().catch(() => undefined), late]);
  return stats ? { database: "reachable" as const, jobs: stats } : { database: "unreachable" as const };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
