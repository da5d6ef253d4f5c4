import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { QueueFixture } from "./queue-fixture.ts";

/**
 * What the child does. It is text, because it must not import this package: that would bring the test runner along. It
 * says which message it has, and keeps it.
 */
const CONSUMER = `
const [, module, argument] = process.argv;
const { default: open } = await import(module);
const queue = await open(argument);
await queue.process(({ jobId }) => {
  console.log(jobId);
  return new Promise(() => {});
}, { concurrency: 1 });
console.log("ready");
`;

/** A process that takes one message and never ends it. */
export function consumingProcess({ module, argument, nodeOptions = [] }: NonNullable<QueueFixture["otherProcess"]>): {
  /** Resolves when it has printed that. @throws {Error} it has ended */
  says(line: string): Promise<string>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
} {
  const given = [...nodeOptions, "--input-type=module", "--eval", CONSUMER, "--", module, argument];
  const child = spawn(process.execPath, given, { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  let heard = Promise.withResolvers<void>();
  const ended = once(child, "close");
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    heard.resolve();
    heard = Promise.withResolvers();
  });
  return {
    async says(line) {
      while (!lines.includes(line)) {
        if (await Promise.race([heard.promise, ended])) throw new Error("it ended early; see what it wrote to stderr");
      }
      return line;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
