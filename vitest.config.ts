import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { leastWorkers } from "./test/ledger/budgets.ts";

const conditions = ["@spm/source"];
const setupFiles = ["./test/setup.ts"];

/** Tests run the sources: `@spm/*` resolves to `src/index.ts` without a build. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    maxWorkers: Math.max(leastWorkers, availableParallelism() - 1),
    allowOnly: false, // biome cannot watch over this: it takes our `fit` for a focused test
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts", "experiments/**/*.ts"],
      exclude: ["**/*.test.ts"],
      reporter: ["text", "html"],
    },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{packages/*/src,experiments}/**/*.test.ts", "test/ledger/**/*.test.ts"],
          setupFiles,
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: { name: "golden", include: ["test/golden/**/*.test.ts"], setupFiles },
      },
      {
        extends: true,
        test: {
          name: "contract",
          include: ["test/contract/**/*.test.ts"],
          setupFiles,
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "fuzz",
          include: ["test/fuzz/**/*.test.ts"],
          setupFiles,
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "resume",
          include: ["test/resume/**/*.test.ts"],
          setupFiles,
          testTimeout: 240_000,
        },
      },
      {
        extends: true,
        test: {
          name: "files",
          include: ["test/files/**/*.test.ts"],
          setupFiles,
          testTimeout: process.env.SPM_FULL === "1" ? 3_000_000 : 240_000,
        },
      },
      { extends: true, test: { name: "mixer", include: ["test/mixer/**/*.test.ts"], setupFiles } },
      {
        extends: true,
        test: { name: "gpu", include: ["test/gpu/**/*.test.ts"], setupFiles, testTimeout: 120_000 },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          setupFiles,
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          setupFiles,
          testTimeout: 240_000,
        },
      },
      {
        extends: true,
        test: {
          name: "packaging",
          include: ["test/packaging/**/*.test.ts"],
          setupFiles,
          testTimeout: 240_000,
        },
      },
    ],
  },
});
