import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ours } from "./registries.ts";
import { readConfig, resolveTraining } from "./train-config.ts";
import { commandLine, flagOf, trainOptions, trainSchema } from "./train-options.ts";

test("the published schema is the one that files are checked by; vitest -u writes it", async () => {
  const schema = `${JSON.stringify(trainSchema(ours), null, 2)}\n`;
  await expect(schema).toMatchFileSnapshot("../schema/train.schema.json");
});

describe("trainOptions", () => {
  test("has those of each list after the option that names its entries", () => {
    const names = Object.keys(trainOptions(ours));
    for (const [choice, own] of [
      ["dataset", "context"],
      ["optimizer", "betas"],
      ["schedule", "min"],
    ] as const)
      expect(names.indexOf(own)).toBeGreaterThan(names.indexOf(choice));
    for (const { options } of Object.values({ ...ours.optimizers, ...ours.rateSchedules }))
      expect(names).toEqual(expect.arrayContaining(Object.keys(options)));
  });

  test("says which entries have an option with which default", () => {
    const { momentum, betas } = trainOptions(ours);
    expect(momentum?.schema).toEqual({
      description: "decay of the velocity per step (sgd: 0.9; rmsprop: 0; muon: 0.95)",
      type: "number",
      minimum: 0,
      exclusiveMaximum: 1,
    });
    expect(betas?.schema.description).toMatch(
      /^decay of the means of g and g² \(adam, .*: 0.9,0.999\); .*lion: 0.9,0.99/,
    );
  });
});

describe("resolveTraining", () => {
  test("flags go over the file, the file goes over defaults", () => {
    const options = resolveTraining(
      { dataset: "mnist", hidden: 64, epochs: 5 },
      { epochs: 7, learningRate: undefined },
      ours,
    );
    expect(options).toMatchObject({
      dataset: "mnist",
      hidden: 64,
      epochs: 7,
      batchSize: 128,
      layer: "rotation",
    });
  });

  test("fills in what the data set, optimizer and schedule take, and nothing of others", () => {
    const text = resolveTraining({ dataset: "text", file: "a.txt", optimizer: "sgd" }, {}, ours);
    expect(text).toMatchObject({
      file: "a.txt",
      context: 8,
      momentum: 0.9,
      nesterov: false,
      min: 0,
    });
    for (const other of ["spread", "betas", "epsilon", "power"])
      expect(text).not.toHaveProperty(other);
    const again = resolveTraining(JSON.parse(JSON.stringify(text)), {}, ours);
    expect(again).toEqual(text);
  });

  test.each([
    ["dense", "adam", 0.003],
    ["rotation", "adam", 0.01],
    ["reflection", "adamw", 0.01],
    ["rotation", "sgd", 0.01],
    ["dense", "sgd", 0.01],
    ["general", "rmsprop", 0.01],
    ["dense", "muon", 0.003],
    ["dense", "lion", 0.0009],
  ])("the rate for %s layers with %s is %d", (layer, optimizer, rate) => {
    expect(resolveTraining({ dataset: "mnist", layer, optimizer }, {}, ours).learningRate).toBe(
      rate,
    );
    expect(
      resolveTraining({ dataset: "mnist", layer, optimizer, learningRate: 5 }, {}, ours)
        .learningRate,
    ).toBe(5);
  });

  test("takes a context that is the default for any data set, as runs of before have it", () => {
    const options = resolveTraining({ dataset: "mnist", context: 8 }, {}, ours);
    expect(options).not.toHaveProperty("context");
  });

  test.each([
    [{}, "train: expected a dataset, got none"],
    [{ dataset: "mnist", depth: 1.5 }, "train: expected depth to be integer, got 1.5"],
    [
      { dataset: "mnist", layer: "sparse" },
      `train: expected layer to be one of ${Object.keys(ours.linearKinds).join(", ")}`,
    ],
    [
      { dataset: "mnist", optimizer: "adams" },
      "train: expected optimizer to be one of adam, adamw, sgd",
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
    [
      { dataset: "mnist", momentum: 0.9 },
      "train: expected no --momentum with optimizer adam, got 0.9\n" +
        "help: it is an option of sgd, rmsprop, muon",
    ],
    [
      { dataset: "mnist", optimizer: "lion", epsilon: 1e-8 },
      "train: expected no --epsilon with optimizer lion, got 1e-8",
    ],
    [
      { dataset: "mnist", finalDivide: 10 },
      "train: expected no --final-divide with schedule cosine, got 10\n" +
        "help: it is an option of one-cycle",
    ],
    [{ dataset: "mnist", betas: [0.9, 1] }, "train: expected betas[1] to be < 1, got 1"],
    [
      { dataset: "mnist", betas: [0.9] },
      "train: expected betas to be at least 2 numbers, got [0.9]",
    ],
    [{ dataset: "mnist", betas: ["a", 0.5] }, 'train: expected betas[0] to be number, got "a"'],
    [
      { dataset: "mnist", optimizer: "muon", scale: "huge" },
      'train: expected scale to be one of shape, rms, got "huge"',
    ],
  ])("%j is refused", (config, message) => {
    expect(() => resolveTraining(config, {}, ours)).toThrow(message);
  });

  test("holds each entry to its own schema where several share a name", () => {
    const schema = { description: "how bold", type: "number", minimum: 0 } as const;
    const bold = (maximum: number) => ({
      description: "bold",
      learningRate: 1,
      options: { boldness: { ...schema, maximum } },
      create: () => {
        throw new Error("not made");
      },
    });
    const own = { ...ours, optimizers: { ...ours.optimizers, one: bold(1), two: bold(2) } };
    const resolve = (optimizer: string, boldness: number) =>
      resolveTraining({ dataset: "mnist", optimizer, boldness }, {}, own).boldness;
    expect(resolve("two", 1.5)).toBe(1.5);
    expect(() => resolve("one", 1.5)).toThrow("train: expected boldness to be <= 1, got 1.5");
    expect(() => resolve("two", -1)).toThrow("train: expected boldness to be >= 0, got -1");
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
    expect(readConfig(path, ours)).toEqual({ epochs: 2 });
    writeFileSync(path, '{ "epochs": 0 }');
    expect(() => readConfig(path, ours)).toThrow(
      `train: expected epochs to be >= 1, got 0\nhelp: look at ${path}`,
    );
    writeFileSync(path, "{ epochs }");
    expect(() => readConfig(path, ours)).toThrow(`config: expected JSON in ${path}`);
  });
});

test("options become the command line that repeats them", () => {
  expect(flagOf("testSamples")).toBe("--test-samples");
  expect(
    commandLine({ testSamples: 5, tensorboard: true, quiet: false, file: "my text.txt" }),
  ).toBe("--test-samples 5 --tensorboard --file 'my text.txt'");
  const own = { betas: [0.9, 0.99], amsgrad: false, nesterov: false };
  expect(commandLine(own, trainOptions(ours))).toBe("--betas 0.9,0.99 --no-nesterov");
});
