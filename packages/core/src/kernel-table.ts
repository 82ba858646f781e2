/** @file The kernels of a backend. */
import type { Kernel, Places } from "./backend.ts";
import type { Primitive } from "./primitive.ts";

/**
 * A backend's kernels, by primitive.
 * @example
 * const table = new KernelTable<NdArray>();
 * table.set(neg.primitive, ([x]) => [mapArray((v) => -v, x)]);
 */
export class KernelTable<Handle> {
  readonly #kernels = new Map<object, Kernel>();

  readonly get = (primitive: object): Kernel | undefined => this.#kernels.get(primitive);
  readonly has = (primitive: object): boolean => this.#kernels.has(primitive);

  /** Adds a kernel with the operands, results and options of its primitive. */
  set<I extends Places, O extends Places, Options>(
    primitive: Primitive<I, O, Options>,
    kernel: Kernel<Handle, NoInfer<I>, NoInfer<O>, NoInfer<Options>>,
  ): this {
    this.#kernels.set(primitive, kernel as unknown as Kernel);
    return this;
  }
}
