import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { PairReport } from "@syncer/core";
import { build } from "esbuild";
import type { Task } from "../rehearsal-child.ts";

const CHILD = join(import.meta.dirname, "../rehearsal-child.ts");

export interface Ended {
  /** Absent if the process was killed. */
  readonly report?: { readonly status: PairReport["status"]; readonly counts: PairReport["counts"]; error?: string };
  readonly killed: boolean;
  /** The points that it passed, unless it was killed. */
  readonly points: readonly string[];
}

/** Puts the process's program into one file, which starts three times as fast. @returns the file */
export async function bundleChild(folder: string): Promise<string> {
  const outfile = join(folder, "child.mjs");
  await build({
    entryPoints: [CHILD],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@syncer/source"],
    logLevel: "error",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return outfile;
}

/** A process that syncs when it is told to; once it was killed, another one takes its place at the next task. */
export class Processes {
  readonly #program: string;
  readonly #cache: string;
  #child: Child | undefined;
  /** How many were started. */
  started = 0;

  constructor(program: string, cache: string) {
    this.#program = program;
    this.#cache = cache;
  }

  async run(task: Task): Promise<Ended> {
    if (!this.#child) {
      this.#child = new Child(this.#program, this.#cache);
      this.started++;
    }
    const ended = await this.#child.run(task);
    if (ended.killed) this.#child = undefined;
    return ended;
  }

  /**
   * Has a process of its own do a task until it is stopped at the point that the task names.
   * @returns what lets it go on, and resolves how it ended
   */
  async stop(task: Task): Promise<() => Promise<Ended>> {
    const child = new Child(this.#program, this.#cache);
    this.started++;
    await child.stop({ ...task, stops: true });
    return async () => {
      const ended = await child.goOn();
      child.end();
      return ended;
    };
  }

  end(): void {
    this.#child?.end();
    this.#child = undefined;
  }
}

class Child {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<[number | null, string | null]>;
  #complaints = "";

  constructor(program: string, cache: string) {
    const env = { ...process.env, NODE_COMPILE_CACHE: cache };
    this.#process = spawn(process.execPath, ["--no-warnings", program], { env });
    this.#process.stderr.on("data", (data) => (this.#complaints += data));
    // Told to a process that has died, which is what this is about.
    this.#process.stdin.on("error", () => {});
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve) => this.#process.once("close", (code, signal) => resolve([code, signal])));
  }

  async run(task: Task): Promise<Ended> {
    this.#process.stdin.write(`${JSON.stringify(task)}\n`);
    return await this.#hear();
  }

  async stop(task: Task): Promise<void> {
    this.#process.stdin.write(`${JSON.stringify(task)}\n`);
    const line = await this.#lines.next();
    if (line.value !== "") throw new Error(`it did not stop: ${line.value} ${this.#complaints}`);
  }

  async goOn(): Promise<Ended> {
    this.#process.kill("SIGCONT");
    return await this.#hear();
  }

  async #hear(): Promise<Ended> {
    const line = await this.#lines.next();
    if (line.done) {
      const [code, signal] = await this.#ended;
      if (signal === "SIGKILL") return { killed: true, points: [] };
      throw new Error(`the process ended with ${code}: ${this.#complaints}`);
    }
    const { points, ...report } = JSON.parse(line.value);
    return { killed: false, report, points };
  }

  end(): void {
    this.#process.kill("SIGKILL");
  }
}
