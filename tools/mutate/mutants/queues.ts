import { mutantArea } from "../mutant.ts";

const pool = "packages/core/src/jobs/worker-pool.ts";
const adapter = (name: string) => `packages/queue-adapters/src/${name}.ts`;
const test = (name: string) => `packages/queue-adapters/test/${name}.test.ts`;
const boss = { file: adapter("pg-boss/boss-consumer") };
const bull = { file: adapter("bullmq/bull-consumer") };

/** Needs both servers. */
export const area = mutantArea(
  "queues",
  {
    file: pool,
    tests: ["packages/core/test/jobs/ticks.test.ts", test("pg-boss/content"), test("bullmq/content")],
  },
  [
    {
      id: "tick-unheard",
      description: "gets the tick and does not look",
      find: "await this.#watch(this.#options.pollMs, await this.#lookAgain()).catch(() => {});",
      replace: "await this.#watch(this.#options.pollMs, this.#options.pollMs).catch(() => {});",
    },
    {
      id: "tick-looks-once",
      description: "looks when it gets the tick, and not again when something is due before the next",
      find: "await this.#watch(this.#options.pollMs, await this.#lookAgain()).catch(() => {});",
      replace: "await this.#lookAgain();",
    },
    {
      id: "all-look",
      description: "lets each process look as often as without ticks",
      find: "const aloneMs = this.#ticks ? pollMs : Number.POSITIVE_INFINITY;",
      replace: "const aloneMs = Number.POSITIVE_INFINITY;",
    },
    {
      id: "ticks-stay-open",
      description: "stops and goes on taking ticks",
      find: "await Promise.all([this.#consumer?.close(), this.#ticks?.close(), this.#looking]);",
      replace: "await Promise.all([this.#consumer?.close(), this.#looking]);",
    },
    {
      id: "error-kept",
      description: "lets BullMQ keep what a handler threw",
      ...bull,
      find: 'throw new Error("handler.failed");',
      replace: "throw error;",
    },
    {
      id: "broken-comes-again",
      description: "lets a message of broken JSON stall for ever",
      ...bull,
      find: 'await this.#connection.hset(key, "data", JSON.stringify(data));',
      replace: "",
    },
    {
      id: "failure-told",
      description: "writes what a handler threw into PostgreSQL",
      ...boss,
      find: "this.#boss.fail(this.#options.queue, job, FAILED)",
      replace: "this.#boss.fail(this.#options.queue, job, { message: String(error) })",
    },
    {
      id: "whole-message",
      description: "puts all of a caller's object into the message",
      file: adapter("shared/read-message"),
      find: "export function plainMessage({ jobId, format }: JobMessage): JobMessage {",
      replace:
        "export function plainMessage(whole: JobMessage): JobMessage {\n  if (whole) return whole;\n  const { jobId, format } = whole;",
    },
  ],
);
