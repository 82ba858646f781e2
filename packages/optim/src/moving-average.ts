/**
 * @file An exponential moving average of the weights, which often evaluates better than the last
 * weights.
 */
import { clone, keep, noGrad, type Parameter, type Tensor } from "@spm/core";
import {
  assignAll,
  checkList,
  checkOptions,
  type OptionNames,
  printsAs,
  showValue,
  TapeError,
  ValueError,
} from "@spm/core/extend";
import { recorder, renewed } from "./recorder.ts";
import { checkState, copyTo, type Expected, type State } from "./state.ts";
import { type UpdateOp, updateOp } from "./update-op.ts";

/**
 * One step of an average a [...] towards a parameter p [...], by a decay d: a ← a + (1 − d)(p − a).
 * @example averageUpdate([tensor([1]), tensor([3])], { decay: 0.5 })[0]; // [2]
 */
export const averageUpdate: UpdateOp<[], { readonly decay: number }> = updateOp(
  "movingAverage",
  ([next], average, parameter, _, { decay }) => {
    for (let i = 0; i < average.length; i++)
      next[i] = average[i]! + (1 - decay) * (parameter[i]! - average[i]!);
  },
);

/** Options of {@link MovingAverage}. */
export interface MovingAverageOptions {
  /**
   * d in [0, 1], or a function of the number of the update (from 0), such as
   * `(t) => Math.min(0.999, (1 + t) / (10 + t))`, which forgets the start sooner.
   * @defaultValue 0.999
   */
  readonly decay?: number | ((update: number) => number);
}

const names: OptionNames<MovingAverageOptions> = { decay: true };

/**
 * An exponential moving average of parameters, which starts at their values.
 *
 * a ← d·a + (1 − d)·p
 *
 * Memory: one tensor a parameter [...], of its shape.
 * Source: Polyak, Juditsky, "Acceleration of stochastic approximation by averaging", SIAM 1992;
 * exponential form as in Tarvainen, Valpola, "Mean teachers are better role models", NeurIPS 2017
 * @example
 * const weight = parameter([1]);
 * const average = new MovingAverage([weight], { decay: 0.99 });
 * average.update(); // after each step of the optimizer
 * average.swap(); // the model computes with the averages: evaluate it here
 * average.swap(); // its own weights are back, bit by bit
 */
export class MovingAverage {
  readonly #decay: (update: number) => number;
  #pairs: readonly Averaged[];
  #updates = 0;
  #swapped = false;

  /** The parameters that are averaged. */
  readonly parameters: readonly Parameter[];

  /** @throws ValueError for a decay out of range; OptionError for an unknown option */
  constructor(parameters: readonly Parameter[], options: MovingAverageOptions = {}) {
    checkList("MovingAverage", parameters, "parameters");
    checkOptions("MovingAverage", options, names);
    const { decay = 0.999 } = options;
    this.#decay = typeof decay === "function" ? decay : () => decay;
    this.#decayAt(0);
    this.parameters = [...parameters];
    this.#pairs = copied(parameters);
  }

  static {
    printsAs(MovingAverage.prototype, (average) => {
      const { updates, swapped } = average;
      const parameters = average.#pairs.length;
      const decay = average.#decayAt(updates);
      return `MovingAverage ${showValue({ parameters, decay, updates, swapped })}`;
    });
  }

  /** Updates so far. */
  get updates(): number {
    return this.#updates;
  }

  /** Whether the parameters hold the averages now. */
  get swapped(): boolean {
    return this.#swapped;
  }

  /**
   * Moves the averages towards the parameters.
   * @throws TapeError while swapped; ValueError for a decay out of range
   */
  update(): void {
    this.#checkInPlace();
    const options = renewed(() => ({ decay: this.#decayAt(this.#updates) }));
    const before = this.#pairs;
    this.#pairs = keptPairs(before, ({ parameter, average }) => {
      const [next] = averageUpdate([average, parameter], options);
      return next;
    });
    for (const { average } of before) average.dispose();
    const advance = (): void => {
      this.#updates++;
    };
    recorder.value?.advances(advance);
    advance();
  }

  /**
   * Exchanges parameters and averages, without rounding: all of them, or none.
   * @throws TapeError in an open tape; BackendError when there is no memory
   */
  swap(): void {
    const before = this.#pairs;
    const copies = copied(before.map(({ parameter }) => parameter));
    try {
      assignAll(before.map(({ parameter, average }) => [parameter, average]));
    } catch (error) {
      for (const { average } of copies) average.dispose();
      throw error;
    }
    this.dispose();
    this.#pairs = copies;
    this.#swapped = !this.#swapped;
  }

  /**
   * `movingAverage.updates` and `movingAverage.<i>`. The tensors are the live ones: the next update
   * releases them.
   * @throws TapeError while swapped
   */
  state(): Record<string, Tensor | number> {
    this.#checkInPlace();
    return Object.fromEntries([
      ["movingAverage.updates", this.#updates],
      ...this.#pairs.map(({ average }, i) => [`movingAverage.${i}`, average]),
    ]);
  }

  /**
   * Copies a {@link state} in.
   * @throws ValueError for a missing or unknown key; ShapeError, DTypeError for a tensor unlike its
   * parameter; TapeError while swapped. Nothing is written then.
   */
  restore(state: State): void {
    this.#checkInPlace();
    const expected = new Map<string, Expected>([["movingAverage.updates", "count"]]);
    for (const [i, { parameter }] of this.#pairs.entries())
      expected.set(`movingAverage.${i}`, parameter);
    checkState("movingAverage", state, expected);
    const copies = keptPairs(this.#pairs, ({ parameter }, i) =>
      copyTo(state[`movingAverage.${i}`] as Tensor, parameter.backend),
    );
    this.dispose();
    this.#pairs = copies;
    this.#updates = state["movingAverage.updates"] as number;
  }

  /** Releases the averages. */
  dispose(): void {
    for (const { average } of this.#pairs) average.dispose();
  }

  /** {@link dispose}, at the end of a block: `using average = …`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @throws TapeError while swapped */
  #checkInPlace(): void {
    if (this.#swapped)
      throw new TapeError(
        "movingAverage",
        "the parameters in place",
        "the averages there",
        "swap() back first",
      );
  }

  #decayAt(update: number): number {
    const decay = this.#decay(update);
    if (!(typeof decay === "number" && decay >= 0 && decay <= 1))
      throw new ValueError("movingAverage", `a decay in [0, 1] at update ${update}`, decay);
    return decay;
  }
}

/** A parameter and its average. */
interface Averaged {
  readonly parameter: Parameter;
  readonly average: Tensor;
}

/** Parameters beside tensors that `make` makes and no scope releases; none where it throws. */
const keptPairs = <T extends { readonly parameter: Parameter }>(
  owners: readonly T[],
  make: (owner: T, i: number) => Tensor,
): Averaged[] =>
  noGrad(() => {
    const pairs = owners.map((owner, i) => ({
      parameter: owner.parameter,
      average: make(owner, i),
    }));
    for (const { average } of pairs) keep(average);
    return pairs;
  });

/** Parameters beside copies of them. */
const copied = (parameters: readonly Parameter[]): Averaged[] =>
  keptPairs(
    parameters.map((parameter) => ({ parameter })),
    ({ parameter }) => clone(parameter),
  );
