import { mutantArea } from "../mutant.ts";

const postgres = (name: string) => `packages/storage-adapters/src/postgres/${name}.ts`;
const shared = (name: string) => `packages/storage-adapters/src/shared/${name}.ts`;
const test = (name: string) => `packages/storage-adapters/test/postgres/postgres-${name}.test.ts`;

/** They need a server of PostgreSQL: without one their tests are skipped, and they stay alive. */
export const area = mutantArea(
  "postgres",
  {
    file: postgres("postgres-storage"),
    tests: [test("transactions"), test("storage"), test("migration"), test("faults")],
  },
  [
    {
      id: "postgres-weak-isolation",
      description: "checks guards in a transaction that does not see what others do to them",
      find: 'hasGuards ? "serializable" : "read committed"',
      replace: 'hasGuards ? "read committed" : "read committed"',
    },
    {
      id: "postgres-guards-unlocked",
      file: postgres("postgres-sql"),
      description: "does not lock the rows that guards ask for",
      find: "locksGuards: true",
      replace: "locksGuards: false",
    },
    {
      id: "postgres-twice",
      description: "does a statement again whose connection broke",
      find: 'return this.#run("write", (connection) => connection.run(program));',
      replace: 'return this.#run("write", (connection) => connection.run(program), { onLostConnection: true });',
    },
    {
      id: "postgres-unknown-commit",
      file: postgres("retries"),
      description: "does a batch again whose commit nobody answered",
      find: "isLost(error) && !(error instanceof UnknownCommit)",
      replace: "isLost(error)",
    },
    {
      id: "postgres-taken-at-once",
      file: postgres("retries"),
      description: "does not ask guards again where a key is taken",
      find: "!this.#wasTaken && isTakenKey(error)",
      replace: "this.#wasTaken && isTakenKey(error)",
    },
    {
      id: "postgres-for-ever",
      file: postgres("retries"),
      description: "tries again without end",
      find: "performance.now() >= this.#may.giveUpAt",
      replace: "performance.now() >= this.#may.giveUpAt + 1e9",
    },
    {
      id: "postgres-values-told",
      file: postgres("postgres-errors"),
      description: "keeps the server's whole error as the cause, values and all",
      find: "const cause = withoutValues(driver);",
      replace: "const cause = driver;",
    },
    {
      id: "postgres-message-told",
      file: postgres("postgres-errors"),
      description: "keeps messages that quote values",
      find: 'state.startsWith("22")',
      replace: 'state.startsWith("xx")',
    },
    {
      id: "postgres-listener-left",
      file: postgres("pool-connection"),
      description: "leaves a listener on a host's client",
      find: 'client.removeListener("error", abandon);',
      replace: "",
    },
    {
      id: "postgres-no-advisory-lock",
      file: postgres("migrate"),
      description: "lets several migrate at once",
      find: "select pg_advisory_xact_lock(hashtextextended($1, 0))",
      replace: "select hashtextextended($1, 0)",
    },
    {
      id: "postgres-checks-kept",
      file: postgres("alter-tables"),
      description: "leaves the words of an enum as they were",
      find: "...namedChecks(dialect, table, shape).flatMap(",
      replace: "...namedChecks(dialect, table, { ...shape, columns: {} }).flatMap(",
    },
    {
      id: "postgres-keys-repeat",
      file: postgres("array-rows"),
      description: "replaces a row twice in one statement",
      find: "mayRepeatKeys: false",
      replace: "mayRepeatKeys: true",
    },
    {
      id: "postgres-quotes",
      file: postgres("array-rows"),
      description: "does not escape what strings in arrays hold",
      find: 'value.replace(/["\\\\]/g, "\\\\$&")',
      replace: "value",
    },
    {
      id: "versions-any-newer",
      file: shared("schema-version"),
      description: "works on tables of any newer version",
      find: "found > known && oldest > known",
      replace: "found > known && oldest > known + 100",
    },
    {
      id: "versions-none-newer",
      file: shared("schema-version"),
      description: "refuses every newer version",
      find: "found > known && oldest > known",
      replace: "found > known",
    },
    {
      id: "versions-no-defaults",
      file: shared("schema-steps"),
      description: "gives new columns no default in the database",
      find: "const FIRST_WITH_DEFAULTS = 7;",
      replace: "const FIRST_WITH_DEFAULTS = 700;",
    },
  ],
);
