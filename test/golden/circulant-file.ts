/**
 * @file `cdflow.json`: chains of circulants between diagonals, and circulants by half of their
 * spectrum: output, ln|det|, the inverse, the matrix, and all gradients of ⟨g, y⟩ + g_l ln|det|.
 */
import {
  add,
  at,
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
import { glowStepCase } from "./glow-step.ts";
import { type GoldenTensor, goldenTensor, type Precision, toTensor } from "./golden-tensor.ts";
import {
  asList,
  asNumber,
  asObject,
  type Json,
  type JsonObject,
  MalformedError,
} from "./python-json.ts";

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
    glowStepCase(asObject(file.glow_step, `${where}.glow_step`), `${where}.glow_step`),
  ];
}

/** Runs a function to y, the x that comes back and ln|det|, against what a case expects of it. */
function compared(
  fields: JsonObject,
  where: string,
  names: readonly string[],
  inputs: readonly GoldenTensor[],
  grads: readonly GoldenTensor[],
  f: (x: Tensor, ...factors: Tensor[]) => [y: Tensor, x: Tensor, log: Tensor],
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
    const tensors = inputs.map((input) => toTensor(input, precision)) as [Tensor, ...Tensor[]];
    const [y, x, log] = f(...tensors);
    const { pullback } = vjp(
      (...given: [Tensor, ...Tensor[]]) => {
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
  const chain = (x: Tensor, ...factors: Tensor[]): [y: Tensor, x: Tensor, log: Tensor] => {
    const diagonals = factors.slice(0, m);
    const ofOne = ones([n], { dtype: x.dtype });
    const layers = diagonals.slice(1).map((right, k): Numbers => {
      const pairs = rfft(factors[m + k] ?? ofOne);
      const left = (k === 0 ? diagonals[0] : undefined) ?? ofOne;
      return { re: at(pairs, "...", 0), im: at(pairs, "...", 1), left, right };
    });
    const [last, ...others] = layers.reverse().map((layer) => (z: Tensor) => applied(z, layer));
    if (last === undefined) throw new MalformedError(where, "m ≥ 2", m);
    const first = last(x);
    return others.reduce(([z, back, log]: [Tensor, Tensor, Tensor], layer): typeof first => {
      const [y, , more] = layer(z);
      return [y, back, add(log, more)];
    }, first);
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
  const run = compared(fields, where, names, inputs, slopes, (x, ...parts) => {
    const [re, im] = parts as [Tensor, Tensor];
    const one = ones([n], { dtype: x.dtype });
    return applied(x, { re, im, left: one, right: one });
  });
  return {
    name: `circulant by half of its spectrum, n = ${n}`,
    run: (precision) => {
      const parts = inputs.slice(1).map((input) => toTensor(input, precision));
      return [...run(precision), compare("kernel", irfft(stack(parts, -1), { n }), kernel)];
    },
  };
}
