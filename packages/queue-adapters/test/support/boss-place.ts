import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { PgBoss } from "pg-boss";

/** A schema of pg-boss's own on a test server, and an instance that looks into it. */
export class BossPlace {
  readonly schema = `queue_test_${randomUUID().slice(0, 8)}`;
  readonly connectionString: string;
  #boss: Promise<PgBoss> | undefined;

  constructor(connectionString: string) {
    this.connectionString = connectionString;
  }

  /** Started, and stopped by `drop`. */
  boss(): Promise<PgBoss> {
    this.#boss ??= (async () => {
      const { connectionString, schema } = this;
      const boss = new PgBoss({ connectionString, schema, max: 2, schedule: false });
      boss.on("error", () => {});
      return await boss.start();
    })();
    return this.#boss;
  }

  async query(text: string): Promise<readonly Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.connectionString });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  async drop(): Promise<void> {
    await (await this.#boss)?.stop({ graceful: false });
    await this.query(`drop schema if exists ${this.schema} cascade`);
  }
}
