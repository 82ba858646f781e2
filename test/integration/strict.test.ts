/**
 * @file `node --disallow-code-generation-from-strings --conditions=csp`: the bits of the libraries,
 * and PyTorch's values.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { full } from "../full.ts";
import type { Computed } from "../strict/digests.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const strict = ["--disallow-code-generation-from-strings", "--conditions=csp"];

async function node(flags: readonly string[], ...program: readonly string[]): Promise<string> {
  const sources = ["--import", "tsx", "--conditions=@spm/source"];
  const run = promisify(execFile)(process.execPath, [...sources, ...flags, ...program], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  return (await run).stdout;
}

test("every package from core to wasm has the bits of the libraries", async () => {
  const asked = JSON.stringify({ threads: 2, every: full ? 1 : 4 });
  const [want, got] = await Promise.all(
    [[], strict].map(async (flags) => {
      return JSON.parse(await node(flags, "test/strict/print.ts", asked)) as Computed;
    }),
  );
  expect(want!.compilesStrings).toBe(true);
  expect(got).toEqual({ ...want, compilesStrings: false });
});

test("the golden values hold", async () => {
  expect(await node(strict, "test/golden/check.ts", "test/golden")).toMatch(
    /^\d{3,} passed, 0 failed, 0 not yet$/m,
  );
});

test("without the condition the import fails, by the libraries' doing", async () => {
  await expect(node(strict.slice(0, 1), "test/strict/print.ts")).rejects.toThrow("EvalError");
});
