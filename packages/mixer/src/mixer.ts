/**
 * @file The fused mixer: one primitive forward, one closed-form backward, for each
 * parameterisation.
 */
import {
  allocate,
  checkDTypes,
  dtypeOf,
  type Each,
  each,
  elements,
  type FusedOp,
  full,
  fused,
  type NdArray,
  type Result,
  type Shape,
  ShapeError,
  type Spec,
  sameShape,
  showShape,
  type Tensor,
  type TypedArray,
  ValueError,
  wrap,
} from "@spm/core";
import { composedMixer } from "./composed.ts";
import { addProducts, addRows, LANES, load, store } from "./lanes.ts";
import { general, type MixerPlaces, type Parameterisation, rotation } from "./parameterisation.ts";
import type { Schedule } from "./schedule.ts";
import { mixStage, mixStageBackward, unmixStage, zeroBlocks } from "./stages.ts";

/**
 * What the backward pass reads the stages' inputs from: `stored` keeps all of them, B·n·(L+1)
 * numbers; `recompute` keeps nothing and runs each row group forward again; `reverse` keeps z_L and
 * walks back by the transpose (rotation only).
 */
export type BackwardMode = "stored" | "recompute" | "reverse";

/** Options of the fused primitives. */
export interface MixerOptions {
  readonly schedule: Schedule;
  readonly backward: BackwardMode;
}

/** A fused mixer, with both of its primitives, for backends to bring kernels for. */
export type MixerOp = FusedOp<MixerPlaces, MixerOptions>;

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
  Math.ceil(rows / LANES) * (backward === "stored" ? stages + 1 : 1) * n * LANES;

function makeMixer(kind: Parameterisation): MixerOp {
  const { name } = kind;

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
      const shapes = kind.shapes(schedule.first.length, schedule.leftovers.length);
      for (const [k, spec] of parameters.entries())
        checkShape(`${kind.parameters[k]}`, spec, shapes[k] ?? []);
      if (backward === "reverse" && kind !== rotation)
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

type Arrays = Each<MixerPlaces, NdArray>;

function runForward(
  kind: Parameterisation,
  inputs: Arrays,
  { schedule, backward }: MixerOptions,
  keep: boolean,
): Result<[y: 1], NdArray> {
  const [x, dIn, dOut, bias, ...parameters] = each(inputs, elements);
  const blocks = kind.blocks(parameters, schedule.leftovers.length);
  const rows = rowsOf(inputs[0]);
  const dtype = dtypeOf(inputs[0]);
  const y = allocate(dtype, rows * dOut.length);
  const kept =
    keep && backward !== "recompute" ? allocate(dtype, keptSize(rows, schedule, backward)) : null;
  const z = new Float64Array(schedule.n * LANES);
  const from = { data: x, rows, width: dIn.length };
  const to = { data: y, rows, width: dOut.length };
  for (let row = 0, at = 0; row < rows; row += LANES) {
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
 * The closed-form backward over all row groups; gradients are summed in float64 and cast at the
 * end.
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
  const blocks = kind.blocks(parameters, schedule.leftovers.length);
  const rows = rowsOf(inputs[0]);
  const { n, stages } = schedule;
  const width = n * LANES;
  const xBar = allocate(dtypeOf(cotangents), x.length);
  const [dInBar, dOutBar, biasBar] = each(
    [dIn, dOut, dOut],
    ({ length }) => new Float64Array(length),
  );
  const sums = zeroBlocks(schedule);
  const angles = new Float64Array(backward === "reverse" ? schedule.first.length : 0);
  const z = new Float64Array(width); // z_L, and on the way back the current stage's input
  const g = new Float64Array(width);
  const history = new Float64Array(backward === "reverse" ? 0 : stages * width);
  const primal = { data: x, rows, width: dIn.length };
  const cotangent = { data: ct, rows, width: dOut.length };
  const result = { data: xBar, rows, width: dIn.length };
  for (let row = 0, group = 0; row < rows; row += LANES, group++) {
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
    for (let l = stages - 1; l >= 0; l--)
      if (backward === "reverse") unmixStage(z, g, schedule, l, blocks, angles);
      else mixStageBackward(history, l * width, g, schedule, l, blocks, sums);
    addProducts(dInBar, g, primal, row);
    store(result, row, g, dIn, null);
  }
  const bars = backward === "reverse" ? [angles] : kind.pullBack(sums, blocks);
  const [, , , , ...shapes] = each(inputs, ({ shape }): Shape => shape);
  return [
    wrap(xBar, inputs[0].shape),
    ...each([dInBar, dOutBar, biasBar], (sum) => rounded(sum, ct, [sum.length])),
    ...shapes.flatMap((shape, k) => (bars[k] ? [rounded(bars[k], ct, shape)] : [])),
  ];
}

function rounded(sum: Float64Array, like: TypedArray, shape: Shape): NdArray {
  const out = allocate(dtypeOf({ data: like }), sum.length);
  out.set(sum);
  return wrap(out, shape);
}

/** The fused primitives, for backends: `.primitive` and `.backward` key kernels. */
export const rotationOp: MixerOp = makeMixer(rotation);
export const generalOp: MixerOp = makeMixer(general);

/** What stands around the stages; each is the identity unless given. */
export interface Surroundings {
  /** d_in [in] */
  readonly dIn?: Tensor;
  /** d_out [out] */
  readonly dOut?: Tensor;
  /** bias [out] */
  readonly bias?: Tensor;
}

const around = (
  x: Tensor,
  { n }: Schedule,
  { dIn, dOut, bias }: Surroundings,
): [dIn: Tensor, dOut: Tensor, bias: Tensor] => {
  const options = { dtype: x.dtype, backend: x.backend };
  const out = dOut?.shape[0] ?? bias?.shape[0] ?? n;
  return [
    dIn ?? full([x.shape.at(-1) ?? 0], 1, options),
    dOut ?? full([out], 1, options),
    bias ?? full([out], 0, options),
  ];
};

/**
 * y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias with rotation blocks [cos θ, −sin θ; sin θ, cos θ]
 * (math: Givens rotations). x is padded with zeros to the schedule's n, and the first `out`
 * coordinates are kept: W is the top-left corner of the n×n product.
 * @param x - [..., in], in ≤ n
 * @param angles - θ in radians, [P], one for each pair of the schedule, stage-major
 * @param options - the schedule, what stands around it, and where the backward pass reads from
 * (`reverse` unless said)
 * @returns [..., out]. Cost 6P + 3n FLOP a row forward, 16P backward; memory B·n.
 * @throws ShapeError, DTypeError when an operand does not fit the schedule
 * @example rotationMixer(x, angles, { schedule: butterfly(256), bias });
 */
export function rotationMixer(
  x: Tensor,
  angles: Tensor,
  options: Surroundings & { schedule: Schedule; backward?: BackwardMode },
): Tensor {
  const { schedule, backward = "reverse" } = options;
  return rotationOp([x, ...around(x, schedule, options), angles], { schedule, backward });
}

/**
 * The same with a free 2×2 block [a, b; c, d] for each pair and a factor for each leftover.
 * @param x - [..., in], in ≤ n
 * @param blocks - [P, 4], rows [a, b, c, d], stage-major
 * @param scales - [R], one for each leftover, stage-major (shape [0] where none is left over)
 * @param options - as for {@link rotationMixer}; the backward pass recomputes unless said (a
 * general block can't be walked back safely)
 * @returns [..., out]. Cost 6P + 3n FLOP a row forward, 20P backward; memory B·n.
 * @throws ShapeError, DTypeError when an operand does not fit the schedule
 * @example generalMixer(x, blocks, scales, { schedule: shuffle(100) });
 */
export function generalMixer(
  x: Tensor,
  blocks: Tensor,
  scales: Tensor,
  options: Surroundings & { schedule: Schedule; backward?: BackwardMode },
): Tensor {
  const { schedule, backward = "recompute" } = options;
  return generalOp([x, ...around(x, schedule, options), blocks, scales], { schedule, backward });
}
