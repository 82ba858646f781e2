/** @file Gradients of several small batches as the gradient of one big batch. */
import { add, keep, mul, noGrad, type Tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { checkPositive } from "./check.ts";
import { checkedGradients } from "./gradients.ts";

/**
 * Adds up gradients until one step is taken with their mean: as if the samples had come in one
 * batch.
 *
 * ḡ = Σₖ wₖgₖ / Σₖ wₖ, with wₖ the samples of batch k where each loss is a mean over its batch
 *
 * Memory: one tensor a parameter while batches are open, none in between.
 * @example
 * const accumulator = new GradientAccumulator();
 * for (const { x, y } of microBatches) {
 *   const { grads } = valueAndGrad(() => loss(x, y), parameters);
 *   accumulator.add(grads, x.shape[0]);
 * }
 * scope(() => optimizer.step(accumulator.take()));
 */
export class GradientAccumulator {
  #sums: readonly Tensor[] = [];
  #weight = 0;
  #batches = 0;

  /** Batches added since the last {@link take}. */
  get batches(): number {
    return this.#batches;
  }

  /**
   * Adds a batch.
   * @param grads - of the same shapes and in the same order each time
   * @param weight - samples of the batch, above 0; 1, for batches of one size, unless said
   * @throws ValueError for another number of gradients or a weight ≤ 0; ShapeError, DTypeError,
   * BackendError for one unlike the sum so far. Nothing was added then.
   */
  add(grads: readonly Tensor[], weight = 1): void {
    checkPositive("accumulate", { weight });
    const before = this.#sums;
    const help = "add the same parameters' gradients each time";
    this.#sums = noGrad(() => {
      if (this.#batches === 0) return grads.map((grad) => keep(mul(grad, weight)));
      const pairs = checkedGradients("accumulate", grads, before, (sum) => sum, help);
      return pairs.map(({ owner: sum, grad }) => keep(add(sum, mul(grad, weight))));
    });
    for (const sum of before) sum.dispose();
    this.#weight += weight;
    this.#batches++;
  }

  /**
   * The weighted mean, which the calling scope owns; the accumulator begins anew.
   * @throws ValueError when nothing was added
   */
  take(): Tensor[] {
    if (this.#batches === 0)
      throw new ValueError("accumulate", "at least 1 batch", 0, "add() gradients first");
    const mean = noGrad(() => this.#sums.map((sum) => mul(sum, 1 / this.#weight)));
    for (const sum of this.#sums) sum.dispose();
    this.#sums = [];
    this.#weight = 0;
    this.#batches = 0;
    return mean;
  }
}
