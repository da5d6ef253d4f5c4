import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type LogEvent, type StorageAdapter, type SyncEvent, tableNames } from "@syncer/core";
import type { Said } from "./said.ts";
import { type Canary, type Leak, Scanner } from "./scanner.ts";

/** Where something could be found that is to be nowhere. */
export interface Places {
  readonly storage: StorageAdapter;
  /** That has the files of the storage. */
  readonly folder: string;
  readonly logs: readonly LogEvent[];
  readonly events: readonly SyncEvent[];
  readonly said: readonly Said[];
}

/** Canaries, in any form, in tables, files, logs, events, and what was said of failures. */
export async function leaksOf(canaries: readonly Canary[], places: Places): Promise<Leak[]> {
  const { storage, folder, logs, events, said } = places;
  const scanner = new Scanner(canaries.filter(({ value }) => value.length >= 8));
  const hays: (readonly [string, string | Uint8Array])[] = [
    ["log events", JSON.stringify(logs)],
    ["events", JSON.stringify(events)],
    ...said.map(({ where, text }) => [where, text] as const),
  ];
  for (const table of tableNames) hays.push([`table ${table}`, JSON.stringify(await storage.select({ table }))]);
  for (const name of await readdir(folder)) hays.push([`file ${name}`, await readFile(join(folder, name))]);
  return hays.flatMap(([where, hay]) => scanner.find(where, hay));
}
