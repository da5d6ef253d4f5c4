import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";

interface Manifest {
  exports: Record<string, string | { "@syncer/source": string }>;
}

/** One build for every package: the entries are what its exports map names, so the two cannot disagree. */
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const entry = Object.values(manifest.exports).flatMap((target) =>
  typeof target === "string" ? [] : [target["@syncer/source"]],
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
  tsconfig: "tsconfig.json",
});
