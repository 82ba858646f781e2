/**
 * @file The fused mixer, y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias: one primitive forward, one
 * closed-form backward, for every parameterisation.
 */
import { full, type Shape, Tensor } from "@spm/core";
import {
  checkDTypes,
  checkOptions,
  type FusedOp,
  fused,
  kindOf,
  type OptionNames,
  rowwise,
  ShapeError,
  type Spec,
  sameShape,
  showShape,
  ValueError,
} from "@spm/core/extend";
import { composedMixer, type MixerPlaces } from "./composed.ts";
import {
  type BackwardMode,
  type MixerOptions,
  runBackward,
  runForward,
} from "./forward-backward.ts";
import { byName, type Names, type Parameterisation } from "./parameterisation/define.ts";
import { general } from "./parameterisation/general.ts";
import { backwardOfSamples } from "./per-sample-op.ts";
import type { Schedule } from "./schedule.ts";

/** The diagonals before and after the stages, ones by default, and the bias, zeros by default. */
export interface Diagonals {
  /** d_in [in] */
  readonly dIn?: Tensor;
  /** d_out [out] */
  readonly dOut?: Tensor;
  /** bias [out] */
  readonly bias?: Tensor;
}

/** A mixer's primitives, forward and backward, which backends register kernels for. */
export type MixerOp = FusedOp<MixerPlaces, MixerOptions>;

/** Options of a mixer's call. */
export interface MixerCallOptions extends Diagonals {
  readonly schedule: Schedule;
  /**
   * The source of the stages' inputs in the backward pass.
   * @defaultValue "reverse" for an orthogonal kind, "recompute" for others
   */
  readonly backward?: BackwardMode;
}

const callOptions: OptionNames<MixerCallOptions> = {
  schedule: true,
  backward: true,
  dIn: true,
  dOut: true,
  bias: true,
};

/** A kind of mixer: a parameterisation, and the op made of it. */
export interface MixerKind<N extends Names = Names> {
  readonly parameterisation: Parameterisation<N>;
  readonly op: MixerOp;
  /** The mixer of x with the parameters as a list. */
  run(x: Tensor, parameters: readonly Tensor[], options: MixerCallOptions): Tensor;
}

/**
 * Refuses anything but a kind of mixer.
 * @throws ValueError
 * @example checkMixer("MixerLayer", rotationMixer);
 */
export function checkMixer<N extends Names>(op: string, mixer: MixerKind<N>): void {
  if (typeof mixer?.parameterisation !== "object")
    throw new ValueError(op, "a kind of mixer", kindOf(mixer), "rotationMixer, say");
}

/**
 * y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias, with the 2×2 blocks of each stage B_l from the
 * parameters, which follow x in their order. x is padded with zeros to the schedule's n, and the
 * first `out` coordinates are kept: W is the top-left corner of the n×n product.
 * @param x - [..., in], in ≤ n
 * @param parameters - as the parameterisation says, stage-major: angles [P] in radians; or blocks
 * [P, 4], rows [a, b, c, d], and a scale for each unpaired coordinate, [R]
 * @param options - the schedule, the diagonals and the bias, the mode of the backward pass
 * @returns [..., out]. Cost 6P + 3n FLOP a row forward; backward 16P (reverse), 14P (stored) or 20P
 * (recompute), and 7n for the diagonals and the bias; for N rows it keeps N·n numbers (reverse),
 * N·n·(L + 1) (stored) or none (recompute) on the reference, see {@link BackwardMode} for others
 * @throws ShapeError, DTypeError when an operand does not fit the schedule
 * @example
 * const [random, schedule] = [rng(1), butterfly(256)];
 * const { angles } = initialParameters(rotationMixer, schedule, random);
 * rotationMixer(normal(random, [32, 256]), angles, { schedule }).shape; // [32, 256]
 */
export interface Mixer<N extends Names> extends MixerKind<N> {
  (
    x: Tensor,
    ...operands: [...parameters: { readonly [K in keyof N]: Tensor }, options: MixerCallOptions]
  ): Tensor;
}

function makeOp(kind: Parameterisation): MixerOp {
  return fused({
    name: kind.name,
    backwardCanRecompute: true,
    // forward and backward: the kernels; composed: the same y in ordinary ops, for derivatives of
    // second and higher order
    infer: (specs, options) => inferOutput(kind, specs, options),
    forward: (inputs, options, recorded) => runForward(kind, inputs, options, recorded),
    backward: (ct, inputs, _, options, [residual]) =>
      runBackward(kind, ct, inputs, options, residual),
    batch: rowwise,
    batchBackward: backwardOfSamples(kind),
    composed: (inputs, { schedule }) => composedMixer(schedule, kind, inputs),
  });
}

function inferOutput(
  kind: Parameterisation,
  specs: readonly [x: Spec, dIn: Spec, dOut: Spec, bias: Spec, ...parameters: Spec[]],
  { schedule, backward }: MixerOptions,
): Spec {
  const { name, orthogonal } = kind;
  const refuse = (what: string, { shape }: Spec, expected: string): never => {
    throw new ShapeError(name, `${what} of shape ${expected}`, showShape(shape));
  };
  const checkShape = (what: string, spec: Spec, expected: Shape): void => {
    if (!sameShape(spec.shape, expected)) refuse(what, spec, showShape(expected));
  };
  const dtype = checkDTypes(name, specs);
  const [x, dIn, dOut, bias, ...parameters] = specs;
  const [width, height] = [x.shape.at(-1) ?? Infinity, dOut.shape.at(-1) ?? Infinity];
  if (width > schedule.n) refuse("x", x, `[..., in ≤ ${schedule.n}]`);
  checkShape("dIn", dIn, [width]);
  if (dOut.shape.length !== 1 || height > schedule.n) refuse("dOut", dOut, `[out ≤ ${schedule.n}]`);
  checkShape("bias", bias, dOut.shape);
  const names = kind.parameters.map((parameter) => parameter.name);
  if (parameters.length !== names.length)
    throw new ShapeError(
      name,
      `the parameters ${names.join(", ")}`,
      `${parameters.length} of them`,
    );
  const shapes = kind.shapes(schedule);
  for (const [k, spec] of parameters.entries()) checkShape(names[k] ?? "", spec, shapes[k] ?? []);
  if (backward === "reverse" && !orthogonal)
    throw new ValueError(
      name,
      'backward "stored" or "recompute"',
      backward,
      "blocks that are not orthogonal are too ill-conditioned to walk back",
    );
  return { shape: x.shape.with(-1, height), dtype };
}

/**
 * The mixer of a parameterisation. Kernels of its own run where a backend has them. Where it has
 * only {@link generalMixer}'s, the blocks are composed there and that runs, with `recompute` for
 * `reverse`, since free blocks can't be walked back. Elsewhere, as on the reference, the op's own
 * forward runs.
 * @returns a function of x [..., in], the parameters and options, see {@link Mixer}
 * @example
 * const mixer: Mixer<["angles"]> = defineMixer(reflection);
 * mixer(normal(rng(1), [2, 8]), zeros([12]), { schedule: butterfly(8) }).shape; // [2, 8]
 */
export function defineMixer<N extends Names>(parameterisation: Parameterisation<N>): Mixer<N> {
  if (typeof parameterisation?.compose !== "function")
    throw new ValueError("defineMixer", "a parameterisation", kindOf(parameterisation));
  const op = makeOp(parameterisation);
  const run: MixerKind["run"] = (x, parameters, options) => {
    const { schedule, backward = parameterisation.orthogonal ? "reverse" : "recompute" } = options;
    const inputs = [x, ...allDiagonals(x, schedule, options), ...parameters] as const;
    const { kernels } = x.backend;
    if (kernels.has(op.primitive) || !kernels.has(generalMixer.op.primitive))
      return op(inputs, { schedule, backward });
    op.primitive.infer(inputs, { schedule, backward });
    const [, dIn, dOut, bias] = inputs;
    const named = byName(parameterisation, parameters);
    const { blocks, unpairedScales } = parameterisation.compose(named, schedule.unpaired.length);
    const mode = backward === "reverse" ? "recompute" : backward;
    return generalMixer.op([x, dIn, dOut, bias, blocks, unpairedScales], {
      schedule,
      backward: mode,
    });
  };
  const call = (x: Tensor, ...operands: readonly unknown[]): Tensor => {
    const { parameters, options } = separated(parameterisation, x, operands);
    checkOptions(parameterisation.name, options, callOptions);
    return run(x, parameters, options);
  };
  return Object.assign(call, { parameterisation, op, run });
}

/**
 * The parameters and the options of a call.
 * @throws ShapeError naming the operand that is missing or in the wrong place
 */
function separated(
  { name, parameters: layouts }: Parameterisation,
  x: unknown,
  operands: readonly unknown[],
): { parameters: Tensor[]; options: MixerCallOptions } {
  const options = operands.at(-1);
  const parameters = operands.slice(0, -1).filter((p) => p instanceof Tensor);
  if (x instanceof Tensor && isOptions(options) && parameters.length === operands.length - 1)
    return { parameters, options };
  const names = ["x", ...layouts.map((layout) => layout.name)];
  const wrong = [x, ...operands].findIndex((p) => !(p instanceof Tensor));
  const missing = isOptions(options) ? `tensor as ${names[wrong] ?? wrong}` : "schedule at the end";
  throw new ShapeError(name, `${names.join(", ")}, then options with a schedule`, `no ${missing}`);
}

const isOptions = (value: unknown): value is MixerCallOptions =>
  typeof value === "object" && value !== null && "schedule" in value;

/**
 * The mixer of free 2×2 blocks, x [..., in], blocks [P, 4], unpairedScales [R] → [..., out], see
 * {@link Mixer}; other kinds are lowered to it on backends without kernels of their own.
 * @example
 * const [random, schedule] = [rng(1), shuffle(100)];
 * const { blocks, unpairedScales } = initialParameters(generalMixer, schedule, random);
 * generalMixer(normal(random, [2, 100]), blocks, unpairedScales, { schedule }).shape; // [2, 100]
 */
export const generalMixer: Mixer<["blocks", "unpairedScales"]> = defineMixer(general);

const allDiagonals = (
  x: Tensor,
  { n }: Schedule,
  { dIn, dOut, bias }: Diagonals,
): [dIn: Tensor, dOut: Tensor, bias: Tensor] => {
  const options = { dtype: x.dtype, backend: x.backend };
  const out = dOut?.shape[0] ?? bias?.shape[0] ?? n;
  return [
    dIn ?? full([x.shape.at(-1) ?? 0], 1, options),
    dOut ?? full([out], 1, options),
    bias ?? full([out], 0, options),
  ];
};
