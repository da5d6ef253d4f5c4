import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { coreProblems, cyclesAmong, dependencyProblems, importsOf, nodeOnlyProblems } from "../checks/imports.ts";

describe("importsOf", () => {
  it.each([
    ['import { a } from "x";', "x", false],
    ['import "x";', "x", false],
    ['import a from "x";', "x", false],
    ['import * as a from "x";', "x", false],
    ['export * from "x";', "x", false],
    ['export { a } from "x";', "x", false],
    ['const a = await import("x");', "x", false],
    ['import type { a } from "x";', "x", true],
    ['import { type a, type b } from "x";', "x", true],
    ['import { type a, b } from "x";', "x", false],
    ['import c, { type a } from "x";', "x", false],
    ['export type { a } from "x";', "x", true],
    ['export type * from "x";', "x", true],
  ])("finds %s", (text, specifier, typeOnly) => {
    expect(importsOf("a.ts", text)).toEqual([{ specifier, typeOnly }]);
  });

  it.each(['// import "x";', 'const text = `import "x"`;', "export const a = 1;"])("finds nothing in %s", (text) => {
    expect(importsOf("a.ts", text)).toEqual([]);
  });
});

describe("the order of core's folders", () => {
  const problems = (place: string, text: string) => coreProblems("/r", `/r/packages/core/src/${place}`, text);

  it.each([
    ["matching/a.ts", "../items/index.ts"],
    ["matching/a.ts", "./b.ts"],
    ["index.ts", "./engine/index.ts"],
    ["sync-engine.ts", "./jobs/index.ts"],
    ["jobs/a.ts", "../engine/index.ts"],
    ["engine/a.ts", "zod"],
  ])("lets %s import %s", (place, specifier) => {
    expect(problems(place, `import { a } from "${specifier}";`)).toEqual([]);
  });

  it.each([
    ["matching/a.ts", "../engine/index.ts", "matching must not import engine"],
    ["errors/a.ts", "../items/index.ts", "errors must not import items"],
    ["engine/runs/a.ts", "../../jobs/index.ts", "engine must not import jobs"],
    ["engine/a.ts", "../sync-engine.ts", "engine must not import sync-engine.ts"],
    ["ports/storage/a.ts", "../../crypto/index.ts", "ports must not import crypto"],
    ["extras/a.ts", "../items/index.ts", 'the folder "extras" has no place in the order'],
  ])("stops %s from importing %s, as a type as well", (place, specifier, problem) => {
    expect(problems(place, `import type { a } from "${specifier}";`)).toEqual([`${place}: ${problem}`]);
  });
});

describe("what only Node has", () => {
  it.each([
    ['import { readFile } from "node:fs";', "a.ts: imports node:fs"],
    ["Buffer.from([]);", "a.ts: uses Buffer"],
    ["const a = process.env.A;", "a.ts: uses process"],
    ["const a = { key: Buffer };", "a.ts: uses Buffer"],
  ])("is found in %s", (text, problem) => {
    expect(nodeOnlyProblems("a.ts", text)).toEqual([problem]);
  });

  it.each(["queue.process();", "const a = { process: 1 };", "interface A { process(): void }", "// Buffer"])(
    "is not found in %s",
    (text) => {
      expect(nodeOnlyProblems("a.ts", text)).toEqual([]);
    },
  );
});

describe("what a package may import", () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "syncer-imports-"));
    mkdirSync(join(root, "packages/a/src"), { recursive: true });
    const manifest = {
      name: "@x/a",
      dependencies: { dep: "1" },
      peerDependencies: { "@x/peer": "1" },
      devDependencies: { dev: "1" },
    };
    writeFileSync(join(root, "packages/a/package.json"), JSON.stringify(manifest));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const problems = (specifier: string, test = false) =>
    dependencyProblems(
      root,
      "packages/a",
      join(root, "packages/a/src/a.ts"),
      `import { a } from "${specifier}";`,
      test,
    );

  it.each(["dep", "dep/sub", "@x/peer", "@x/peer/sub", "./b.ts", "../test/b.ts", "node:fs"])("is %s", (specifier) => {
    expect(problems(specifier)).toEqual([]);
  });

  it("is not what it does not declare, nor what only its tests may", () => {
    expect(problems("other")).toEqual(["packages/a/src/a.ts: imports other, which @x/a does not declare"]);
    expect(problems("dev")).toHaveLength(1);
    expect(problems("dev", true)).toEqual([]);
  });

  it("is no file of another package, except in tests", () => {
    expect(problems("../../b/src/b.ts")).toEqual([
      "packages/a/src/a.ts: reaches into another package by path (../../b/src/b.ts)",
    ]);
    expect(problems("../../b/src/b.ts", true)).toEqual([]);
  });
});

describe("cyclesAmong", () => {
  it("finds a cycle over several files, and not the way into it", () => {
    const files = new Map([
      ["/a.ts", 'import "./b.ts";'],
      ["/b.ts", 'import "./c.ts";'],
      ["/c.ts", 'export * from "./b.ts";'],
    ]);
    expect(cyclesAmong(files)).toEqual([["/b.ts", "/c.ts", "/b.ts"]]);
  });

  it("finds none where types refer to each other, nor in a diamond", () => {
    const files = new Map([
      ["/a.ts", 'import "./b.ts"; import "./c.ts";'],
      ["/b.ts", 'import "./d.ts";'],
      ["/c.ts", 'import "./d.ts";'],
      ["/d.ts", 'import type { A } from "./a.ts";'],
    ]);
    expect(cyclesAmong(files)).toEqual([]);
  });
});
