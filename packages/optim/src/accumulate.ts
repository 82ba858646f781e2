/** @file Gradients of several small batches as the gradient of one big batch. */
import { add, keep, mul, noGrad, type Tensor } from "@spm/core";
import { checkList, checkTensors, printsAs, showValue, ValueError } from "@spm/core/extend";
import { checkPositive } from "./check.ts";
import { checkedGradients } from "./gradients.ts";
import { recorder } from "./recorder.ts";

/**
 * Averages the gradients of several batches, so that one step is taken as if their samples were one
 * batch.
 *
 * ḡ = Σₖ wₖgₖ / Σₖ wₖ, with wₖ the samples of batch k where each loss is a mean over its batch
 *
 * Memory: one tensor a parameter from the first `add` to `take`.
 * @example
 * const accumulator = new GradientAccumulator();
 * accumulator.add([tensor([1])], 32);
 * accumulator.add([tensor([4])], 16);
 * accumulator.take()[0]; // [2]
 */
export class GradientAccumulator {
  #sums: readonly Tensor[] = [];
  #weight = 0;
  #batches = 0;
  /** The recorder of the step that added the first batch. */
  #recordedBy: object | null = null;

  static {
    printsAs(GradientAccumulator.prototype, ({ batches }) => {
      return `GradientAccumulator ${showValue({ batches })}`;
    });
  }

  /** Batches added since the last {@link take}. */
  get batches(): number {
    return this.#batches;
  }

  /**
   * Adds a batch.
   * @param grads - of the same shapes and in the same order each time
   * @param weight - samples of the batch, above 0 (default 1, for batches of one size)
   * @throws ValueError for another number of gradients or a weight ≤ 0; ShapeError, DTypeError,
   * BackendError for a gradient unlike the sum so far. Nothing is added then.
   */
  add(grads: readonly Tensor[], weight = 1): void {
    checkPositive("accumulate", { weight });
    checkTensors("accumulate", ...checkList("accumulate", grads, "gradients"));
    const before = this.#sums;
    const help = "add the same parameters' gradients each time";
    this.#sums = noGrad(() => {
      if (this.#batches === 0) return grads.map((grad) => mul(grad, weight)).map(keep);
      const pairs = checkedGradients("accumulate", grads, before, (sum) => sum, help);
      return pairs.map(({ owner: sum, grad }) => add(sum, mul(grad, weight))).map(keep);
    });
    for (const sum of before) sum.dispose();
    if (this.#batches === 0) this.#recordedBy = recorder.value;
    this.#advance(() => {
      this.#weight += weight;
      this.#batches++;
    });
  }

  /**
   * Returns the weighted mean, which the calling scope owns, and empties the accumulator.
   * @throws ValueError when nothing was added
   */
  take(): Tensor[] {
    if (this.#batches === 0)
      throw new ValueError("accumulate", "at least 1 batch", 0, "add() gradients first");
    if (this.#recordedBy !== recorder.value)
      recorder.value?.refuse("a mean of gradients that earlier steps accumulated");
    const mean = noGrad(() => this.#sums.map((sum) => mul(sum, 1 / this.#weight)));
    this.dispose();
    return mean;
  }

  /** Releases the sums, and empties the accumulator. */
  dispose(): void {
    for (const sum of this.#sums) sum.dispose();
    this.#advance(() => {
      this.#sums = [];
      this.#weight = 0;
      this.#batches = 0;
    });
  }

  /** Runs `change` now, and after each repetition of a step that is recorded. */
  #advance(change: () => void): void {
    recorder.value?.advances(change);
    change();
  }

  /** {@link dispose}, at the end of a block: `using accumulator = …`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
