/** @file One optimizer step, taken only when its loss and gradients are finite. */
import { detectAnomaly, type Parameter, scope, sum, type Tensor, valueAndGrad } from "@spm/core";
import { generatorStates, generatorsOf, restoreGenerators } from "./generators.ts";
import { type LossFunction, type Measurement, type RunningMeans, readMeasurement } from "./measurement.ts";
import { copyOf } from "./training-state.ts";

/** What `fit` needs of an optimizer. */
export interface Updater {
  /** What is trained; gradients come in this order. */
  readonly parameters: readonly Parameter[];
  /** Updates the parameters. */
  step(grads: readonly Tensor[]): void;
  /** The rate of the last step. */
  readonly learningRate: number;
}

/** A step that was not taken. */
export interface BadStep {
  readonly loss: number;
  readonly culprit: string | undefined;
}

/** What a step is made of. */
export interface StepOptions<Model, Batch> {
  readonly model: Model;
  readonly loss: LossFunction<Model, Batch>;
  readonly optimizer: Updater;
  /** Changes the gradients before the update, e.g. clips them. */
  readonly gradients?: ((grads: readonly Tensor[]) => readonly Tensor[]) | undefined;
  readonly window: RunningMeans;
}

/**
 * A function that takes one step on the batch that its argument draws, or says why it did not.
 *
 * In CPU memory a step is checked before the update: a bad one leaves parameters and buffers as they were, and is replayed in
 * anomaly mode to find the op that went wrong first. On a device nothing is checked here, so that no step waits for a read.
 */
export function trainStep<Model, Batch>(
  options: StepOptions<Model, Batch>,
): (draw: () => Batch) => BadStep | undefined {
  const { model, loss, optimizer, gradients, window } = options;
  const generators = generatorsOf(model);
  const buffers = buffersOf(model, optimizer.parameters);

  return (draw) =>
    scope(() => {
      const states = generatorStates(generators);
      const kept = buffers.map((buffer) => ({ buffer, copy: copyOf(buffer) }));
      const batch = draw();
      const compute = (): { value: Tensor; grads: Tensor[]; aux: Measurement } =>
        valueAndGrad(() => {
          const measured = loss(model, batch);
          return { loss: measured.loss, aux: measured };
        }, optimizer.parameters);
      const restoreBuffers = (): void => {
        for (const { buffer, copy } of kept) buffer.assign(copy);
      };
      try {
        const { value, grads, aux } = compute();
        if (!inCpuMemory(value) || (holdsFinite(value) && grads.every((grad) => holdsFinite(sum(grad))))) {
          window.add(readMeasurement(aux));
          optimizer.step(gradients?.(grads) ?? grads);
          return undefined;
        }
        restoreBuffers();
        const after = generatorStates(generators);
        restoreGenerators(generators, states);
        const culprit = messageOf(() => detectAnomaly(() => scope(() => void compute())));
        restoreGenerators(generators, after);
        restoreBuffers();
        return { loss: value.ndarray().get(), culprit };
      } finally {
        for (const { copy } of kept) copy.dispose();
      }
    });
}

const inCpuMemory = ({ backend }: Tensor): boolean => backend.view !== undefined;

const holdsFinite = (scalar: Tensor): boolean => Number.isFinite(scalar.ndarray().get());

/** The message of the error that `f` throws; undefined when it throws none. */
function messageOf(f: () => void): string | undefined {
  try {
    f();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What the model carries along and no optimizer updates, e.g. running means. */
function buffersOf(model: unknown, parameters: readonly Parameter[]): Parameter[] {
  const { stateDict } = model as { stateDict?: () => Record<string, Tensor> };
  if (typeof stateDict !== "function") return [];
  const trained = new Set<Tensor>(parameters);
  return Object.values(stateDict.call(model)).filter((value): value is Parameter => !trained.has(value));
}
