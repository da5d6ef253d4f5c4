import { errorTexts, SyncerError, tableNames } from "@syncer/core";
import { expect } from "vitest";
import type { Host } from "../../support/host.ts";

const REMEDIES = ["retry", "reconnect", "change-request", "operate", "report"];

/** What a call threw, or what it gave. */
export async function outcomeOf(call: () => unknown): Promise<{ readonly thrown?: unknown; readonly gave?: unknown }> {
  try {
    return { gave: await call() };
  } catch (thrown) {
    return { thrown };
  }
}

/** A refusal that a caller can act on: typed, with a code of the catalogue, a remedy, and a short text. */
export function problemOf(thrown: unknown): string | undefined {
  if (!SyncerError.is(thrown))
    return `${thrown instanceof Error ? thrown.stack?.split("\n", 3).join(" ") : String(thrown)}`;
  if (!(thrown.code in errorTexts)) return `unknown code ${thrown.code}`;
  if (!REMEDIES.includes(thrown.remedy)) return `unknown remedy ${thrown.remedy}`;
  if (thrown.message.length < 15) return `says too little: ${thrown.message}`;
  if (thrown.message.length > 1_500) return `says ${thrown.message.length} characters`;
  return undefined;
}

/** @returns the error, for a closer look */
export async function expectRefusal(call: () => unknown, code: string): Promise<SyncerError> {
  const { thrown, gave } = await outcomeOf(call);
  expect(thrown, `it was not refused, but gave ${typeof gave}`).toBeDefined();
  expect(problemOf(thrown)).toBeUndefined();
  if (!SyncerError.is(thrown)) throw thrown;
  expect(thrown.code).toBe(code);
  return thrown;
}

/** All that is stored, as text. */
export async function dump({ storage }: Pick<Host, "storage">): Promise<string> {
  const tables = await Promise.all(tableNames.map(async (table) => [table, await storage.select({ table })]));
  return JSON.stringify(tables);
}

/** What types forbid and JavaScript allows. */
export function untyped(value: unknown): never {
  return value as never;
}
