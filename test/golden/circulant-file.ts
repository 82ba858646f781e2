/**
 * @file `cdflow.json`: chains of circulants between diagonals, and circulants by half of their
 * spectrum: output, ln|det|, the inverse, the matrix, and all gradients of ⟨g, y⟩ + g_l ln|det|.
 */
import {
  add,
  concat,
  eye,
  ones,
  reshape,
  rng,
  slice,
  stack,
  type Tensor,
  transpose,
  vjp,
} from "@spm/core";
import { CirculantDiagonal, functionalCall, Module } from "@spm/nn";
import { irfft, rfft } from "@spm/numeric";
import { type Comparison, compare, type GoldenCase } from "./case.ts";
import { type GoldenTensor, goldenTensor, type Precision, toTensor } from "./golden-tensor.ts";
import { asList, asNumber, asObject, type Json, type JsonObject } from "./python-json.ts";

/** W x of a layer, flat, and ln|det W| behind it. */
class WithDeterminant extends Module {
  readonly map: CirculantDiagonal;
  constructor(n: number) {
    super();
    this.map = new CirculantDiagonal(n, n, { random: rng(1), bias: false });
  }
  forward(x: Tensor): Tensor {
    const there = this.map.forward(x);
    return concat([flat(there), flat(this.map.inverse(there)), flat(this.map.logAbsDet())]);
  }
}

const flat = (x: Tensor): Tensor => reshape(x, [-1]);

/** The numbers of a layer: frequencies [⌊n/2⌋ + 1] in two parts, diagonals [n]. */
interface Numbers {
  readonly re: Tensor;
  readonly im: Tensor;
  readonly left: Tensor;
  readonly right: Tensor;
}

/** W x, W⁻¹ (W x) and ln|det W| by the layer. */
function applied(x: Tensor, { re, im, left, right }: Numbers): [y: Tensor, x: Tensor, log: Tensor] {
  const n = x.shape.at(-1) ?? 0;
  const spectrum = concat([re, slice(im, [{ start: 1, stop: Math.ceil(n / 2) }])]);
  const state = { "map.left": left, "map.spectrum": spectrum, "map.right": right };
  const all = functionalCall(new WithDeterminant(n), state, x);
  const size = x.shape.reduce((a, b) => a * b, 1);
  const part = (start: number) => reshape(slice(all, [{ start, stop: start + size }]), x.shape);
  return [part(0), part(size), reshape(slice(all, [{ start: 2 * size }]), [])];
}

/** The cases of the file. @throws MalformedError */
export function circulantCases(file: JsonObject, where: string): GoldenCase[] {
  const chains = asList(file.cases, `${where}.cases`);
  const { cases } = asObject(file.half_spectrum, `${where}.half_spectrum`);
  const halves = asList(cases, `${where}.half_spectrum.cases`);
  return [
    ...chains.map((item, k) => chainCase(item, `${where}.cases[${k}]`)),
    ...halves.map((item, k) => halfCase(item, `${where}.half_spectrum.cases[${k}]`)),
  ];
}

/** Runs a function to y, the x that comes back and ln|det|, against what a case expects of it. */
function compared(
  fields: JsonObject,
  where: string,
  names: readonly string[],
  inputs: readonly GoldenTensor[],
  grads: readonly GoldenTensor[],
  f: (...inputs: Tensor[]) => [y: Tensor, x: Tensor, log: Tensor],
): (precision: Precision) => Comparison[] {
  const number = (key: string): GoldenTensor => ({
    shape: [],
    data: [asNumber(fields[key], `${where}.${key}`)],
  });
  const [output, ct] = ["output", "grad_output"].map((key) =>
    goldenTensor(fields[key], `${where}.${key}`),
  ) as [GoldenTensor, GoldenTensor];
  const [logdet, ctOfLogdet] = [number("logdet"), number("grad_logdet")];
  return (precision) => {
    const tensors = inputs.map((input) => toTensor(input, precision));
    const [y, x, log] = f(...tensors);
    const { pullback } = vjp(
      (...given: Tensor[]) => {
        const [value, , determinant] = f(...given);
        return concat([flat(value), flat(determinant)]);
      },
      ...tensors,
    );
    const slopes = pullback(
      concat([flat(toTensor(ct, precision)), flat(toTensor(ctOfLogdet, precision))]),
    );
    return [
      compare("output", y, output),
      compare("inverse of the output", x, inputs[0]!),
      compare("log |det|", log, logdet),
      ...slopes.map((slope, k) => compare(`gradient of ${names[k]}`, slope, grads[k]!)),
    ];
  };
}

/** D₁ C₁ D₂ ⋯ C_{m−1} D_m, as layers of which all but the first have ones on their left. */
function chainCase(item: Json, where: string): GoldenCase {
  const fields = asObject(item, where);
  const [n, m] = [asNumber(fields.n, `${where}.n`), asNumber(fields.m, `${where}.m`)];
  const read = (key: "inputs" | "grads"): GoldenTensor[] => {
    const at = `${where}.${key}`;
    const from = asObject(fields[key], at);
    const list = (name: string) =>
      asList(from[name], `${at}.${name}`).map((value, k) =>
        goldenTensor(value, `${at}.${name}[${k}]`),
      );
    return [goldenTensor(from.x, `${at}.x`), ...list("diagonals"), ...list("circulants")];
  };
  const inputs = read("inputs");
  const dense = goldenTensor(fields.dense, `${where}.dense`);
  const names = ["x", ...inputs.slice(1).map((_, k) => (k < m ? `D ${k}` : `c ${k - m}`))];
  const chain = (...[x, ...factors]: Tensor[]): [y: Tensor, x: Tensor, log: Tensor] => {
    const layers = factors.slice(m).map((kernel, k): Numbers => {
      const pairs = rfft(kernel);
      const [re, im] = [0, 1].map((part) =>
        reshape(slice(pairs, [{}, { start: part, stop: part + 1 }]), [-1]),
      );
      const left = k === 0 ? factors[0]! : ones([n], { dtype: kernel.dtype });
      return { re: re!, im: im!, left, right: factors[k + 1]! };
    });
    const results: (readonly [y: Tensor, x: Tensor, log: Tensor])[] = [];
    for (const layer of layers.reverse()) results.push(applied(results.at(-1)?.[0] ?? x!, layer));
    return [results.at(-1)![0], results[0]![1], results.map(([, , log]) => log).reduce(add)];
  };
  const run = compared(fields, where, names, inputs, read("grads"), chain);
  return {
    name: `circulants between diagonals, n = ${n}, m = ${m}`,
    run: (precision) => {
      const factors = inputs.slice(1).map((input) => toTensor(input, precision));
      const columns = chain(eye(n, undefined, { dtype: precision }), ...factors)[0];
      return [...run(precision), compare("dense matrix", transpose(columns), dense)];
    },
  };
}

function halfCase(item: Json, where: string): GoldenCase {
  const fields = asObject(item, where);
  const n = asNumber(fields.n, `${where}.n`);
  const names = ["x", "re", "im"];
  const grads = asObject(fields.grads, `${where}.grads`);
  const [inputs, slopes] = [fields, grads].map((from) =>
    names.map((key) => goldenTensor(from[key], `${where}: ${key}`)),
  ) as [GoldenTensor[], GoldenTensor[]];
  const kernel = goldenTensor(fields.kernel, `${where}.kernel`);
  const run = compared(fields, where, names, inputs, slopes, (x, re, im) => {
    const one = ones([n], { dtype: x!.dtype });
    return applied(x!, { re: re!, im: im!, left: one, right: one });
  });
  return {
    name: `circulant by half of its spectrum, n = ${n}`,
    run: (precision) => {
      const [, re, im] = inputs.map((input) => toTensor(input, precision));
      return [...run(precision), compare("kernel", irfft(stack([re!, im!], -1), { n }), kernel)];
    },
  };
}
