import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readConfig, resolveTraining } from "./train-config.ts";
import { commandLine, flagOf, trainSchema } from "./train-options.ts";

test("the published schema is the one that files are checked by", () => {
  const published = readFileSync(new URL("../schema/train.schema.json", import.meta.url), "utf8");
  expect(JSON.parse(published)).toEqual(trainSchema);
});

describe("resolveTraining", () => {
  test("flags go over the file, the file goes over defaults", () => {
    const options = resolveTraining(
      { dataset: "mnist", hidden: 64, epochs: 5 },
      { epochs: 7, lr: undefined },
    );
    expect(options).toMatchObject({
      dataset: "mnist",
      hidden: 64,
      epochs: 7,
      batch: 128,
      layer: "rotation",
    });
    expect("lr" in options).toBe(false);
  });

  test.each([
    [{}, "train: expected a dataset, got none"],
    [{ dataset: "mnist", depth: 1.5 }, "train: expected depth to be integer, got 1.5"],
    [
      { dataset: "mnist", layer: "sparse" },
      "train: expected layer to be one of dense, rotation, general",
    ],
    [{ dataset: "mnist", average: 1 }, "train: expected average to be < 1, got 1"],
    [{ dataset: "mnist", speed: 11 }, 'train: expected an option that there is, got "speed"'],
    [
      { dataset: "mnist", file: "a.txt" },
      'train: expected no --file with dataset mnist, got "a.txt"',
    ],
    [
      { dataset: "clusters", context: 9 },
      "train: expected no --context with dataset clusters, got 9",
    ],
    [{ dataset: "text" }, "train: expected --file for the dataset text, got none"],
  ])("%j is refused", (config, message) => {
    expect(() => resolveTraining(config, {})).toThrow(message);
  });
});

describe("readConfig", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spm-config-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("names the file that is wrong", () => {
    const path = join(folder, "train.json");
    writeFileSync(path, '{ "$schema": "train.schema.json", "epochs": 2 }');
    expect(readConfig(path)).toEqual({ epochs: 2 });
    writeFileSync(path, '{ "epochs": 0 }');
    expect(() => readConfig(path)).toThrow(
      `train: expected epochs to be >= 1, got 0\nhelp: look at ${path}`,
    );
    writeFileSync(path, "{ epochs }");
    expect(() => readConfig(path)).toThrow(`config: expected JSON in ${path}`);
  });
});

test("options become the command line that repeats them", () => {
  expect(flagOf("testSamples")).toBe("--test-samples");
  expect(
    commandLine({ testSamples: 5, tensorboard: true, quiet: false, file: "my text.txt" }),
  ).toBe("--test-samples 5 --tensorboard --file 'my text.txt'");
});
