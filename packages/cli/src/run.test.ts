import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sampleDataset } from "@spm/data";
import type { DatasetEntry } from "@spm/data/datasets";
import {
  type CommonOptions,
  constant,
  type OptimizerEntry,
  type ScheduleEntry,
  sgd,
} from "@spm/optim";
import { beforeEach, expect, test } from "vitest";
import { commandLine } from "../../../test/command-line.ts";
import type { Registrations } from "./registries.ts";

const xor: DatasetEntry<{ readonly copies?: number }> = {
  description: "two bits, and whether one of them alone is set",
  options: {
    copies: { description: "of each sample", type: "integer", minimum: 1, default: 8 },
  },
  load: async ({ copies = 8 }) => {
    const bits = Array.from({ length: 4 * copies }, (_, k) => [k & 1, (k >> 1) & 1] as const);
    const all = sampleDataset(bits.map(([a, b]) => ({ x: [a, b], y: a ^ b })));
    return { train: all, test: all, features: 2, classes: 2 };
  },
};

let rates: number[] = [];
interface WatchedOptions extends CommonOptions {
  readonly boldness?: number;
}
const watched: OptimizerEntry<WatchedOptions> = {
  description: "gradient descent that says its rates",
  learningRate: 0.25,
  options: {
    boldness: { description: "factor on the rate", type: "number", minimum: 0, default: 1 },
  },
  create: (parameters, { learningRate = 0.25, boldness = 1 }) => {
    const rate = typeof learningRate === "function" ? learningRate : () => learningRate;
    return sgd(parameters, {
      learningRate: (step) => {
        rates.push(boldness * rate(step));
        return boldness * rate(step);
      },
    });
  },
};

const halved: ScheduleEntry = {
  description: "half of the rate",
  options: {},
  create: ({ learningRate }) => constant({ learningRate: learningRate / 2 }),
};

const own: Registrations = {
  datasets: { xor },
  optimizers: { watched },
  rateSchedules: { halved },
};

const spm = commandLine();
const { printed } = spm;
let folder = "";
beforeEach(() => {
  folder = spm.fresh();
  rates = [];
});

const run = (line: string, registrations: Registrations = own) => spm.run(line, registrations);

const names = "xor --optimizer watched --schedule halved";
const tiny = "--hidden 4 --batch-size 8 --epochs 1 --backend reference";

test("a data set, an optimizer and a schedule of one's own train, with their options", async () => {
  const out = join(folder, "run");
  await run(`train ${names} --boldness 4 --copies 4 ${tiny} --out ${out}`);
  expect([process.exitCode, printed.err]).toEqual([undefined, ""]);
  expect(new Set(rates)).toEqual(new Set([0.5])); // 4 times half of its own 0.25
  const { options } = JSON.parse(readFileSync(join(out, "config.json"), "utf8"));
  expect(options).toMatchObject({ dataset: "xor", copies: 4, boldness: 4, learningRate: 0.25 });
  await run(`resume ${out}`);
  expect(printed.out).toContain("finished at step 2 of 2");
});

test.each([
  [`train ${names} --boldness -1`, "train: expected boldness to be >= 0, got -1"],
  [
    `train ${names} --momentum 0.5`,
    "train: expected no --momentum with optimizer watched, got 0.5",
  ],
  ["train xor --boldness 2", "train: expected no --boldness with optimizer adam, got 2"],
  [`train clusters --copies 3 ${tiny}`, "train: expected no --copies with dataset clusters, got 3"],
  ["train nor", "one of mnist, clusters, text, table, images, xor, or the path of a table"],
])("%s is wrong usage: exit code 2, and nothing written", async (line, message) => {
  const out = join(folder, "run");
  await run(`${line} --out ${out}`);
  expect(printed.err).toContain(message);
  expect([process.exitCode, printed.out, existsSync(out)]).toEqual([2, "", false]);
});

test("help has what is registered, for that run alone", async () => {
  await run("train --help");
  expect(printed.out).toMatch(/^ {2}xor +two bits, and whether one of them alone is set$/m);
  expect(printed.out).toMatch(/^ {2}--boldness <n> +factor on the rate \(watched: 1\)$/m);
  expect(process.exitCode).toBe(0);
  await spm.run("train --help");
  expect(printed.out).toContain("Usage: spm train");
  expect(printed.out).not.toContain("boldness");
});

test("what cannot be registered is told, before anything is done", async () => {
  await run("train --help", { optimizers: { adam: watched } });
  expect(printed.err).toBe('error: optimizers: expected a name that is not taken, got "adam"\n');
  expect([process.exitCode, printed.out]).toEqual([2, ""]);
});
