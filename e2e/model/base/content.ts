import { type StorageAdapter, tableNames } from "@syncer/core";
import { demand } from "./violation.ts";

/** Looks for texts that must never be stored. */
export class ContentWatch {
  readonly #pattern: RegExp;

  /** @param texts long enough not to turn up in a hash by chance */
  constructor(texts: readonly string[]) {
    this.#pattern = new RegExp(texts.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "i");
  }

  /** @throws {Violation} there is one in it */
  check(where: string, stored: unknown): void {
    const found = this.#pattern.exec(JSON.stringify(stored))?.[0];
    demand(found === undefined, "no content is stored", () => `"${found}" in ${where}`);
  }

  /** Every row of every table. */
  async checkAll(storage: StorageAdapter): Promise<void> {
    for (const table of tableNames) this.check(table, await storage.select({ table }));
  }
}
