import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";

interface Manifest {
  exports: Record<string, string | { "@syncer/source": string; default: string }>;
}

/** One build for every package: its exports map names sources and results, so map and build cannot disagree. */
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const entry = Object.fromEntries(
  Object.values(manifest.exports).flatMap((target) =>
    typeof target === "string" ? [] : [[target.default.replace(/^\.\/dist\/|\.js$/g, ""), target["@syncer/source"]]],
  ),
);

export default defineConfig({
  entry,
  outDir: "dist",
  format: ["esm"],
  dts: { compilerOptions: { composite: false, customConditions: [] } },
  sourcemap: true,
  clean: true,
  target: "node22",
  platform: "neutral",
  // Left as written: a neutral build would look for them as files, and `node:sqlite` has no name without the prefix.
  external: [/^node:/],
  removeNodeProtocol: false,
  tsconfig: "tsconfig.json",
});
