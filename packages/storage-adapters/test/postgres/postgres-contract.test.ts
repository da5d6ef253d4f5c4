import { PGlite } from "@electric-sql/pglite";
import { postgres } from "@syncer/storage-adapters/postgres";
import { describeStorageAdapter } from "@syncer/testkit";
import { Kysely, PGliteDialect, PostgresDialect } from "kysely";
import pg from "pg";
import { afterAll, describe } from "vitest";
import { testDatabase } from "../support/postgres-server.ts";

const database = await testDatabase();
afterAll(() => database?.drop());
const connectionString = database?.connectionString ?? "";
// Its start takes seconds in which nothing else happens, so it is over before the first test begins, and there is one for all.
const pglite = await PGlite.create();
let places = 0;
const nextSchema = () => `place_${++places}`;

describe.skipIf(!database)("on a server", () => {
  describeStorageAdapter(
    "PostgreSQL, a pool of our own",
    () => {
      const schema = nextSchema();
      return {
        storage: postgres({ connectionString }, { schema }),
        another: () => postgres({ connectionString }, { schema }),
        otherProcess: {
          module: new URL("./postgres-place.ts", import.meta.url).href,
          argument: JSON.stringify({ connectionString, schema }),
          nodeOptions: ["--conditions=@syncer/source", "--no-warnings"],
        },
      };
    },
    { needsMigration: true, openedBy: "processes" },
  );

  describeStorageAdapter(
    "PostgreSQL, a host's pool with a table prefix",
    async () => {
      const schema = nextSchema();
      await database?.run(`create schema ${schema}`);
      const pool = new pg.Pool({ connectionString, max: 4, options: `-c search_path=${schema}` });
      return {
        storage: postgres({ pool }, { tablePrefix: "syncer_" }),
        another: () => postgres({ pool }, { tablePrefix: "syncer_" }),
        dispose: () => pool.end(),
      };
    },
    { needsMigration: true, openedBy: "adapters", histories: 30 },
  );

  describeStorageAdapter(
    "PostgreSQL, a host's Kysely",
    () => {
      const schema = nextSchema();
      const kysely = new Kysely<object>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString }) }) });
      return {
        storage: postgres({ kysely }, { schema }),
        another: () => postgres({ kysely }, { schema }),
        dispose: () => kysely.destroy(),
      };
    },
    { needsMigration: true, openedBy: "adapters", histories: 30 },
  );
});

const kysely = new Kysely<object>({ dialect: new PGliteDialect({ pglite }) });
afterAll(() => pglite.close());

describeStorageAdapter(
  "PGlite",
  () => {
    const schema = nextSchema();
    return {
      storage: postgres({ kysely }, { schema }),
      another: () => postgres({ kysely }, { schema }),
    };
  },
  { needsMigration: true, openedBy: "adapters", histories: 30 },
);
