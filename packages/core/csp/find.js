/**
 * @file What ndarray and cwise-compiler do with a compiler, done with what they compiled ahead of
 * time: they find a class by dtype and rank, and a loop by the order of the operands' axes.
 */
import { ShapeError } from "#errors";

/**
 * @typedef {{ stride: number[] }} View
 * @typedef {(data: ArrayLike<number>, shape: number[], stride: number[], offset: number) => View}
 * Construct
 * @typedef {(dtype: string, classes: Construct[], order: (this: View) => number[]) => Construct}
 * ClassOf
 */

/** The axes by stride, as ndarray has them from four axes on. @this {View} */
function order() {
  const steps = this.stride.map(Math.abs);
  return [...steps.keys()].sort((i, k) => Number(steps[i]) - Number(steps[k]));
}

/**
 * ndarray's own function.
 * @param {readonly ClassOf[]} classes - of no array at all, then by rank
 * @returns {Construct}
 * @throws ShapeError, from the function, for more axes than there are classes for
 */
export function makerFrom(classes) {
  /** @type {Map<string, Construct[]>} */
  const made = new Map();
  return (data, shape, stride, offset) => {
    const dtype = Object.prototype.toString.call(data).slice(8, -6).toLowerCase();
    const known = made.get(dtype) ?? [];
    if (known.length === 0) for (const classOf of classes) known.push(classOf(dtype, known, order));
    made.set(dtype, known);
    const construct = known[shape.length + 1];
    if (construct !== undefined) return construct(data, shape, stride, offset);
    const expected = `at most ${known.length - 2} axes under the condition csp`;
    throw new ShapeError("array", expected, shape.length);
  };
}

/**
 * cwise-compiler's `compile`. Its loops walk the axes in the order of the first array's strides.
 * Those from the first one on which the arrays disagree they walk in blocks of 64.
 * @typedef {number | readonly number[] | ArrayLike<number>} Argument
 * @param {readonly ((...args: Argument[]) => void)[]} loops - by rank, for axes in order
 * @returns {(types: readonly (string | number[])[]) => (...args: Argument[]) => void} from dtype
 * and order of each array to a loop, which takes the shape, and data, strides and offset of each
 */
export const compiledFrom = (loops) => (types) => {
  const orders = types.filter((type) => typeof type !== "string");
  const first = orders[0] ?? [];
  const differ = first.findIndex((axis, k) => orders.some((other) => other[k] !== axis));
  const blocks = first.map((_, k) => (differ < 0 || k < differ ? Infinity : 64));
  /** @param {Argument} list */
  const inOrder = (list) => first.map((axis) => /** @type {number[]} */ (list)[axis] ?? 0);
  return (shape, ...views) =>
    loops[first.length]?.(
      ...[inOrder(shape ?? []), blocks],
      ...views.map((value, i) => (i % 3 === 1 ? inOrder(value) : value)),
    );
};
