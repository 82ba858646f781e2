/** @file Every trajectory, schedule and clipping of PyTorch's is met, and a wrong one is not. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { judge } from "./case.ts";
import { optimCases } from "./optim-file.ts";
import { asObject, type JsonObject, readJson } from "./python-json.ts";

const path = fileURLToPath(new URL("optim.json", import.meta.url));
const read = (): JsonObject => asObject(readJson(path), path);

test("every case passes at 1e-9 in float64", () => {
  const verdicts = optimCases(read(), path).map((item) => judge(item, "float64"));
  expect(verdicts.filter(({ verdict }) => verdict !== "passed")).toEqual([]);
  expect(verdicts).toHaveLength(23);
});

/** The verdict on the first optimizer, once something of it was changed. */
const changed = (change: Record<string, unknown>) => {
  const file = read() as unknown as { optimizers: object[] };
  file.optimizers[0] = { ...file.optimizers[0], ...change };
  return () => judge(optimCases(file as unknown as JsonObject, path)[0]!, "float64").verdict;
};

test("another rate fails, another rule is not yet, an unknown option is an error", () => {
  expect(changed({})()).toBe("passed");
  expect(changed({ options: { lr: 0.1000001 } })()).toBe("failed");
  expect(changed({ name: "sophia" })()).toBe("not yet");
  expect(changed({ options: { lr: 0.1, dampening: 0.5 } })).toThrow("dampening");
});
