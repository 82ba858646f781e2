/** @file The training loop. */
import type { Backend } from "@spm/core";
import { Rng } from "@spm/core/extend";
import type { DataLoader } from "@spm/data";
import { generatorsOf, instancesIn } from "@spm/nn/extend";
import { backendOf, called } from "./backend-of.ts";
import { type Steps, trainingSteps } from "./captured-step.ts";
import { evaluate } from "./evaluate.ts";
import { checkFit, type FitOptions, type FitResult } from "./fit-options.ts";
import { generatorStates, restoreGenerators } from "./generators.ts";
import {
  type Callback,
  callbackStates,
  callbackValues,
  type Ending,
  endAll,
  type HookName,
  type MetricsEvent,
  restoreCallbacks,
  type Say,
  type Training,
  type TrainingPosition,
} from "./hooks.ts";
import { descriptionMetadata } from "./io/model-metadata.ts";
import type { Metrics } from "./measurement.ts";
import { assertFinite, NonFinitePolicy } from "./non-finite.ts";
import { leave, moveTo, placeOf, savedPlace, stepsOf, type TrainingPlace } from "./place.ts";
import { checkSettings, settingsOf } from "./settings.ts";
import { Stopwatch } from "./stopwatch.ts";
import {
  evaluatedWeights,
  restoreValues,
  restoreWeights,
  type StatefulParts,
  type TrainingState,
  type Values,
  valuesOf,
} from "./training-state.ts";
import { yielding } from "./yielding.ts";

/**
 * Trains a model for `epochs` epochs of a loader.
 *
 * A second `fit` of a model on the same loader goes on where the first ended, in the batches and in
 * its callbacks; another model begins anew. `resume` restores a saved training with everything, so
 * that the next steps are the same as without an interruption, bit by bit. Each step runs in a
 * scope, so memory stays flat. In CPU memory the loss and the gradients are checked before the
 * update. On a device no step waits for a read: the loss is checked at each log, loss and weights
 * before each checkpoint.
 * All of it computes on the backend of the optimizer's parameters, whichever is current.
 *
 * @param model - the first argument of the loss function
 * @param loader - the training batches
 * @param options - see {@link FitOptions}; its loss function returns a scalar []
 * @throws ValueError before the first update for what can't be trained: an optimizer of another
 * model's parameters, a loss that depends on none, a parameter or generator that the forward uses
 * and that is in no field, a metric that a callback follows and evaluations lack, no epoch left;
 * when `resume` is of another model, optimizer, data or setting. NonFiniteError when the loss or a
 * gradient is NaN or infinite and `onNonFinite` is `"stop"`; in CPU memory, parameters and position
 * are then as before that step. OptionError for an unknown option, of `evaluate`, too, or a
 * callback with an unknown hook
 * @example
 * ```ts
 * import { rng } from "@spm/core";
 * import { DataLoader, gaussianClusters } from "@spm/data";
 * import { Mlp } from "@spm/models";
 * import { adam } from "@spm/optim";
 * import { classification, fit } from "@spm/trainer";
 * const model = new Mlp({ sizes: [8, 16, 3], linear: "rotation", random: rng(1) });
 * const data = gaussianClusters({ count: 300, features: 8, classes: 3, seed: 1 });
 * const { evaluation } = await fit(model, new DataLoader(data, { batchSize: 32, seed: 1 }), {
 *   loss: classification,
 *   optimizer: adam(model.parameters(), { learningRate: 1e-2 }),
 *   epochs: 2,
 *   evaluate: { data: new DataLoader(data, { batchSize: 100 }) },
 * });
 * ```
 */
export async function fit<Model, Batch>(
  model: Model,
  loader: DataLoader<Batch>,
  options: FitOptions<Model, Batch>,
): Promise<FitResult> {
  checkFit(model, loader, options);
  return new TrainingRun(model, loader, options).run();
}

/** One call of {@link fit}: its options and its position. */
class TrainingRun<Model, Batch> {
  readonly #model: Model;
  readonly #loader: DataLoader<Batch>;
  readonly #options: FitOptions<Model, Batch>;
  readonly #backend: Backend;
  readonly #callbacks: readonly Callback[];
  readonly #parts: StatefulParts;
  readonly #generators: ReadonlyMap<string, Rng>;
  /** The generators of the data set, once one of them was drawn from. */
  #dataGenerators: ReadonlyMap<string, Rng> | undefined;
  readonly #policy: NonFinitePolicy;
  readonly #steps: Steps<Batch>;
  readonly #yield: () => Promise<void>;
  /** The training as callbacks see it. */
  readonly #training: Training = {
    stop: () => {
      this.#stopped = true;
    },
    capture: () => this.#capture(),
    weights: () => evaluatedWeights(this.#model, this.#options.average),
    finishWith: (weights, evaluation) => {
      this.#final = { weights, evaluation };
    },
  };
  readonly #watch: Stopwatch;
  readonly #place: TrainingPlace<Batch>;
  /** The loss of the last log. */
  #logged = Number.NaN;
  #evaluation: Metrics | undefined;
  #stopped = false;
  #final: { readonly weights: Values; readonly evaluation: Metrics } | undefined;

  constructor(model: Model, loader: DataLoader<Batch>, options: FitOptions<Model, Batch>) {
    const { optimizer, average, callbacks = [], resume, epochs } = options;
    this.#model = model;
    this.#loader = loader;
    this.#options = options;
    this.#backend = backendOf(optimizer.parameters);
    this.#callbacks = callbacks;
    this.#parts = { model, optimizer, average };
    this.#generators = generatorsOf(model);
    const { onNonFinite = "stop", snapshotEvery = 100 } = options;
    this.#policy = new NonFinitePolicy(this.#parts, onNonFinite, snapshotEvery);
    this.#place = resume
      ? savedPlace(resume.progress, loader, options)
      : placeOf(model, loader, epochs);
    if (resume !== undefined) this.#restore(resume);
    this.#watch = new Stopwatch(resume?.progress.clock);
    this.#yield = yielding(options.yieldAfter ?? 50);
    const isSaved = (random: Rng): boolean => [...this.#ofData().values()].includes(random);
    const { window } = this.#place;
    const parts = { ...options, model, window, generators: this.#generators, isSaved };
    this.#steps = trainingSteps(parts);
  }

  /** Takes the remaining steps. */
  async run(): Promise<FitResult> {
    const { epochs, signal, logEvery = 10 } = this.#options;
    const place = this.#place;
    leave(this.#model, this.#loader, place);
    const started: Callback[] = [];
    let ending: Ending = "failed";
    try {
      for (const callback of this.#callbacks) {
        started.push(callback);
        await called(this.#backend, () => callback.onStart?.(this.#position(), this.#training));
      }
      if (place.unevaluated && !signal?.aborted) await this.#settle();
      while (place.batches.epoch < epochs && !signal?.aborted && !this.#stopped) {
        await this.#takeStep();
        const { step, steps } = this.#position();
        await this.#tell("onStep", (to, by) => to.onStep?.(this.#position(), by));
        if (step % logEvery === 0 || step === steps) await this.#log();
        await this.#settle();
        await this.#yield();
      }
      const finished = place.batches.epoch >= epochs && !place.unevaluated;
      ending = finished ? "finished" : this.#stopped ? "stopped" : "interrupted";
    } finally {
      const end: Say = (to, by) => to.onEnd?.({ ...this.#position(), ending }, by);
      await endAll(started, (to) => this.#tell("onEnd", end, [to])).finally(() => {
        for (const part of [this.#policy, this.#steps]) part.dispose();
      });
    }
    if (this.#final !== undefined && ending !== "interrupted") {
      restoreWeights(this.#model, this.#final.weights);
      this.#evaluation = this.#final.evaluation;
    }
    return {
      interrupted: ending === "interrupted",
      stopped: this.#stopped,
      position: this.#position(),
      evaluation: this.#evaluation,
    };
  }

  async #takeStep(): Promise<void> {
    const { accumulate = 1 } = this.#options;
    const { batches } = this.#place;
    const { epoch, position, batchesPerEpoch } = batches;
    this.#policy.beforeStep(this.#position().step);
    const left = this.#loader.batchesPerEpoch - position;
    const bad = this.#steps.take(batches, Math.min(accumulate, left));
    if (bad === undefined) return this.#policy.good();
    if (batches.epoch === epoch && batches.position % accumulate !== 0)
      // the others of the step
      moveTo(this.#place, this.#loader, epoch, Math.min(position + accumulate, batchesPerEpoch));
    const at = { ...this.#position(), ...bad };
    const error = this.#policy.bad(at.step, bad);
    if (error !== undefined) moveTo(this.#place, this.#loader, epoch, position);
    const { action } = this.#policy;
    await this.#tell("onNonFinite", (to, by) => to.onNonFinite?.({ ...at, action }, by));
    if (error !== undefined) throw error;
  }

  async #log(): Promise<void> {
    const metrics = await this.#place.window.take();
    if (metrics === undefined) return;
    this.#logged = metrics.loss;
    await assertFinite(this.#position().step, [metrics.loss]);
    await this.#tell("onLog", (to, by) => to.onLog?.(this.#measured(metrics), by));
  }

  /**
   * Evaluates after a step where that is due, and ends an epoch. After an evaluation that is cut
   * short, the training that resumes this one does the rest.
   */
  async #settle(): Promise<void> {
    const { data: evalData, every } = this.#options.evaluate ?? {};
    const { step } = this.#position();
    const ends = this.#place.batches.position === 0;
    const due = ends || (every !== undefined && step % every === 0);
    if (evalData !== undefined && due) await this.#evaluateOn(evalData);
    if (this.#place.unevaluated) return;
    if (ends) await this.#tell("onEpochEnd", (to, by) => to.onEpochEnd?.(this.#position(), by));
    await this.#tell("onSettled", (to, by) => to.onSettled?.(this.#position(), by));
  }

  #evaluateOn(evalData: DataLoader<Batch>): Promise<void> {
    const { loss, average, signal, yieldAfter } = this.#options;
    return this.#watch.pausedFor(async () => {
      this.#place.unevaluated = true;
      average?.swap();
      const means = await evaluate(this.#model, evalData, loss, {
        backend: this.#backend,
        ...(signal && { signal }),
        ...(yieldAfter !== undefined && { yieldAfter }),
      }).finally(() => average?.swap());
      if (means === undefined) return;
      this.#evaluation = means;
      this.#place.unevaluated = false;
      await this.#tell("onEvaluate", (to, by) => to.onEvaluate?.(this.#measured(means), by));
    });
  }

  #position(): TrainingPosition {
    return { ...stepsOf(this.#place, this.#options), ...this.#watch.read() };
  }

  #measured(metrics: Metrics): MetricsEvent {
    const { learningRate } = this.#options.optimizer;
    return { ...this.#position(), metrics, learningRate };
  }

  async #tell(hook: HookName, say: Say, callbacks = this.#callbacks): Promise<void> {
    const told = callbacks.filter((to) => to[hook] !== undefined);
    for (const to of told) await called(this.#backend, () => say(to, this.#training));
    if (!told.every(({ observes }) => observes)) this.#steps.refresh();
  }

  #ofData(): ReadonlyMap<string, Rng> {
    this.#dataGenerators ??= instancesIn(this.#loader.dataset, Rng);
    return this.#dataGenerators;
  }

  async #capture(): Promise<TrainingState> {
    const window = await this.#place.window.readings();
    const losses = window.map(({ values }) => values.loss ?? Number.NaN);
    const { parameters } = this.#options.optimizer;
    await assertFinite(this.#position().step, losses, { parameters, logged: this.#logged });
    const kept = this.#policy.values();
    return {
      values: { ...valuesOf(this.#parts), ...kept, ...callbackValues(this.#callbacks) },
      description: descriptionMetadata(this.#parts.model, "model."),
      progress: {
        step: this.#position().step,
        loader: this.#place.batches.state,
        unevaluated: this.#place.unevaluated,
        clock: this.#watch.read(),
        window,
        evaluation: this.#evaluation ?? null,
        badInRow: this.#policy.badInRow,
        generators: generatorStates(this.#generators),
        dataGenerators: generatorStates(this.#dataGenerators ?? new Map()),
        settings: settingsOf(this.#options),
        callbacks: callbackStates(this.#callbacks),
      },
    };
  }

  #restore({ values, progress }: TrainingState): void {
    checkSettings(progress.settings, this.#options);
    restoreValues(this.#parts, values);
    this.#policy.restore(values, progress.badInRow);
    restoreGenerators(this.#generators, progress.generators);
    if (Object.keys(progress.dataGenerators).length > 0)
      restoreGenerators(this.#ofData(), progress.dataGenerators);
    this.#evaluation = progress.evaluation ?? undefined;
    restoreCallbacks(this.#callbacks, progress.callbacks, values);
  }
}
