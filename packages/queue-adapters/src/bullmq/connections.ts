import { Redis } from "ioredis";
import type { BullmqSource } from "./bullmq-options.ts";

/** Connections of one queue: one to wake by, and one for each consumer. */
export class Connections {
  readonly #source: BullmqSource;
  readonly #onError: (error: unknown) => void;
  readonly #own: Redis[] = [];
  #waking: Redis | undefined;

  constructor(source: BullmqSource, onError: (error: unknown) => void) {
    this.#source = source;
    this.#onError = onError;
  }

  /** Fails at once while the server is away, if it is ours: whoever wakes has something better to do than wait. */
  forWaking(): Redis {
    if ("connection" in this.#source) return this.#source.connection;
    this.#waking ??= this.#open({ maxRetriesPerRequest: 1, enableOfflineQueue: false });
    return this.#waking;
  }

  /** Waits for a server that is away as long as it takes, as consumers do. */
  forConsuming(): Redis {
    return this.#open({ maxRetriesPerRequest: null, enableOfflineQueue: true });
  }

  /** Ends what is ours. */
  close(): void {
    for (const connection of this.#own) connection.disconnect();
  }

  #open(settings: { readonly maxRetriesPerRequest: number | null; readonly enableOfflineQueue: boolean }): Redis {
    const connection = this.#make(settings);
    // Without a listener ioredis writes to the console.
    connection.on("error", this.#onError);
    this.#own.push(connection);
    return connection;
  }

  #make(settings: { readonly maxRetriesPerRequest: number | null; readonly enableOfflineQueue: boolean }): Redis {
    if ("connection" in this.#source) return this.#source.connection.duplicate(settings);
    if ("url" in this.#source) return new Redis(this.#source.url, settings);
    return new Redis({ ...this.#source.redis, ...settings });
  }
}
