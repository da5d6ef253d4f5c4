import { readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/**
 * A child process' code as a host runs it, as JavaScript: taking types off at run time costs 40 MB that are not the engine's. What is
 * imported when it is needed stays in files of its own.
 * @returns the file to run
 */
export async function buildChild(entry: string, folder: string): Promise<string> {
  await build({
    entryPoints: { child: entry },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    outExtension: { ".js": ".mjs" },
    conditions: ["@syncer/source"],
  });
  const file = readdirSync(folder).find((name) => name === "child.mjs");
  if (!file) throw new Error("nothing was built");
  return join(folder, file);
}
