/**
 * @file Every gradient of the mixer three ways: the closed form of the fused kernels, the
 * derivative of the operator made of core's ops, central differences. In float64, over random
 * widths, depths, schedules and shapes.
 */
import {
  add,
  concat,
  mul,
  normal,
  type Rng,
  rng,
  slice,
  sum,
  type Tensor,
  take,
  tensor,
  vjp,
} from "@spm/core";
import { type Each, each, elements } from "@spm/core/extend";
import {
  type BackwardMode,
  brick,
  butterfly,
  fromPairs,
  type MixerKind,
  randomMatching,
  type Schedule,
  shuffle,
} from "@spm/mixer";
import {
  applyTiled,
  byName,
  composedMixer,
  type MixerPlaces,
  type Pair,
  planTiling,
  type Tiling,
} from "@spm/mixer/extend";
import * as fc from "fast-check";
import { draw, float64 } from "./random-mixers.ts";

/** What a map in → out is made of: nothing cut off, padded, stacked, folded. */
export const forms = ["square", "pad", "stack", "fold"] as const;
export type Form = (typeof forms)[number];
export const scheduleNames = ["butterfly", "shuffle", "brick", "random", "user's pairs"] as const;

type Operands = Each<MixerPlaces, Tensor>;

/** A case of the sweep. */
export interface Case {
  readonly mixer: MixerKind;
  readonly backward: BackwardMode;
  readonly form: Form;
  readonly scheduleName: (typeof scheduleNames)[number];
  readonly n: number;
  readonly stages: number;
  readonly cut: number;
  readonly lead: readonly number[];
  readonly seed: number;
}

/**
 * How far two of the three ways lie apart, at most: |a − b| / max(1, max |b|) over all gradients
 * (and, where it is their own, the value).
 */
export interface Disagreement {
  readonly closedComposed: number;
  readonly closedDifferences: number;
  readonly composedDifferences: number;
}

/** `count` random cases of a kind, a backward mode and a form, from a seed. */
export function casesOf(
  mixer: MixerKind,
  backward: BackwardMode,
  form: Form,
  count: number,
  seed: number,
): Case[] {
  const arbitrary = fc.record({
    mixer: fc.constant(mixer),
    backward: fc.constant(backward),
    form: fc.constant(form),
    scheduleName: fc.constantFrom(...scheduleNames),
    n: fc.integer({ min: 1, max: 11 }),
    stages: fc.integer({ min: 1, max: 6 }),
    cut: fc.nat(100),
    lead: fc.constantFrom<readonly number[]>([], [1], [3], [2, 2], [5]),
    seed: fc.nat(1e6),
  });
  return fc.sample(arbitrary, { numRuns: count, seed });
}

/** Pairs as a user might give them: some coordinates left alone, either order. */
function usersPairs(n: number, stages: number, random: Rng): Schedule {
  const stage = (): Pair[] => {
    const order = random.permutation(n);
    const count = random.integer(Math.floor(n / 2) + 1);
    return Array.from({ length: count }, (_, q): Pair => [order[2 * q]!, order[2 * q + 1]!]);
  };
  return fromPairs(n, Array.from({ length: stages }, stage));
}

function scheduleOf({ scheduleName, n, stages }: Case, random: Rng): Schedule {
  if (scheduleName === "random") return randomMatching(n, stages, random);
  if (scheduleName === "user's pairs") return usersPairs(n, stages, random);
  return { butterfly, shuffle, brick }[scheduleName](n, stages);
}

/** Widths in and out: of one operator, or of two to three copies of it. */
function sizesOf({ form, n, cut }: Case): { inFeatures: number; outFeatures: number } {
  if (form === "square") return { inFeatures: n, outFeatures: n };
  const part = 1 + (cut % n);
  if (form === "pad")
    return cut % 2 === 0
      ? { inFeatures: part, outFeatures: n }
      : { inFeatures: n, outFeatures: part };
  const large = n + 1 + (cut % (2 * n));
  return form === "stack"
    ? { inFeatures: part, outFeatures: large }
    : { inFeatures: large, outFeatures: part };
}

/** The gradients of a case by x and every parameter, three ways, compared. */
export function disagreement(item: Case): Disagreement {
  const random = rng(item.seed);
  const base = scheduleOf(item, random);
  const { inFeatures, outFeatures } = sizesOf(item);
  const tiling = planTiling(inFeatures, outFeatures, {
    rectangular: item.form === "stack" || item.form === "fold" ? "split" : "pad",
    schedule: base,
  });
  const { schedule } = tiling;
  const { mixer } = item;
  const { parameterisation } = mixer;
  const stages = parameterisation.shapes(schedule).map((shape, k) => {
    if (parameterisation.orthogonal) return mul(2, draw(random, ...shape));
    const { per } = parameterisation.parameters[k] ?? {};
    return per === "unpaired" ? add(1, mul(0.3, draw(random, ...shape))) : draw(random, ...shape);
  });
  const dIn = draw(random, ...tiling.dIn);
  const dOut = draw(random, ...tiling.dOut);
  const bias = draw(random, outFeatures);
  const inputs: Operands = [draw(random, ...item.lead, inFeatures), dIn, dOut, bias, ...stages];
  const ct = normal(random, [...item.lead, outFeatures], 0, 1, float64);

  const fused = (...[x, dIn, dOut, bias, ...stages]: Operands): Tensor => {
    const parameters = byName(parameterisation, stages);
    const factors = { mixer, schedule, parameters, dIn, dOut, bias };
    return applyTiled(tiling, factors, x, { backward: item.backward });
  };
  const composed = (...xs: Operands) => composedMap(mixer, base, tiling, xs);
  const [ours, theirs] = [vjp(fused, ...inputs), vjp(composed, ...inputs)];
  const closed = ours.pullback(ct);
  const byOps = theirs.pullback(ct);
  const differences = inputs.map((x, k) =>
    centralDifferences(
      (moved) => fused(...each<Operands, Tensor>(inputs, (y, i) => (i === k ? moved : y))),
      x,
      ct,
    ),
  );
  return {
    closedComposed: worst(
      [ours.value, ...closed].map(numbers),
      [theirs.value, ...byOps].map(numbers),
    ),
    closedDifferences: worst(closed.map(numbers), differences),
    composedDifferences: worst(byOps.map(numbers), differences),
  };
}

/**
 * The map without any fused op: each operator of the tiling by itself, its parameters picked
 * out by index.
 */
function composedMap(
  { parameterisation }: MixerKind,
  base: Schedule,
  { form, count }: Tiling,
  operands: Operands,
): Tensor {
  if (form === "one") return composedMixer(base, parameterisation, operands);
  const [x, dIn, dOut, bias, ...stages] = operands;
  const picked = (bounds: Int32Array, c: number): Tensor => {
    const index: number[] = [];
    for (let l = 0; l < base.stages; l++) {
      const size = bounds[l + 1]! - bounds[l]!;
      for (let p = 0; p < size; p++) index.push(count * bounds[l]! + c * size + p);
    }
    return tensor(Int32Array.from(index));
  };
  const part = (t: Tensor, axis: number, start: number, stop: number): Tensor =>
    slice(
      t,
      t.shape.map((_, k) => (k === axis ? { start, stop } : undefined)),
    );
  const rowOf = (d: Tensor, c: number) => take(d, tensor(Int32Array.of(c), { shape: [] }));
  const bounds = { pair: base.starts, unpaired: base.unpairedStarts };
  const operators = Array.from({ length: count }, (_, c) => {
    const own = stages.map((p, k) =>
      take(p, picked(bounds[parameterisation.parameters[k]?.per ?? "pair"], c)),
    );
    const last = x.shape.length - 1;
    const [from, to] = [c * base.n, (c + 1) * base.n];
    const [input, ahead, behind] =
      form === "stack"
        ? [x, rowOf(dIn, c), part(dOut, 0, from, to)]
        : [part(x, last, from, to), part(dIn, 0, from, to), rowOf(dOut, c)];
    return composedMixer(base, parameterisation, [input, ahead, behind, mul(behind, 0), ...own]);
  });
  const y =
    form === "stack" ? concat(operators, -1) : mul(operators.reduce(add), 1 / Math.sqrt(count));
  return add(y, bias);
}

const numbers = (x: Tensor): Float64Array => Float64Array.from(elements(x.ndarray()));

/** ⟨ct, f(x + h e) − f(x − h e)⟩ / 2h for every element of x, h = 10⁻⁶. */
function centralDifferences(f: (x: Tensor) => Tensor, x: Tensor, ct: Tensor): Float64Array {
  const step = 1e-6;
  const at = numbers(x);
  const project = (element: number, by: number): number => {
    const moved = at.slice();
    moved[element]! += by;
    return elements(sum(mul(f(tensor(moved, { shape: x.shape })), ct)).ndarray())[0]!;
  };
  return at.map((_, element) => (project(element, step) - project(element, -step)) / (2 * step));
}

function worst(ours: readonly Float64Array[], theirs: readonly Float64Array[]): number {
  const scale = theirs.reduce((most, g) => g.reduce((m, v) => Math.max(m, Math.abs(v)), most), 1);
  return ours.reduce(
    (most, g, k) => g.reduce((m, v, i) => Math.max(m, Math.abs(v - theirs[k]![i]!) / scale), most),
    0,
  );
}
