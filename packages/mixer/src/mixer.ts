/**
 * @file The fused mixer: one primitive forward, one closed-form backward, for each
 * parameterisation.
 */
import {
  allocate,
  checkDTypes,
  definePrimitive,
  dtypeOf,
  elements,
  full,
  type NdArray,
  type Op,
  type Primitive,
  type Shape,
  ShapeError,
  type Spec,
  sameShape,
  showShape,
  sizeOf,
  type Tensor,
  type TypedArray,
  ValueError,
  vjpOfBackward,
  wrap,
  zeros,
} from "@spm/core";
import { composedMixer } from "./composed.ts";
import { addProducts, addRows, LANES, load, store } from "./lanes.ts";
import { general, type Parameterisation, rotation } from "./parameterisation.ts";
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

/** Sizes of one call: B rows, in → n → out. */
interface Sizes {
  readonly rows: number;
  readonly n: number;
  readonly fan: { readonly in: number; readonly out: number };
}

function sizesOf(
  x: { readonly shape: readonly number[] },
  dOut: { readonly shape: readonly number[] },
  { n }: Schedule,
): Sizes {
  const fanIn = x.shape.at(-1)!;
  return { rows: rowsOf(x), n, fan: { in: fanIn, out: dOut.shape[0]! } };
}

/** Product of all axes but the last. */
function rowsOf({ shape }: { readonly shape: Shape }): number {
  let rows = 1;
  for (let k = 0; k < shape.length - 1; k++) rows *= shape[k]!;
  return rows;
}

/** Shape of what `stored` and `reverse` keep: row groups as the kernels hold them. */
const keptShape = (rows: number, { n, stages }: Schedule, backward: BackwardMode): number[] => [
  Math.ceil(rows / LANES),
  backward === "stored" ? stages + 1 : 1,
  n * LANES,
];

/** A fused mixer, with the primitive of its backward pass, for backends to bring kernels for. */
export interface MixerOp extends Op<MixerOptions> {
  /**
   * Inputs: ȳ, x, the parameters, d_in, d_out, what forward kept. Outputs: the cotangents of x, the
   * parameters, d_in, d_out, bias.
   */
  readonly backward: Primitive<MixerOptions>;
}

function makeMixer(kind: Parameterisation): MixerOp {
  const { name } = kind;

  const refuse = (what: string, { shape }: Spec, expected: string): never => {
    throw new ShapeError(name, `${what} of shape ${expected}`, showShape(shape));
  };
  const checkShape = (what: string, spec: Spec, expected: Shape): void => {
    if (!sameShape(spec.shape, expected)) refuse(what, spec, showShape(expected));
  };

  const count = kind.parameters.length;
  const infer = (specs: readonly Spec[], { schedule, backward }: MixerOptions): Spec[] => {
    const dtype = checkDTypes(name, specs);
    const x = specs[0]!;
    const [dIn, dOut, bias] = [specs[count + 1]!, specs[count + 2]!, specs[count + 3]!];
    const fanIn = x.shape.at(-1) ?? Infinity;
    if (fanIn > schedule.n) refuse("x", x, `[..., in ≤ ${schedule.n}]`);
    checkShape("dIn", dIn, [fanIn]);
    if (dOut.shape.length !== 1 || dOut.shape[0]! > schedule.n)
      refuse("dOut", dOut, `[out ≤ ${schedule.n}]`);
    checkShape("bias", bias, dOut.shape);
    const shapes = kind.shapes(schedule.first.length, schedule.leftovers.length);
    for (let k = 0; k < count; k++) checkShape(kind.parameters[k]!, specs[k + 1]!, shapes[k]!);
    if (backward === "reverse" && kind !== rotation)
      throw new ValueError(
        name,
        'backward "stored" or "recompute"',
        backward,
        "2×2 blocks are too ill-conditioned to walk back",
      );
    const y = { shape: x.shape.with(-1, dOut.shape[0]!), dtype };
    if (backward === "recompute") return [y];
    return [y, { shape: keptShape(rowsOf(x), schedule, backward), dtype }];
  };

  const forward = (inputs: readonly NdArray[], options: MixerOptions, keep: boolean): NdArray[] => {
    const { schedule, backward } = options;
    const [x, ...rest] = inputs.map(elements) as [TypedArray, ...TypedArray[]];
    const [dIn, dOut, bias] = rest.slice(-3) as [TypedArray, TypedArray, TypedArray];
    const blocks = kind.blocks(rest.slice(0, -3), schedule.leftovers.length);
    const sizes = sizesOf(inputs[0]!, inputs.at(-2)!, schedule);
    const { rows, n, fan } = sizes;
    const dtype = dtypeOf(inputs[0]!);
    const y = allocate(dtype, rows * fan.out);
    const shape = keep && backward !== "recompute" ? keptShape(rows, schedule, backward) : null;
    const kept = shape === null ? null : allocate(dtype, sizeOf(shape));
    const z = new Float64Array(n * LANES);
    const from = { data: x, rows, width: fan.in };
    const to = { data: y, rows, width: fan.out };
    for (let row = 0, at = 0; row < rows; row += LANES) {
      load(z, from, row, dIn);
      for (let l = 0; l < schedule.stages; l++) {
        if (kept !== null && backward === "stored") at = append(kept, at, z);
        mixStage(z, schedule, l, blocks);
      }
      if (kept !== null) at = append(kept, at, z);
      store(to, row, z, dOut, bias);
    }
    const result = wrap(y, [...inputs[0]!.shape.slice(0, -1), fan.out]);
    return kept === null ? [result] : [result, wrap(kept, shape!)];
  };

  /** (ȳ, x, parameters, dIn, dOut, kept?) ↦ (x̄, parameters' gradients, d̄In, d̄Out, b̄). */
  const backwardOp: Op<MixerOptions> = definePrimitive<MixerOptions>({
    name: `${name} backward`,
    outputs: kind.parameters.length + 4,
    infer: (specs, { schedule }) => {
      const [ct, ...rest] = specs as [Spec, ...Spec[]];
      const inputs = rest.slice(0, kind.parameters.length + 3);
      const bias = { shape: [ct.shape.at(-1)!], dtype: ct.dtype };
      infer([...inputs, bias], { schedule, backward: "recompute" });
      return [...inputs, bias];
    },
    forward: (arrays, options) => pullBackArrays(kind, arrays, options),
    vjp: (cotangents, { inputs, options: { schedule } }) => {
      const [ct, ...rest] = inputs as [Tensor, ...Tensor[]];
      const primals = rest.slice(0, kind.parameters.length + 3);
      const bias = zeros([ct.shape.at(-1)!], { dtype: ct.dtype, backend: ct.backend });
      const composed = (...xs: Tensor[]) => composedMixer(schedule, kind, xs);
      const bars = vjpOfBackward(composed, ct, [...primals, bias], cotangents).slice(0, -1);
      return inputs.map((_, k) => bars[k] ?? null); // what was kept is a function of the inputs
    },
  });

  const call = definePrimitive<MixerOptions>({
    name,
    infer,
    forward,
    vjp: ([ct], { inputs, residuals, options }) =>
      backwardOp([ct!, ...inputs.slice(0, -1), ...residuals], options),
  });
  return Object.assign(call, { backward: backwardOp.primitive });
}

function append(to: TypedArray, at: number, from: Float64Array): number {
  to.set(from, at);
  return at + from.length;
}

/**
 * The closed-form backward over all row groups; gradients are summed in float64 and cast at the
 * end.
 */
function pullBackArrays(
  kind: Parameterisation,
  inputs: readonly NdArray[],
  { schedule, backward }: MixerOptions,
): NdArray[] {
  const count = kind.parameters.length;
  const [ct, x, ...rest] = inputs.map(elements) as [TypedArray, TypedArray, ...TypedArray[]];
  const [dIn, dOut, kept] = rest.slice(count) as [TypedArray, TypedArray, TypedArray | undefined];
  const blocks = kind.blocks(rest.slice(0, count), schedule.leftovers.length);
  const { rows, n, fan } = sizesOf(inputs[1]!, inputs[count + 3]!, schedule);
  const { stages } = schedule;
  const width = n * LANES;
  const xBar = allocate(dtypeOf(inputs[0]!), rows * fan.in);
  const [dInBar, dOutBar, biasBar] = [
    new Float64Array(fan.in),
    new Float64Array(fan.out),
    new Float64Array(fan.out),
  ];
  const sums = zeroBlocks(schedule);
  const angles = new Float64Array(backward === "reverse" ? schedule.first.length : 0);
  const z = new Float64Array(width); // z_L, and on the way back the current stage's input
  const g = new Float64Array(width);
  const history = new Float64Array(backward === "reverse" ? 0 : stages * width);
  const primal = { data: x, rows, width: fan.in };
  const cotangent = { data: ct, rows, width: fan.out };
  const result = { data: xBar, rows, width: fan.in };
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
  const parameters = backward === "reverse" ? [angles] : kind.pullBack(sums, blocks);
  const shapes = [...inputs.slice(2, count + 4).map((a) => a.shape), [fan.out]];
  return [
    wrap(xBar, inputs[1]!.shape),
    ...[...parameters, dInBar, dOutBar, biasBar].map((sum, k) => rounded(sum, ct, shapes[k]!)),
  ];
}

function rounded(sum: Float64Array, like: TypedArray, shape: readonly number[]): NdArray {
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

const around = (x: Tensor, { n }: Schedule, { dIn, dOut, bias }: Surroundings): Tensor[] => {
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
  return rotationOp([x, angles, ...around(x, schedule, options)], { schedule, backward })[0]!;
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
  return generalOp([x, blocks, scales, ...around(x, schedule, options)], {
    schedule,
    backward,
  })[0]!;
}
