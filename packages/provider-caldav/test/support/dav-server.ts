import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** One account at a server that really runs, on this machine. */
export interface DavServer {
  readonly name: string;
  /** What a user would name. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly principal: string;
  /** As `fetch` of the platform, through whatever stands in front of the server. */
  readonly fetch: typeof globalThis.fetch;
  /** Makes a calendar. @returns its address */
  makeCalendar(name: string): Promise<string>;
  removeCalendar(address: string): Promise<void>;
  /** Puts events where the server keeps them, as if they had been there for long: thousands of requests take minutes. */
  fillCalendar(address: string, texts: ReadonlyMap<string, string>): Promise<void>;
  /** From now on another password is asked for. */
  changePassword(password: string): Promise<void>;
  stop(): Promise<void>;
}

export interface ServerKind {
  readonly name: "radicale" | "xandikos";
  start(): Promise<DavServer>;
}

const USERNAME = "jo";
const PASSWORD = "s3cret-pässword";

/** Whether the program is there. In CI a missing one is a failure of the machine, told by the tests themselves. */
export function canRun({ name }: ServerKind): boolean {
  const found = (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));
  if (!found) process.stderr.write(`${name} is missing; tests against it are left out: apt-get install ${name}\n`);
  return found || Boolean(process.env.CI);
}

export const radicale: ServerKind = {
  name: "radicale",
  async start() {
    const folder = await mkdtemp(join(tmpdir(), "syncer-radicale-"));
    const port = await freePort();
    const users = join(folder, "users");
    const changePassword = (password: string) => writeFile(users, `${USERNAME}:${password}\n`);
    await changePassword(PASSWORD);
    const config = [
      "[server]",
      `hosts = 127.0.0.1:${port}`,
      "[auth]",
      "type = htpasswd",
      `htpasswd_filename = ${users}`,
      "htpasswd_encryption = plain",
      "delay = 0",
      "[storage]",
      `filesystem_folder = ${join(folder, "data")}`,
      "[logging]",
      "level = error",
    ];
    await writeFile(join(folder, "config"), config.join("\n"));
    const stop = run("radicale", ["--config", join(folder, "config")], folder);
    // To what is no name and password at all it answers 500; no connection sends such.
    const readable: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      const [, token = ""] = /^Basic (.*)$/.exec(request.headers.get("authorization") ?? "") ?? [];
      if (token.includes("-")) request.headers.set("authorization", `Basic ${btoa(`nobody:${token}`)}`);
      return await fetch(request);
    };
    return await serverAt({
      ...{ name: "radicale", port, home: "/jo/", principal: "/jo/", fetch: readable, changePassword, stop },
      fill: (path, texts) => writeAll(join(folder, "data/collection-root", path), texts),
    });
  },
};

/** It lets everybody in, so a guard stands in front of it, as its manual says. */
export const xandikos: ServerKind = {
  name: "xandikos",
  async start() {
    const folder = await mkdtemp(join(tmpdir(), "syncer-xandikos-"));
    const port = await freePort();
    const where = ["--listen-address", "127.0.0.1", "-p", String(port), "--current-user-principal", "/user/"];
    const stop = run("xandikos", ["-d", join(folder, "data"), "--defaults", ...where], folder);
    let token = tokenOf();
    const guarded: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      return request.headers.get("authorization") === `Basic ${token}`
        ? await fetch(request)
        : new Response(null, { status: 401, headers: { "www-authenticate": "Basic" } });
    };
    const home = "/user/calendars/";
    return await serverAt({
      ...{ name: "xandikos", port, home, principal: "/user/", fetch: guarded, stop },
      changePassword: async (password) => {
        token = tokenOf(password);
      },
      // Each calendar is a repository.
      fill: async (path, texts) => {
        const calendar = join(folder, "data", path);
        await writeAll(calendar, texts);
        const git = (...given: string[]) => promisify(execFile)("git", ["-C", calendar, ...given]);
        await git("add", "--all");
        await git("-c", "user.name=Jo", "-c", "user.email=jo@example.org", "commit", "--quiet", "-m", "Events of old");
      },
    });
  },
};

export function tokenOf(password = PASSWORD): string {
  return Buffer.from(`${USERNAME}:${password}`, "utf8").toString("base64");
}

async function writeAll(folder: string, texts: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, text] of texts) await writeFile(join(folder, `${name}.ics`), text);
}

interface Running {
  readonly name: string;
  readonly port: number;
  readonly home: string;
  readonly principal: string;
  readonly fetch: typeof globalThis.fetch;
  readonly fill: (path: string, texts: ReadonlyMap<string, string>) => Promise<void>;
  readonly changePassword: (password: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

async function serverAt(running: Running): Promise<DavServer> {
  const { name, port, home, principal, fetch, fill, changePassword, stop } = running;
  const url = `http://127.0.0.1:${port}/`;
  await untilItAnswers(url).catch(async (error: unknown) => {
    await stop();
    throw new Error(`${name} does not start`, { cause: error });
  });
  const authorized = { authorization: `Basic ${tokenOf()}` };
  return {
    name,
    url,
    username: USERNAME,
    password: PASSWORD,
    principal: new URL(principal, url).href,
    fetch,
    async makeCalendar(calendar) {
      const address = new URL(`${home}${calendar}/`, url);
      const made = await fetch(address, { method: "MKCALENDAR", headers: authorized });
      if (made.status !== 201) throw new Error(`${name}: MKCALENDAR answers ${made.status}`);
      return address.href;
    },
    async removeCalendar(address) {
      const removed = await fetch(address, { method: "DELETE", headers: authorized });
      if (!removed.ok) throw new Error(`${name}: DELETE of a calendar answers ${removed.status}`);
      await removed.arrayBuffer();
    },
    fillCalendar: (address, texts) => fill(new URL(address).pathname, texts),
    changePassword,
    stop,
  };
}

function run(program: string, given: readonly string[], folder: string): () => Promise<void> {
  const child = spawn(program, given, { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()).once("error", () => resolve()));
  return async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
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

const MOST_STARTING_MS = 20_000;

async function untilItAnswers(url: string): Promise<void> {
  const endMs = Date.now() + MOST_STARTING_MS;
  for (;;) {
    try {
      await (await fetch(url, { method: "OPTIONS" })).arrayBuffer();
      return;
    } catch (error) {
      if (Date.now() > endMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
