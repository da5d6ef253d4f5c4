import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";
import { root } from "./areas.ts";
import { mutantPlugin } from "./mutant-plugin.ts";

/** To look at one mutant by hand: `SYNCER_MUTANT=<id> npx vitest run -c tools/mutate/vitest.config.ts <test file>`. */
export default mergeConfig(
  base,
  defineConfig({ root, plugins: [mutantPlugin()], test: { fsModuleCache: false, typecheck: { enabled: false } } }),
);
