import { bullmqQueue } from "@syncer/queue-adapters/bullmq";
import { describeQueue } from "@syncer/testkit";
import { describe } from "vitest";
import { CutOff } from "../support/cut-off.ts";
import { RedisPlace } from "../support/redis-place.ts";
import { redisUrl } from "../support/servers.ts";

/** One repetition, at once: a suite need not wait for pauses. */
const OPTIONS = { retryLimit: 1, retryDelayMs: 0, lockMs: 2_000, stalledCheckMs: 1_000 };

describe.skipIf(!redisUrl)("on Redis", () => {
  describeQueue(
    "BullMQ, connections of its own",
    async () => {
      const place = new RedisPlace(redisUrl!);
      const other = new RedisPlace(redisUrl!);
      const way = await CutOff.to(place.url, 6379);
      const { url, prefix } = place;
      return {
        queue: bullmqQueue({ url: way.address(url) }, { ...OPTIONS, prefix }),
        another: () => bullmqQueue({ url }, { ...OPTIONS, prefix }),
        elsewhere: () => bullmqQueue({ url }, { ...OPTIONS, prefix: other.prefix }),
        otherProcess: {
          module: new URL("../support/open-bull-queue.ts", import.meta.url).href,
          argument: JSON.stringify({ url, prefix }),
          nodeOptions: ["--conditions=@syncer/source", "--no-warnings"],
        },
        put: async (data) => void (await place.queue("syncer").add("by hand", data)),
        deadLetters: async () => (await place.queue("syncer-dead").getJobs()).map(({ data }) => data),
        server: way,
        dispose: async () => {
          await way.leave();
          await place.drop();
          await other.drop();
        },
      };
    },
    { keeps: true, attempts: 2, ticks: true, deathMs: 8_000 },
  );

  describeQueue(
    "BullMQ, the host's own connection, two names on it",
    () => {
      const place = new RedisPlace(redisUrl!);
      const { client: connection, prefix } = place;
      return {
        queue: bullmqQueue({ connection }, { ...OPTIONS, prefix }),
        another: () => bullmqQueue({ connection }, { ...OPTIONS, prefix }),
        elsewhere: () => bullmqQueue({ connection }, { ...OPTIONS, prefix, name: "other" }),
        put: async (data) => void (await place.queue("syncer").add("by hand", data)),
        deadLetters: async () => (await place.queue("syncer-dead").getJobs()).map(({ data }) => data),
        dispose: () => place.drop(),
      };
    },
    { keeps: true, attempts: 2, ticks: true, histories: 10 },
  );
});
