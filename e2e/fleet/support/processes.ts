import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { build, type Plugin } from "esbuild";
import type { FleetSetting } from "./setting.ts";

/** What a process says, a line each. */
export type Said = { readonly type: string; readonly atMs: number } & Readonly<Record<string, unknown>>;

/** Puts the process's program into one file, which starts several times as fast. @returns the file */
export async function bundleWorker(folder: string, plugins: readonly Plugin[] = []): Promise<string> {
  const outfile = join(folder, `worker-${plugins.map(({ name }) => name).join("-")}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, "../worker-child.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@syncer/source"],
    // Optional parts of the drivers, which nobody here has.
    external: ["pg-native", "pg-cloudflare", "@valkey/valkey-glide"],
    plugins: [...plugins],
    logLevel: "error",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return outfile;
}

/** One process of the fleet. */
export class WorkerProcess {
  readonly said: Said[] = [];
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #ended: Promise<number | string>;
  readonly #listeners = new Set<() => void>();
  #complaints = "";
  #isOver = false;

  constructor(program: string, setting: FleetSetting) {
    const env = { ...process.env, FLEET_SETTING: JSON.stringify(setting) };
    this.#child = spawn(process.execPath, ["--no-warnings", program], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stderr.on("data", (data) => (this.#complaints += data));
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.said.push(JSON.parse(line));
      for (const listener of this.#listeners) listener();
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once("close", (code, signal) => {
        this.#isOver = true;
        for (const listener of this.#listeners) listener();
        resolve(signal ?? code ?? 0);
      });
    });
  }

  /** Resolves with the first line of this type, said already or yet to come. */
  async saying(type: string): Promise<Said> {
    for (;;) {
      const line = this.said.find((each) => each.type === type);
      if (line) return line;
      if (this.#isOver) throw new Error(`it ended without saying ${type}: ${this.#complaints}`);
      await new Promise<void>((resolve) => {
        const listener = () => {
          this.#listeners.delete(listener);
          resolve();
        };
        this.#listeners.add(listener);
      });
    }
  }

  /** Stops it in the middle of whatever it is doing. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** Asks it to end. @returns its exit code, or the signal that ended it */
  async end(): Promise<number | string> {
    this.#child.kill("SIGTERM");
    return await this.#ended;
  }

  get complaints(): string {
    return this.#complaints;
  }
}
