/**
 * @file The fused mixer, y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias: one primitive forward, one
 * closed-form backward, for every parameterisation.
 */
import { full, type NdArray, type Shape, Tensor, type TypedArray } from "@spm/core";
import {
  allocate,
  checkDTypes,
  dtypeOf,
  type Each,
  each,
  elements,
  type FusedOp,
  fused,
  type Result,
  ShapeError,
  type Spec,
  sameShape,
  showShape,
  ValueError,
  wrap,
} from "@spm/core/extend";
import { composedMixer, type MixerPlaces } from "./composed.ts";
import { addProducts, addRows, load, ROWS_PER_GROUP, store } from "./lanes.ts";
import {
  byName,
  inOrder,
  type Named,
  type Names,
  type Parameterisation,
} from "./parameterisation/define.ts";
import { general } from "./parameterisation/general.ts";
import type { Schedule } from "./schedule.ts";
import {
  type Blocks,
  mixStage,
  mixStageBackward,
  transposedBlocks,
  unmixStage,
  zeroBlocks,
} from "./stages.ts";

/**
 * What the backward pass reads the stages' inputs from: `stored` keeps all of them, B·n·(L+1)
 * numbers; `recompute` keeps nothing and runs each row group forward again; `reverse` keeps z_L and
 * walks back by the transpose (orthogonal kinds only).
 */
export type BackwardMode = "stored" | "recompute" | "reverse";

/** Options of the fused primitives. */
export interface MixerOptions {
  readonly schedule: Schedule;
  readonly backward: BackwardMode;
}

/** What stands around the stages; each is the identity unless given. */
export interface Diagonals {
  /** d_in [in] */
  readonly dIn?: Tensor;
  /** d_out [out] */
  readonly dOut?: Tensor;
  /** bias [out] */
  readonly bias?: Tensor;
}

/** A mixer's primitives, forward and backward, for backends to bring kernels for. */
export type MixerOp = FusedOp<MixerPlaces, MixerOptions>;

/** Options of a mixer's call. */
export interface MixerCallOptions extends Diagonals {
  readonly schedule: Schedule;
  /** `reverse` for an orthogonal kind, `recompute` for others, unless said. */
  readonly backward?: BackwardMode;
}

/** A kind of mixer: a parameterisation, and what runs it. */
export interface MixerKind<N extends Names = Names> {
  readonly parameterisation: Parameterisation<N>;
  readonly op: MixerOp;
  /** What a call of the mixer does, with the parameters as a list. */
  run(x: Tensor, parameters: readonly Tensor[], options: MixerCallOptions): Tensor;
}

/**
 * y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias, with the 2×2 blocks of each stage B_l from the
 * parameters, which follow x in their order. x is padded with zeros to the schedule's n, and the
 * first `out` coordinates are kept: W is the top-left corner of the n×n product.
 * @param x - [..., in], in ≤ n
 * @param parameters - as the parameterisation says, stage-major: angles [P] in radians; or blocks
 * [P, 4], rows [a, b, c, d], and a scale for each unpaired coordinate, [R]
 * @param options - the schedule, what stands around it, and where the backward pass reads from:
 * `reverse` for an orthogonal kind, `recompute` for others, unless said
 * @returns [..., out]. Cost 6P + 3n FLOP a row forward, 16P (reverse) or 20P (recompute) backward;
 * memory B·n.
 * @throws ShapeError, DTypeError when an operand does not fit the schedule
 * @example
 * rotationMixer(x, angles, { schedule: butterfly(256), bias });
 * generalMixer(x, blocks, unpairedScales, { schedule: shuffle(100) });
 */
export interface Mixer<N extends Names> extends MixerKind<N> {
  (
    x: Tensor,
    ...operands: [...parameters: { readonly [K in keyof N]: Tensor }, options: MixerCallOptions]
  ): Tensor;
}

/** Product of all axes but the last. */
function rowsOf({ shape }: { readonly shape: Shape }): number {
  let rows = 1;
  for (let k = 0; k < shape.length - 1; k++) rows *= shape[k]!;
  return rows;
}

/**
 * What `stored` and `reverse` keep: row groups as the kernels hold them, of all stages or the last.
 */
const keptSize = (rows: number, { n, stages }: Schedule, backward: BackwardMode): number =>
  Math.ceil(rows / ROWS_PER_GROUP) * (backward === "stored" ? stages + 1 : 1) * n * ROWS_PER_GROUP;

function makeOp(kind: Parameterisation): MixerOp {
  const { name, orthogonal } = kind;

  const refuse = (what: string, { shape }: Spec, expected: string): never => {
    throw new ShapeError(name, `${what} of shape ${expected}`, showShape(shape));
  };
  const checkShape = (what: string, spec: Spec, expected: Shape): void => {
    if (!sameShape(spec.shape, expected)) refuse(what, spec, showShape(expected));
  };

  return fused({
    name,
    keepsAtWill: true,
    infer: (specs, { schedule, backward }) => {
      const dtype = checkDTypes(name, specs);
      const [x, dIn, dOut, bias, ...parameters] = specs;
      const [fanIn, fanOut] = [x.shape.at(-1) ?? Infinity, dOut.shape.at(-1) ?? Infinity];
      if (fanIn > schedule.n) refuse("x", x, `[..., in ≤ ${schedule.n}]`);
      checkShape("dIn", dIn, [fanIn]);
      if (dOut.shape.length !== 1 || fanOut > schedule.n)
        refuse("dOut", dOut, `[out ≤ ${schedule.n}]`);
      checkShape("bias", bias, dOut.shape);
      const names = kind.parameters.map((parameter) => parameter.name);
      if (parameters.length !== names.length)
        throw new ShapeError(
          name,
          `the parameters ${names.join(", ")}`,
          `${parameters.length} of them`,
        );
      const shapes = kind.shapes(schedule);
      for (const [k, spec] of parameters.entries())
        checkShape(names[k] ?? "", spec, shapes[k] ?? []);
      if (backward === "reverse" && !orthogonal)
        throw new ValueError(
          name,
          'backward "stored" or "recompute"',
          backward,
          "2×2 blocks are too ill-conditioned to walk back",
        );
      return { shape: x.shape.with(-1, fanOut), dtype };
    },
    forward: (inputs, options, keep) => runForward(kind, inputs, options, keep),
    backward: (ct, inputs, _, options, [kept]) => runBackward(kind, ct, inputs, options, kept),
    composed: (inputs, { schedule }) => composedMixer(schedule, kind, inputs),
  });
}

/**
 * The mixer of a parameterisation. Where a backend has kernels for it, they run; where it has none,
 * the blocks are composed there and go to the kernels of {@link generalMixer}.
 * @example const mixer: Mixer<["angles"]> = defineMixer(reflection);
 */
export function defineMixer<N extends Names>(parameterisation: Parameterisation<N>): Mixer<N> {
  const op = makeOp(parameterisation);
  const run: MixerKind["run"] = (x, parameters, options) => {
    const { schedule, backward = parameterisation.orthogonal ? "reverse" : "recompute" } = options;
    const inputs = [x, ...diagonalsOf(x, schedule, options), ...parameters] as const;
    const { kernels } = x.backend;
    if (kernels.has(op.primitive) || !kernels.has(generalMixer.op.primitive))
      return op(inputs, { schedule, backward });
    op.primitive.infer(inputs, { schedule, backward });
    const [, dIn, dOut, bias] = inputs;
    const own = byName(parameterisation, parameters);
    const { blocks, unpairedScales } = parameterisation.compose(own, schedule.unpaired.length);
    const mode = backward === "reverse" ? "recompute" : backward;
    return generalMixer.op([x, dIn, dOut, bias, blocks, unpairedScales], {
      schedule,
      backward: mode,
    });
  };
  const call = (x: Tensor, ...operands: readonly unknown[]): Tensor => {
    const { parameters, options } = separated(parameterisation, x, operands);
    return run(x, parameters, options);
  };
  return Object.assign(call, { parameterisation, op, run });
}

/** @throws ShapeError naming what stands in the wrong place */
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
 * The mixer of free blocks: what every other one is lowered to where it has no kernels of its own.
 * See {@link Mixer}.
 */
export const generalMixer: Mixer<["blocks", "unpairedScales"]> = defineMixer(general);

const diagonalsOf = (
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

type Arrays = Each<MixerPlaces, NdArray>;

function runForward(
  kind: Parameterisation,
  inputs: Arrays,
  { schedule, backward }: MixerOptions,
  keep: boolean,
): Result<[y: 1], NdArray> {
  const [x, dIn, dOut, bias, ...parameters] = each(inputs, elements);
  const blocks = kind.blocks(byName(kind, parameters), schedule.unpaired.length);
  const rows = rowsOf(inputs[0]);
  const dtype = dtypeOf(inputs[0]);
  const y = allocate(dtype, rows * dOut.length);
  const kept =
    keep && backward !== "recompute" ? allocate(dtype, keptSize(rows, schedule, backward)) : null;
  const z = new Float64Array(schedule.n * ROWS_PER_GROUP);
  const from = { data: x, rows, width: dIn.length };
  const to = { data: y, rows, width: dOut.length };
  for (let row = 0, at = 0; row < rows; row += ROWS_PER_GROUP) {
    load(z, from, row, dIn);
    for (let l = 0; l < schedule.stages; l++) {
      if (kept !== null && backward === "stored") at = append(kept, at, z);
      mixStage(z, schedule, l, blocks);
    }
    if (kept !== null) at = append(kept, at, z);
    store(to, row, z, dOut, bias);
  }
  const outputs = [wrap(y, [...inputs[0].shape.slice(0, -1), dOut.length])] as const;
  return kept === null ? outputs : { outputs, residual: [wrap(kept, [kept.length])] };
}

function append(to: TypedArray, at: number, from: Float64Array): number {
  to.set(from, at);
  return at + from.length;
}

/**
 * The closed-form backward over all row groups: the bias's gradient Σ ȳ and d̄_out = Σ z_L ⊙ ȳ,
 * then g = d_out ⊙ ȳ back through the stages, d̄_in = Σ g ⊙ x and x̄ = d_in ⊙ g. Gradients are
 * summed in float64 and cast at the end.
 */
function runBackward(
  kind: Parameterisation,
  cotangents: NdArray,
  inputs: Arrays,
  { schedule, backward }: MixerOptions,
  residual: NdArray | undefined,
): Arrays {
  const ct = elements(cotangents);
  const [x, dIn, dOut, , ...parameters] = each(inputs, elements);
  const kept = residual && elements(residual);
  const blocks = kind.blocks(byName(kind, parameters), schedule.unpaired.length);
  const rows = rowsOf(inputs[0]);
  const { n, stages } = schedule;
  const width = n * ROWS_PER_GROUP;
  const xBar = allocate(dtypeOf(cotangents), x.length);
  const [dInBar, dOutBar, biasBar] = each(
    [dIn, dOut, dOut],
    ({ length }) => new Float64Array(length),
  );
  const back = wayBack(kind, schedule, blocks, backward);
  const z = new Float64Array(width); // z_L, and on the way back the current stage's input
  const g = new Float64Array(width);
  const history = new Float64Array(backward === "reverse" ? 0 : stages * width);
  const primal = { data: x, rows, width: dIn.length };
  const cotangent = { data: ct, rows, width: dOut.length };
  const result = { data: xBar, rows, width: dIn.length };
  for (let row = 0, group = 0; row < rows; row += ROWS_PER_GROUP, group++) {
    if (kept === undefined) {
      load(z, primal, row, dIn);
      for (let l = 0; l < stages; l++) {
        if (backward !== "reverse") history.set(z, l * width);
        mixStage(z, schedule, l, blocks);
      }
    } else {
      const size = backward === "stored" ? (stages + 1) * width : width;
      const mine = kept.subarray(group * size, (group + 1) * size);
      if (backward === "stored") history.set(mine.subarray(0, stages * width));
      z.set(mine.subarray(size - width));
    }
    addRows(biasBar, cotangent, row);
    addProducts(dOutBar, z, cotangent, row);
    load(g, cotangent, row, dOut);
    for (let l = stages - 1; l >= 0; l--) back.stage(z, g, history, l);
    addProducts(dInBar, g, primal, row);
    store(result, row, g, dIn, null);
  }
  const bars = inOrder(kind, back.gradients(byName(kind, parameters)));
  const [, , , , ...shapes] = each(inputs, ({ shape }): Shape => shape);
  return [
    wrap(xBar, inputs[0].shape),
    ...each([dInBar, dOutBar, biasBar], (sum) => rounded(sum, ct, [sum.length])),
    ...shapes.flatMap((shape, k) => (bars[k] ? [rounded(bars[k], ct, shape)] : [])),
  ];
}

/** How the stages are walked back, and the gradients that this sums. */
interface WayBack {
  stage(z: Float64Array, g: Float64Array, history: Float64Array, l: number): void;
  gradients(parameters: Named<Names, TypedArray>): Named<Names, Float64Array>;
}

/**
 * From the stages' inputs in the history, or by the transpose from the outputs; there an angle
 * needs one sum instead of four.
 */
function wayBack(
  kind: Parameterisation,
  schedule: Schedule,
  blocks: Blocks,
  backward: BackwardMode,
): WayBack {
  const { n, first } = schedule;
  const { angle } = kind;
  if (backward === "reverse" && angle !== undefined) {
    const angles = new Float64Array(first.length);
    return {
      stage: (z, g, _, l) => unmixStage(z, g, schedule, l, blocks, angles),
      gradients: () => ({ [angle]: angles }),
    };
  }
  const sums = zeroBlocks(schedule);
  const back = transposedBlocks(blocks);
  return {
    stage: (z, g, history, l) => {
      if (backward !== "reverse")
        return mixStageBackward(history, l * n * ROWS_PER_GROUP, g, schedule, l, blocks, sums);
      mixStage(z, schedule, l, back);
      mixStageBackward(z, 0, g, schedule, l, blocks, sums);
    },
    gradients: (parameters) => kind.pullBack(sums, blocks, parameters),
  };
}

function rounded(sum: Float64Array, like: TypedArray, shape: Shape): NdArray {
  const out = allocate(dtypeOf({ data: like }), sum.length);
  out.set(sum);
  return wrap(out, shape);
}
