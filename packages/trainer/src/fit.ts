/** @file The training loop. */
import type { Rng } from "@spm/core";
import type { DataLoader } from "@spm/data";
import { evaluate } from "./evaluate.ts";
import { checkFitOptions, type FitOptions, type FitResult } from "./fit-options.ts";
import { generatorStates, generatorsOf, restoreGenerators } from "./generators.ts";
import {
  type Callback,
  callbackStates,
  type Ending,
  type MetricsEvent,
  restoreCallbacks,
  type Training,
  type TrainingPosition,
} from "./hooks.ts";
import { type Metrics, RunningMeans } from "./measurement.ts";
import { assertFinite, NonFinitePolicy } from "./non-finite.ts";
import { Stopwatch } from "./stopwatch.ts";
import { type CheckedStep, checkedStep } from "./train-step.ts";
import { type Parts, restoreValues, type TrainingState, valuesOf } from "./training-state.ts";
import { yielding } from "./yielding.ts";

/**
 * Trains a model until the loader has completed `epochs` epochs.
 *
 * Training continues at the loader's position. `resume` restores that position with everything
 * else, so that the next steps are the same as without an interruption, bit by bit. Each step runs
 * in a scope, so memory stays flat. In CPU memory the loss and the gradients are checked before the
 * update. On a device no step waits for a read: the loss is checked at each log, loss and weights
 * before each checkpoint.
 *
 * @param model - the first argument of the loss function
 * @param loader - the training batches
 * @param options - see {@link FitOptions}; its loss function returns a scalar []
 * @throws ValueError before the first step for counts that are none; NonFiniteError when the loss
 * or a gradient is NaN or infinite and `onNonFinite` is `"stop"`; in CPU memory, parameters and
 * loader are then as before that step. ShapeError, ValueError when `resume` is of another model or
 * optimizer. OptionError for an unknown option, of `evaluate`, too, or a callback with an unknown
 * hook
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
  checkFitOptions(options);
  return new TrainingRun(model, loader, options).run();
}

/** One call of {@link fit}: its options and its position. */
class TrainingRun<Model, Batch> {
  readonly #model: Model;
  readonly #loader: DataLoader<Batch>;
  readonly #options: FitOptions<Model, Batch>;
  readonly #callbacks: readonly Callback[];
  readonly #parts: Parts;
  readonly #generators: ReadonlyMap<string, Rng>;
  readonly #policy: NonFinitePolicy;
  readonly #step: CheckedStep<Batch>;
  readonly #yield: () => Promise<void>;
  /** The training as callbacks see it. */
  readonly #training: Training = {
    stop: () => {
      this.#stopped = true;
    },
    capture: () => this.#capture(),
  };

  readonly #watch: Stopwatch;
  /** Measurements since the last log. */
  readonly #window = new RunningMeans();
  /** The loss of the last log. */
  #logged = Number.NaN;
  #evaluation: Metrics | undefined;
  /** Whether a due evaluation was cut short. */
  #unevaluated = false;
  #stopped = false;

  constructor(model: Model, loader: DataLoader<Batch>, options: FitOptions<Model, Batch>) {
    const { loss, optimizer, average, gradients, callbacks = [], resume } = options;
    this.#model = model;
    this.#loader = loader;
    this.#options = options;
    this.#callbacks = callbacks;
    this.#parts = { model, optimizer, average };
    this.#generators = generatorsOf(model);
    const { onNonFinite = "stop", snapshotEvery = 100 } = options;
    this.#policy = new NonFinitePolicy(this.#parts, onNonFinite, snapshotEvery);
    if (resume !== undefined) this.#restore(resume);
    this.#watch = new Stopwatch(resume?.progress.clock);
    this.#yield = yielding(options.yieldAfter ?? 50);
    this.#step = checkedStep({ model, loss, optimizer, gradients, window: this.#window });
  }

  /** Takes the remaining steps. */
  async run(): Promise<FitResult> {
    const { epochs, signal, logEvery = 10 } = this.#options;
    await this.#tell((to, training) => to.onStart?.(this.#position(), training));
    let ending: Ending = "failed";
    try {
      if (this.#unevaluated && !signal?.aborted) await this.#settle();
      while (this.#loader.state.epoch < epochs && !signal?.aborted && !this.#stopped) {
        await this.#takeStep();
        const { step, steps } = this.#position();
        await this.#tell((to, training) => to.onStep?.(this.#position(), training));
        if (step % logEvery === 0 || step === steps) await this.#log();
        await this.#settle();
        await this.#yield();
      }
      const finished = this.#loader.state.epoch >= epochs && !this.#unevaluated;
      ending = finished ? "finished" : this.#stopped ? "stopped" : "interrupted";
    } finally {
      await this.#tell((to, training) => to.onEnd?.({ ...this.#position(), ending }, training));
      this.#policy.dispose();
    }
    return {
      interrupted: ending === "interrupted",
      stopped: this.#stopped,
      position: this.#position(),
      evaluation: this.#evaluation,
    };
  }

  async #takeStep(): Promise<void> {
    const before = this.#loader.state;
    this.#policy.beforeStep(this.#position().step);
    const bad = this.#step(() => this.#loader.next());
    if (bad === undefined) {
      this.#policy.good();
      this.#options.average?.update();
      return;
    }
    const position = this.#position();
    const error = this.#policy.bad(position.step, bad);
    if (error !== undefined) this.#loader.restore(before);
    const { action } = this.#policy;
    await this.#tell((to, training) => to.onNonFinite?.({ ...position, ...bad, action }, training));
    if (error !== undefined) throw error;
  }

  async #log(): Promise<void> {
    const metrics = await this.#window.take();
    if (metrics === undefined) return;
    this.#logged = metrics.loss;
    await assertFinite(this.#position().step, [metrics.loss]);
    await this.#tell((to, training) => to.onLog?.(this.#measured(metrics), training));
  }

  /**
   * Evaluates after a step where that is due, and ends an epoch. After an evaluation that is cut
   * short, the training that resumes this one does the rest.
   */
  async #settle(): Promise<void> {
    const { data: evalData, every } = this.#options.evaluate ?? {};
    const { step } = this.#position();
    const epochEnds = step % this.#loader.batchesPerEpoch === 0;
    const due = epochEnds || (every !== undefined && step % every === 0);
    if (evalData !== undefined && due) await this.#evaluateOn(evalData);
    if (this.#unevaluated) return;
    if (epochEnds) await this.#tell((to, training) => to.onEpochEnd?.(this.#position(), training));
    await this.#tell((to, training) => to.onSettled?.(this.#position(), training));
  }

  #evaluateOn(evalData: DataLoader<Batch>): Promise<void> {
    const { loss, average, signal, yieldAfter } = this.#options;
    return this.#watch.pausedFor(async () => {
      this.#unevaluated = true;
      average?.swap();
      const means = await evaluate(this.#model, evalData, loss, {
        ...(signal && { signal }),
        ...(yieldAfter !== undefined && { yieldAfter }),
      }).finally(() => average?.swap());
      if (means === undefined) return;
      this.#evaluation = means;
      this.#unevaluated = false;
      await this.#tell((to, training) => to.onEvaluate?.(this.#measured(means), training));
    });
  }

  #position(): TrainingPosition {
    const { state, batchesPerEpoch } = this.#loader;
    const { epochs } = this.#options;
    const step = state.epoch * batchesPerEpoch + state.position;
    return {
      step,
      steps: epochs * batchesPerEpoch,
      epoch: Math.max(1, Math.ceil(step / batchesPerEpoch)),
      epochs,
      ...this.#watch.read(),
    };
  }

  #measured(metrics: Metrics): MetricsEvent {
    const { learningRate } = this.#options.optimizer;
    return { ...this.#position(), metrics, learningRate };
  }

  async #tell(say: (to: Callback, training: Training) => void | Promise<void>): Promise<void> {
    for (const callback of this.#callbacks) await say(callback, this.#training);
  }

  async #capture(): Promise<TrainingState> {
    const window = await this.#window.readings();
    const losses = window.map(({ values }) => values.loss ?? Number.NaN);
    const { parameters } = this.#options.optimizer;
    await assertFinite(this.#position().step, losses, { parameters, logged: this.#logged });
    return {
      values: { ...valuesOf(this.#parts), ...this.#policy.values() },
      progress: {
        step: this.#position().step,
        loader: this.#loader.state,
        unevaluated: this.#unevaluated,
        clock: this.#watch.read(),
        window,
        evaluation: this.#evaluation ?? null,
        badInRow: this.#policy.badInRow,
        generators: generatorStates(this.#generators),
        callbacks: callbackStates(this.#callbacks),
      },
    };
  }

  #restore({ values, progress }: TrainingState): void {
    restoreValues(this.#parts, values);
    this.#policy.restore(values, progress.badInRow);
    this.#loader.restore(progress.loader);
    restoreGenerators(this.#generators, progress.generators);
    for (const reading of progress.window) this.#window.add(reading);
    this.#evaluation = progress.evaluation ?? undefined;
    this.#unevaluated = progress.unevaluated;
    restoreCallbacks(this.#callbacks, progress.callbacks);
  }
}
