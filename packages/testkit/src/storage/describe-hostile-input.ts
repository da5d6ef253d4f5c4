import type { StorageAdapter } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { sampleRow } from "./sample-rows.ts";
import type { SuiteContext } from "./storage-fixture.ts";

const HARMLESS_STRINGS = [
  "",
  " ",
  "'; drop table links; --",
  '"double" and `back`',
  "per%cent_under\\score",
  "line\nfeed\ttab\u0001control",
  "\u{1f469}\u200d\u{1f469}\u200d\u{1f467}",
  "e\u0301 is not \u00e9",
  "null",
  "0",
  "\uffff\ufeff",
  "x".repeat(100_000),
];

/** A word that must never appear in an error. */
const SECRET = "planted-secret";

const lease = sampleRow("leases", {});
const pair = sampleRow("sync_pairs", {});
const link = sampleRow("links", {});
const order = sampleRow("list_orders", {});

const HASH = "AAAAAAAAAAAAAAAA";
/** Nearly what the class `field-hashes` holds, or plain content. */
const MALFORMED_HASHES: [what: string, value: unknown][] = [
  ["that are a word", SECRET],
  ["that are empty", ""],
  ["without a format", `title=${HASH}`],
  ["of which one is a value", `1:title=${SECRET}`],
  ["of which one is too long", `1:title=${HASH}A`],
  ["with a value behind them", `1:title=${HASH};${SECRET}`],
  ["with a field that is no name", `1:the ${SECRET}=${HASH}`],
  ["that end in a semicolon", `1:title=${HASH};`],
  ["that end in a line feed", `1:title=${HASH}\n`],
  ["with a field of none", "1:title="],
  ["with two for one field", `1:title=${HASH},${HASH}`],
  ["with an empty element", `1:guests=[${HASH},]`],
  ["with a set that does not end", `1:guests=[${HASH}`],
  ["that are a list of strings", [`1:title=${HASH}`]],
];

/** Calls that a caller without types can make, and where each goes wrong. */
const refused: [what: string, place: string, call: (storage: StorageAdapter) => Promise<unknown>][] = [
  ["an unknown table", "query.table", (s) => s.select({ table: "songs" as never })],
  ["a table's name from the prototype", "query.table", (s) => s.count({ table: "constructor" as never })],
  ["an unknown column", "query.columns", (s) => s.select({ table: "leases", columns: ["title" as never] })],
  ["no column", "query.columns", (s) => s.select({ table: "leases", columns: [] })],
  ["an unknown column to order by", "query.orderBy", (s) => s.select({ table: "leases", orderBy: ["title" as never] })],
  ["a negative limit", "query.limit", (s) => s.select({ table: "leases", limit: -1 })],
  ["half a row as limit", "query.limit", (s) => s.select({ table: "leases", limit: 0.5 })],
  ["a page without an order", "query.after", (s) => s.select({ table: "leases", after: [SECRET] })],
  [
    "a page behind too few values",
    "query.after",
    (s) => s.select({ table: "leases", orderBy: ["fencing", "name"], after: [1] }),
  ],
  [
    "a page behind a value of another type",
    "query.after[0]",
    (s) => s.select({ table: "leases", orderBy: ["fencing"], after: [SECRET] }),
  ],
  [
    "a forgotten value in a condition",
    "statements[0].where.name",
    (s) => s.write({ statements: [{ delete: "leases", where: { name: undefined as never } }] }),
  ],
  [
    "a missing where",
    "statements[0].where",
    (s) => s.write({ statements: [{ delete: "leases", where: undefined as never }] }),
  ],
  [
    "an unknown comparison",
    "query.where.name.like",
    (s) => s.count({ table: "leases", where: { name: { like: SECRET } as never } }),
  ],
  ["a comparison without one", "query.where.name", (s) => s.count({ table: "leases", where: { name: {} as never } })],
  [
    "a value of another type in a condition",
    "query.where.fencing",
    (s) => s.count({ table: "leases", where: { fencing: SECRET as never } }),
  ],
  [
    "null in a list",
    "query.where.name.in",
    (s) => s.count({ table: "leases", where: { name: { in: [null as never] } } }),
  ],
  ["a row without a column", "rows[0].fencing", (s) => insert(s, { ...lease, fencing: undefined })],
  ["a row with a foreign column", "rows[0]", (s) => insert(s, { ...lease, title: SECRET })],
  ["null where none may be", "rows[0].owner_id", (s) => insert(s, { ...lease, owner_id: null })],
  ["a number for a string", "rows[0].name", (s) => insert(s, { ...lease, name: 5 })],
  ["a NUL character", "rows[0].name", (s) => insert(s, { ...lease, name: `${SECRET}\0` })],
  ["half of a surrogate pair", "rows[0].name", (s) => insert(s, { ...lease, name: `${SECRET}\ud83d` })],
  ["a fraction of a millisecond", "rows[0].expires_at", (s) => insert(s, { ...lease, expires_at: 0.5 })],
  ["a number that is not safe", "rows[0].fencing", (s) => insert(s, { ...lease, fencing: 2 ** 53 })],
  ["NaN", "rows[0].fencing", (s) => insert(s, { ...lease, fencing: Number.NaN })],
  ["a Date", "rows[0].expires_at", (s) => insert(s, { ...lease, expires_at: new Date(0) })],
  ["a ratio above 1", "rows[0].match_threshold", (s) => insertPair(s, { ...pair, match_threshold: 1.01 })],
  ["a number for a flag", "rows[0].prune", (s) => insertPair(s, { ...pair, prune: 1 })],
  ...MALFORMED_HASHES.map(([what, value]): (typeof refused)[number] => [
    `hashes by field ${what}`,
    "rows[0].source_fields",
    (s) => s.write({ statements: [{ insert: "links", rows: [{ ...link, source_fields: value as never }] }] }),
  ]),
  ...[SECRET, "", "{}", "[1]", `["${SECRET}"`].map((value): (typeof refused)[number] => [
    `ids in order that are none: ${JSON.stringify(value.replaceAll(SECRET, "a word"))}`,
    "rows[0].entries",
    (s) => s.write({ statements: [{ insert: "list_orders", rows: [{ ...order, entries: value }] }] }),
  ]),
  [
    "hashes by field that are none, in a change",
    "set.target_fields",
    (s) => s.write({ statements: [{ update: "links", set: { target_fields: SECRET }, where: {} }] }),
  ],
  [
    "hashes by field that are none, in a condition",
    "query.where.source_fields.not",
    (s) => s.count({ table: "links", where: { source_fields: { not: SECRET } } }),
  ],
  ["a word that the enum lacks", "rows[0].mode", (s) => insertPair(s, { ...pair, mode: SECRET })],
  [
    "an unknown rule for conflicts",
    "onConflict",
    (s) => s.write({ statements: [{ insert: "leases", rows: [], onConflict: "merge" as never }] }),
  ],
  [
    "a change of a key",
    "set.name",
    (s) => s.write({ statements: [{ update: "leases", set: { name: SECRET }, where: {} }] }),
  ],
  ["a change of nothing", "set", (s) => s.write({ statements: [{ update: "leases", set: {}, where: {} }] })],
  [
    "an increment of what is no number",
    "increment.owner_id",
    (s) => s.write({ statements: [{ update: "leases", set: {}, increment: { owner_id: 1 }, where: {} }] }),
  ],
  [
    "a column both set and incremented",
    "increment.fencing",
    (s) => s.write({ statements: [{ update: "leases", set: { fencing: 1 }, increment: { fencing: 1 }, where: {} }] }),
  ],
  [
    "an unknown guard",
    "guards[0].must",
    (s) => s.write({ guards: [{ table: "leases", where: {}, must: "be" as never }], statements: [] }),
  ],
  ["a statement that is none", "statements[0]", (s) => s.write({ statements: [{ truncate: "leases" } as never] })],
];

export function describeHostileInput(context: SuiteContext): void {
  describe("hostile input", () => {
    it("stores, finds and deletes any well-formed string exactly", async () => {
      const storage = await context.open();
      const rows = HARMLESS_STRINGS.map((name) => sampleRow("leases", { name, owner_id: name }));
      await storage.write({ statements: [{ insert: "leases", rows }] });
      for (const name of HARMLESS_STRINGS) {
        expect(await storage.select({ table: "leases", columns: ["owner_id"], where: { name } })).toEqual([
          { owner_id: name },
        ]);
        expect(await storage.count({ table: "leases", where: { owner_id: { in: [name] } } })).toBe(1);
      }
      const long = HARMLESS_STRINGS.concat(HARMLESS_STRINGS.map((name) => `${name}, not there`));
      expect(await storage.count({ table: "leases", where: { name: { in: long } } })).toBe(rows.length);
      const result = await storage.write({
        statements: HARMLESS_STRINGS.map((name) => ({ delete: "leases", where: { name } })),
      });
      expect(result).toEqual({ applied: true, affected: HARMLESS_STRINGS.map(() => 1) });
    });

    it("keeps whole numbers exact to their limits", async () => {
      const storage = await context.open();
      const numbers = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, -1, 0, 2 ** 31, 2 ** 32 + 1];
      const rows = numbers.map((fencing) => sampleRow("leases", { name: `${fencing}`, fencing }));
      await storage.write({ statements: [{ insert: "leases", rows }] });
      for (const fencing of numbers) {
        expect(await storage.select({ table: "leases", columns: ["fencing"], where: { fencing } })).toEqual([
          { fencing },
        ]);
      }
      const sorted = await storage.select({ table: "leases", columns: ["fencing"], orderBy: ["fencing"] });
      expect(sorted.map(({ fencing }) => fencing)).toEqual(numbers.toSorted((left, right) => left - right));
    });

    it.each(refused)("refuses %s, saying where, repeating nothing, doing nothing", async (_, place, call) => {
      const storage = await context.open();
      await storage.write({ statements: [{ insert: "leases", rows: [sampleRow("leases", { name: "kept" })] }] });
      const error: unknown = await call(storage).then(
        () => "nothing was refused",
        (refusal: unknown) => refusal,
      );
      expect(error).toMatchObject({ code: "request.invalid", message: expect.stringContaining(place) });
      expect(String(error)).not.toContain(SECRET);
      expect(await storage.count({ table: "leases" })).toBe(1);
    });

    it("does none of a batch of which one row is refused", async () => {
      const storage = await context.open();
      const rows = [lease, { ...lease, name: "second", fencing: Number.NaN }];
      await expect(storage.write({ statements: [{ insert: "leases", rows }] })).rejects.toMatchObject({
        code: "request.invalid",
      });
      expect(await storage.count({ table: "leases" })).toBe(0);
    });
  });
}

const insert = (storage: StorageAdapter, row: object) =>
  storage.write({ statements: [{ insert: "leases", rows: [row as never] }] });

const insertPair = (storage: StorageAdapter, row: object) =>
  storage.write({ statements: [{ insert: "sync_pairs", rows: [row as never] }] });
