import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A Redis server of the test's own. */
export interface OwnRedis {
  readonly url: string;
  remove(): Promise<void>;
}

/** Starts one from the binary that is installed; without it says so, and gives nothing. In CI it throws instead. */
export async function ownRedis(): Promise<OwnRedis | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "syncer-redis-"));
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "ignore"] });
  if (!(await isReady(server))) {
    rmSync(folder, { recursive: true, force: true });
    const missing = "Tests on a Redis of their own are SKIPPED: there is no redis-server. apt-get install redis-server";
    if (process.env.CI) throw new Error(missing);
    process.stderr.write(`\n${missing}\n\n`);
    return undefined;
  }
  return {
    url: `redis://127.0.0.1:${port}/0`,
    async remove() {
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isReady(server: ChildProcess): Promise<boolean> {
  return await new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.once("exit", () => resolve(false));
    if (!server.stdout) return resolve(false);
    createInterface({ input: server.stdout }).on("line", (line) => {
      if (line.includes("Ready to accept connections")) resolve(true);
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
