/**
 * @file Whole training steps of the MNIST perceptron, batch 128, Adam: each kind of layer, and the
 * dense one in other frameworks.
 */
import { Session } from "node:inspector/promises";
import { type Backend, rng, scope, setBackend, tensor, transpose, zeros } from "@spm/core";
import { Mlp } from "@spm/models";
import { crossEntropy } from "@spm/nn";
import { adam } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import { candidate, measure, speedup } from "../experiments/parts/harness.ts";
import { SAMPLE } from "./cpu-compare.ts";
import {
  type Framework,
  labelOf,
  type MlpSizes,
  mlpShapes,
  mlpWeights,
  uniform,
} from "./framework.ts";

/** The kinds of layers. */
const KINDS = ["dense", "rotation", "general"] as const;

/** The measurements of one step. */
export interface StepTime {
  readonly name: string;
  readonly seconds: number;
  /**
   * The ratio of its time to that of the dense step here: the median of the ratios within a round.
   */
  readonly toDense: number;
}

/** A step; it returns the loss. The dense one has the initial weights of the other frameworks. */
function mlpStep(
  backend: Backend,
  kind: (typeof KINDS)[number],
  { hidden, batch }: MlpSizes,
): () => number {
  setBackend(backend);
  const model = new Mlp({ sizes: [784, hidden, hidden, 10], linear: kind, random: rng(1) });
  if (kind === "dense")
    scope(() => {
      const start = mlpShapes(hidden).flatMap(([fanIn, fanOut], i) => {
        const weights = tensor(mlpWeights(fanIn, fanOut), { shape: [fanIn, fanOut] });
        return [
          [`layers.${i}.weight`, transpose(weights)],
          [`layers.${i}.bias`, zeros([fanOut])],
        ] as const;
      });
      model.loadStateDict(Object.fromEntries(start));
    });
  const x = tensor(uniform(batch * 784, 1), { shape: [batch, 784] });
  const y = tensor(
    Int32Array.from({ length: batch }, (_, i) => labelOf(i)),
    { dtype: "int32" },
  );
  const optimizer = adam(model.parameters(), { learningRate: 1e-3 });
  return () =>
    scope(() =>
      trainStep(optimizer, () => crossEntropy(model.forward(x), y))
        .ndarray()
        .get(),
    );
}

/**
 * Steps of this framework and of the others in alternating rounds.
 * @throws Error where a framework's dense step has other losses
 */
export async function compareSteps(
  backend: Backend,
  frameworks: readonly Framework[],
  sizes: MlpSizes,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<StepTime[]> {
  const ours = KINDS.map((kind) => ({ name: kind as string, step: mlpStep(backend, kind, sizes) }));
  const theirs = frameworks.flatMap(({ name, mlpStep: make }) =>
    make ? [{ name, step: make(sizes) }] : [],
  );
  const steps: { name: string; step: () => number | Promise<number> }[] = [...ours, ...theirs];
  const [dense, ...others] = [ours[0]!, ...theirs];
  for (let k = 0; k < 3; k++) {
    const loss = dense.step() as number;
    for (const { name, step } of others) {
      const other = await step();
      if (!(Math.abs(other - loss) < 1e-3 * loss))
        throw new Error(`${name}: expected a loss of ${loss}, got ${other}`);
    }
  }
  const found = await measure(
    steps.map(({ name, step }) => candidate(name, step, { sample: SAMPLE })),
    { rounds, seconds },
  );
  return found.map((measured) => ({
    name: measured.name,
    seconds: measured.seconds,
    toDense: speedup(measured, found[0] ?? measured),
  }));
}

/**
 * Share of the rotation step that V8's sampling profiler does not see in WebAssembly: tape,
 * dispatch, bookkeeping, garbage collection, and arithmetic in JavaScript.
 */
export async function overheadShare(
  backend: Backend,
  sizes: MlpSizes,
  seconds: number,
): Promise<number> {
  const step = candidate("step", mlpStep(backend, "rotation", sizes), { sample: SAMPLE });
  await step.warm?.(seconds); // until V8 has compiled all of it
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  await session.post("Profiler.start");
  await step.time(seconds);
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  const hits = (nodes: typeof profile.nodes): number =>
    nodes.reduce((sum, { hitCount }) => sum + (hitCount ?? 0), 0);
  const kernels = profile.nodes.filter(({ callFrame }) => callFrame.url.startsWith("wasm:"));
  return 1 - hits(kernels) / hits(profile.nodes);
}
