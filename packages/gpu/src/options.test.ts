/** @file Functions of this package refuse options that they don't have. */
import { OptionError } from "@spm/core/extend";
import { expect, test } from "vitest";
import * as index from "./index.ts";

/** Every exported function: a call with options and one more. */
const calls: Readonly<Record<keyof typeof index, (more: object) => unknown>> = {
  gpu: (more) => index.gpu({ mode: "cpu", adapter: "software", wgsl: false, ...more }),
};

test("each exported function is in the table", () => {
  expect(Object.keys(calls).sort()).toEqual(Object.keys(index).sort());
});

test.each(Object.entries(calls))("%s refuses an unknown option", async (name, call) => {
  const made = async (more: object): Promise<unknown> => call(more);
  await expect(made({})).resolves.toMatchObject({ name: "gpu.js cpu" });
  const refused = made({ nonsense: 1 });
  await expect(refused).rejects.toThrow(OptionError);
  await expect(refused).rejects.toThrow(`${name}: unknown option "nonsense"`);
});

test("the nearest name is the help", async () => {
  const misspelled = { modes: "cpu" } as object;
  await expect(index.gpu(misspelled)).rejects.toThrow('gpu: unknown option "modes"; help: mode');
});
