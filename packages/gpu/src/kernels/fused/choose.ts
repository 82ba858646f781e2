/**
 * @file When hand-written kernels run the mixer, and their texts. Where they don't fit, the passes
 * of gpu.js do the work.
 */
import type { Schedule } from "@spm/mixer";
import type { Executor, WgslLauncher } from "../../executor.ts";
import type { MixerKernels } from "../mixer/kernels.ts";
import { tablesOf } from "../mixer/tables.ts";
import { upTo } from "../wgsl.ts";
import type { FusedBlocks } from "./blocks.ts";
import { fusedForward } from "./forward.ts";
import { type FusedCall, persistentGroups, planFused } from "./plan.ts";
import { spanBackward } from "./span-backward.ts";
import { spanForward } from "./span-forward.ts";
import { planSpans, type SpanPlan, sharedBytesOf } from "./span-plan.ts";
import { addSpanSums, mostSpans, type SumsKernel } from "./span-sums.ts";

/** One launch: a span and its text. */
export interface SpanKernel {
  readonly span: SpanPlan;
  readonly code: string;
}

/**
 * The kernels of a mixer of one size, for any number of rows. Writing their texts takes longer than
 * launching them.
 */
export interface FusedKernels {
  readonly launcher: WgslLauncher;
  readonly blocks: FusedBlocks;
  readonly n: number;
  readonly fanOut: number;
  /**
   * All stages in one launch, where a workgroup can hold them: `keeping` also stores z where the
   * backward pass begins.
   */
  readonly whole: {
    readonly alone: string;
    readonly keeping: string;
    readonly kept: number;
    groups(rows: number): number;
  } | null;
  /**
   * The forward pass by spans: as few as can be, and those that the backward pass goes back
   * through.
   */
  readonly forward: readonly SpanKernel[];
  readonly steps: readonly SpanKernel[];
  readonly backward: readonly SpanKernel[];
  readonly add: readonly SumsKernel[];
}

const known: WeakMap<Executor, WeakMap<Schedule, Map<string, FusedKernels | null>>> = new WeakMap();

/** Sizes of a call. */
interface Sizes {
  readonly rows: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * The kernels for a mixer, or null: on another executor, schedule, or size. Made once for each
 * size.
 */
export function chooseFused(
  executor: Executor,
  kind: MixerKernels,
  schedule: Schedule,
  { rows, fanIn, fanOut }: Sizes,
): FusedKernels | null {
  const launcher = executor.wgsl;
  if (launcher === null || schedule.n < 64 || rows === 0 || fanIn === 0 || fanOut === 0)
    return null;
  // A few stages at short distances pair everyone of an n that is no power of two, too.
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
    kernels = call && makeKernels(executor, launcher, kind, call);
    bySize.set(key, kernels);
  }
  return kernels;
}

/**
 * Threads whose registers a multiprocessor has room for in the forward pass: 128 each, of which
 * coefficients take 96.
 */
export const forwardThreads = 512;

function makeKernels(
  executor: Executor,
  launcher: WgslLauncher,
  kind: MixerKernels,
  call: FusedCall,
): FusedKernels | null {
  const plan = planFused(call, 3);
  const fits = (span: SpanPlan): boolean =>
    span.workgroup <= launcher.invocations && sharedBytesOf(span, 3) <= launcher.sharedBytes;
  const forward = planSpans(plan, 2);
  const blocks = kind.fusedBlocks(executor, plan);
  const backward = planSpans(plan, blocks.backwardRounds);
  if (![...forward, ...backward].every(fits)) return null;
  const starts = backward.slice(1).map(({ begin }) => begin.stage);
  const threads = plan.threads * plan.rowsPerGroup;
  const resident = threads <= forwardThreads && call.distances.length * blocks.registers <= 96;
  const holds =
    call.n * plan.rowsPerGroup * 4 <= launcher.sharedBytes && plan.threads <= launcher.invocations;
  const texts = (spans: readonly SpanPlan[]) =>
    spans.map((span) => ({ span, code: spanForward(span, blocks) }));
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
            groups: (rows) => persistentGroups(threads, plan.rowsPerGroup, rows, forwardThreads),
          }
        : null,
    forward: texts(forward),
    steps: texts(backward),
    backward: backward.map((span) => ({ span, code: spanBackward(span, blocks) })),
    add: upTo(Math.ceil(backward.length / mostSpans)).map((k) =>
      addSpanSums(backward.slice(k * mostSpans, (k + 1) * mostSpans), blocks),
    ),
  };
}
