/** One process of a fleet on one budget: each party asks again as soon as it has been let go; prints when that was. */
import { type Clock, type RateLimit, sharedGovernor } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";

export interface GovernorChildSetting {
  readonly file: string;
  readonly epochMs: number;
  /** Clock milliseconds in a real one. */
  readonly speed: number;
  readonly limit: RateLimit;
  readonly parties: number;
  readonly requestsEach: number;
}

const setting: GovernorChildSetting = JSON.parse(process.env.GOVERNOR_SETTING ?? "{}");
const { epochMs, speed } = setting;
const clock: Clock = {
  now: () => Math.floor(epochMs + (Date.now() - epochMs) * speed),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, Math.max(0, ms) / speed);
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    }),
};
const governor = sharedGovernor({ storage: sqlite(setting.file), clock });
const budget = { key: "budget", service: "bench", limit: setting.limit };
const { signal } = new AbortController();
await governor.status(budget);
process.stdout.write("ready\n");
await new Promise((go) => process.stdin.once("data", go));

const startsMs: number[] = [];
await Promise.all(
  Array.from({ length: setting.parties }, async (_, n) => {
    const claim = { party: `${process.pid}-${n}`, cost: 1, maxWaitMs: 60_000, signal };
    for (let left = setting.requestsEach; left > 0; left -= 1) {
      await governor.run(budget, claim, async () => {
        startsMs.push(clock.now());
      });
    }
  }),
);
process.stdout.write(`${JSON.stringify(startsMs)}\n`, () => process.exit(0));
