/** Invents histories and looks for one in which the semantics are broken: `npm run soak -- --steps 100000 --seed 1`. */
import { readCommand, UsageError, usage } from "./soak/command.ts";
import { checkReport, exploreAll } from "./soak/run.ts";
import { worlds } from "./worlds.ts";

const print = (line: string) => void process.stdout.write(`${line}\n`);
const freshSeed = () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

try {
  const names = worlds.map(({ world }) => world.name);
  const command = readCommand(process.argv.slice(2), names, freshSeed);
  const surroundings = { worlds, print };
  const well = await (command.do === "check" ? checkReport(command, surroundings) : exploreAll(command, surroundings));
  process.exitCode = well ? 0 : 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${usage}\n`);
  process.exitCode = 2;
}
