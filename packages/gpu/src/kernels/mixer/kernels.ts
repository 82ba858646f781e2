/** @file The part of the kernels that differs from one kind of mixer to another. */
import type { MixerOp } from "@spm/mixer/extend";
import type { DeviceArray } from "../../device-array.ts";
import type { Executor, Memory } from "../../executor.ts";
import type { FusedBlocks } from "../fused/blocks.ts";
import type { FusedPlan } from "../fused/plan.ts";
import type { MakeCoefficients, MixerCall } from "./call.ts";
import type { Pass } from "./passes.ts";

/** z or g before and after a pass; z after it is known only where the backward computed it. */
interface Ends<After = Memory> {
  readonly before: Memory;
  readonly after: After;
}

/**
 * Rows that one thread of a gradient kernel adds up, and the number of threads that share a result.
 */
export interface RowChunks {
  readonly each: number;
  readonly chunks: number;
}

/** Sums of the pairs, or the unpaired coordinates, of one stage, and their number. */
export interface StageSums {
  readonly count: number;
  /** [components, chunks, count] */
  readonly sums: Memory;
}

/** The kernels of a kind. */
export interface MixerKernels {
  readonly op: MixerOp;
  readonly coefficients: MakeCoefficients;
  /** Sums over the rows of stage `l` (from 0) within a pass, for each parameter. */
  stageSums(
    call: MixerCall,
    l: number,
    pass: Pass,
    z: Ends<Memory | null>,
    g: Ends,
    chunks: RowChunks,
  ): readonly StageSums[];
  /** The parameters' gradients, from the sums of all stages. */
  gather(call: MixerCall, stages: readonly (readonly StageSums[])[], chunks: number): DeviceArray[];
  /** Blocks in WGSL. */
  fusedBlocks(executor: Executor, plan: FusedPlan): FusedBlocks;
}
