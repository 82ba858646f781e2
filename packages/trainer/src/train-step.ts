/**
 * @file One optimizer step: {@link trainStep} takes it, {@link checkedStep} only when its loss and
 * gradients are finite.
 */
import {
  detectAnomaly,
  Parameter,
  scope,
  sum,
  type Tensor,
  valueAndGrad,
  withBackend,
} from "@spm/core";
import {
  checkOptions,
  drawnFrom,
  isTracked,
  kindOf,
  type OptionNames,
  type Rng,
  ValueError,
} from "@spm/core/extend";
import type { Batches } from "@spm/data";
import { refuseUnseen, unseenIn } from "@spm/nn/extend";
import { GradientAccumulator } from "@spm/optim";
import { backendOf } from "./backend-of.ts";
import { generatorStates, restoreGenerators } from "./generators.ts";
import { callLoss, type Updater } from "./given.ts";
import {
  checkMeasurement,
  type LossFunction,
  type Measurement,
  type Reading,
  type RunningMeans,
  readMeasurement,
} from "./measurement.ts";
import { copyOf, liveWeights, type WeightAverage } from "./training-state.ts";

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
 * but the loss are released; new ones are made on the backend of the parameters. Nothing is checked
 * or read, so that on a device nothing waits.
 *
 * p ← update(p, ∂loss/∂p)
 *
 * @param optimizer - the optimizer whose parameters are trained, each [...] with a gradient [...]
 * @param loss - computes the loss of the current batch, a scalar []
 * @returns the loss [] before the update; it belongs to the scope around the call, or to the
 * caller where there is none
 * @throws ShapeError when the loss isn't a scalar; ValueError where `gradients` returns none;
 * OptionError for an unknown option
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
  const step = (): Tensor => {
    const { value, grads } = valueAndGrad(loss, optimizer.parameters);
    optimizer.step(mapped("trainStep", options?.gradients, grads));
    return value;
  };
  return withBackend(backendOf(optimizer.parameters), () => scope(step));
}

/** The gradients that a map returns, if there is one. @throws ValueError where it returns none */
export function mapped(
  op: string,
  gradients: GradientTransform | undefined,
  grads: readonly Tensor[],
): readonly Tensor[] {
  if (gradients === undefined) return grads;
  const next = gradients(grads);
  if (Array.isArray(next)) return next;
  const help = "return them: (grads) => clipByGlobalNorm(grads, 1).grads";
  throw new ValueError(op, "gradients() to return the gradients", kindOf(next), help);
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
  /** Moved after each update. */
  readonly average?: WeightAverage | undefined;
  /** Collects the measurements of each step. */
  readonly window: RunningMeans;
  /** The generators of the model. */
  readonly generators: ReadonlyMap<string, Rng>;
  /** Whether a checkpoint saves a generator that the model doesn't have. */
  readonly isSaved: (random: Rng) => boolean;
}

/** Takes one step on the next `count` batches, or returns the reason why it didn't. */
export type CheckedStep<Batch> = (batches: Batches<Batch>, count: number) => BadStep | undefined;

/**
 * A function that takes checked steps.
 *
 * ḡ = Σₖ wₖgₖ / Σₖ wₖ over the batches of a step, with wₖ their weights
 *
 * In CPU memory a step is checked before the update: a bad one leaves parameters and buffers as
 * they were, and is replayed in anomaly mode to find the first op whose result isn't finite. On a
 * device nothing is checked here, so that no step waits for a read. The first step also finds what
 * no walk of the model's fields does.
 */
export function checkedStep<Model, Batch>(
  options: CheckedStepOptions<Model, Batch>,
): CheckedStep<Batch> {
  const { model, optimizer, gradients, window } = options;
  const buffers = buffersOf(model, optimizer.parameters);
  let first = true;
  const step: CheckedStep<Batch> = (batches, count) =>
    scope(() => {
      const kept = buffers.map((buffer) => ({ buffer, copy: copyOf(buffer) }));
      const restore = (): void => {
        for (const { buffer, copy } of kept) buffer.assign(copy);
      };
      const sums = new GradientAccumulator();
      try {
        const { result, generators } = drawnFrom(() => {
          const step = () => measured(options, batches, count, sums, restore);
          const watched = first && typeof model === "object" && model !== null;
          const { result, unseen } = watched
            ? unseenIn(model, step)
            : { result: step(), unseen: [] };
          refuseUnseen("fit", unseen);
          first = false;
          if (!("grads" in result)) return result;
          return { ...result, grads: mapped("fit", gradients, result.grads) };
        });
        if (!("grads" in result)) return result;
        checkGenerators(generators, options);
        for (const reading of result.readings) window.add(reading);
        optimizer.step(result.grads);
        options.average?.update();
        return undefined;
      } finally {
        if (sums.batches > 0) sums.take();
        for (const { copy } of kept) copy.dispose();
      }
    });
  const backend = backendOf(optimizer.parameters);
  return (...of) => withBackend(backend, () => step(...of));
}

/** The gradients and the measurements of a step's batches, or the first that isn't finite. */
function measured<Model, Batch>(
  { model, loss, optimizer, generators }: CheckedStepOptions<Model, Batch>,
  batches: Batches<Batch>,
  count: number,
  sums: GradientAccumulator,
  restore: () => void,
): BadStep | { readonly grads: readonly Tensor[]; readonly readings: readonly Reading[] } {
  const readings: Reading[] = [];
  for (let k = 0; k < count; k++) {
    const states = generatorStates(generators);
    const batch = batches.next();
    const compute = (): { value: Tensor; grads: Tensor[]; aux: Measurement } =>
      valueAndGrad(() => {
        const aux = checkMeasurement(callLoss(loss, model, batch));
        checkDepends(aux.loss);
        return { loss: aux.loss, aux };
      }, optimizer.parameters);
    const grads = scope(() => {
      const { value, grads, aux } = compute();
      if (inCpuMemory(value) && !(holdsFinite(value) && grads.every((g) => holdsFinite(sum(g)))))
        return value.ndarray().get();
      const reading = readMeasurement(aux, batches.size);
      readings.push(reading);
      if (count === 1) return grads;
      if (reading.weight > 0) sums.add(grads, reading.weight);
      return [];
    });
    if (typeof grads === "number") {
      restore();
      const after = generatorStates(generators);
      restoreGenerators(generators, states);
      const culprit = messageOf(() => detectAnomaly(() => scope(() => void compute())));
      restoreGenerators(generators, after);
      restore();
      return { loss: grads, culprit };
    }
    if (count === 1) return { grads, readings };
  }
  return { grads: sums.take(), readings };
}

/** @throws ValueError for a loss that no parameter of the optimizer goes into */
export function checkDepends(loss: Tensor): void {
  if (isTracked([loss])) return;
  throw new ValueError(
    "fit",
    "a loss that depends on a parameter of the optimizer",
    "one that depends on none",
    "compute it from model.forward(…) in the loss function, without noGrad or stopGradient",
  );
}

/** @throws ValueError for a generator that no checkpoint would save */
function checkGenerators(
  drawn: readonly Rng[],
  { generators, isSaved }: Pick<CheckedStepOptions<unknown, unknown>, "generators" | "isSaved">,
): void {
  if (drawn.length === 0) return;
  const known = new Set(generators.values());
  if (drawn.every((random) => known.has(random) || isSaved(random))) return;
  throw new ValueError(
    "fit",
    "every generator where a checkpoint finds it",
    "one that the data set, the loss or `gradients` draws from and has from elsewhere",
    "keep it in a field of the model, or give it to mapBatches(data, f, { random })",
  );
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

/** The parameters in a model's state that no optimizer updates, such as running means. */
function buffersOf(model: unknown, parameters: readonly Parameter[]): Parameter[] {
  const trained = new Set<Tensor>(parameters);
  return Object.values(liveWeights(model) ?? {}).filter(
    (value): value is Parameter => value instanceof Parameter && !trained.has(value),
  );
}
