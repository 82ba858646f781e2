/**
 * @file An exponential moving average of the weights, which often evaluates better than the last
 * weights.
 */
import { keep, noGrad, type Parameter, type Tensor } from "@spm/core";
import { TapeError, ValueError } from "@spm/core/extend";
import { checkState, type Expected, keptCopy, type State } from "./state.ts";
import { type UpdateOp, updateOp } from "./update-op.ts";

/**
 * One step of an average towards a parameter: a ← a + (1 − d)(p − a). Its primitive is
 * `averageUpdate.primitive`.
 */
export const averageUpdate: UpdateOp<[], { readonly decay: number }> = updateOp(
  "movingAverage",
  ([next], average, parameter, _, { decay }) => {
    for (let i = 0; i < average.length; i++)
      next[i] = average[i]! + (1 - decay) * (parameter[i]! - average[i]!);
  },
);

/**
 * Exponential moving average of parameters: a ← d·a + (1 − d)·p after each step, starting from the
 * parameters as they are.
 *
 * Memory: one tensor a parameter.
 * Source: Polyak, Juditsky, "Acceleration of stochastic approximation by averaging", SIAM 1992;
 * exponential form as in Tarvainen, Valpola, "Mean teachers are better role models", NeurIPS 2017
 * @example
 * const average = new MovingAverage(parameters, { decay: 0.999 });
 * optimizer.step(grads);
 * average.update();
 * average.swap(); // the model now computes with the averages
 * await evaluate(model);
 * average.swap(); // and again with its own weights, bit by bit
 */
export class MovingAverage {
  readonly #decay: (update: number) => number;
  #pairs: readonly { readonly parameter: Parameter; readonly average: Tensor }[];
  #updates = 0;
  #swapped = false;

  /**
   * @param options.decay - d in [0, 1], 0.999 unless said; or a function of the number of the
   * update, from 0, such as `(t) => Math.min(0.999, (1 + t) / (10 + t))`, which forgets the start
   * sooner
   * @throws ValueError for a decay out of range
   */
  constructor(
    params: readonly Parameter[],
    { decay = 0.999 }: { readonly decay?: number | ((update: number) => number) } = {},
  ) {
    this.#decay = typeof decay === "function" ? decay : () => decay;
    this.#decayAt(0);
    this.#pairs = copied(params);
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
    const decay = this.#decayAt(this.#updates);
    const before = this.#pairs;
    this.#pairs = noGrad(() =>
      before.map(({ parameter, average }) => {
        const [next] = averageUpdate([average, parameter], { decay });
        return { parameter, average: keep(next) };
      }),
    );
    for (const { average } of before) average.dispose();
    this.#updates++;
  }

  /**
   * Exchanges parameters and averages, without rounding: once to evaluate, once more to go on.
   * @throws TapeError in an open tape
   */
  swap(): void {
    const before = this.#pairs;
    for (const { parameter } of before) parameter.assertAssignable();
    this.#pairs = copied(before.map(({ parameter }) => parameter));
    for (const { parameter, average } of before) {
      parameter.assign(average);
      average.dispose();
    }
    this.#swapped = !this.#swapped;
  }

  /**
   * `movingAverage.updates` and `movingAverage.<i>`; the tensors are live, until the next update.
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
   * Takes over a copy of what {@link state} gave.
   * @throws ValueError for a missing or unknown key; ShapeError, DTypeError for a tensor unlike its
   * parameter; TapeError while swapped. Nothing has been written then.
   */
  restore(state: State): void {
    this.#checkInPlace();
    const expected = new Map<string, Expected>([["movingAverage.updates", "count"]]);
    for (const [i, { parameter }] of this.#pairs.entries())
      expected.set(`movingAverage.${i}`, parameter);
    checkState("movingAverage", state, expected);
    const copies = this.#pairs.map(({ parameter }, i) => ({
      parameter,
      average: keptCopy(state[`movingAverage.${i}`] as Tensor, parameter.backend),
    }));
    this.dispose();
    this.#pairs = copies;
    this.#updates = state["movingAverage.updates"] as number;
  }

  /** Releases the averages. */
  dispose(): void {
    for (const { average } of this.#pairs) average.dispose();
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
    if (!(decay >= 0 && decay <= 1))
      throw new ValueError("movingAverage", `a decay in [0, 1] at update ${update}`, decay);
    return decay;
  }
}

/** Parameters beside copies of them. */
const copied = (params: readonly Parameter[]): { parameter: Parameter; average: Tensor }[] =>
  params.map((parameter) => ({ parameter, average: keptCopy(parameter, parameter.backend) }));
