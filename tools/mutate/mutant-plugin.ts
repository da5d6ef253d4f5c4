import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vitest/config";
import { loadAreas, root } from "./areas.ts";
import { applyMutant, type Mutant } from "./mutant.ts";

/** Names the mutant that is loaded instead of the source; none if not set. */
export const MUTANT_VARIABLE = "SYNCER_MUTANT";

/** Loads one source file with a mistake in it. Nothing on disk changes. */
export async function mutantPlugin(served: (mutant: Mutant) => void = () => {}): Promise<Plugin> {
  const mutants = new Map((await loadAreas()).flatMap((area) => area.mutants.map((mutant) => [mutant.id, mutant])));
  return {
    name: "syncer-mutant",
    enforce: "pre",
    async load(id) {
      const name = process.env[MUTANT_VARIABLE];
      if (!name) return null;
      const mutant = mutants.get(name);
      if (!mutant) throw new RangeError(`${MUTANT_VARIABLE}=${name}: no mutant has this id`);
      const path = id.split("?", 1)[0];
      if (path !== join(root, mutant.file)) return null;
      served(mutant);
      return applyMutant(await readFile(path, "utf8"), mutant);
    },
  };
}
