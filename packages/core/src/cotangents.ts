/**
 * @file The cotangents of a sweep over the tape: x̄ = Σ (∂y/∂x)ᵀ ȳ, over the calls y that took x.
 */
import { add } from "./ops/families.ts";
import { releaseEarly } from "./scope.ts";
import type { CotangentList } from "./tape.ts";
import type { Tensor } from "./tensor.ts";

/** Sums the cotangent of each tensor; one that no pending node reads is released (memory only). */
export class CotangentSums {
  readonly #of = new Map<Tensor, Tensor>();
  /**
   * For each cotangent, the number of tensors that have it: a vjp may return one tensor for several
   * inputs.
   */
  readonly #uses = new Map<Tensor, number>();
  readonly #wanted: ReadonlySet<Tensor>;

  constructor(wanted: readonly Tensor[]) {
    this.#wanted = new Set(wanted);
  }

  of(x: Tensor): Tensor | null {
    return this.#of.get(x) ?? null;
  }

  add(x: Tensor, ct: Tensor): void {
    const before = this.#of.get(x);
    const sum = before ? add(before, ct) : ct;
    this.#of.set(x, sum);
    this.#count(sum, 1);
    if (before && this.#count(before, -1) === 0) releaseEarly(before);
  }

  /**
   * Ends a node: drops the cotangents of its outputs, and releases those of `seen` (what its vjp
   * took and returned) that are no tensor's cotangent any more.
   */
  close(seen: CotangentList, outputs: readonly Tensor[]): void {
    for (const x of outputs) {
      const ct = this.#of.get(x);
      if (ct === undefined || this.#wanted.has(x)) continue;
      this.#of.delete(x);
      this.#count(ct, -1);
    }
    for (const t of seen) if (t && !this.#uses.has(t)) releaseEarly(t);
  }

  #count(ct: Tensor, change: 1 | -1): number {
    const uses = (this.#uses.get(ct) ?? 0) + change;
    if (uses === 0) this.#uses.delete(ct);
    else this.#uses.set(ct, uses);
    return uses;
  }
}
