import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";
import { root } from "./areas.ts";
import { mutantPlugin } from "./mutant-plugin.ts";

/**
 * To look at one mutant by hand: `SYNCER_MUTANT=<id> npx vitest run -c tools/mutate/vitest.config.ts <test file>`.
 * Some mistakes make tests hang, which are not waited for as long as a busy machine is.
 */
export default mergeConfig(
  base,
  defineConfig({
    root,
    plugins: [mutantPlugin()],
    test: { fsModuleCache: false, testTimeout: 10_000, hookTimeout: 30_000, typecheck: { enabled: false } },
  }),
);
