import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { CalendarServer } from "./calendar-server.ts";

/** Debian's. */
const RADICALE = "/usr/bin/radicale";
const PASSWORD = "a password";
const USERS = ["anna", "ben"] as const;
/** In memory, where there is such a folder: Radicale waits for the disk at each write, and so for whatever else is written meanwhile. */
const MEMORY = "/dev/shm";
const MOST_STARTING_MS = 20_000;

export function hasRadicale(): boolean {
  return existsSync(RADICALE);
}

/** Radicale, in a process and a folder of its own. */
export async function radicaleServer(): Promise<CalendarServer> {
  const folder = await mkdtemp(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "syncer-bench-radicale-"));
  const port = await freePort();
  const config = [
    "[server]",
    `hosts = 127.0.0.1:${port}`,
    "[auth]",
    "type = htpasswd",
    `htpasswd_filename = ${join(folder, "users")}`,
    "htpasswd_encryption = plain",
    "delay = 0",
    "[storage]",
    `filesystem_folder = ${join(folder, "data")}`,
    "[logging]",
    "level = error",
  ];
  await writeFile(join(folder, "users"), USERS.map((user) => `${user}:${PASSWORD}\n`).join(""));
  await writeFile(join(folder, "config"), config.join("\n"));
  const child = spawn(RADICALE, ["--config", join(folder, "config")], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()).once("error", () => resolve()));
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}/`;
  await untilItAnswers(url).catch(async (error: unknown) => {
    await stop();
    throw new Error("Radicale does not start", { cause: error });
  });
  const addressOf = (user: string, name: string) => `${url}${user}/${name}/`;
  const send = async (user: string, address: string, init: RequestInit) => {
    const authorization = `Basic ${Buffer.from(`${user}:${PASSWORD}`).toString("base64")}`;
    const answer = await fetch(address, { ...init, headers: { ...init.headers, authorization } });
    await answer.arrayBuffer();
    if (answer.status !== 201) throw new Error(`Radicale: ${init.method} answers ${answer.status}`);
  };
  return {
    name: "Radicale",
    url,
    password: PASSWORD,
    users: USERS,
    makeCalendar: (user, name) => send(user, addressOf(user, name), { method: "MKCALENDAR" }),
    addressOf,
    async fill(user, name, texts) {
      const headers = { "content-type": "text/calendar; charset=utf-8" };
      for (const [n, body] of texts.entries()) {
        await send(user, `${addressOf(user, name)}e-${n}.ics`, { method: "PUT", headers, body });
      }
    },
    async texts(user, name) {
      const place = join(folder, "data", "collection-root", user, name);
      const files = (await readdir(place)).filter((file) => file.endsWith(".ics"));
      return await Promise.all(files.map((file) => readFile(join(place, file), "utf8")));
    },
    stop,
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function untilItAnswers(url: string): Promise<void> {
  const endMs = Date.now() + MOST_STARTING_MS;
  for (;;) {
    try {
      await (await fetch(url, { method: "OPTIONS" })).arrayBuffer();
      return;
    } catch (error) {
      if (Date.now() > endMs) throw error;
      await pause(50);
    }
  }
}
