/** @file The functions of a parameterisation, each checked against its `compose`. */
import {
  gradcheck,
  gradgradcheck,
  matmul,
  noGrad,
  normal,
  type Rng,
  rng,
  stack,
  type Tensor,
  type TypedArray,
  tensor,
  transpose,
} from "@spm/core";
import { elements, showShape, sizeOf, ValueError } from "@spm/core/extend";
import { inverseMixer, logAbsDet, toDense, transposed } from "./algebra.ts";
import { toGeneral } from "./factors.ts";
import type { BackwardMode } from "./forward-backward.ts";
import type { MixerKind } from "./mixer.ts";
import { quadAt, times } from "./parameterisation/angles.ts";
import {
  byName,
  defineParameterisation,
  inOrder,
  mapParameters,
  type Named,
  type Names,
  type Parameterisation,
  type Quad,
} from "./parameterisation/define.ts";
import { butterfly, shuffle } from "./patterns.ts";
import { hadamard } from "./presets/hadamard.ts";
import { hadamardAngles } from "./presets/hadamard-angles.ts";
import { rotationBlocks } from "./presets/realise.ts";
import type { Schedule } from "./schedule.ts";
import type { Blocks } from "./stages.ts";

/** The largest difference that was found, by the name of the function or property. */
export type ParameterisationReport = Readonly<Record<string, number>>;

type Own = Named<Names, Tensor>;
type Numbers = Named<Names, TypedArray>;
type NumberList = ArrayLike<number>;

/** A check, and the parameters that it is made at. */
interface Subject {
  readonly mixer: MixerKind;
  readonly kind: Parameterisation;
  /** With unpaired coordinates. */
  readonly schedule: Schedule;
  readonly random: Rng;
  readonly own: Own;
  readonly plain: Numbers;
  /** The blocks that `compose` makes of `own`. */
  readonly at: Blocks;
  readonly report: Record<string, number>;
  /** Notes a difference. @throws ValueError naming the function when it is above the tolerance */
  same(name: string, claim: string, ours: NumberList, theirs: NumberList | number): void;
}

/** Largest difference allowed, absolute below 1 and relative above. */
const TOLERANCE = 1e-9;

/**
 * Checks the functions and properties of a kind of mixer against what its `compose` makes of random
 * parameters near its start, on a schedule with unpaired coordinates: with W the matrix, that
 * `transpose` makes Wᵀ and `inverse` W⁻¹, that `blocks` and `pullBack` are `compose` and its vjp,
 * that `orthogonal`, `angle` and `determinant` hold, that nothing is nearer than `nearest`, that
 * the Hadamard preset is exact where the kind has its blocks, `scaleRows`, and both orders of
 * derivatives in every backward mode. `improve`, and starts other than `haar`, are not looked at.
 * @returns the largest difference found, for each that the kind has
 * @throws ValueError naming the first function that is wrong; as {@link gradcheck}, for an op in
 * `compose` whose own derivative is
 * @example checkParameterisation(rotationMixer).transpose; // about 1e-16
 */
export function checkParameterisation<const N extends Names>(
  mixer: MixerKind<N>,
): ParameterisationReport {
  const report: Record<string, number> = {};
  const subject = subjectOf(mixer, report);
  checkBlocks(subject);
  checkProperties(subject);
  checkAlgebra(subject);
  checkNearest(subject);
  checkPreset(subject);
  checkScaleRows(subject);
  checkDerivatives(subject);
  return report;
}

function subjectOf(mixer: MixerKind, report: Record<string, number>): Subject {
  const kind = mixer.parameterisation;
  const [schedule, random] = [shuffle(5, 3), rng(1)];
  const own = drawn(kind, schedule, random);
  return {
    ...{ mixer, kind, schedule, random, own, report },
    plain: plainOf(kind, own),
    at: composed(kind, own, schedule),
    same: (name, claim, ours, theirs) => {
      const found = difference(ours, theirs);
      report[name] = Math.max(report[name] ?? 0, found);
      if (!(found <= TOLERANCE)) wrong(kind, name, claim, `${found.toPrecision(3)} off`);
    },
  };
}

function wrong({ name: kind }: Parameterisation, name: string, claim: string, got: string): never {
  throw new ValueError("checkParameterisation", `${name} of "${kind}" ${claim}`, got);
}

/** The largest difference of two lists, relative to theirs above 1; ∞ where one has none. */
function difference(ours: NumberList, theirs: NumberList | number): number {
  const other = typeof theirs === "number" ? new Array<number>(ours.length).fill(theirs) : theirs;
  if (ours.length !== other.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < ours.length; i++) {
    const [a = Number.NaN, b = Number.NaN] = [ours[i], other[i]];
    const error = Math.abs(a - b) / Math.max(1, Math.abs(b));
    worst = Math.max(worst, Number.isNaN(error) ? Infinity : error);
  }
  return worst;
}

const numbers = (x: Tensor): Float64Array => Float64Array.from(elements(x.ndarray()));
const plainOf = (kind: Parameterisation, own: Own): Numbers =>
  mapParameters<Names, Tensor, TypedArray>(kind, own, numbers);
const quads = ({ blocks }: Blocks): Quad[] =>
  Array.from({ length: blocks.length / 4 }, (_, p) => quadAt(blocks, p));
const flat = ({ blocks, unpairedScales }: Blocks): number[] => [...blocks, ...unpairedScales];
const freeBlocks = (random: Rng, { blocks, unpairedScales }: Blocks): Blocks => ({
  blocks: blocks.map(() => random.normal()),
  unpairedScales: unpairedScales.map(() => random.normal()),
});

const noisy = (values: TypedArray, random: Rng): Float64Array =>
  Float64Array.from(values, (v) => v + 0.1 * random.normal());

/** Parameters around a `haar` start. */
function drawn(kind: Parameterisation, schedule: Schedule, random: Rng): Own {
  const starts = kind.initial(schedule, random, "haar");
  checkSizes(kind, "initial", schedule, starts);
  const shapes = kind.shapes(schedule);
  const near = inOrder(kind, starts).map((start) => noisy(start, random));
  return byName(
    kind,
    near.map((data, k) => tensor(data, { shape: shapes[k] ?? [] })),
  );
}

/** @throws ValueError unless a function returned as many numbers for each parameter as it has */
function checkSizes(kind: Parameterisation, name: string, over: Schedule, found: Numbers): void {
  const sizes = kind.shapes(over).map(sizeOf);
  const lengths = kind.parameters.map((parameter) => found[parameter.name]?.length ?? "none");
  if (!sizes.every((size, k) => size === lengths[k]))
    wrong(kind, name, `to return [${sizes}] numbers, for each parameter`, `[${lengths}]`);
}

/** The blocks that `compose` makes of parameters. */
function composed(kind: Parameterisation, own: Own, { first, unpaired }: Schedule): Blocks {
  const { blocks, unpairedScales } = noGrad(() => kind.compose(own, unpaired.length));
  const expected = `[${first.length}, 4] and [${unpaired.length}]`;
  const got = [blocks, unpairedScales].map(({ shape }) => showShape(shape)).join(" and ");
  if (got !== expected)
    wrong(kind, "compose", `to make blocks and unpairedScales ${expected}`, got);
  return { blocks: numbers(blocks), unpairedScales: numbers(unpairedScales) };
}

/** `compose` lets leading axes pass; `blocks` and `pullBack` are the same map and its transpose. */
function checkBlocks({ kind, schedule, random, own, plain, at, same }: Subject): void {
  const other = drawn(kind, schedule, random);
  const both = mapParameters<Names, Tensor, Tensor>(kind, own, (x, { name }) =>
    stack([x, other[name] ?? x]),
  );
  const { blocks: pair } = noGrad(() => kind.compose(both, schedule.unpaired.length));
  const copies = [...at.blocks, ...composed(kind, other, schedule).blocks];
  same("compose", "to let leading axes pass", numbers(pair), copies);

  const ours = kind.blocks(plain, schedule.unpaired.length);
  same("blocks", "to be what compose makes", flat(ours), flat(at));

  const { blocks: _blocks, pullBack: _pullBack, ...definition } = kind;
  const sums = freeBlocks(random, at);
  const theirs = inOrder(kind, defineParameterisation(definition).pullBack(sums, at, plain));
  for (const [k, bar] of inOrder(kind, kind.pullBack(sums, at, plain)).entries())
    same("pullBack", "to be the vjp of compose", bar, theirs[k] ?? []);
}

/** `orthogonal`, `angle`, `determinant`. */
function checkProperties({ mixer, kind, schedule, own, plain, at, same }: Subject): void {
  const blocks = quads(at);
  if (kind.orthogonal) {
    const factors = { mixer, schedule, parameters: own };
    const [volume, free] = [factors, toGeneral(factors)].map((f) => numbers(logAbsDet(f)));
    same("orthogonal", "to be false where ln|det W| is not 0", volume ?? [], free ?? []);
    const squares = blocks.flatMap(([a, b, c, d]) => times([a, c, b, d], [a, b, c, d]));
    const ones = blocks.flatMap(() => [1, 0, 0, 1]);
    same("orthogonal", "to be false where a block is not", squares, ones);
    const claim = "to be false where unpaired coordinates change";
    same("orthogonal", claim, at.unpairedScales, 1);
  }
  if (kind.angle !== undefined) {
    const turned = mapParameters<Names, TypedArray, TypedArray>(kind, plain, (angles) =>
      Float64Array.from(angles, (v) => v + 0.7),
    );
    const turn: Quad = [Math.cos(0.7), -Math.sin(0.7), Math.sin(0.7), Math.cos(0.7)];
    const ours = kind.blocks(turned, schedule.unpaired.length).blocks;
    const theirs = blocks.flatMap((block) => times(turn, block));
    same("angle", "to turn the blocks, B(θ + t) = R(t) B(θ)", ours, theirs);
  }
  const { determinant } = kind;
  if (determinant === "any") return;
  const signs = blocks.map(([a, b, c, d]) => Math.sign(a * d - b * c));
  same("determinant", "to be the sign of every block's", signs, determinant);
}

/** Wᵀ, and W⁻¹ where it is of the kind. */
function checkAlgebra({ mixer, kind, schedule, own, same }: Subject): void {
  const factors = { mixer, schedule, parameters: own };
  const w = toDense(factors);
  same("transpose", "to make Wᵀ", numbers(toDense(transposed(factors))), numbers(transpose(w)));
  if (kind.orthogonal || kind.inverse === undefined) return;
  const identity = Float64Array.from({ length: 25 }, (_, k) => (k % 6 === 0 ? 1 : 0));
  same("inverse", "to make W⁻¹", numbers(matmul(toDense(inverseMixer(factors)), w)), identity);
}

/** Own blocks are nearest to themselves, and of any blocks no others that are drawn are nearer. */
function checkNearest({ kind, schedule, random, at, same }: Subject): void {
  const unpaired = schedule.unpaired.length;
  const nearest = (to: Blocks): Named<Names, Float64Array> =>
    kind.nearest(to.blocks.slice(), to.unpairedScales.slice());
  checkSizes(kind, "nearest", schedule, nearest(at));
  const back = kind.blocks(nearest(at), unpaired);
  same("nearest", "to give back what the kind has", flat(back), flat(at));

  const free = freeBlocks(random, at);
  const found = nearest(free);
  const distances = distancesTo(free, kind.blocks(found, unpaired));
  for (let k = 0; k < 40; k++) {
    const from: Numbers = k % 2 === 0 ? found : plainOf(kind, drawn(kind, schedule, random));
    const other = mapParameters<Names, TypedArray, TypedArray>(kind, from, (v) => noisy(v, random));
    const others = distancesTo(free, kind.blocks(other, unpaired));
    const nearer = distances.map((distance, p) => Math.max(0, distance - (others[p] ?? 0)));
    same("nearest", "to be nearer than any other", nearer, 0);
  }
}

/** Of each block (Frobenius), then of each unpaired coordinate's scale. */
const distancesTo = (to: Blocks, from: Blocks): number[] => [
  ...quads(from).map((block, p) =>
    Math.hypot(...block.map((v, k) => v - (to.blocks[4 * p + k] ?? Number.NaN))),
  ),
  ...from.unpairedScales.map((s, r) => Math.abs(s - (to.unpairedScales[r] ?? 0))),
];

/** Presets go through `nearest`, with signs that the kind lacks moved out by `determinant`. */
function checkPreset({ mixer, kind, same }: Subject): void {
  const schedule = butterfly(8);
  const none = new Float64Array(0);
  const has = (blocks: Float64Array): boolean =>
    difference(kind.blocks(kind.nearest(blocks.slice(), none), 0).blocks, blocks) <= TOLERANCE;
  const turns = rotationBlocks(hadamardAngles(schedule));
  const reflections = turns.map((_, k) => (k % 4 === 3 ? -Math.SQRT1_2 : Math.SQRT1_2));
  if (!has(turns) && !has(reflections)) return;
  const [ours, theirs] = [toDense(hadamard(8, { mixer })), toDense(hadamard(8))];
  const claim = "to be the sign that lets hadamard(8) be exact, as the kind has its blocks";
  same("determinant", claim, numbers(ours), numbers(theirs));
}

function checkScaleRows({ kind, schedule, random, own, at, same }: Subject): void {
  if (kind.scaleRows === undefined) return;
  const draw = (size: number): Tensor => normal(random, [size], 1, 0.2, { dtype: "float64" });
  const { first: pairs, unpaired } = schedule;
  const [first, second] = [draw(pairs.length), draw(pairs.length)] as const;
  const rest = draw(unpaired.length);
  const scaled = composed(kind, kind.scaleRows(own, first, second, rest), schedule);
  const [rows, factors] = [[first, second].map(numbers), numbers(rest)];
  const theirs = {
    blocks: at.blocks.map((v, k) => v * (rows[(k >> 1) & 1]?.[k >> 2] ?? Number.NaN)),
    unpairedScales: at.unpairedScales.map((s, r) => s * (factors[r] ?? Number.NaN)),
  };
  same("scaleRows", "to multiply rows of blocks, and scales", flat(scaled), flat(theirs));
}

/** By x and every parameter: first ones in every backward mode, second ones, which share a way. */
function checkDerivatives({ mixer, kind, schedule, random, own, report }: Subject): void {
  const x = normal(random, [2, 5], 0, 1, { dtype: "float64" });
  const operands = [x, ...inOrder(kind, own)] as const;
  const run =
    (backward: BackwardMode) =>
    (x: Tensor, ...parameters: Tensor[]): Tensor =>
      mixer.run(x, parameters, { schedule, backward });
  const reverse = kind.orthogonal ? (["reverse"] as const) : [];
  const reports = [
    ...(["recompute", "stored", ...reverse] as const).map((mode) => gradcheck(run(mode), operands)),
    gradgradcheck(run("recompute"), operands),
  ];
  report.derivatives = Math.max(...reports.map(({ error }) => error));
}
