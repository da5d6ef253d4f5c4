import { ConfigurationError } from "@syncer/core";
import { type BullmqQueueOptions, type BullmqSource, bullmqQueue } from "@syncer/queue-adapters/bullmq";
import { describe, expect, it } from "vitest";

const SOURCE = { url: "redis://127.0.0.1:1" };

function problemsOf(source: unknown, options: unknown): string[] {
  try {
    bullmqQueue(source as BullmqSource, options as BullmqQueueOptions);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe("options of a queue on BullMQ", () => {
  it("are checked before anything is done, all at once", () => {
    const wrong = { name: "", prefix: "a:b", lockMs: 10, stalledCheckMs: 1, retryLimit: 1_000, lockDuration: 3 };
    expect(problemsOf({}, wrong)).toEqual([
      "bullmq.source",
      "bullmq.lockDuration",
      "bullmq.prefix",
      "bullmq.lockMs",
      "bullmq.stalledCheckMs",
      "bullmq.name",
      "bullmq.retryLimit",
    ]);
  });

  it.each([
    [undefined, "bullmq.source"],
    [{ url: "http://127.0.0.1" }, "bullmq.source"],
    [{ redis: { host: "127.0.0.1", keyPrefix: "x" } }, "bullmq.source.redis"],
    [{ ...SOURCE, prefix: "own" }, "bullmq.source.prefix"],
    [{ connection: {} }, "bullmq.source.connection"],
  ])("refuses the source %j", (source, path) => {
    expect(problemsOf(source, {})).toEqual([path]);
  });

  it.each([[SOURCE], [{ redis: { host: "127.0.0.1", port: 1 } }]])("takes %j", (source) => {
    expect(problemsOf(source, { prefix: "{syncer}" })).toEqual([]);
  });

  it("does nothing until it is used; then a server that is not there rejects each call in time", async () => {
    const queue = bullmqQueue(SOURCE, { timeoutMs: 500 });
    await expect(queue.wake({ jobId: "a", format: 1 })).rejects.toThrow();
    await expect(queue.process(async () => {}, { concurrency: 1 })).rejects.toThrow();
    await queue.close();
  });
});
