import { randomUUID } from "node:crypto";
import { Queue } from "bullmq";
import { Redis } from "ioredis";

/** A prefix of its own on a test server, and a way to look at what is there. */
export class RedisPlace {
  readonly prefix = `queue-test-${randomUUID().slice(0, 8)}`;
  readonly url: string;
  readonly client: Redis;
  readonly #queues: Queue[] = [];

  constructor(url: string) {
    this.url = url;
    this.client = new Redis(url, { maxRetriesPerRequest: null });
  }

  /** As another program would open it. */
  queue(name: string): Queue {
    const made = new Queue(name, { connection: this.client, prefix: this.prefix });
    this.#queues.push(made);
    return made;
  }

  async keys(): Promise<string[]> {
    return (await this.client.keys(`${this.prefix}:*`)).sort();
  }

  async empty(): Promise<void> {
    const keys = await this.keys();
    if (keys.length > 0) await this.client.del(...keys);
  }

  async drop(): Promise<void> {
    for (const queue of this.#queues) await queue.close();
    await this.empty();
    this.client.disconnect();
  }
}
