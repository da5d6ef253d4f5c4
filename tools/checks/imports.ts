import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

/** One import or re-export of a source file. */
export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** All static and dynamic imports and re-exports of a TypeScript source, found by the compiler's own parser. */
export function importsOf(fileName: string, text: string): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      const typeOnly = ts.isExportDeclaration(node) ? node.isTypeOnly : importsTypesOnly(node);
      if (ts.isStringLiteral(node.moduleSpecifier)) found.push({ specifier: node.moduleSpecifier.text, typeOnly });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument && ts.isStringLiteral(argument)) found.push({ specifier: argument.text, typeOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true));
  return found;
}

/** `import type { … }`, and an import whose every name is marked as a type: both are gone at run time. */
function importsTypesOnly({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const names = importClause?.namedBindings;
  const all = names && ts.isNamedImports(names) ? names.elements : [];
  return importClause?.name === undefined && all.length > 0 && all.every(({ isTypeOnly }) => isTypeOnly);
}

/** The TypeScript files below a folder, without dependencies and build output. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["node_modules", "dist"].includes(entry.name) ? [] : sourceFiles(path);
    return entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts") ? [path] : [];
  });
}

/** Folders of core in the order in which data flows; imports point to earlier ones only. */
export const CORE_ORDER = [
  "errors",
  "items",
  "contract",
  "ports",
  "crypto",
  "matching",
  "ordered",
  "reconcile",
  "transport",
  "connections",
  "engine",
  "jobs",
  "telemetry",
] as const;

/** What is wrong with a core file's imports, in words. */
export function coreProblems(root: string, file: string, text: string): string[] {
  const source = join(root, "packages/core/src");
  const place = relative(source, file);
  const own = place.split("/")[0] ?? "";
  const rank = CORE_ORDER.indexOf(own as (typeof CORE_ORDER)[number]);
  const problems: string[] = [];
  for (const { specifier } of importsOf(file, text)) {
    if (!specifier.startsWith(".")) continue;
    const target = relative(source, resolve(dirname(file), specifier)).split("/")[0] ?? "";
    const targetRank = CORE_ORDER.indexOf(target as (typeof CORE_ORDER)[number]);
    // What stands beside the folders puts them together: it may use all of them, and none of them may use it.
    if (place === own) continue;
    if (target.endsWith(".ts")) problems.push(`${place}: ${own} must not import ${target}`);
    else if (rank === -1) problems.push(`${place}: the folder "${own}" has no place in the order`);
    else if (targetRank > rank) problems.push(`${place}: ${own} must not import ${target}`);
  }
  return problems;
}

const NODE_GLOBALS = new Set(["Buffer", "process", "__dirname", "__filename", "require", "global"]);

/** A file and all that runs with it of the same package: what it imports, other than types. */
export function reachableFrom(file: string, read: (file: string) => string): string[] {
  const found = new Set([file]);
  for (const each of found) {
    for (const { specifier, typeOnly } of importsOf(each, read(each))) {
      if (specifier.startsWith(".") && !typeOnly) found.add(resolve(dirname(each), specifier));
    }
  }
  return [...found];
}

/** Uses of what only Node has, in code that must run on workers too. */
export function nodeOnlyProblems(fileName: string, text: string): string[] {
  const problems = importsOf(fileName, text)
    .filter(({ specifier }) => specifier.startsWith("node:"))
    .map(({ specifier }) => `${fileName}: imports ${specifier}`);
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && NODE_GLOBALS.has(node.text) && isFreeUse(node)) {
      problems.push(`${fileName}: uses ${node.text}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true));
  return problems;
}

/** Whether an identifier stands for a value, not for a property, a parameter's or a member's name. */
function isFreeUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return !(
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isPropertySignature(parent) && parent.name === node) ||
    (ts.isMethodDeclaration(parent) && parent.name === node) ||
    (ts.isPropertyDeclaration(parent) && parent.name === node) ||
    (ts.isParameter(parent) && parent.name === node) ||
    (ts.isVariableDeclaration(parent) && parent.name === node) ||
    (ts.isMethodSignature(parent) && parent.name === node)
  );
}

/** Imports of packages that the importing package does not declare, and of other packages' files by path. */
export function dependencyProblems(
  root: string,
  packageFolder: string,
  file: string,
  text: string,
  test: boolean,
): string[] {
  const manifest = JSON.parse(readFileSync(join(root, packageFolder, "package.json"), "utf8")) as {
    name: string;
    dependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
  const declared = new Set([
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
    ...(test ? Object.keys(manifest.devDependencies ?? {}) : []),
  ]);
  const where = relative(root, file);
  return importsOf(file, text).flatMap(({ specifier, typeOnly }) => {
    if (specifier.startsWith("node:")) return [];
    if (specifier.startsWith(".")) {
      const inside = !relative(join(root, packageFolder), resolve(dirname(file), specifier)).startsWith("..");
      return inside || test ? [] : [`${where}: reaches into another package by path (${specifier})`];
    }
    const name = specifier.startsWith("@")
      ? specifier.split("/").slice(0, 2).join("/")
      : (specifier.split("/")[0] ?? "");
    // Tests may use the tools of the workspace, which its root declares.
    if (declared.has(name) || name === manifest.name || test) return [];
    return typeOnly && name === "msw" ? [] : [`${where}: imports ${name}, which ${manifest.name} does not declare`];
  });
}

/** Cycles among files, each as the list of its members. Types may refer to each other; what runs may not. */
export function cyclesAmong(files: ReadonlyMap<string, string>): string[][] {
  const edges = new Map(
    [...files].map(([file, text]) => [
      file,
      importsOf(file, text)
        .filter(({ specifier, typeOnly }) => specifier.startsWith(".") && !typeOnly)
        .map(({ specifier }) => resolve(dirname(file), specifier))
        .filter((target) => files.has(target)),
    ]),
  );
  const state = new Map<string, "open" | "done">();
  const path: string[] = [];
  const cycles: string[][] = [];
  const walk = (file: string): void => {
    state.set(file, "open");
    path.push(file);
    for (const target of edges.get(file) ?? []) {
      if (state.get(target) === "open") cycles.push([...path.slice(path.indexOf(target)), target]);
      else if (!state.has(target)) walk(target);
    }
    path.pop();
    state.set(file, "done");
  };
  for (const file of files.keys()) if (!state.has(file)) walk(file);
  return cycles;
}
