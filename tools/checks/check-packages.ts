import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

/**
 * Looks at the packages as their users get them: packs each one, and checks exports, types, contents and the size of the
 * core. Run `npm run build` first.
 */
const root = join(import.meta.dirname, "../..");
/** Of the core, in bytes of gzip, everything but zod counted: docs/decisions/0009-size-of-the-core.md. */
const CORE_LIMITS = {
  /** What a host loads before it does anything, bundled; the budget is 60 kB. */
  start: 56_000,
  /** Every export, with all that is loaded later. No budget; growth is to be somebody's decision. */
  everything: 230_000,
};
/** Built code, and what tells people about it. */
const PACKED = /^(dist\/|README\.md$|LICENSE$|(.*\/)?NOTICE\.md$|package\.json$)/;
const problems: string[] = [];
const folder = mkdtempSync(join(tmpdir(), "syncer-packages-"));

try {
  for (const name of readdirSync(join(root, "packages"))) await checkPackage(join(root, "packages", name));
  await checkCoreSize();
} finally {
  rmSync(folder, { recursive: true });
}

for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? "packages: fine" : `packages: ${problems.length} problem(s)`);
process.exit(problems.length === 0 ? 0 : 1);

async function checkPackage(directory: string): Promise<void> {
  const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as { name: string };
  if (!existsSync(join(directory, "dist"))) {
    problems.push(`${manifest.name}: not built; run npm run build`);
    return;
  }
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", folder], { cwd: directory, encoding: "utf8" }),
  ) as { filename: string; files: { path: string; size: number }[] }[];
  if (!packed) throw new Error(`npm pack of ${manifest.name} made nothing`);
  const tarball = join(folder, packed.filename.replace(/^@/, "").replace("/", "-"));

  const { messages, pkg } = await publint({ pkgDir: directory, strict: true });
  for (const message of messages)
    problems.push(`${manifest.name}: publint: ${formatMessage(message, pkg, { color: false })}`);
  try {
    execFileSync(join(root, "node_modules/.bin/attw"), [tarball, "--profile", "esm-only", "--quiet"], {
      encoding: "utf8",
      stdio: "pipe",
    });
  } catch (error) {
    problems.push(
      `${manifest.name}: types are wrong: ${String((error as { stdout?: string }).stdout).slice(0, 2_000)}`,
    );
  }
  for (const needed of ["README.md", "LICENSE", "package.json"]) {
    if (!packed.files.some(({ path }) => path === needed)) problems.push(`${manifest.name}: ${needed} is not packed`);
  }
  const shared = ["@syncer/core", "@syncer/calendar"];
  const runsAnywhere = shared.includes(manifest.name) || manifest.name.startsWith("@syncer/provider-");
  for (const { path } of packed.files) {
    if (!PACKED.test(path)) problems.push(`${manifest.name}: packs ${path}`);
    if (!/\.(js|ts|map|json)$/.test(path)) continue;
    const text = readFileSync(join(directory, path), "utf8");
    if (text.includes(root)) problems.push(`${manifest.name}: ${path} carries a path of this machine`);
    if (path.endsWith(".map"))
      problems.push(...mapProblems(path, text).map((problem) => `${manifest.name}: ${problem}`));
    if (runsAnywhere && /\.(js|d\.ts)$/.test(path) && /["']node:|reference types="node"/.test(text)) {
      problems.push(`${manifest.name}: ${path} needs Node`);
    }
  }
  console.log(`${manifest.name}: ${packed.files.length} files`);
}

/** Sources are not packed, so a map must carry them, and must not lead out of its package. */
function mapProblems(path: string, text: string): string[] {
  const { sources, sourcesContent } = JSON.parse(text) as { sources: string[]; sourcesContent?: (string | null)[] };
  const outside = sources.filter((source) => normalize(join(dirname(path), source)).startsWith(".."));
  const empty = sources.filter((_, index) => typeof sourcesContent?.[index] !== "string");
  return [
    ...outside.map((source) => `${path} points outside of the package: ${source}`),
    ...empty.map((source) => `${path} does not carry ${source}`),
  ];
}

/** With zod as the peer that it is, and everything else counted. */
async function checkCoreSize(): Promise<void> {
  const core = JSON.stringify(join(root, "packages/core/dist/index.js"));
  const host = `export { createSyncEngine, keyring, memoryStorage } from ${core};`;
  const weighed = {
    start: await gzipped(host, [withoutLater()]),
    everything: await gzipped(`export * from ${core};`, []),
  };
  for (const name of ["start", "everything"] as const) {
    const [bytes, limit] = [weighed[name], CORE_LIMITS[name]];
    console.log(`@syncer/core, ${name}: ${(bytes / 1_000).toFixed(1)} kB gzip (ceiling ${limit / 1_000} kB)`);
    if (bytes > limit) problems.push(`@syncer/core, ${name}: ${bytes} bytes gzip, above the ceiling of ${limit}`);
  }
}

/** Leaves out what is imported at the first need. */
function withoutLater(): Plugin {
  return {
    name: "without-what-is-loaded-later",
    setup(context) {
      context.onResolve({ filter: /.*/ }, ({ kind, path }) =>
        kind === "dynamic-import" ? { path, external: true } : undefined,
      );
    },
  };
}

async function gzipped(contents: string, plugins: Plugin[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    plugins,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["worker", "import", "default"],
    external: ["zod"],
    // The build leaves imports of chunks of which nothing is used, and nothing is lost with them.
    logOverride: { "ignored-bare-import": "silent" },
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? new Uint8Array()).length;
}
