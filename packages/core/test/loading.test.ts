import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const source = join(import.meta.dirname, "../src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const textOf = (file: string) => readFileSync(join(source, file), "utf8");
const DYNAMIC = /import\("(\.[^"]+)"\)/g;

/** Modules that are imported when they are first needed, relative to the source folder. */
const lazy = new Set(
  files.flatMap((file) =>
    [...textOf(file).matchAll(DYNAMIC)].map(([, path = ""]) => relative(source, join(source, dirname(file), path))),
  ),
);

/** Everything that importing these loads at once. */
function loadedWith(...entries: readonly string[]): ReadonlySet<string> {
  const loaded = new Set<string>();
  const load = (file: string) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const imports = textOf(file).matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?\sfrom "(\.[^"]+)"/gms);
    for (const [, path = ""] of imports) load(relative(source, join(source, dirname(file), path)));
  };
  for (const entry of entries) load(entry);
  return loaded;
}

describe("the core, when it is imported", () => {
  it("does not load what it loads when it is first needed", () => {
    const loaded = loadedWith("index.ts");
    const eager = [...lazy].filter((file) => loaded.has(file));
    // Exported by itself: who imports all of the core from one file has it anyway; bundlers leave it out.
    expect(eager.sort()).toEqual(["crypto/reencrypt.ts"]);
    expect([...loaded].filter((file) => /^engine\/(documents|membership|runs\/run-pair)/.test(file))).toEqual([]);
  });

  it("has each of these loaded in tests before a virtual clock moves", () => {
    const list = readFileSync(join(import.meta.dirname, "support/loaded-at-once.ts"), "utf8");
    const named = [...list.matchAll(/^import "\.\.\/\.\.\/src\/([^"]+)";$/gm)].map(([, path]) => path);
    expect(named.sort()).toEqual([...lazy].sort());
  });
});
