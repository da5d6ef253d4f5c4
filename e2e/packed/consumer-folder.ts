import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** What the consumer installs from files; the rest comes from where everybody's packages come from. */
const PACKED = ["core", "provider-spotify", "provider-deezer", "testkit"] as const;
/** Exactly what this repository uses, so that nothing new breaks an old commit. */
const SHARED = ["zod", "hono", "typescript", "@types/node", "vitest", "fast-check"] as const;

export function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
}

/**
 * Fills an empty folder as a user of the packages would: packs the built packages, installs the tarballs, copies the
 * host and the example provider.
 * @param folder outside this repository, so that none of its packages can be found from there
 */
export function fillConsumer(folder: string): void {
  const tarballs = join(folder, "tarballs");
  mkdirSync(tarballs);
  const dependencies = Object.fromEntries([
    ...PACKED.map((name) => [`@syncer/${name}`, `file:${pack(name, tarballs)}`]),
    ...SHARED.map((name) => [name, installedVersion(name)]),
  ]);
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ private: true, type: "module", dependencies }, undefined, 2),
  );
  run(
    "npm",
    ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    folder,
  );
  cpSync(join(import.meta.dirname, "consumer"), folder, { recursive: true });
  const example = join(root, "examples/custom-provider");
  for (const part of ["src", "stand-in", "test"]) {
    cpSync(join(example, part), join(folder, "custom-provider", part), { recursive: true });
  }
}

function pack(name: string, destination: string): string {
  const answer = run("npm", ["pack", "--json", "--pack-destination", destination], join(root, "packages", name));
  const [packed] = JSON.parse(answer) as { filename: string }[];
  if (!packed) throw new Error(`npm pack of ${name} made nothing`);
  return join(destination, packed.filename.replace(/^@/, "").replace("/", "-"));
}

function installedVersion(name: string): string {
  const manifest = readFileSync(join(root, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
