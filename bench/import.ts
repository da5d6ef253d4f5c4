/** How long importing the built core takes above an empty process, and how much of that is its peer, zod. Run `npm run build` first. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BenchRow } from "./bench-row.ts";

const ROUNDS = 20;
const core = new URL("../packages/core/dist/index.js", import.meta.url);

/** Median of the time that a process takes from its start to its end, in ms. */
function medianMs(code: string): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now();
    execFileSync(process.execPath, ["--input-type=module", "-e", code]);
    return performance.now() - startedAt;
  }).sort((a, b) => a - b);
  return times[ROUNDS / 2] ?? Number.NaN;
}

export default async function run(): Promise<BenchRow[]> {
  if (!existsSync(fileURLToPath(core))) throw new Error("packages/core is not built: npm run build");
  const empty = medianMs("");
  const above = (code: string) => Math.round((medianMs(code) - empty) * 10) / 10;
  const whole = above(`await import(${JSON.stringify(core.href)})`);
  const loadPeer = `await import(${JSON.stringify(import.meta.resolve("zod"))})`;
  const peer = above(loadPeer);
  const both = above(`${loadPeer}; await import(${JSON.stringify(core.href)})`);
  return [
    {
      name: `import of the core, above an empty process (median of ${ROUNDS})`,
      value: whole,
      unit: "ms",
      bar: 50,
      better: "lower",
      ratio: Math.round(((whole + empty) / empty) * 100) / 100,
    },
    {
      name: "  by itself, above a process that has loaded zod, its peer",
      value: Math.round((both - peer) * 10) / 10,
      unit: "ms",
      bar: 50,
      better: "lower",
      ratio: Math.round(((both - peer) / both) * 100) / 100,
    },
    {
      name: "  of which zod, its peer",
      value: peer,
      unit: "ms",
      better: "lower",
      ratio: Math.round((peer / whole) * 100) / 100,
    },
  ];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) console.table(await run());
