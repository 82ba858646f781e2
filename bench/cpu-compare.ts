/**
 * @file The mixer's public functions and a dense layer in OpenBLAS: times and ratios in alternating
 * rounds.
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
import { type Candidate, candidate, measure, speedup } from "../experiments/parts/harness.ts";
import type { DenseTimes, OpenBlas } from "./openblas.ts";

/** The sizes that one layer is timed at. */
export interface Runs {
  readonly forward: () => void;
  readonly train: () => void;
}

/** The kind of mixer. */
export type Kind = keyof typeof mixers;

/**
 * A mixer layer's forward, and its forward and backward: with diagonals and bias; coefficients are
 * made again for each run, as after a training step.
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

/** Seconds of a sample: to read the clock takes a hundredth of it. */
export const SAMPLE = 2e-5;

/** Both parts of a layer as candidates. */
export const candidatesOf = (
  name: string,
  { forward, train }: Runs,
): [forward: Candidate, train: Candidate] => [
  candidate(`${name}, forward`, forward, { sample: SAMPLE }),
  candidate(`${name}, training`, train, { sample: SAMPLE }),
];

/** The peer's dense layer: it measures both parts when the first is asked for. */
function denseCandidates(peer: OpenBlas, n: number, batch: number): [Candidate, Candidate] {
  let train = Number.NaN;
  const first: Candidate = {
    name: "dense, forward",
    async time(seconds) {
      const times = await peer.measure(n, batch, 4 * seconds); // as long as our four parts take
      train = times.train;
      return times.forward;
    },
  };
  return [first, { name: "dense, training", time: () => train }];
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
  const [forward, train, ownForward, ownTrain, generalForward, generalTrain] = await measure(
    [
      ...denseCandidates(peer, n, batch),
      ...candidatesOf("rotation", mixerRuns(backend, "rotation", n, batch)),
      ...candidatesOf("general", mixerRuns(backend, "general", n, batch)),
    ],
    { rounds, seconds: seconds / 4 },
  );
  return {
    n,
    batch,
    dense: { forward: forward.seconds, train: train.seconds },
    rotation: { forward: ownForward.seconds, train: ownTrain.seconds },
    general: { forward: generalForward.seconds, train: generalTrain.seconds },
    ratios: {
      forward: speedup(forward, ownForward),
      train: speedup(train, ownTrain),
      generalForward: speedup(forward, generalForward),
      generalTrain: speedup(train, generalTrain),
    },
    denseGflops: (2 * batch * n * n) / forward.seconds / 1e9,
  };
}

/** The speedup of `many` threads over `one`: medians of the ratios within alternating rounds. */
export async function threadSpeedup(
  one: Runs,
  many: Runs,
  rounds: number,
  seconds: number,
): Promise<DenseTimes> {
  const [forward, train, fasterForward, fasterTrain] = await measure(
    [...candidatesOf("one thread", one), ...candidatesOf("many", many)],
    { rounds, seconds },
  );
  return { forward: speedup(forward, fasterForward), train: speedup(train, fasterTrain) };
}

/**
 * Operations of a rotation layer, multiplications and additions: two of each for a pair and stage,
 * three for a column outside the stages.
 */
const forwardFlop = (n: number): number => n * (2 * Math.log2(n) + 3);

/** Share of the peak in a rotation forward. */
export const fraction = ({ n, batch, rotation }: Row, peak: number): number =>
  (batch * forwardFlop(n)) / rotation.forward / 1e9 / peak;

/**
 * Share of the peak in a rotation forward and backward: z and g go back, and each pair's gradient
 * takes four operations.
 */
export const trainFraction = ({ n, batch, rotation }: Row, peak: number): number =>
  (batch * (forwardFlop(n) + n * (6 * Math.log2(n) + 6))) / rotation.train / 1e9 / peak;

/**
 * The least seconds of a layer that memory allows: x in and y out; in training also z out and in, ȳ
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
