/**
 * @file One optimizer step: {@link trainStep} takes it, {@link checkedStep} only when its loss and
 * gradients are finite.
 */
import { detectAnomaly, type Parameter, scope, sum, type Tensor, valueAndGrad } from "@spm/core";
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { generatorStates, generatorsOf, restoreGenerators } from "./generators.ts";
import {
  type LossFunction,
  type Measurement,
  type RunningMeans,
  readMeasurement,
} from "./measurement.ts";
import { copyOf } from "./training-state.ts";

/** The part of an optimizer that training calls. */
export interface Updater {
  /** The parameters that are trained, in the order of their gradients. */
  readonly parameters: readonly Parameter[];
  /** Updates the parameters. */
  step(grads: readonly Tensor[]): void;
  /** The learning rate of the last step. */
  readonly learningRate: number;
}

/** A map of gradients before an update, such as `(grads) => clipByGlobalNorm(grads, 1).grads`. */
export type GradientTransform = (grads: readonly Tensor[]) => readonly Tensor[];

/** Options of {@link trainStep}. */
export interface TrainStepOptions {
  /** A map of the gradients before the update. */
  readonly gradients?: GradientTransform;
}

const names: OptionNames<TrainStepOptions> = { gradients: true };

/**
 * Takes one step: the loss, its gradients by the optimizer's parameters, the update. All tensors
 * but the loss are released. Nothing is checked or read, so that on a device nothing waits.
 *
 * p ← update(p, ∂loss/∂p)
 *
 * @param optimizer - the optimizer whose parameters are trained, each [...] with a gradient [...]
 * @param loss - computes the loss of the current batch, a scalar []
 * @returns the loss [] before the update; it belongs to the scope around the call, or to the
 * caller where there is none
 * @throws ShapeError when the loss isn't a scalar; OptionError for an unknown option
 * @example
 * ```ts
 * import { mean, normal, rng, scope, square, sub } from "@spm/core";
 * import { Linear } from "@spm/nn";
 * import { adam } from "@spm/optim";
 * import { trainStep } from "@spm/trainer";
 * const random = rng(1);
 * const layer = new Linear(8, 8, { random });
 * const optimizer = adam(layer.parameters(), { learningRate: 1e-2 });
 * for (let step = 0; step < 100; step++)
 *   scope(() => {
 *     const x = normal(random, [32, 8]); // learns the identity
 *     trainStep(optimizer, () => mean(square(sub(layer.forward(x), x))));
 *   });
 * ```
 */
export function trainStep(
  optimizer: Updater,
  loss: () => Tensor,
  options?: TrainStepOptions,
): Tensor {
  if (options !== undefined) checkOptions("trainStep", options, names);
  return scope(() => {
    const { value, grads } = valueAndGrad(loss, optimizer.parameters);
    optimizer.step(options?.gradients?.(grads) ?? grads);
    return value;
  });
}

/** A step that wasn't taken, since its loss or a gradient isn't finite. */
export interface BadStep {
  readonly loss: number;
  /** The first op whose result isn't finite; undefined where a replay didn't find one. */
  readonly culprit: string | undefined;
}

/** The parts of {@link checkedStep}. */
export interface CheckedStepOptions<Model, Batch> {
  readonly model: Model;
  readonly loss: LossFunction<Model, Batch>;
  readonly optimizer: Updater;
  readonly gradients?: GradientTransform | undefined;
  /** Collects the measurements of each step. */
  readonly window: RunningMeans;
}

/** Takes one step on the batch that its argument draws, or returns the reason why it didn't. */
export type CheckedStep<Batch> = (draw: () => Batch) => BadStep | undefined;

/**
 * A function that takes checked steps.
 *
 * In CPU memory a step is checked before the update: a bad one leaves parameters and buffers as
 * they were, and is replayed in anomaly mode to find the first op whose result isn't finite. On a
 * device nothing is checked here, so that no step waits for a read.
 */
export function checkedStep<Model, Batch>(
  options: CheckedStepOptions<Model, Batch>,
): CheckedStep<Batch> {
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
        if (
          !inCpuMemory(value) ||
          (holdsFinite(value) && grads.every((grad) => holdsFinite(sum(grad))))
        ) {
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

const inCpuMemory = ({ backend }: Tensor): boolean => backend.arrayOf !== undefined;

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

/** The entries of a model's state that no optimizer updates, such as running means. */
function buffersOf(model: unknown, parameters: readonly Parameter[]): Parameter[] {
  const { stateDict } = model as { stateDict?: () => Record<string, Tensor> };
  if (typeof stateDict !== "function") return [];
  const trained = new Set<Tensor>(parameters);
  return Object.values(stateDict.call(model)).filter(
    (value): value is Parameter => !trained.has(value),
  );
}
