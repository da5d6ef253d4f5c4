import { join } from "node:path";
import { build } from "esbuild";
import type { ModuleDefinition } from "miniflare";

/** Of the runtime's behaviour, as a worker's configuration names it. */
export const COMPATIBLE_WITH = "2026-07-01";

/** Where the bundled files would lie; they are never written. */
const ROOT = "/worker";

/**
 * A worker and our sources as modules for the workers runtime. Nothing of Node is in them: it would not resolve.
 * @param entryPoint the worker's file
 */
export async function bundleWorker(
  entryPoint: URL,
): Promise<{ readonly modules: ModuleDefinition[]; readonly modulesRoot: string }> {
  const { outputFiles } = await build({
    entryPoints: { main: entryPoint.pathname },
    outdir: ROOT,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    conditions: ["@syncer/source", "workerd", "worker", "browser"],
    write: false,
  });
  const modules = outputFiles.map(({ path, text }): ModuleDefinition => ({ type: "ESModule", path, contents: text }));
  const isMain = ({ path }: ModuleDefinition) => path === join(ROOT, "main.js");
  // The first is the one whose handlers are called.
  return {
    modules: [...modules.filter(isMain), ...modules.filter((module) => !isMain(module))],
    modulesRoot: ROOT,
  };
}
