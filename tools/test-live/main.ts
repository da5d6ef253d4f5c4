import { runLive } from "./run-live.ts";

const known = new Set(["--write"]);
const unknown = process.argv.slice(2).filter((argument) => !known.has(argument));
if (unknown.length > 0) {
  console.error(`Unknown argument ${unknown.join(" ")}. Known: --write`);
  process.exit(2);
}

const failed = await runLive({
  env: process.env,
  write: process.argv.includes("--write"),
  fetch: globalThis.fetch,
  print: (line) => console.log(line),
});
process.exitCode = failed > 0 ? 1 : 0;
