/** @file What makes the kernels of one kind of mixer differ from those of another. */
import type { MixerOp } from "@spm/mixer/extend";
import type { DeviceArray } from "../../device-array.ts";
import type { Executor, Memory } from "../../executor.ts";
import type { FusedBlocks } from "../fused/blocks.ts";
import type { FusedPlan } from "../fused/plan.ts";
import type { Call, MakeCoefficients } from "./call.ts";
import type { Pass } from "./passes.ts";

/** z or g around a pass; z after it is known only where the sweep came from there. */
interface Around<After = Memory> {
  readonly before: Memory;
  readonly after: After;
}

/** Rows that one thread of a gradient kernel adds up, and how many threads share a result. */
export interface RowChunks {
  readonly each: number;
  readonly chunks: number;
}

/**
 * What the pairs, or the unpaired coordinates, of one stage have added up, and how many they are.
 */
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
    call: Call,
    l: number,
    pass: Pass,
    z: Around<Memory | null>,
    g: Around,
    chunks: RowChunks,
  ): readonly StageSums[];
  /** The parameters' gradients, from the sums of all stages. */
  gather(call: Call, stages: readonly (readonly StageSums[])[], chunks: number): DeviceArray[];
  /** Blocks in WGSL. */
  fusedBlocks(executor: Executor, plan: FusedPlan): FusedBlocks;
}
