/**
 * @file The mixer on the reference backend: forward and closed-form backward, row group by row
 * group, each through all of its stages while it is in cache.
 */
import type { NdArray, Shape, TypedArray } from "@spm/core";
import { allocate, dtypeOf, type Each, each, elements, type Result, wrap } from "@spm/core/extend";
import type { MixerPlaces } from "./composed.ts";
import { addProducts, addRows, load, ROWS_PER_GROUP, store } from "./lanes.ts";
import {
  byName,
  inOrder,
  type Named,
  type Names,
  type Parameterisation,
} from "./parameterisation/define.ts";
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
 * The source of the stages' inputs in the backward pass. For N rows, `stored` keeps all of them and
 * z_L, N·n·(L+1) numbers; `recompute` keeps nothing and runs each row group forward again;
 * `reverse` keeps z_L, N·n numbers, and walks back by the transpose (orthogonal kinds only).
 * These sizes are the reference's: wasm keeps nothing in `stored`; a GPU keeps z at each launch or
 * pass, in its fused kernels in `reverse`, too.
 */
export type BackwardMode = "stored" | "recompute" | "reverse";

/** Options of the fused primitives. */
export interface MixerOptions {
  readonly schedule: Schedule;
  readonly backward: BackwardMode;
}

/** Product of all axes but the last. */
export function rowsOf({ shape }: { readonly shape: Shape }): number {
  let rows = 1;
  for (let k = 0; k < shape.length - 1; k++) rows *= shape[k]!;
  return rows;
}

/**
 * The numbers that `stored` and `reverse` keep: row groups as the kernels hold them, of all stages
 * or of the last one.
 */
const residualSize = (rows: number, { n, stages }: Schedule, backward: BackwardMode): number =>
  Math.ceil(rows / ROWS_PER_GROUP) * (backward === "stored" ? stages + 1 : 1) * n * ROWS_PER_GROUP;

/** The operands of a mixer, and as many cotangents. */
export type Arrays = Each<MixerPlaces, NdArray>;

/**
 * y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias, a row group at a time.
 * @param recorded - whether a backward pass follows, whose mode says what the residual holds
 */
export function runForward(
  kind: Parameterisation,
  inputs: Arrays,
  { schedule, backward }: MixerOptions,
  recorded: boolean,
): Result<[y: 1], NdArray> {
  const [x, dIn, dOut, bias, ...parameters] = each(inputs, elements);
  const blocks = kind.blocks(byName(kind, parameters), schedule.unpaired.length);
  const rows = rowsOf(inputs[0]);
  const dtype = dtypeOf(inputs[0]);
  const y = allocate(dtype, rows * dOut.length);
  const residual =
    recorded && backward !== "recompute"
      ? allocate(dtype, residualSize(rows, schedule, backward))
      : null;
  const z = new Float64Array(schedule.n * ROWS_PER_GROUP);
  const from = { data: x, rows, width: dIn.length };
  const to = { data: y, rows, width: dOut.length };
  for (let row = 0, at = 0; row < rows; row += ROWS_PER_GROUP) {
    load(z, from, row, dIn); // z_0 = d_in ⊙ x
    for (let l = 0; l < schedule.stages; l++) {
      if (residual !== null && backward === "stored") at = append(residual, at, z);
      mixStage(z, schedule, l, blocks); // z ← B_(l+1) z: the formula counts from 1
    }
    if (residual !== null) at = append(residual, at, z);
    store(to, row, z, dOut, bias); // y = d_out ⊙ z_L + bias
  }
  const outputs = [wrap(y, [...inputs[0].shape.slice(0, -1), dOut.length])] as const;
  return residual === null ? outputs : { outputs, residual: [wrap(residual, [residual.length])] };
}

/** Writes numbers at a place. @returns the place behind them */
function append(to: TypedArray, at: number, from: Float64Array): number {
  to.set(from, at);
  return at + from.length;
}

/**
 * The closed-form backward over all row groups. Gradients are summed in float64 and cast at the
 * end. Each has its equation at its line; those of the blocks are in stages.ts, and from blocks to
 * parameters it is the kind's `pullBack`.
 */
export function runBackward(
  kind: Parameterisation,
  outputCotangent: NdArray,
  inputs: Arrays,
  { schedule, backward }: MixerOptions,
  residual: NdArray | undefined,
): Arrays {
  const ct = elements(outputCotangent);
  const [x, dIn, dOut, , ...parameters] = each(inputs, elements);
  const residualData = residual && elements(residual);
  const blocks = kind.blocks(byName(kind, parameters), schedule.unpaired.length);
  const rows = rowsOf(inputs[0]);
  const { n, stages } = schedule;
  const groupSize = n * ROWS_PER_GROUP;
  const xBar = allocate(dtypeOf(outputCotangent), x.length);
  const [dInBar, dOutBar, biasBar] = each(
    [dIn, dOut, dOut],
    ({ length }) => new Float64Array(length),
  );
  const stagesBackward = backwardStages(kind, schedule, blocks, backward);
  const z = new Float64Array(groupSize); // z_L; in `reverse` it goes back, stage by stage, to z_0
  const g = new Float64Array(groupSize);
  const history = new Float64Array(backward === "reverse" ? 0 : stages * groupSize);
  const primal = { data: x, rows, width: dIn.length };
  const cotangent = { data: ct, rows, width: dOut.length };
  const result = { data: xBar, rows, width: dIn.length };
  for (let row = 0, group = 0; row < rows; row += ROWS_PER_GROUP, group++) {
    if (residualData === undefined) {
      // nothing was kept: this group runs forward again (of which `reverse` needs only z_L)
      load(z, primal, row, dIn);
      for (let l = 0; l < stages; l++) {
        if (backward !== "reverse") history.set(z, l * groupSize);
        mixStage(z, schedule, l, blocks);
      }
    } else {
      const size = backward === "stored" ? (stages + 1) * groupSize : groupSize;
      const mine = residualData.subarray(group * size, (group + 1) * size);
      if (backward === "stored") history.set(mine.subarray(0, stages * groupSize));
      z.set(mine.subarray(size - groupSize));
    }
    addRows(biasBar, cotangent, row); // bias: Σ ȳ
    addProducts(dOutBar, z, cotangent, row); // d̄_out = Σ z_L ⊙ ȳ
    load(g, cotangent, row, dOut); // g = d_out ⊙ ȳ
    for (let l = stages - 1; l >= 0; l--) stagesBackward.stage(z, g, history, l); // g ← B_(l+1)ᵀ g
    addProducts(dInBar, g, primal, row); // d̄_in = Σ g ⊙ x
    store(result, row, g, dIn, null); // x̄ = d_in ⊙ g
  }
  // θ̄ = (∂blocks/∂θ)ᵀ of the blocks' gradients, unless an angle's was summed itself
  const cotangents = inOrder(kind, stagesBackward.gradients(byName(kind, parameters)));
  const [, , , , ...shapes] = each(inputs, ({ shape }): Shape => shape);
  return [
    wrap(xBar, inputs[0].shape),
    ...each([dInBar, dOutBar, biasBar], (sum) => rounded(sum, ct, [sum.length])),
    ...shapes.flatMap((shape, k) => (cotangents[k] ? [rounded(cotangents[k], ct, shape)] : [])),
  ];
}

/** Undoes one stage, and adds up its gradients meanwhile. */
interface BackwardStages {
  stage(z: Float64Array, g: Float64Array, history: Float64Array, l: number): void;
  gradients(parameters: Named<Names, TypedArray>): Named<Names, Float64Array>;
}

/**
 * Reads each stage's inputs from the history, or rebuilds them from its outputs by the transpose
 * (`reverse`), where an angle needs one sum instead of four.
 */
function backwardStages(
  kind: Parameterisation,
  schedule: Schedule,
  blocks: Blocks,
  backward: BackwardMode,
): BackwardStages {
  const { n, first } = schedule;
  const { angle } = kind;
  if (backward === "reverse" && angle !== undefined) {
    const angleSums = new Float64Array(first.length);
    return {
      stage: (z, g, _, l) => unmixStage(z, g, schedule, l, blocks, angleSums),
      gradients: () => ({ [angle]: angleSums }),
    };
  }
  const sums = zeroBlocks(schedule);
  const transposed = transposedBlocks(blocks);
  return {
    stage: (z, g, history, l) => {
      if (backward !== "reverse")
        return mixStageBackward(history, l * n * ROWS_PER_GROUP, g, schedule, l, blocks, sums);
      mixStage(z, schedule, l, transposed);
      mixStageBackward(z, 0, g, schedule, l, blocks, sums);
    },
    gradients: (parameters) => kind.pullBack(sums, blocks, parameters),
  };
}

/** A sum in float64 as an array of the dtype of another. */
export function rounded(sum: Float64Array, like: TypedArray, shape: Shape): NdArray {
  const out = allocate(dtypeOf({ data: like }), sum.length);
  out.set(sum);
  return wrap(out, shape);
}
