/**
 * @file The choice of hand-written kernels for a mixer, and their texts. Where they don't fit, it
 * runs by passes of gpu.js.
 */
import type { Schedule } from "@spm/mixer";
import { lasting } from "../../attempts.ts";
import type { Executor, WgslLauncher } from "../../executor.ts";
import type { MixerKernels } from "../mixer/kernels.ts";
import { tablesOf } from "../mixer/tables.ts";
import { upTo } from "../wgsl.ts";
import type { FusedBlocks } from "./blocks.ts";
import { fusedForward } from "./forward.ts";
import { groupBackward } from "./group-backward.ts";
import { groupForward } from "./group-forward.ts";
import { type GroupPlan, planGroups, sharedBytesOf } from "./group-plan.ts";
import { addGroupSums, mostGroups, type SumsKernel } from "./group-sums.ts";
import { type FusedCall, persistentWorkgroups, planFused } from "./plan.ts";

/** One launch: a group and its text. */
export interface GroupKernel {
  readonly group: GroupPlan;
  readonly code: string;
}

/**
 * The kernels of a mixer of one size, for any number of rows. To write their texts takes longer
 * than to launch them.
 */
export interface FusedKernels {
  readonly launcher: WgslLauncher;
  readonly blocks: FusedBlocks;
  readonly n: number;
  readonly fanOut: number;
  /**
   * All stages in one launch, where a workgroup can hold them: `keeping` also stores z before each
   * group of the backward.
   */
  readonly whole: {
    readonly alone: string;
    readonly keeping: string;
    readonly kept: number;
    workgroups(rows: number): number;
  } | null;
  /** The forward by groups: `forward` as few as possible, `steps` those of the backward. */
  readonly forward: readonly GroupKernel[];
  readonly steps: readonly GroupKernel[];
  readonly backward: readonly GroupKernel[];
  readonly add: readonly SumsKernel[];
}

const known: WeakMap<Executor, WeakMap<Schedule, Map<string, FusedKernels | null>>> = new WeakMap();

/** Sizes of a call. */
interface Sizes {
  readonly rows: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

/** A kind of mixer with blocks in WGSL. */
interface FusedKind extends Pick<MixerKernels, "fusedBlocks"> {
  readonly op: { readonly primitive: { readonly name: string } };
}

/**
 * The kernels for a mixer, or null: on another executor, schedule, or size. Made once for each
 * size.
 */
export function chooseFused(
  executor: Executor,
  kind: FusedKind,
  schedule: Schedule,
  { rows, fanIn, fanOut }: Sizes,
): FusedKernels | null {
  const launcher = executor.wgsl;
  if (launcher === null || schedule.n < 64 || rows === 0 || fanIn === 0 || fanOut === 0)
    return null;
  // A few stages at short distances pair all coordinates of an n that is no power of two, too.
  if ((schedule.n & (schedule.n - 1)) !== 0) return null;
  const bySchedule =
    known.get(executor) ?? new WeakMap<Schedule, Map<string, FusedKernels | null>>();
  known.set(executor, bySchedule);
  const bySize = bySchedule.get(schedule) ?? new Map<string, FusedKernels | null>();
  bySchedule.set(schedule, bySize);
  const key = `${kind.op.primitive.name},${fanIn},${fanOut}`;
  let kernels = bySize.get(key);
  if (kernels === undefined) {
    const { distances } = tablesOf(executor, schedule);
    const call = distances && { n: schedule.n, distances, fanIn, fanOut };
    kernels =
      call && lasting(executor, schedule, () => makeKernels(executor, launcher, kind, call));
    bySize.set(key, kernels);
  }
  return kernels;
}

/**
 * Threads of the forward whose registers fit a multiprocessor: 128 each, of which coefficients take
 * 96.
 */
export const forwardThreads = 512;

function makeKernels(
  executor: Executor,
  launcher: WgslLauncher,
  kind: FusedKind,
  call: FusedCall,
): FusedKernels | null {
  const plan = planFused(call, 3);
  const fits = (group: GroupPlan): boolean =>
    group.workgroup <= launcher.invocations && sharedBytesOf(group, 3) <= launcher.sharedBytes;
  const forward = planGroups(plan, 2);
  const blocks = kind.fusedBlocks(executor, plan);
  const backward = planGroups(plan, blocks.backwardPasses);
  if (![...forward, ...backward].every(fits)) return null;
  const starts = backward.slice(1).map(({ begin }) => begin.stage);
  const threads = plan.threads * plan.rowsPerWorkgroup;
  const resident = threads <= forwardThreads && call.distances.length * blocks.registers <= 96;
  const holds =
    call.n * plan.rowsPerWorkgroup * 4 <= launcher.sharedBytes &&
    plan.threads <= launcher.invocations;
  const texts = (groups: readonly GroupPlan[]) =>
    groups.map((group) => ({ group, code: groupForward(group, blocks) }));
  return {
    launcher,
    blocks,
    n: call.n,
    fanOut: call.fanOut,
    whole:
      resident && holds && starts.length <= 2
        ? {
            alone: fusedForward(plan, blocks, []),
            keeping: fusedForward(plan, blocks, starts),
            kept: starts.length,
            workgroups: (rows) =>
              persistentWorkgroups(threads, plan.rowsPerWorkgroup, rows, forwardThreads),
          }
        : null,
    forward: texts(forward),
    steps: texts(backward),
    backward: backward.map((group) => ({ group, code: groupBackward(group, blocks) })),
    add: upTo(Math.ceil(backward.length / mostGroups)).map((k) =>
      addGroupSums(backward.slice(k * mostGroups, (k + 1) * mostGroups), blocks),
    ),
  };
}
