/**
 * @file What a mixer of many stages holds in memory while it trains, counted by the storages that
 * are alive.
 */
import {
  definePrimitive,
  normal,
  parameter,
  reference,
  rng,
  scope,
  sum,
  valueAndGrad,
} from "@spm/core";
import { type BackwardMode, butterfly, initialAngles, rotationMixer } from "@spm/mixer";

export interface Held {
  readonly stages: number;
  /** Bytes that wait between forward and backward. */
  readonly between: number;
  /** Most bytes alive at once, gradients included. */
  readonly peak: number;
}

export const memorySize = { n: 64, batch: 256 } as const;
export const depths = [1, 2, 4, 8, 16, 32, 64, 128, 256] as const;

let peak = 0;
const look = (): void => {
  peak = Math.max(peak, reference.report().liveBytes);
};

/**
 * The identity, which looks at the memory when its cotangent passes: behind the mixer's backward,
 * and before it.
 */
const watched = definePrimitive<void>({
  name: "watched",
  infer: ([x]) => [x!],
  forward: ([x]) => [x!],
  vjp: ([ct]) => {
    look();
    return [ct!];
  },
});

/**
 * Trains on one batch, float32, and counts. Parameters and the batch itself are there before, and
 * left out.
 */
export function held(stages: number, backward: BackwardMode): Held {
  const { n, batch } = memorySize;
  const schedule = butterfly(n, stages);
  const angles = parameter(initialAngles(schedule, rng(1)));
  const x = parameter(normal(rng(2), [batch, n]));
  const before = reference.report().liveBytes;
  peak = before;
  let between = 0;
  scope(() => {
    valueAndGrad(() => {
      const y = rotationMixer(watched([x], undefined)[0]!, angles, { schedule, backward });
      const loss = sum(watched([y], undefined)[0]!);
      between = reference.report().liveBytes - before;
      return loss;
    }, [x, angles]);
  });
  x.dispose();
  angles.dispose();
  return { stages, between, peak: peak - before };
}
