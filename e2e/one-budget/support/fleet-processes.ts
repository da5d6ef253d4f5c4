import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ChildSetting } from "../child.ts";

const CHILD = join(import.meta.dirname, "../child.ts");

interface Line {
  readonly ready?: boolean;
  readonly finished?: boolean;
  readonly service?: string;
  readonly end?: "done" | "deferred";
}

/** One process of a fleet. */
export class FleetProcess {
  readonly said: Line[] = [];
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  readonly #listeners = new Set<() => void>();
  #complaints = "";
  #isEnded = false;

  constructor(setting: ChildSetting) {
    const env = { ...process.env, FLEET_SETTING: JSON.stringify(setting) };
    this.#process = spawn(process.execPath, ["--no-warnings", "--conditions=@syncer/source", CHILD], { env });
    this.#process.stderr.on("data", (data) => (this.#complaints += data));
    // Told to a process that has died, which is what this is about.
    this.#process.stdin.on("error", () => {});
    createInterface({ input: this.#process.stdout }).on("line", (line) => {
      this.said.push(JSON.parse(line));
      for (const look of this.#listeners) look();
    });
    this.#ended = new Promise((resolve) =>
      this.#process.once("close", () => {
        this.#isEnded = true;
        resolve();
        for (const look of this.#listeners) look();
      }),
    );
  }

  /** Resolves when it has said enough. */
  async heard(enough: (said: readonly Line[]) => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (enough(this.said)) resolve();
        else if (this.#isEnded) reject(new Error(`the process ended early: ${this.#complaints}`));
        else return;
        this.#listeners.delete(look);
      };
      this.#listeners.add(look);
      look();
    });
  }

  go(): void {
    this.#process.stdin.write("go\n");
  }

  finished(): Promise<void> {
    return this.heard((said) => said.some(({ finished }) => finished));
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }
}

/** Starts them and lets them go at once. */
export async function startFleet(settings: readonly ChildSetting[]): Promise<FleetProcess[]> {
  const fleet = settings.map((setting) => new FleetProcess(setting));
  await Promise.all(fleet.map((one) => one.heard((said) => said.some(({ ready }) => ready))));
  for (const one of fleet) one.go();
  return fleet;
}
