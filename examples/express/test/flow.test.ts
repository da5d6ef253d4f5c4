import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownRedis } from "../../../packages/queue-adapters/test/support/own-redis.ts";
import { testDatabase } from "../../../packages/storage-adapters/test/support/postgres-server.ts";

const databases = [await testDatabase(), await testDatabase()];
const redis = await ownRedis();
afterAll(async () => {
  for (const database of databases) await database?.drop();
  await redis?.remove();
}, 60_000);

const [first, second] = databases;
const onSqlite = { on: "SQLite", env: {} };
const onPostgres = first && { on: "PostgreSQL and pg-boss", env: { DATABASE_URL: first.connectionString } };
const onRedis = second &&
  redis && { on: "PostgreSQL and BullMQ", env: { DATABASE_URL: second.connectionString, REDIS_URL: redis.url } };

/** The server, the worker and the stand-ins as `npm run example` starts them: three real processes, one database. */
describe.each([onSqlite, onPostgres, onRedis].flatMap((each) => each ?? []))(
  "the Express and worker examples on $on",
  ({ env: given }) => {
    let folder: string;
    let child: ChildProcess;
    let output = "";
    let base: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "syncer-example-"));
      const port = await freePort();
      base = `http://127.0.0.1:${port}`;
      const main = new URL("../on-sandbox.ts", import.meta.url).pathname;
      child = spawn(process.execPath, ["--conditions=@syncer/source", main], {
        env: { ...process.env, PORT: String(port), POLL_MS: "200", DATABASE_URL: join(folder, "example.db"), ...given },
      });
      child.stdout?.on("data", (chunk) => {
        output += String(chunk);
      });
      child.stderr?.on("data", (chunk) => {
        output += String(chunk);
      });
      await said("Listening on", "Worker ready.");
    }, 60_000);

    afterAll(async () => {
      if (child.exitCode === null) child.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    });

    /** Resolves when the processes have printed all of these. */
    async function said(...words: readonly string[]): Promise<void> {
      while (!words.every((word) => output.includes(word))) {
        if (child.exitCode !== null) throw new Error(`the example ended early: ${output}`);
        await new Promise((resolve) => {
          child.stdout?.once("data", resolve);
          child.once("exit", resolve);
        });
      }
    }

    it("signs in, connects both services, plans, syncs, lets the worker do what is queued and what is due, and stops on SIGTERM", async () => {
      const refused = await fetch(`${base}/plan`, { method: "POST" });
      expect(refused.status).toBe(401);

      const login = await post(`${base}/login`, { user: "anna" });
      const headers = { cookie: (login.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
      const unconnected = await fetch(`${base}/sync`, { method: "POST", headers });
      expect(unconnected.status).toBe(400);
      expect(await unconnected.json()).toMatchObject({ code: "service.not-connected", remedy: "change-request" });

      for (const [service, user] of [
        ["spotify", "anna"],
        ["deezer", "4000000001"],
      ] as const) {
        const begun = await fetch(`${base}/connect/${service}`, { headers, redirect: "manual" });
        const consent = begun.headers.get("location") ?? "";
        const allowed = await fetch(consent, {
          method: "POST",
          body: new URLSearchParams({ user, decision: "allow" }),
          redirect: "manual",
        });
        const completed = await fetch(allowed.headers.get("location") ?? "");
        expect(await completed.json()).toMatchObject({ outcome: "connected", missingScopes: [] });
      }

      const plan = (await (await fetch(`${base}/plan`, { method: "POST", headers })).json()) as {
        operations: unknown[];
      }[];
      expect(plan[0]?.operations.length).toBeGreaterThan(40);
      const [report] = (await (await fetch(`${base}/sync`, { method: "POST", headers })).json()) as {
        status: string;
        counts: { added: number };
      }[];
      expect(report?.status).toBe("succeeded");
      expect(report?.counts.added).toBe(plan[0]?.operations.length);

      const queued = await fetch(`${base}/jobs`, { method: "POST", headers });
      expect(queued.status).toBe(202);
      const [job] = (await queued.json()) as { id: string; status: string }[];
      expect(job?.status).toBe("queued");
      await said('"status":"succeeded"');
      const jobs = (await (await fetch(`${base}/jobs`, { headers })).json()) as { id: string; status: string }[];
      expect(jobs.find(({ id }) => id === job?.id)?.status).toBe("succeeded");
      const done = await fetch(`${base}/jobs/${job?.id}`, { method: "DELETE", headers });
      expect(await done.json(), "what has ended stays as it is").toMatchObject({ status: "succeeded" });
      const soFar = output;
      output = "";

      await fetch(`${base}/schedule`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ everyMs: 60_000 }),
      });
      await said('"status":"succeeded"');

      const port = /"port":(\d+),"msg":"health.listening"/.exec(soFar)?.[1];
      const health = await fetch(`http://127.0.0.1:${port}/health`);
      expect(health.status).toBe(200);
      expect(await health.json()).toMatchObject({ status: "healthy", database: "reachable", jobs: { dead: 0 } });
      expect((await fetch(`http://127.0.0.1:${port}/else`)).status).toBe(404);

      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      expect(await ended).toBe(0);
      expect(output).toContain("Worker stopped.");
    }, 60_000);
  },
);

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
