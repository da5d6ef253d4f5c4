import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStorage, type PairReport, type StorageAdapter, schema, tableNames } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import type { Note } from "@syncer/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { NOTES_USER, type NotesHost, notesHost } from "../support/notes-host.ts";
import { leakyStorage } from "./support/leaky-storage.ts";
import { noteIn, type Said } from "./support/said.ts";
import { type Canary, type Leak, Scanner } from "./support/scanner.ts";

const DAY_MS = 24 * 3_600_000;

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

/** Notes in which every word is a canary. */
class Aviary {
  readonly canaries: Canary[] = [];
  #hatched = 0;

  note(): Note {
    const bird = (kind: string): string => {
      const value = `${kind}-zilpzalp-${++this.#hatched}-größenwahn`;
      this.canaries.push({ kind, value });
      return value;
    };
    return {
      title: bird("title"),
      body: bird("body"),
      tags: [bird("tag"), bird("tag")],
      lines: [bird("line")],
      uid: bird("uid"),
    };
  }
}

/** Everything that can happen to notes: copies, edits, merges, conflicts, refusals, failures, jobs. */
async function wholeLife(host: NotesHost, aviary: Aviary): Promise<readonly Said[]> {
  const { left, right, engine, clock } = host;
  const said: Said[] = [];
  // A report shows people what was synced, so its items hold content; what it says of failure must not.
  const note = ({ error, status, counts, hold, items, unmatched }: PairReport) =>
    noteIn(said, "report", {
      error,
      status,
      counts,
      hold: hold && { hash: hold.hash, reasons: hold.reasons },
      reasons: [...items, ...unmatched].map(({ reason }) => reason),
    });
  left.putAll(Array.from({ length: 5 }, () => aviary.note()));
  right.putAll(Array.from({ length: 5 }, () => aviary.note()));
  note(await host.sync());
  const edited = (index: number, fields: (fresh: Note) => Note) => {
    for (const service of [left, right]) {
      const twin = [...left.notes().values()][index]?.title;
      const [id = ""] = [...service.notes()].find(([, { title }]) => title === twin) ?? [];
      service.edit(id, fields(aviary.note()));
    }
  };
  edited(0, ({ body = "" }) => ({ body }));
  edited(1, ({ tags = [] }) => ({ tags }));
  note(await host.sync());
  const open = await engine.conflicts.list(NOTES_USER);
  noteIn(said, "conflicts", open);
  await engine.conflicts.decide({ ...NOTES_USER, conflictId: open[0]?.id ?? "", winner: "target" });
  for (const conflictPolicy of ["merge", "newest-wins", "overwrite"] as const) {
    edited(2, ({ body = "", tags = [] }) => ({ body, tags }));
    left.edit([...left.notes().keys()][3] ?? "", { lines: aviary.note().lines ?? [] });
    left.remove([...left.notes().keys()][4] ?? "");
    note(await host.sync({ conflictPolicy }));
    await clock.advance(DAY_MS);
  }
  right.adopt({ refuse: ({ kind }) => (kind === "create" ? "refused-for-good" : undefined) });
  left.put(aviary.note());
  note(await host.sync());
  right.adopt({ refuse: () => undefined });
  left.spoil([...left.notes().keys()][5] ?? "", "garbled");
  for (const fault of [
    { calls: "create", with: { kind: "outcome-unknown" }, moment: "after" },
    { calls: "create", with: { kind: "malformed" } },
    { calls: "list", with: { kind: "unavailable" }, times: Number.POSITIVE_INFINITY },
    { calls: "create", with: { kind: "forbidden", reason: "not-yours" } },
  ] as const) {
    left.put(aviary.note());
    right.fail(fault);
    note(await host.sync());
    right.recover();
    for (const { id } of await engine.pairs.list(NOTES_USER)) await engine.pairs.resume({ ...NOTES_USER, pairId: id });
    await clock.advance(DAY_MS);
  }
  left.adopt({ lie: { lie: "looping", page: 1 } });
  note(await host.sync());
  left.adopt({ lie: { lie: "empty" } });
  note(await host.sync());
  left.behave(right.habits);
  // The same in the background.
  left.put(aviary.note());
  const [job] = await engine.enqueue(host.request());
  await engine.start({ onError: (error) => noteIn(said, "worker", error) });
  const ref = { ...NOTES_USER, jobId: job?.id ?? "" };
  for (let turn = 0; turn < 100 && (await engine.jobs.get(ref)).status !== "succeeded"; turn++)
    await clock.advance(1_000);
  expect((await engine.jobs.get(ref)).status).toBe("succeeded");
  noteIn(said, "jobs", await engine.jobs.list(NOTES_USER));
  for (const { id, service } of await engine.connections.list(NOTES_USER)) {
    for (const externalId of (service === "left" ? left : right).notes().keys()) {
      noteIn(said, "explain", await engine.explain({ ...NOTES_USER, connectionId: id, externalId }));
    }
  }
  noteIn(said, "conflicts", await engine.conflicts.list({ ...NOTES_USER, state: "resolved" }));
  noteIn(said, "pairs", await engine.pairs.list(NOTES_USER));
  return said;
}

async function leaksOf(host: NotesHost, aviary: Aviary, said: readonly Said[], folder?: string): Promise<Leak[]> {
  const scanner = new Scanner(aviary.canaries);
  const places: (readonly [string, string | Uint8Array])[] = [
    ["log events", JSON.stringify(host.logs)],
    ["events", JSON.stringify(host.events)],
    ...said.map(({ where, text }) => [where, text] as const),
  ];
  for (const table of tableNames) places.push([`table ${table}`, JSON.stringify(await host.storage.select({ table }))]);
  for (const file of folder === undefined ? [] : await readdir(folder)) {
    places.push([`file ${file}`, await readFile(join(folder ?? "", file))]);
  }
  return places.flatMap(([where, hay]) => scanner.find(where, hay));
}

async function newHost(kind: "memory" | "sqlite", wrap = (storage: StorageAdapter): StorageAdapter => storage) {
  const folder = kind === "sqlite" ? await mkdtemp(join(tmpdir(), "syncer-canary-notes-")) : undefined;
  const storage = folder === undefined ? memoryStorage() : sqlite(join(folder, "syncer.db"));
  const host = await notesHost({ storage: wrap(storage), habits: { ids: "sensitive", uids: "as-given" } });
  opened.push(async () => {
    await host.engine.stop();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });
  return { host, folder };
}

describe.each(["memory", "sqlite"] as const)("P1, L10: canaries in notes on both sides, over %s", (kind) => {
  it("appear in no table, file, log, event or error, in no form", { timeout: 120_000 }, async () => {
    const { host, folder } = await newHost(kind);
    const aviary = new Aviary();
    const said = await wholeLife(host, aviary);
    const count = (table: "links" | "conflicts" | "intent_items" | "sync_jobs") => host.storage.count({ table });
    expect(await count("links")).toBeGreaterThan(10);
    expect(await count("conflicts")).toBeGreaterThan(3);
    expect(await count("intent_items")).toBeGreaterThan(10);
    expect(await count("sync_jobs")).toBeGreaterThan(10);
    expect(aviary.canaries.length).toBeGreaterThan(80);
    const told = said.map(({ text }) => text).join();
    const isTold = (code: string) => told.includes(code);
    for (const code of ["merge.both", "update.won", "conflict.open", "refused.by-service", "unsyncable.unreadable"]) {
      expect(isTold(code), code).toBe(true);
    }
    for (const code of ["service.unavailable", "service.malformed-answer", "refused.outcome-unknown", "side-empty"]) {
      expect(isTold(code), code).toBe(true);
    }
    expect(await leaksOf(host, aviary, said, folder)).toEqual([]);
    // Sensitive ids hold an address and a title.
    aviary.canaries.push({ kind: "id", value: "jo.doe@left.example" }, { kind: "id", value: "Letter to Anna" });
    expect(await leaksOf(host, aviary, [], folder)).toEqual([]);
  });

  it("would be found in a table or a file", { timeout: 120_000 }, async () => {
    const aviary = new Aviary();
    const { host, folder } = await newHost(kind, (inner) => leakyStorage(inner, () => aviary.canaries[0]?.value ?? ""));
    host.left.put(aviary.note());
    await host.sync();
    const found = new Set((await leaksOf(host, aviary, [], folder)).map(({ where }) => where.split(" ")[0]));
    expect([...found].sort()).toEqual(kind === "sqlite" ? ["file", "table"] : ["table"]);
  });

  it("leave in text columns nothing but what their classes allow", { timeout: 120_000 }, async () => {
    const { host } = await newHost(kind);
    await wholeLife(host, new Aviary());
    const hashes = /^\d+:([a-z]\w*=([\w-]{16}|\[([\w-]{16}(,[\w-]{16})*)?\])(;(?!$)|$))*$/i;
    let looked = 0;
    for (const table of tableNames) {
      for (const row of await host.storage.select({ table })) {
        for (const [name, column] of Object.entries(schema[table].columns)) {
          const value: unknown = row[name as keyof typeof row];
          if (typeof value !== "string") continue;
          if (column.class === "field-hashes") expect(value).toMatch(hashes);
          else if (column.class === "hash") expect(value).toMatch(/^((\d\.)?[A-Za-z0-9_-]{43}|[0-9a-f]{64})$/);
          else if (column.class === "ciphertext") expect(value).toMatch(/^v1\.[\w-]{1,32}\.[\w-]{38,}$/);
          else continue;
          looked++;
        }
      }
    }
    expect(looked).toBeGreaterThan(150);
  });
});
