/**
 * @file The mixer through the public functions against a dense layer in OpenBLAS: times and ratios
 * in alternating rounds.
 */
import {
  add,
  type Backend,
  normal,
  ones,
  rng,
  scope,
  setBackend,
  type Tensor,
  vjp,
  zeros,
} from "@spm/core";
import { butterfly, initialParameters, type MixerKind, mixers } from "@spm/mixer";
import { inOrder } from "@spm/mixer/extend";
import { median } from "./harness.ts";
import type { DenseTimes, OpenBlas } from "./openblas.ts";

/** What one layer is timed at. */
export interface Runs {
  readonly forward: () => void;
  readonly train: () => void;
}

/** Which variant. */
export type Kind = keyof typeof mixers;

/**
 * A mixer layer's forward, and its forward and backward: with diagonals, bias and coefficients made
 * anew, as after a training step.
 */
export function mixerRuns(backend: Backend, kind: Kind, n: number, batch: number): Runs {
  setBackend(backend);
  const random = rng(1);
  const schedule = butterfly(n);
  const x = normal(random, [batch, n]);
  const ct = normal(random, [batch, n]);
  const around = [ones([n]), ones([n]), zeros([n])] as const;
  const mixer: MixerKind = mixers[kind];
  const { parameterisation } = mixer;
  const own = inOrder(parameterisation, initialParameters(mixer, schedule, random));
  type Around = [dIn: Tensor, dOut: Tensor, bias: Tensor];
  const layer = (x: Tensor, ...[dIn, dOut, bias, ...own]: [...Around, ...Tensor[]]): Tensor =>
    mixer.run(x, own, { schedule, dIn, dOut, bias });
  return {
    forward: () => scope(() => void layer(x, ...around, ...own)),
    train: () =>
      scope(() => {
        const anew = own.map((p) => add(p, 0));
        vjp(layer, x, ...around, ...anew).pullback(ct);
      }),
  };
}

/** Milliseconds of a sample at least: what reading the clock takes is then a hundredth of it. */
const LEAST_SAMPLE = 0.02;

/** Median seconds of a run, for about so many seconds; short runs are sampled several at a time. */
export function time(run: () => void, seconds: number): number {
  const times: number[] = [];
  const first = performance.now();
  run();
  const start = performance.now();
  const runs = Math.ceil(LEAST_SAMPLE / Math.max(1e-3, start - first));
  do {
    const before = performance.now();
    for (let k = 0; k < runs; k++) run();
    times.push((performance.now() - before) / 1000 / runs);
  } while (performance.now() - start < 1000 * seconds);
  return median(times);
}

/** Medians over alternating rounds, ratios within a round. */
export interface Row {
  readonly n: number;
  readonly batch: number;
  readonly dense: DenseTimes;
  readonly rotation: DenseTimes;
  readonly general: DenseTimes;
  readonly ratios: Readonly<
    Record<"forward" | "train" | "generalForward" | "generalTrain", number>
  >;
  readonly denseGflops: number;
}

/** Measures one size. */
export async function compare(
  backend: Backend,
  peer: OpenBlas,
  n: number,
  batch: number,
  rounds: number,
  seconds: number,
): Promise<Row> {
  const [rotation, general] = [
    mixerRuns(backend, "rotation", n, batch),
    mixerRuns(backend, "general", n, batch),
  ];
  for (const { forward, train } of [rotation, general])
    for (const run of [forward, train]) time(run, seconds / 4); // warm
  const taken: { dense: DenseTimes; rotation: DenseTimes; general: DenseTimes }[] = [];
  for (let k = 0; k < rounds; k++) {
    const both = ({ forward, train }: Runs): DenseTimes => ({
      forward: time(forward, seconds / 4),
      train: time(train, seconds / 4),
    });
    taken.push({
      dense: await peer.measure(n, batch, seconds),
      rotation: both(rotation),
      general: both(general),
    });
  }
  const middle = (of: (round: (typeof taken)[number]) => number): number => median(taken.map(of));
  const times = (who: "dense" | "rotation" | "general"): DenseTimes => ({
    forward: middle((r) => r[who].forward),
    train: middle((r) => r[who].train),
  });
  const dense = times("dense");
  return {
    n,
    batch,
    dense,
    rotation: times("rotation"),
    general: times("general"),
    ratios: {
      forward: middle((r) => r.dense.forward / r.rotation.forward),
      train: middle((r) => r.dense.train / r.rotation.train),
      generalForward: middle((r) => r.dense.forward / r.general.forward),
      generalTrain: middle((r) => r.dense.train / r.general.train),
    },
    denseGflops: (2 * batch * n * n) / dense.forward / 1e9,
  };
}

/**
 * How many times faster `many` threads are than `one`: medians of the ratios within alternating
 * rounds.
 */
export function threadSpeedup(one: Runs, many: Runs, rounds: number, seconds: number): DenseTimes {
  const taken: DenseTimes[] = [];
  for (const { forward, train } of [one, many])
    for (const run of [forward, train]) time(run, seconds / 2); // warm
  for (let k = 0; k < rounds; k++)
    taken.push({
      forward: time(one.forward, seconds) / time(many.forward, seconds),
      train: time(one.train, seconds) / time(many.train, seconds),
    });
  return { forward: median(taken.map((r) => r.forward)), train: median(taken.map((r) => r.train)) };
}

/**
 * Operations of a rotation layer, multiplications and additions: two of each a pair and stage,
 * three a column around.
 */
const forwardFlop = (n: number): number => n * (2 * Math.log2(n) + 3);

/** Share of the peak in a rotation forward. */
export const fraction = ({ n, batch, rotation }: Row, peak: number): number =>
  (batch * forwardFlop(n)) / rotation.forward / 1e9 / peak;

/**
 * Share of the peak in a rotation forward and backward: z and g walk back, and each pair's gradient
 * takes four operations.
 */
export const trainFraction = ({ n, batch, rotation }: Row, peak: number): number =>
  (batch * (forwardFlop(n) + n * (6 * Math.log2(n) + 6))) / rotation.train / 1e9 / peak;

/**
 * Seconds below which memory does not let a layer: x in and y out; in training also z out and in, ȳ
 * and x in, x̄ out; at the speed of a copy.
 */
export function bandwidthFloor(
  { n, batch }: { n: number; batch: number },
  bytesPerSecond: number,
): DenseTimes {
  const array = 4 * n * batch;
  return { forward: (2 * array) / bytesPerSecond, train: (7 * array) / bytesPerSecond };
}

/** Bytes that a copy of 64 MiB reads and writes in a second, the best of ten. */
export function copyBandwidth(): number {
  const from = new Float32Array(2 ** 24).fill(1);
  const to = new Float32Array(2 ** 24).fill(2);
  let best = 0;
  for (let k = 0; k < 10; k++) {
    const before = performance.now();
    to.set(from);
    best = Math.max(best, (2 * from.byteLength) / (performance.now() - before));
  }
  return 1000 * best;
}
