import { spawn } from "node:child_process";
import { createInterface } from "node:readline/promises";
import type { Row } from "@syncer/core";
import type { StorageFixture } from "./storage-fixture.ts";

interface Races {
  readonly processes: number;
  readonly races: number;
  /** A lease to vary. */
  readonly row: Row<"leases">;
}

/**
 * What each child does. It is text, because it must not import this package: that would bring the test runner along.
 * It waits for "go", so that all start together, then prints the races that it won.
 */
const CONTENDER = `
const [, module, argument, races, row] = process.argv;
const { default: open } = await import(module);
const storage = await open(argument);
await storage.count({ table: "leases" });
process.stdin.once("data", async () => {
  const won = [];
  for (let race = 0; race < Number(races); race += 1) {
    const name = "race " + race;
    const result = await storage.write({
      guards: [{ table: "leases", where: { name }, must: "not-exist" }],
      statements: [{ insert: "leases", rows: [{ ...JSON.parse(row), name }] }],
    });
    if (result.applied) won.push(race);
    await storage.write({
      statements: [{ update: "leases", set: {}, increment: { fencing: 1 }, where: { name: "tally" } }],
    });
  }
  await storage.close();
  console.log(JSON.stringify(won));
  process.exit(0);
});
console.log("ready");
`;

/**
 * Lets several processes race for the same rows.
 * @returns for each process the numbers of the races that it won
 */
export async function raceProcesses(
  { module, argument, nodeOptions = [] }: NonNullable<StorageFixture["otherProcess"]>,
  { processes, races, row }: Races,
): Promise<number[][]> {
  const contenders = Array.from({ length: processes }, () => {
    const child = spawn(
      process.execPath,
      [
        ...nodeOptions,
        "--input-type=module",
        "--eval",
        CONTENDER,
        "--",
        module,
        argument,
        `${races}`,
        JSON.stringify(row),
      ],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  try {
    for (const { lines } of contenders) await nextLine(lines);
    for (const { child } of contenders) child.stdin.end("go\n");
    return await Promise.all(contenders.map(async ({ lines }) => JSON.parse(await nextLine(lines)) as number[]));
  } finally {
    for (const { child } of contenders) child.kill();
  }
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error("a contender ended early; see what it wrote to stderr");
  return value;
}
