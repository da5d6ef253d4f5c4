import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { Miniflare } from "miniflare";

/** What the host is told; the same in every runtime. */
export interface HostBindings {
  readonly servicesUrl: string;
  readonly encryptionKey: string;
  readonly apps: { readonly spotify: object; readonly deezer: object };
}

export interface RunningHost {
  /** What the runtime says it is. */
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

/** Node itself comes as a package, so that no version manager is needed. */
const NODE_PACKAGE = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

/**
 * Starts the compiled host on a version of Node.
 * @param version as in the registry; without one, the Node that runs this
 */
export async function startOnNode(folder: string, bindings: HostBindings, version?: string): Promise<RunningHost> {
  const main = join(folder, "out/main.js");
  const env = {
    ...process.env,
    SERVICES_URL: bindings.servicesUrl,
    ENCRYPTION_KEY: bindings.encryptionKey,
    APPS: JSON.stringify(bindings.apps),
  };
  const options: SpawnOptions = { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"], detached: true };
  const child = version
    ? spawn("npx", ["--yes", "--package", `${NODE_PACKAGE}@${version}`, "--call", `exec node "${main}"`], options)
    : spawn(process.execPath, [main], options);
  const [, runtime, url] = await readyLine(child);
  return {
    name: `Node ${runtime}`,
    url: url ?? "",
    async stop() {
      // npx stands between; the group has both.
      if (child.pid !== undefined && child.exitCode === null) {
        process.kill(-child.pid, "SIGTERM");
        await once(child, "exit");
      }
    },
  };
}

async function readyLine(child: ChildProcess): Promise<RegExpExecArray> {
  if (!child.stdout) throw new Error("the host's output cannot be read");
  for await (const line of createInterface(child.stdout)) {
    const ready = /^ready (\S+) (http:\S+)$/.exec(line);
    if (ready) return ready;
  }
  throw new Error("the host ended before it was ready");
}

/** Bundles the host for workers, without anything of Node, and starts it in the workers runtime. */
export async function startInWorkers(folder: string, bindings: HostBindings): Promise<RunningHost> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, "worker.ts")],
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    write: false,
  });
  const [bundle] = outputFiles;
  if (!bundle) throw new Error("the bundler made nothing");
  const miniflare = new Miniflare({
    modules: true,
    script: bundle.text,
    compatibilityDate: "2026-07-01",
    host: "127.0.0.1",
    port: 0,
    bindings: {
      SERVICES_URL: bindings.servicesUrl,
      ENCRYPTION_KEY: bindings.encryptionKey,
      APPS: JSON.parse(JSON.stringify(bindings.apps)),
    },
  });
  const url = (await miniflare.ready).href.replace(/\/$/, "");
  const size = (bundle.contents.length / 1_000).toFixed(0);
  return { name: `workers runtime (bundle of ${size} kB)`, url, stop: () => miniflare.dispose() };
}
