import { DatabaseSync } from "node:sqlite";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { hotQueries, purges } from "../support/hot-queries.ts";

describe("SQLite finds by an index", () => {
  // What it chooses does not depend on the rows: nothing is counted unless a host says `analyze`.
  const database = new DatabaseSync(":memory:");
  const storage = sqlite({ database });
  beforeAll(() => storage.migrate());
  afterAll(() => database.close());

  it.each([...hotQueries, ...purges])("%s", async (_, ask) => {
    const prepared = vi.spyOn(database, "prepare");
    await ask(storage);
    const sql = prepared.mock.lastCall?.[0];
    prepared.mockRestore();
    const steps = database.prepare(`explain query plan ${sql}`).all();
    const tables = steps
      .map(({ detail }) => String(detail))
      .filter((detail) => /^(SEARCH|SCAN) (?!json_each)/.test(detail));
    expect(tables.length).toBeGreaterThan(0);
    for (const step of tables) expect(step).toMatch(/^SEARCH .* USING (COVERING )?INDEX/);
  });
});
