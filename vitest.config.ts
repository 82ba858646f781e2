import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import "./test/gpu/software-driver.ts";
import { leastWorkers } from "./test/ledger/budgets.ts";

const conditions = ["@spm/source"];
const full = process.env.SPM_FULL === "1";
const setupFiles = ["./test/setup.ts"];

/** Tests of all primitives that there are, among which no other file may have defined any. */
const primitives = [
  "test/gpu/contract.test.ts",
  ...["derivatives", "vmap", "wasm", "usual-mistakes"].map(
    (name) => `test/contract/${name}.test.ts`,
  ),
];

/**
 * Files of a worker share its process and what they import, which is loaded once: setup.ts fails a
 * file that leaves something changed. In the other projects each file has a process of its own.
 */
const together = { isolate: false, setupFiles };

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
          ...together,
          name: "unit",
          include: [
            "{packages/*/src,experiments,playground}/**/*.test.ts",
            "test/ledger/**/*.test.ts",
          ],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: { ...together, name: "golden", include: ["test/golden/**/*.test.ts"] },
      },
      {
        extends: true,
        test: {
          ...together,
          name: "contract",
          include: ["test/contract/**/*.test.ts"],
          exclude: primitives,
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: "primitives", include: primitives, setupFiles, testTimeout: 120_000 },
      },
      {
        extends: true,
        test: {
          ...together,
          name: "fuzz",
          include: ["test/fuzz/**/*.test.ts"],
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
          testTimeout: full ? 3_000_000 : 240_000,
        },
      },
      {
        extends: true,
        test: { ...together, name: "mixer", include: ["test/mixer/**/*.test.ts"] },
      },
      {
        extends: true,
        test: {
          ...together,
          name: "gpu",
          include: ["test/gpu/**/*.test.ts"],
          exclude: primitives,
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          setupFiles,
          globalSetup: "./test/integration/built.ts",
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          exclude: full ? [] : ["test/browser/playground.test.ts"], // npm run test:playground
          setupFiles,
          globalSetup: "./test/integration/built.ts",
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
