/** @file When hand-written kernels run the mixer, and their launches. Where they don't fit, the passes of gpu.js do the work. */
import type { Schedule } from "@spm/mixer";
import { type DeviceArray, rowMajor } from "../device-array.ts";
import { type Executor, type Memory, MemoryGroup, type WgslLauncher } from "../executor.ts";
import type { FusedBlocks } from "./fused-blocks.ts";
import { fusedForward } from "./fused-forward.ts";
import { type FusedCall, persistentGroups, planFused } from "./fused-plan.ts";
import { generalBlocks } from "./general-blocks.ts";
import { type MixerKind, tablesOf } from "./mixer-tables.ts";
import { rotationBlocks } from "./rotation-blocks.ts";
import { backwardResults, spanBackward } from "./span-backward.ts";
import { spanForward } from "./span-forward.ts";
import { planSpans, type SpanPlan, sharedBytesOf, spanGroups } from "./span-plan.ts";
import { addSpanSums, type SumsKernel } from "./span-sums.ts";
import { halves } from "./wgsl.ts";

/** One launch: a span and its text. */
interface SpanKernel {
  readonly span: SpanPlan;
  readonly code: string;
}

/** The kernels of a mixer of one size, for any number of rows. Writing their texts takes longer than launching them. */
export interface FusedKernels {
  readonly launcher: WgslLauncher;
  readonly blocks: FusedBlocks;
  readonly n: number;
  readonly fanOut: number;
  /** All stages in one launch, where a workgroup can hold them: `keeping` also stores z where the backward pass begins. */
  readonly whole: {
    readonly alone: string;
    readonly keeping: string;
    readonly kept: number;
    groups(rows: number): number;
  } | null;
  /** The forward pass by spans: as few as can be, and those that the backward pass goes back through. */
  readonly forward: readonly SpanKernel[];
  readonly steps: readonly SpanKernel[];
  readonly backward: readonly SpanKernel[];
  readonly add: SumsKernel;
}

const known: WeakMap<Executor, WeakMap<Schedule, Map<string, FusedKernels | null>>> = new WeakMap();

/** Sizes of a call. */
interface Sizes {
  readonly rows: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

/** The kernels for a mixer, or null: on another executor, schedule, or size. Made once for each size. */
export function chooseFused(
  executor: Executor,
  kind: MixerKind,
  schedule: Schedule,
  { rows, fanIn, fanOut }: Sizes,
): FusedKernels | null {
  const launcher = executor.wgsl;
  if (launcher === null || schedule.n < 64 || rows === 0 || fanIn === 0 || fanOut === 0) return null;
  // A few stages at short distances pair everyone of an n that is no power of two, too.
  if ((schedule.n & (schedule.n - 1)) !== 0) return null;
  const bySchedule = known.get(executor) ?? new WeakMap<Schedule, Map<string, FusedKernels | null>>();
  known.set(executor, bySchedule);
  const bySize = bySchedule.get(schedule) ?? new Map<string, FusedKernels | null>();
  bySchedule.set(schedule, bySize);
  const key = `${kind},${fanIn},${fanOut}`;
  let kernels = bySize.get(key);
  if (kernels === undefined) {
    const { distances } = tablesOf(executor, schedule);
    const call = distances && { n: schedule.n, distances, fanIn, fanOut };
    kernels = call && makeKernels(executor, launcher, kind, call);
    bySize.set(key, kernels);
  }
  return kernels;
}

/** Threads whose registers a multiprocessor has room for in the forward pass: 128 each, of which coefficients take 96. */
const forwardThreads = 512;
/** Spans whose sums one kernel adds up: with the four results those are eight buffers. */
const mostSpans = 4;

function makeKernels(
  executor: Executor,
  launcher: WgslLauncher,
  kind: MixerKind,
  call: FusedCall,
): FusedKernels | null {
  const plan = planFused(call, 3);
  const fits = (span: SpanPlan): boolean =>
    span.workgroup <= launcher.invocations && sharedBytesOf(span, 3) <= launcher.sharedBytes;
  const forward = planSpans(plan, 2);
  const blocks = kind === "rotation" ? rotationBlocks(executor, plan) : generalBlocks;
  const backward = planSpans(plan, blocks.backwardRounds);
  if (backward.length > mostSpans || ![...forward, ...backward].every(fits)) return null;
  const starts = backward
    .slice(1)
    .map(({ rounds: [first] }) => plan.rounds.findIndex(({ stage }) => stage === first!.stage));
  const threads = plan.threads * plan.rowsPerGroup;
  const resident = threads <= forwardThreads && call.distances.length * blocks.registers <= 96;
  const holds = call.n * plan.rowsPerGroup * 4 <= launcher.sharedBytes && plan.threads <= launcher.invocations;
  const texts = (spans: readonly SpanPlan[]) => spans.map((span) => ({ span, code: spanForward(span, blocks) }));
  const steps = texts(backward);
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
    forward: blocks.backwardRounds === 2 ? steps : texts(forward),
    steps,
    backward: backward.map((span) => ({ span, code: spanBackward(span, blocks) })),
    add: addSpanSums(backward, blocks),
  };
}

const rowsOf = (x: DeviceArray): number => x.memory.length / x.shape.at(-1)!;

/** z after each of some spans from the first on, y after the mixer's last. `dOut` and `bias` are for that. */
function takeSpans(
  { launcher, n, fanOut }: FusedKernels,
  spans: readonly SpanKernel[],
  [x, blocks, dIn, dOut, bias]: readonly [DeviceArray, Memory, DeviceArray, DeviceArray?, DeviceArray?],
): Memory[] {
  const rows = rowsOf(x);
  const after: Memory[] = [];
  for (const { span, code } of spans) {
    const ends = [...(span.first ? [dIn] : []), ...(span.last ? [dOut!, bias!] : [])];
    const [z] = launcher.launch(code, {
      reads: [after.at(-1) ?? x.memory, blocks, ...ends.map((d) => d.memory)],
      results: [rows * (span.last ? fanOut : n)],
      groups: spanGroups(span, rows, forwardThreads),
      numbers: halves(rows),
    });
    after.push(z!);
  }
  return after;
}

/** y, and what backward needs when someone will want it: the coefficients, then z between the spans. Inputs are row-major. */
export function fusedMixerForward(
  executor: Executor,
  kernels: FusedKernels,
  [x, parameters, dIn, dOut, bias]: readonly [
    DeviceArray,
    readonly DeviceArray[],
    DeviceArray,
    DeviceArray,
    DeviceArray,
  ],
  keep: boolean,
): DeviceArray[] {
  const { launcher, whole, n, fanOut } = kernels;
  const made = kernels.blocks.coefficients(executor, parameters);
  const coefficients = made ?? parameters[0]!.memory;
  const rows = rowsOf(x);
  const after =
    whole === null
      ? takeSpans(kernels, keep ? kernels.steps : kernels.forward, [x, coefficients, dIn, dOut, bias])
      : launcher.launch(keep ? whole.keeping : whole.alone, {
          reads: [x.memory, coefficients, dIn.memory, dOut.memory, bias.memory],
          results: [...Array<number>(keep ? whole.kept : 0).fill(rows * n), rows * fanOut],
          groups: [whole.groups(rows), 1, 1],
          numbers: halves(rows),
        });
  const y = rowMajor(after.pop()!, [...x.shape.slice(0, -1), fanOut], "float32");
  const kept = [...(made === null ? [] : [made]), ...after];
  if (keep) return [y, rowMajor(new MemoryGroup(kept), [], "float32")];
  for (const m of kept) executor.release(m);
  return [y];
}

/** The cotangents of x, the blocks' parameter, d_in, d_out, bias. `kept` is what forward kept, computed again where it was not. */
export function fusedMixerBackward(
  executor: Executor,
  kernels: FusedKernels,
  [ct, x, parameters, dIn, dOut]: readonly [DeviceArray, DeviceArray, readonly DeviceArray[], DeviceArray, DeviceArray],
  kept: readonly Memory[] | null,
): DeviceArray[] {
  const { launcher, blocks, steps, backward, add } = kernels;
  const made = kept === null ? blocks.coefficients(executor, parameters) : null;
  const keptCoefficients = kept !== null && kept.length === steps.length ? kept[0]! : null;
  const coefficients = made ?? keptCoefficients ?? parameters[0]!.memory;
  const again = kept === null ? takeSpans(kernels, steps.slice(0, -1), [x, coefficients, dIn]) : [];
  const starts = [x.memory, ...again, ...(kept ?? []).filter((m) => m !== keptCoefficients)];
  const rows = rowsOf(x);
  let g = ct.memory;
  let slots = 0;
  const sums: Memory[] = [];
  for (const [k, { span, code }] of [...backward.entries()].toReversed()) {
    const ends = [...(span.first ? [dIn.memory] : []), ...(span.last ? [dOut.memory] : [])];
    const groups = spanGroups(span, rows, blocks.backwardThreads);
    slots = groups[0] * span.rowsPerGroup;
    const [next, own] = launcher.launch(code, {
      reads: [g, starts[k]!, coefficients, ...ends],
      results: backwardResults(span, blocks, rows, slots),
      groups,
      numbers: halves(rows),
    });
    if (g !== ct.memory) executor.release(g);
    g = next!;
    sums[k] = own!;
  }
  const gradients = launcher.launch(add.code, { reads: sums, ...add, numbers: halves(slots) });
  for (const m of [...sums, ...again, ...(made === null ? [] : [made])]) executor.release(m);
  const shapes = [parameters[0]!.shape, dIn.shape, dOut.shape, dOut.shape];
  return [rowMajor(g, x.shape, "float32"), ...gradients.map((m, k) => rowMajor(m, shapes[k]!, "float32"))];
}
