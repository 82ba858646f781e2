/** @file When hand-written kernels run the mixer, and their launches. Where they don't fit, the passes of gpu.js do the work. */
import type { Schedule } from "@spm/mixer";
import { type DeviceArray, rowMajor } from "../device-array.ts";
import { type Executor, type Memory, MemoryGroup, type WgslLauncher, type WgslSource } from "../executor.ts";
import { whole } from "./elementwise.ts";
import { fusedForward } from "./fused-forward.ts";
import { type FusedCall, pairOrder, planFused } from "./fused-plan.ts";
import { tablesOf } from "./mixer-tables.ts";
import { addSpanSums, spanBackward, spanForward } from "./span-kernels.ts";
import { coveredOf, planSpans, type SpanPlan, threadsOf } from "./span-plan.ts";
import { returnTurned } from "./trigonometry.ts";

/** A call that the kernels fit, with their sources: writing those takes longer than launching them. */
export interface FusedChoice {
  readonly launcher: WgslLauncher;
  readonly fanOut: number;
  readonly spans: readonly SpanPlan[];
  /** All stages in one launch, where a workgroup can hold them; for training it also stores z between the spans. */
  readonly whole: { readonly alone: WgslSource; readonly keeping: WgslSource } | null;
  /** The pairs in the order in which the kernels read them. */
  readonly order: Memory;
  readonly forward: readonly WgslSource[];
  readonly backward: readonly WgslSource[];
  readonly add: WgslSource;
}

const known: WeakMap<Executor, WeakMap<Schedule, Map<string, FusedChoice | null>>> = new WeakMap();

/** Sizes of a call. */
interface Sizes {
  readonly rows: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

/** The kernels for a rotation mixer, or null: on another executor, schedule, or size. Made once for each size. */
export function chooseFused(executor: Executor, schedule: Schedule, sizes: Sizes): FusedChoice | null {
  const launcher = executor.wgsl;
  if (launcher === null || schedule.n < 64 || sizes.rows === 0 || sizes.fanIn === 0 || sizes.fanOut === 0) return null;
  const bySchedule = known.get(executor) ?? new WeakMap<Schedule, Map<string, FusedChoice | null>>();
  known.set(executor, bySchedule);
  const bySize = bySchedule.get(schedule) ?? new Map<string, FusedChoice | null>();
  bySchedule.set(schedule, bySize);
  const key = `${sizes.rows},${sizes.fanIn},${sizes.fanOut}`;
  let choice = bySize.get(key);
  if (choice === undefined) {
    const { distances } = tablesOf(executor, schedule);
    choice = distances === null ? null : makeChoice(executor, launcher, { n: schedule.n, distances, ...sizes });
    bySize.set(key, choice);
  }
  return choice;
}

function makeChoice(executor: Executor, launcher: WgslLauncher, call: FusedCall): FusedChoice | null {
  const spans = planSpans(call);
  if (spans === null) return null;
  const fits = spans.every(
    (s) => threadsOf(s) <= launcher.invocations && 3 * 4 * coveredOf(s) * s.rowsPerGroup <= launcher.sharedBytes,
  );
  if (!fits) return null;
  const plan = planFused(call, 3);
  const starts = spans
    .slice(1)
    .map(({ rounds: [first] }) => plan.rounds.findIndex(({ stage }) => stage === first!.stage));
  // A thread of 512 may have 128 registers; 8 for each stage hold its coefficients.
  const resident = plan.threads * plan.rowsPerGroup <= 512 && call.distances.length <= 12;
  const holds = call.n * plan.rowsPerGroup * 4 <= launcher.sharedBytes && plan.threads <= launcher.invocations;
  return {
    launcher,
    fanOut: call.fanOut,
    spans,
    whole:
      resident && holds && starts.length <= 2
        ? { alone: fusedForward(plan, []), keeping: fusedForward(plan, starts) }
        : null,
    order: executor.upload(pairOrder(plan)),
    forward: spans.map(spanForward),
    backward: spans.map(spanBackward),
    add: addSpanSums(spans),
  };
}

/** (cos θ, sin θ) of each pair in the kernels' order: the sine at odd places, at even ones that of θ + π/2. */
function cosSin(executor: Executor, angles: DeviceArray, order: Memory): Memory {
  const from = whole(executor, angles);
  const source = `function (a0, a1) { const t = a0[(a1[this.thread.x >> 1] | 0)]; ${returnTurned("t", "1 - (this.thread.x & 1)")} }`;
  const output = [2 * angles.shape[0]!];
  const memory = executor.run({ source, output, arrays: 2, scalars: 0 }, [from.memory, order], []);
  if (from !== angles) executor.release(from.memory);
  return memory;
}

type Inputs = readonly [x: DeviceArray, angles: DeviceArray, dIn: DeviceArray, dOut: DeviceArray, bias: DeviceArray];

/** y, and what backward needs when someone will want it: cos and sin, then z between the spans. Inputs are row-major. */
export function fusedMixerForward(
  executor: Executor,
  choice: FusedChoice,
  [x, angles, dIn, dOut, bias]: Inputs,
  keep: boolean,
): DeviceArray[] {
  const { launcher, fanOut, spans, whole: all, forward, order } = choice;
  const cs = cosSin(executor, angles, order);
  const shape = [...x.shape.slice(0, -1), fanOut];
  const done = (y: Memory, between: readonly Memory[]): DeviceArray[] => {
    if (keep) return [rowMajor(y, shape, "float32"), rowMajor(new MemoryGroup([cs, ...between]), [], "float32")];
    for (const m of [cs, ...between]) executor.release(m);
    return [rowMajor(y, shape, "float32")];
  };
  if (all !== null) {
    const source = keep ? all.keeping : all.alone;
    const [y, ...between] = launcher.launch(source, [x.memory, dIn.memory, cs, dOut.memory, bias.memory]);
    return done(y!, between);
  }
  const between: Memory[] = [];
  let z = x.memory;
  for (const [k, span] of spans.entries()) {
    const ends = [...(span.first ? [dIn.memory] : []), ...(span.last ? [dOut.memory, bias.memory] : [])];
    z = launcher.launch(forward[k]!, [z, cs, ...ends])[0]!;
    if (!span.last) between.push(z);
  }
  return done(z, between);
}

/** The cotangents of x, angles, d_in, d_out, bias. `kept` is what forward kept, computed again where it was not. */
export function fusedMixerBackward(
  executor: Executor,
  { launcher, spans, forward, backward, add, order }: FusedChoice,
  [ct, x, angles, dIn, dOut]: readonly [DeviceArray, DeviceArray, DeviceArray, DeviceArray, DeviceArray],
  kept: readonly Memory[] | null,
): DeviceArray[] {
  const cs = kept?.[0] ?? cosSin(executor, angles, order);
  const starts = [x.memory, ...(kept?.slice(1) ?? [])];
  for (let k = starts.length; k < spans.length; k++) {
    const span = spans[k - 1]!;
    starts.push(launcher.launch(forward[k - 1]!, [starts[k - 1]!, cs, ...(span.first ? [dIn.memory] : [])])[0]!);
  }
  let g = ct.memory;
  const sums: Memory[] = [];
  for (const [k, span] of [...spans.entries()].toReversed()) {
    const ends = [...(span.first ? [dIn.memory] : []), ...(span.last ? [dOut.memory] : [])];
    const [next, own] = launcher.launch(backward[k]!, [g, starts[k]!, cs, ...ends]);
    if (g !== ct.memory) executor.release(g);
    g = next!;
    sums[k] = own!;
  }
  const gradients = launcher.launch(add, sums);
  for (const m of [...sums, ...(kept === null ? [cs, ...starts.slice(1)] : [])]) executor.release(m);
  return [rowMajor(g, x.shape, "float32"), ...gradients.map((m) => rowMajor(m, [m.length], "float32"))];
}
