/**
 * @file Whole training steps on a device: the MNIST perceptron and a small language model, with
 * Adam; and ten thousand steps in a row.
 */
import { normal, type Parameter, reshape, rng, setBackend, type Tensor, tensor } from "@spm/core";
import type { GpuBackend } from "@spm/gpu";
import { Gpt, Mlp } from "@spm/models";
import { crossEntropy } from "@spm/nn";
import { adam } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import type { Timer } from "./gpu-time.ts";

/** The kinds of linear maps. */
export type Kind = "dense" | "rotation" | "general";

/** Sizes of a perceptron 784 → hidden → hidden → 10. */
export interface MlpSizes {
  readonly hidden: number;
  readonly batch: number;
}

/** Sizes of a language model. */
export interface GptSizes {
  readonly vocabulary: number;
  readonly context: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly batch: number;
}

const classes = (count: number, bound: number): Tensor =>
  tensor(
    Int32Array.from({ length: count }, (_, i) => (i * 7919) % bound),
    { dtype: "int32" },
  );

/** One step of Adam on a loss. */
function stepOf(parameters: readonly Parameter[], loss: () => Tensor): () => void {
  const optimizer = adam(parameters, { learningRate: 1e-3 });
  return () => trainStep(optimizer, loss).dispose();
}

function mlpStep(kind: Kind, { hidden, batch }: MlpSizes): () => void {
  const random = rng(1);
  const model = new Mlp({ sizes: [784, hidden, hidden, 10], linear: kind, random });
  const [x, y] = [normal(random, [batch, 784]), classes(batch, 10)];
  return stepOf(model.parameters(), () => crossEntropy(model.forward(x), y));
}

/** Milliseconds of a perceptron's step. */
export function mlpTime(
  device: GpuBackend,
  time: Timer,
  kind: Kind,
  sizes: MlpSizes,
): Promise<number> {
  setBackend(device);
  return time(mlpStep(kind, sizes));
}

/** Milliseconds of a language model's step. */
export function gptTime(
  device: GpuBackend,
  time: Timer,
  kind: Kind,
  { batch, ...sizes }: GptSizes,
): Promise<number> {
  setBackend(device);
  const model = new Gpt({ ...sizes, linear: kind, random: rng(1) });
  const tokens = classes(batch * sizes.context, sizes.vocabulary);
  const [x, y] = [reshape(tokens, [batch, sizes.context]), tokens];
  const loss = (): Tensor =>
    crossEntropy(reshape(model.forward(x), [batch * sizes.context, sizes.vocabulary]), y);
  return time(stepOf(model.parameters(), loss));
}

/** Live buffers before and after so many steps. */
export interface FlatSteps {
  readonly steps: number;
  readonly seconds: number;
  readonly before: { readonly live: number; readonly pooled: number; readonly bytes: number };
  readonly after: { readonly live: number; readonly pooled: number; readonly bytes: number };
}

/** Takes many steps of a perceptron and reports the buffers. */
export async function flatSteps(
  device: GpuBackend,
  steps: number,
  sizes: MlpSizes,
): Promise<FlatSteps> {
  setBackend(device);
  const step = mlpStep("rotation", sizes);
  const probe = tensor([0]);
  for (let k = 0; k < 20; k++) step();
  await probe.data();
  const before = device.report().buffers;
  const start = performance.now();
  for (let k = 0; k < steps; k++) {
    step();
    if (k % 100 === 99) await probe.data();
  }
  await probe.data();
  return {
    steps,
    seconds: (performance.now() - start) / 1000,
    before,
    after: device.report().buffers,
  };
}
