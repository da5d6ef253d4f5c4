import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Measured, measuredProcess } from "./measured-process.ts";

/** Debian's: another one of the same name may run on another Python, and another version. */
const VDIRSYNCER = "/usr/bin/vdirsyncer";

export interface VdirsyncerSetup {
  readonly folder: string;
  readonly serverUrl: string;
  readonly password: string;
  /** Names of accounts, and of a calendar of each, as the last part of its address. */
  readonly sides: readonly [
    { readonly username: string; readonly name: string },
    { readonly username: string; readonly name: string },
  ];
}

export function hasVdirsyncer(): boolean {
  return existsSync(VDIRSYNCER);
}

/** A folder with configuration and status, and calendars found. */
export class Vdirsyncer {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open({ folder, serverUrl, password, sides }: VdirsyncerSetup): Promise<Vdirsyncer> {
    await mkdir(folder, { recursive: true });
    const storages = sides.flatMap(({ username }, index) => [
      `[storage side_${index}]`,
      'type = "caldav"',
      `url = "${serverUrl}"`,
      `username = "${username}"`,
      `password = "${password}"`,
    ]);
    const collections = JSON.stringify([["bench", ...sides.map(({ name }) => name)]]);
    const config = [
      "[general]",
      `status_path = "${join(folder, "status")}"`,
      "[pair both]",
      'a = "side_0"',
      'b = "side_1"',
      `collections = ${collections}`,
      ...storages,
    ];
    await writeFile(join(folder, "config"), `${config.join("\n")}\n`);
    const made = new Vdirsyncer(folder);
    await made.#run("discover", "both");
    return made;
  }

  async sync(): Promise<Measured> {
    return await this.#run("sync", "both");
  }

  /** What a start costs without any work. */
  async start(): Promise<Measured> {
    return await this.#run("--version");
  }

  #run(...given: readonly string[]): Promise<Measured> {
    // Errors only: a line for each event would be its cost, and not what it is for.
    const quiet = given[0]?.startsWith("--") ? [] : ["--verbosity", "ERROR"];
    return measuredProcess(VDIRSYNCER, [...quiet, ...given], { VDIRSYNCER_CONFIG: join(this.#folder, "config") });
  }
}
