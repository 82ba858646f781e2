/** @file `ops.json`, `core.json` and `numeric.json`: an op's value and its gradients. */
import { type Tensor, vjp } from "@spm/core";
import { type Comparison, compare, type GoldenCase } from "./case.ts";
import { coreOps } from "./core-table.ts";
import { type GoldenTensor, goldenTensor, type Precision, toTensor } from "./golden-tensor.ts";
import { layerOps } from "./layers-table.ts";
import { lossOps } from "./losses-table.ts";
import { moduleOps } from "./module-ops.ts";
import { numericOps } from "./numeric-table.ts";
import { ops as basicOps } from "./ops-table.ts";
import { asList, asObject, asString, type Json, type JsonObject } from "./python-json.ts";

/** The ops by the names of cases, of all files. */
const ops = { ...basicOps, ...coreOps, ...numericOps, ...lossOps, ...layerOps };

/** The cases of the file. @throws MalformedError */
export function opsCases(file: JsonObject, where: string): GoldenCase[] {
  return asList(file.cases, `${where}.cases`).map((item, i) =>
    opsCase(item, `${where}.cases[${i}]`),
  );
}

function opsCase(item: Json, where: string): GoldenCase {
  const fields = asObject(item, where);
  const name = asString(fields.name, `${where}.name`);
  const inputs = Object.entries(asObject(fields.inputs, `${where}.inputs`)).map(
    ([key, value]): [string, GoldenTensor] => [key, goldenTensor(value, `${where}.inputs.${key}`)],
  );
  const options = asObject(fields.options, `${where}.options`);
  const output = goldenTensor(fields.output, `${where}.output`);
  const cotangent = goldenTensor(fields.grad_output, `${where}.grad_output`);
  const grads = asObject(fields.grads, `${where}.grads`);
  const golden = inputs.map(([key, { shape }]): GoldenTensor => {
    if (grads[key] === null)
      return {
        shape,
        data: shape.length === 0 ? [0] : Array(shape.reduce((n, s) => n * s)).fill(0),
      };
    return goldenTensor(grads[key], `${where}.grads.${key}`);
  });
  const keys = inputs.map(([key]) => key);
  const answers = answersTo(name);
  if (answers.length === 0) return { name, run: undefined };
  const run = (precision: Precision): Comparison[] =>
    answers.flatMap(({ kind, op }) => {
      const f = (...xs: Tensor[]) => op(options, ...xs);
      const { value, pullback } = vjp(f, ...inputs.map(([, x]) => toTensor(x, precision)));
      const ours = pullback(toTensor(cotangent, precision));
      return [
        compare(`output of the ${kind}`, value, output),
        ...ours.map((slope, k) =>
          compare(`gradient of ${keys[k]} of the ${kind}`, slope, golden[k]!),
        ),
      ];
    });
  return { name, run };
}

/**
 * The functions and modules of a case, `edge_` aside: an entry `name` means this case, `name*` each
 * case that begins so; the longest wins.
 */
function answersTo(name: string): { kind: "function" | "module"; op: (typeof ops)[string] }[] {
  const plain = name.replace(/^edge_/, "");
  const fits = (key: string) =>
    key.endsWith("*") ? plain.startsWith(key.slice(0, -1)) : plain === key;
  const [longest] = Object.keys(ops)
    .filter(fits)
    .sort((a, b) => b.length - a.length);
  return [
    ...(longest === undefined ? [] : [{ kind: "function" as const, op: ops[longest]! }]),
    ...(moduleOps[plain] === undefined ? [] : [{ kind: "module" as const, op: moduleOps[plain] }]),
  ];
}
