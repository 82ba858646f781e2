/** @file An exponential moving average of the weights, which often evaluates better than the last weights. */
import { keep, noGrad, type Parameter, TapeError, type Tensor, ValueError } from "@spm/core";
import { checkState, type Expected, keptCopy, type State } from "./state.ts";
import { type UpdateOp, updateOp } from "./update-op.ts";

/** One step of an average towards a parameter: a ← a + (1 − d)(p − a). Its primitive is `averageUpdate.primitive`. */
export const averageUpdate: UpdateOp<[], { readonly decay: number }> = updateOp(
  "movingAverage",
  ([next], average, parameter, _, { decay }) => {
    for (let i = 0; i < average.length; i++) next[i] = average[i]! + (1 - decay) * (parameter[i]! - average[i]!);
  },
);

/**
 * Exponential moving average of parameters: a ← d·a + (1 − d)·p after each step, starting from the parameters as they are.
 *
 * Memory: one tensor a parameter.
 * Source: Polyak, Juditsky, "Acceleration of stochastic approximation by averaging", SIAM 1992; exponential form as in
 * Tarvainen, Valpola, "Mean teachers are better role models", NeurIPS 2017
 * @example
 * const average = new MovingAverage(parameters, { decay: 0.999 });
 * optimizer.step(grads);
 * average.update();
 * average.swap(); // the model now computes with the averages
 * await evaluate(model);
 * average.swap(); // and again with its own weights, bit by bit
 */
export class MovingAverage {
  readonly #params: readonly Parameter[];
  readonly #decay: (update: number) => number;
  #averages: readonly Tensor[];
  #updates = 0;
  #swapped = false;

  /**
   * @param options.decay - d in [0, 1], 0.999 unless said; or a function of the number of the update, from 0, such as
   * `(t) => Math.min(0.999, (1 + t) / (10 + t))`, which forgets the start sooner
   * @throws ValueError for a decay out of range
   */
  constructor(
    params: readonly Parameter[],
    { decay = 0.999 }: { readonly decay?: number | ((update: number) => number) } = {},
  ) {
    this.#decay = typeof decay === "function" ? decay : () => decay;
    this.#decayAt(0);
    this.#params = params;
    this.#averages = params.map((p) => keptCopy(p, p.backend));
  }

  /** Updates so far. */
  get updates(): number {
    return this.#updates;
  }

  /** Whether the parameters hold the averages now. */
  get swapped(): boolean {
    return this.#swapped;
  }

  /** Moves the averages towards the parameters. @throws TapeError while swapped; ValueError for a decay out of range */
  update(): void {
    this.#checkInPlace();
    const decay = this.#decayAt(this.#updates);
    const before = this.#averages;
    this.#averages = noGrad(() =>
      before.map((average, i) => keep(averageUpdate([average, this.#params[i]!], { decay })[0]!)),
    );
    for (const average of before) average.dispose();
    this.#updates++;
  }

  /** Exchanges parameters and averages, without rounding: once to evaluate, once more to go on. @throws TapeError in an open tape */
  swap(): void {
    for (const p of this.#params) p.assertAssignable();
    const averages = this.#averages;
    this.#averages = this.#params.map((p) => keptCopy(p, p.backend));
    this.#params.forEach((p, i) => {
      p.assign(averages[i]!);
      averages[i]!.dispose();
    });
    this.#swapped = !this.#swapped;
  }

  /** `movingAverage.updates` and `movingAverage.<i>`; the tensors are live, until the next update. @throws TapeError while swapped */
  state(): Record<string, Tensor | number> {
    this.#checkInPlace();
    return Object.fromEntries([
      ["movingAverage.updates", this.#updates],
      ...this.#averages.map((average, i) => [`movingAverage.${i}`, average]),
    ]);
  }

  /**
   * Takes over a copy of what {@link state} gave.
   * @throws ValueError for a missing or unknown key; ShapeError, DTypeError for a tensor unlike its parameter; TapeError while
   * swapped. Nothing has been written then.
   */
  restore(state: State): void {
    this.#checkInPlace();
    const expected = new Map<string, Expected>([["movingAverage.updates", "count"]]);
    for (const [i, p] of this.#params.entries()) expected.set(`movingAverage.${i}`, p);
    checkState("movingAverage", state, expected);
    const copies = this.#params.map((p, i) => keptCopy(state[`movingAverage.${i}`] as Tensor, p.backend));
    this.dispose();
    this.#averages = copies;
    this.#updates = state["movingAverage.updates"] as number;
  }

  /** Releases the averages. */
  dispose(): void {
    for (const average of this.#averages) average.dispose();
  }

  /** @throws TapeError while swapped */
  #checkInPlace(): void {
    if (this.#swapped)
      throw new TapeError("movingAverage", "the parameters in place", "the averages there", "swap() back first");
  }

  #decayAt(update: number): number {
    const decay = this.#decay(update);
    if (!(decay >= 0 && decay <= 1))
      throw new ValueError("movingAverage", `a decay in [0, 1] at update ${update}`, decay);
    return decay;
  }
}
