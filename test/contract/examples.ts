/**
 * @file The examples in the docstrings of core, numeric, linalg, mixer, nn, models, optim,
 * attribution and onnx, to be run. Free names stand for something that fits: a tensor of one of a
 * few shapes, a loss, a generator, …
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as attribution from "@spm/attribution";
import * as core from "@spm/core";
import * as extend from "@spm/core/extend";
import * as linalg from "@spm/linalg";
import * as linalgExtend from "@spm/linalg/extend";
import * as mixerIndex from "@spm/mixer";
import * as analysis from "@spm/mixer/analysis";
import * as mixerExtend from "@spm/mixer/extend";
import * as models from "@spm/models";
import * as nnIndex from "@spm/nn";
import * as nnExtend from "@spm/nn/extend";
import * as numeric from "@spm/numeric";
import * as onnx from "@spm/onnx";
import * as optim from "@spm/optim";
import * as optimExtend from "@spm/optim/extend";
import ts from "typescript";
import { filesUnder } from "../files-under.ts";

const mixer = { ...mixerIndex, ...analysis, ...mixerExtend };
const nn = { ...nnIndex, ...nnExtend };
const root = fileURLToPath(new URL("../../packages/", import.meta.url));
const folders = [
  "core",
  "numeric",
  "linalg",
  "mixer",
  "nn",
  "models",
  "optim",
  "attribution",
  "onnx",
];
const files = folders.flatMap((folder) =>
  filesUnder(join(root, folder, "src"))
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => join(root, folder, "src", name)),
);

/**
 * The code behind each `@example` of a file, to the end of its line or of the lines indented under
 * it.
 */
function examplesOf(path: string): { where: string; code: string }[] {
  const source = readFileSync(path, "utf8");
  return [...source.matchAll(/@example(.*(?:\n +\* (?!@|\/).*)*)/g)].map((match) => ({
    where: `${relative(root, path)}: ${match[1]!.trim().split("\n")[0]!.slice(0, 60)}`,
    code: match[1]!
      .replace(/\*\/\s*$/, "")
      .replaceAll(/\n +\* ?/g, "\n")
      .trim(),
  }));
}

const { normal, parameter, rng, sum, tensor, zeros } = core;
const draw = (...shape: number[]) => normal(rng(1), shape);
const square = parameter(draw(3, 3));
const parameters = [square];
const loss = () => sum(core.square(square));

/** Everything that the packages export, by name. */
export const exported: Readonly<Record<string, unknown>> = {
  ...core,
  ...extend,
  ...numeric,
  ...linalg,
  ...linalgExtend,
  ...mixer,
  ...nn,
  ...models,
  ...optim,
  ...optimExtend,
  ...attribution,
  ...onnx,
};

/** What the free names of examples stand for; `x` comes in several shapes. */
const standIns: Readonly<Record<string, unknown>> = {
  a: 0.5,
  b: 0.25,
  w: draw(2, 3),
  h: draw(2, 3),
  q: draw(2, 2, 3, 4),
  k: draw(2, 2, 3, 4),
  v: draw(2, 2, 3, 4),
  state: {} as Record<string, unknown>,
  device: core.reference,
  random: rng(1),
  parameters,
  params: parameters,
  optimizer: { step: () => {} },
  model: { forward: (x: core.Tensor) => core.matmul(x, core.transpose(square)) },
  y: tensor(Int32Array.of(0, 2)),
  loss,
  embedding: draw(5, 3),
  tokens: tensor(Int32Array.of(1, 4)),
  logits: draw(2, 9),
  gates: draw(2, 6),
  weight: draw(4, 3),
  bias: draw(4),
  prediction: draw(2, 3),
  target: zeros([2, 3]),
  teacher: draw(2, 9),
  wIh: draw(9, 3),
  bIh: draw(9),
  wHh: draw(9, 3),
  bHh: draw(9),
};
const shapes = [[2, 3], [2, 3, 3], [784], [2], [2, 8], [1, 2, 5], []];

const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...values: unknown[]) => Promise<unknown>;

/** The code as a function that returns the value of its last expression; types are taken out. */
function compile(names: readonly string[], code: string): InstanceType<typeof AsyncFunction> {
  const file = ts.createSourceFile("example.ts", code, ts.ScriptTarget.Latest);
  const last = file.statements.at(-1)!;
  const returning = ts.isExpressionStatement(last)
    ? `${code.slice(0, last.getStart(file))}return (${last.expression.getText(file)});`
    : code;
  const body = `{${returning}}`;
  try {
    return new AsyncFunction(...names, body); // most have no types, and transpiling takes long
  } catch {
    const { ES2022: target } = ts.ScriptTarget;
    const compilerOptions = { target };
    return new AsyncFunction(...names, ts.transpileModule(body, { compilerOptions }).outputText);
  }
}

/**
 * Runs the code with the first shape of x that fits.
 * @param exports - what the names of exports stand for (default: those)
 */
export async function run(code: string, exports = exported): Promise<unknown> {
  let failure: unknown;
  for (const shape of shapes) {
    // A free name of an example hides the function of that name, unless it is called.
    const names = Object.entries({ ...exports, ...standIns, x: draw(...shape) }).map(
      ([name, value]) => {
        const called = name in nn && new RegExp(`\\b${name}\\(`).test(code);
        return [name, called ? exports[name] : value] as const;
      },
    );
    try {
      const example = compile(
        names.map(([name]) => name),
        code,
      );
      return await example(...names.map(([, value]) => value));
    } catch (error) {
      failure ??= error;
      if (!(error instanceof extend.ShapeError)) throw error;
    }
  }
  throw failure;
}

export const examples: readonly { where: string; code: string }[] = files
  .flatMap(examplesOf)
  .filter(({ code }) => !code.startsWith("see "));
