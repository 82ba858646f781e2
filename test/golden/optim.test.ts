/** @file Every trajectory, schedule and clipping of PyTorch's is met, and a wrong one is not. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { judge } from "./case.ts";
import { optimCases } from "./optim-file.ts";
import { asObject, type JsonObject, readJson } from "./python-json.ts";

const path = fileURLToPath(new URL("optim.json", import.meta.url));
const read = (): JsonObject => asObject(readJson(path), path);

test("every case passes at 1e-9 in float64", async () => {
  const cases = optimCases(read(), path);
  const verdicts = await Promise.all(cases.map((item) => judge(item, "float64")));
  expect(verdicts.filter(({ verdict }) => verdict !== "passed")).toEqual([]);
  expect(verdicts).toHaveLength(23);
});

/** The verdict on the first optimizer, once something of it was changed. */
const changed = (change: Record<string, unknown>) => {
  const file = read() as unknown as { optimizers: object[] };
  file.optimizers[0] = { ...file.optimizers[0], ...change };
  return async () =>
    (await judge(optimCases(file as unknown as JsonObject, path)[0]!, "float64")).verdict;
};

test("another rate fails, another rule is not yet, an unknown option is an error", async () => {
  expect(await changed({})()).toBe("passed");
  expect(await changed({ options: { lr: 0.1000001 } })()).toBe("failed");
  expect(await changed({ name: "sophia" })()).toBe("not yet");
  await expect(changed({ options: { lr: 0.1, foreach: true } })).rejects.toThrow("foreach");
});
