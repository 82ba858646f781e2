/**
 * @file Second-order steps: Levenberg–Marquardt, its linear systems solved by conjugate gradients,
 * without a matrix.
 */

import {
  add,
  mul,
  noGrad,
  type Parameter,
  scope,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  vjp,
} from "@spm/core";
import { elements, sizeOf } from "@spm/core/extend";
import { functionalCall, type Module } from "@spm/nn";
import { steps } from "../parts/steps.ts";
import type { Samples } from "../parts/train.ts";
import { zip } from "../parts/zip.ts";

/** The number of steps, and of samples. */
export interface SecondOrderTraining {
  /** Steps tried, rejected ones included. */
  readonly steps: number;
  readonly samples: number;
  readonly signal: AbortSignal;
}

/** The most iterations on the linear system of a step. */
const MOST_ITERATIONS = 60;
/** The relative residual at which a linear system counts as solved. */
const SOLVED = 1e-3;
/** The length of the step, as a vector of all parameters, in the difference quotient for Jv. */
const REACH = 1e-2;

/**
 * Least squares by steps δ with (JᵀJ + λ) δ = −Jᵀr, J the derivative of the outputs by the
 * parameters and r the residuals (Levenberg 1944, Marquardt 1963). A step that lowers the loss is
 * accepted and λ divided by 3; any other is rejected and λ multiplied by 4. Jᵀ is exact; Jv is a
 * difference quotient, two forwards instead of a second derivative, which is accurate enough for a
 * direction. CPU backends only. A step costs up to 60 products with J and Jᵀ over the samples.
 */
export async function fitBySecondOrder(
  net: Module,
  { x, y }: Samples,
  { steps: tried, samples, signal }: SecondOrderTraining,
): Promise<void> {
  const names = [...net.namedParameters().keys()];
  const parameters = net.parameters();
  const part = { stop: Math.min(samples, x.shape[0]!) };
  const [inputs, targets] = [slice(x, [part]), slice(y, [part])];
  const outputs = (...values: Tensor[]): Tensor =>
    functionalCall(net, Object.fromEntries(zip(names, values)), inputs);
  const residualsAt = (): Tensor => noGrad(() => sub(net.forward(inputs), targets));
  const lossOf = (r: Tensor): number => noGrad(() => elements(sum(square(r)).ndarray())[0]!);

  let damping = 1e-2 * part.stop;
  let loss = scope(() => lossOf(residualsAt()));
  for await (const _ of steps(tried, signal)) {
    const before = parameters.map((p) => Float64Array.from(elements(p.ndarray())));
    const change = scope(() => {
      const { pullback } = vjp(outputs, ...parameters);
      const gradient = flattened(pullback(residualsAt()));
      const curvature = (v: Float64Array): Float64Array => {
        const h = REACH / Math.sqrt(dot(v, v));
        const moved = (by: number): Tensor =>
          outputs(...alongside(parameters, v).map(([p, direction]) => add(p, mul(direction, by))));
        const along = noGrad(() => mul(sub(moved(h), moved(-h)), 1 / (2 * h)));
        return flattened(pullback(along)).map((value, k) => value + damping * v[k]!);
      };
      return conjugateGradients(
        curvature,
        gradient.map((g) => -g),
      );
    });
    assign(parameters, before, change);
    const now = scope(() => lossOf(residualsAt()));
    if (now < loss) [loss, damping] = [now, damping / 3];
    else {
      assign(parameters, before);
      damping *= 4;
    }
  }
}

/** v with A v = b for a symmetric positive definite A, approximately, by a few products. */
function conjugateGradients(
  product: (v: Float64Array) => Float64Array,
  b: Float64Array,
): Float64Array {
  const solution = new Float64Array(b.length);
  const rest = b.slice();
  let direction = b.slice();
  let size = dot(rest, rest);
  const enough = SOLVED ** 2 * size;
  for (let k = 0; k < MOST_ITERATIONS && size > enough; k++) {
    const image = product(direction);
    const length = size / dot(direction, image);
    for (let i = 0; i < b.length; i++) {
      solution[i]! += length * direction[i]!;
      rest[i]! -= length * image[i]!;
    }
    const next = dot(rest, rest);
    direction = direction.map((d, i) => rest[i]! + (next / size) * d);
    size = next;
  }
  return solution;
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((total, v, i) => total + v * b[i]!, 0);

const flattened = (parts: readonly Tensor[]): Float64Array =>
  Float64Array.from(parts.flatMap((part) => [...elements(part.ndarray())]));

/** Each parameter with its part of a vector, as a tensor of its shape. */
function alongside(
  parameters: readonly Parameter[],
  v: Float64Array,
): (readonly [Parameter, Tensor])[] {
  let from = 0;
  return parameters.map((p) => {
    const { shape, backend } = p;
    const count = sizeOf(shape);
    const piece = Float32Array.from(v.subarray(from, from + count));
    from += count;
    return [p, tensor(piece, { shape, backend })];
  });
}

/** parameters ← before + change */
function assign(
  parameters: readonly Parameter[],
  before: readonly Float64Array[],
  change?: Float64Array,
): void {
  let from = 0;
  noGrad(() => {
    for (const [p, old] of zip(parameters, before)) {
      const values = old.map((v, i) => v + (change?.[from + i] ?? 0));
      from += values.length;
      p.assign(tensor(Float32Array.from(values), { shape: p.shape, backend: p.backend }));
    }
  });
}
