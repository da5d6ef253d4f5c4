import type { PgClient, PgPool } from "@syncer/storage-adapters/postgres";

/** What happens around statements that pass through a pool. */
export interface Passage {
  /** Called before a statement reaches the server; what it throws, the statement's caller gets, and the server nothing. */
  readonly before?: (text: string, values: readonly unknown[]) => void | Promise<void>;
  /** Called when the server has answered; what it throws, the caller gets in place of the answer. */
  readonly after?: (text: string) => void | Promise<void>;
}

/** A pool that lets a test do something around each statement. */
export function wrappedPool(pool: PgPool, { before, after }: Passage): PgPool & { readonly texts: string[] } {
  const texts: string[] = [];
  return {
    texts,
    async connect(): Promise<PgClient> {
      const client = await pool.connect();
      return {
        async query(query) {
          texts.push(query.text);
          await before?.(query.text, query.values);
          const result = await client.query(query);
          await after?.(query.text);
          return result;
        },
        on: (event, listener) => client.on(event, listener),
        removeListener: (event, listener) => client.removeListener(event, listener),
        release: (destroy) => client.release(destroy),
      };
    },
  };
}
