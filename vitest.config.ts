import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["@syncer/source"] } },
  test: {
    setupFiles: ["./tools/test-seed.ts"],
    // All cores: left to itself one stays free, which on two cores is half of them.
    maxWorkers: "100%",
    // Only for what hangs: how busy a machine is decides nothing.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    include: [
      "packages/*/test/**/*.test.ts",
      "e2e/**/*.test.ts",
      "examples/*/test/**/*.test.ts",
      "tools/test/**/*.test.ts",
      "bench/test/**/*.test.ts",
    ],
    typecheck: {
      enabled: true,
      checker: "tsc",
      tsconfig: "./tsconfig.check.json",
      include: ["packages/*/test/**/*.test-d.ts"],
    },
    coverage: { provider: "v8", include: ["packages/*/src/**"] },
  },
});
