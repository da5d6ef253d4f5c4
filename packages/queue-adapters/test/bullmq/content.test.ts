import { bullmqQueue } from "@syncer/queue-adapters/bullmq";
import { describe, expect, it, onTestFinished } from "vitest";
import { RedisPlace } from "../support/redis-place.ts";
import { redisUrl } from "../support/servers.ts";

function open() {
  const place = new RedisPlace(redisUrl!);
  const told: unknown[] = [];
  const { url, prefix } = place;
  const options = { retryLimit: 1, retryDelayMs: 0, lockMs: 1_000, stalledCheckMs: 500 };
  const queue = bullmqQueue({ url }, { ...options, prefix, onError: (error) => told.push(error) });
  onTestFinished(async () => {
    await queue.close();
    await place.drop();
  });
  return { place, queue, told };
}

/** Everything that Redis holds under the prefix, as text. */
async function everything(place: RedisPlace): Promise<string> {
  const found: string[] = [];
  for (const key of await place.keys()) {
    const type = await place.client.type(key);
    found.push(key);
    if (type === "hash") found.push(JSON.stringify(await place.client.hgetall(key)));
    if (type === "string") found.push((await place.client.get(key)) ?? "");
    if (type === "list") found.push(...(await place.client.lrange(key, 0, -1)));
    if (type === "zset") found.push(...(await place.client.zrange(key, "0", "-1")));
    if (type === "stream") found.push(JSON.stringify(await place.client.xrange(key, "-", "+")));
  }
  return found.join("\n");
}

describe.skipIf(!redisUrl)("what Redis holds of ours", { timeout: 30_000 }, () => {
  it("ids and numbers: no word of a caller's object or of an error, and nothing of what is done", async () => {
    const { place, queue, told } = open();
    const failed = Promise.withResolvers<void>();
    let times = 0;
    const consumer = await queue.process(
      async ({ jobId }) => {
        if (jobId.startsWith("job_done")) return;
        if (++times === 2) failed.resolve();
        throw new Error("SECRET Blue Monday");
      },
      { concurrency: 2 },
    );
    for (let nth = 0; nth < 50; nth++) {
      const careless = { jobId: `job_done_${nth}`, format: 1, title: "SECRET Blue Monday" };
      await queue.wake(careless, { dedupeKey: `job_done_${nth}:1` });
    }
    await queue.wake({ jobId: "job_poison", format: 1 }, { dedupeKey: "job_poison:1", priority: -1 });
    await failed.promise;
    await consumer.close();
    const held = await everything(place);
    expect(held).not.toContain("SECRET");
    expect(held).not.toContain("job_done");
    expect((await place.queue("syncer-dead").getJobs()).map(({ data }) => data)).toEqual([
      { jobId: "job_poison", format: 1 },
    ]);
    expect(await place.queue("syncer").getJobCounts()).toMatchObject({
      waiting: 0,
      active: 0,
      failed: 0,
      completed: 0,
    });
    expect(told.map(String).filter((text) => text.includes("SECRET"))).toHaveLength(2);
  });

  it("a message whose JSON is broken harms no other, and does not come again and again", async () => {
    const { place, queue, told } = open();
    const bull = place.queue("syncer");
    const { id } = await bull.add("by hand", { jobId: "x", format: 1 });
    await place.client.hset(`${place.prefix}:syncer:${id}`, "data", '{"jobId": "x", ');
    const delivered: string[] = [];
    const heard = Promise.withResolvers<void>();
    await queue.process(
      async ({ jobId }) => {
        delivered.push(jobId);
        if (jobId === "last") heard.resolve();
      },
      { concurrency: 2 },
    );
    for (const jobId of ["a", "b", "last"])
      await queue.wake({ jobId, format: 1 }, { priority: jobId === "last" ? -1 : 0 });
    await heard.promise;
    // Taken for that of a dead process, then set aside as one that is none of ours.
    const dead = place.queue("syncer-dead");
    while ((await dead.getJobs()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await dead.getJobs()).map(({ data }) => data)).toEqual(['{"jobId": "x", ']);
    expect([...delivered].sort()).toEqual(["a", "b", "last"]);
    expect(told.length).toBeLessThan(20);
  });
});
