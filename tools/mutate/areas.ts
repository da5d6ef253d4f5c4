import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { applyMutant, type Mutant, type MutantArea } from "./mutant.ts";

export const root = join(import.meta.dirname, "../..");
const folder = join(import.meta.dirname, "mutants");

/** Every area that a file of `mutants/` declares as `area`, in the order of their names. */
export async function loadAreas(): Promise<readonly MutantArea[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".ts")).sort();
  const areas = await Promise.all(
    names.map(async (name) => {
      const declared: { readonly area?: MutantArea } = await import(pathToFileURL(join(folder, name)).href);
      if (!declared.area) throw new TypeError(`mutants/${name} exports no \`area\`; declare one with mutantArea()`);
      return declared.area;
    }),
  );
  return areas;
}

/**
 * Applies every mutant to today's sources.
 * @throws an error that names each mutant that cannot be applied, and each id that two have
 */
export async function assertAllApply(areas: readonly MutantArea[]): Promise<void> {
  const mutants = areas.flatMap((area) => area.mutants);
  const problems: string[] = [];
  const ids = new Set<string>();
  for (const mutant of mutants) {
    if (ids.has(mutant.id)) problems.push(`${mutant.id}: two mutants have this id`);
    ids.add(mutant.id);
    problems.push(...(await problemOf(mutant)));
  }
  if (problems.length > 0) throw new Error(`Mutants that do not fit the sources:\n  ${problems.join("\n  ")}`);
}

async function problemOf(mutant: Mutant): Promise<string[]> {
  try {
    applyMutant(await readFile(join(root, mutant.file), "utf8"), mutant);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
