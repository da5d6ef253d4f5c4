import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";

/** A server of the test's own, which it may kill. */
export interface OwnPostgres {
  /** Of its database `postgres`, as a role that may do everything. */
  readonly connectionString: string;
  /** Ends all connections at once, and the server; what was committed is on the disk. */
  kill(): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  remove(): Promise<void>;
}

/** Starts a server from the binaries that are installed; `undefined`: there are none. */
export async function startOwnPostgres(): Promise<OwnPostgres | undefined> {
  const binaries = binariesFolder();
  if (binaries === undefined) return undefined;
  const owner = unprivilegedUser();
  const folder = mkdtempSync(join(owner ? reachableFolder() : tmpdir(), "syncer-postgres-"));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, "data");
  const locale = { LC_ALL: "C", PATH: process.env.PATH ?? "" };
  execFileSync(join(binaries, "initdb"), ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], {
    ...owner,
    env: locale,
    stdio: "ignore",
  });
  const port = await freePort();
  const connectionString = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;

  const start = async () => {
    const settings = { port, listen_addresses: "127.0.0.1", unix_socket_directories: "", fsync: "off" };
    const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    server = spawn(join(binaries, "postgres"), ["-D", data, ...args], { ...owner, env: locale, stdio: "ignore" });
    await untilAnswering(connectionString, server);
  };
  const end = async (signal: "SIGQUIT" | "SIGINT") => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill(signal);
    await ended;
  };
  await start();
  return {
    connectionString,
    start,
    // "Immediate shutdown": children are told to quit, nothing is finished, and the next start recovers from the log.
    kill: () => end("SIGQUIT"),
    async remove() {
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves as soon as the server takes connections. */
async function untilAnswering(connectionString: string, server: ChildProcess): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode} while starting`);
    if (await answers(connectionString)) return;
    // A server that starts tells nobody; there is nothing to wait for but the next try.
    await new Promise((resume) => setTimeout(resume, 20));
  }
}

export async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

/** The newest version that a distribution has put in its usual place, or what is in the path. */
function binariesFolder(): string | undefined {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((left, right) => Number(right) - Number(left)) : [];
  const folders = [...versions.map((version) => join(root, version, "bin")), ...(process.env.PATH ?? "").split(":")];
  return folders.find((folder) => ["initdb", "postgres"].every((name) => existsSync(join(folder, name))));
}

/** One that any user may pass through to: a temporary folder of root's own may be closed to the others. */
function reachableFolder(): string {
  const isOpen = (path: string): boolean =>
    (statSync(path).mode & 0o001) !== 0 && (path === dirname(path) || isOpen(dirname(path)));
  return [tmpdir(), "/tmp", "/var/tmp"].find((path) => existsSync(path) && isOpen(path)) ?? tmpdir();
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // No such user: the next one.
    }
  }
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
