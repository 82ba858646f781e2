/**
 * @file Sums of products by labelled axes, as transposes, reshapes, sums and matrix products.
 */
import { ShapeError } from "../errors.ts";
import { sizeOf } from "../shape.ts";
import { showSpec, type Tensor } from "../tensor.ts";
import { sum } from "./broadcast.ts";
import { matmul } from "./matmul.ts";
import { reshape, transpose } from "./reshape.ts";
import { slice } from "./slice.ts";

/** A tensor with a letter for each of its axes. */
interface Labelled {
  readonly x: Tensor;
  readonly labels: readonly string[];
}

/**
 * Einstein's summation: each letter names an axis, and letters missing on the right are summed
 * over. Without a right side the result has the letters that occur once, in alphabetical order.
 * Operands are contracted from left to right.
 * @param operands - [...], as many axes as their term of the equation has letters
 * @returns [...], an axis for each letter on the right
 * @throws ShapeError when the equation does not fit the operands, or a letter has two sizes
 * @example einsum("bhid,bhjd->bhij", q, k); // attention scores
 * @example einsum("bii->b", x); // traces
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  const [left, right] = equation.replaceAll(" ", "").split("->");
  const terms = left!.split(",").map((term) => [...term]);
  const letters = terms.flat();
  const once = letters.filter((c) => letters.indexOf(c) === letters.lastIndexOf(c)).sort();
  const output = right === undefined ? once : [...right];
  checkOperands(equation, terms, output, operands);
  const parts = operands.map((x, k) => {
    const elsewhere = [...output, ...terms.toSpliced(k, 1).flat()];
    return summed(diagonal({ x, labels: terms[k]! }), elsewhere);
  });
  const { x, labels } = parts.reduce((a, b, k) =>
    contract(a, b, [...output, ...terms.slice(k + 1).flat()]),
  );
  const order = output.map((c) => labels.indexOf(c));
  return transpose(x, order);
}

/**
 * @throws ShapeError unless each axis has a letter, each letter one size, and the result only
 * letters of the operands, once
 */
function checkOperands(
  equation: string,
  terms: string[][],
  output: string[],
  operands: readonly Tensor[],
): void {
  const sizes = new Map<string | undefined, number>();
  const consistent = operands.every(({ shape }, k) =>
    shape.every(
      (n, i) => n === (sizes.get(terms[k]?.[i]) ?? sizes.set(terms[k]?.[i], n).get(terms[k]?.[i])),
    ),
  );
  const matched =
    operands.length === terms.length &&
    operands.every((x, k) => x.shape.length === terms[k]!.length);
  const known = new Set(output).size === output.length && output.every((c) => sizes.has(c));
  if (!consistent || !matched || !known || !/^[a-z,]*$/i.test(terms.join()))
    throw new ShapeError(
      "einsum",
      `operands and a result that fit "${equation}"`,
      operands.map(showSpec).join(" and "),
    );
}

/** The elements at which both axes of a letter that occurs twice have the same index. */
function diagonal({ x, labels }: Labelled): Labelled {
  const j = labels.findIndex((c, k) => labels.indexOf(c) < k);
  if (j < 0) return { x, labels };
  const i = labels.indexOf(labels[j]!);
  const rest = labels.map((_, k) => k).filter((k) => k !== i && k !== j);
  const n = x.shape[i]!;
  const flat = reshape(transpose(x, [...rest, i, j]), [...rest.map((k) => x.shape[k]!), n * n]);
  const y = slice(flat, [...rest.map(() => undefined), { step: n + 1 }]);
  return diagonal({ x: y, labels: [...rest.map((k) => labels[k]!), labels[i]!] });
}

/** The sum over the letters that occur nowhere else. */
function summed({ x, labels }: Labelled, elsewhere: readonly string[]): Labelled {
  const axis = labels.flatMap((c, k) => (elsewhere.includes(c) ? [] : [k]));
  return {
    x: axis.length > 0 ? sum(x, axis) : x,
    labels: labels.filter((c) => elsewhere.includes(c)),
  };
}

/**
 * The product of two tensors, summed over the letters that both have and that don't occur later:
 * one batched matmul.
 */
function contract(a: Labelled, b: Labelled, later: readonly string[]): Labelled {
  const both = a.labels.filter((c) => b.labels.includes(c));
  const [batch, inner] = [
    both.filter((c) => later.includes(c)),
    both.filter((c) => !later.includes(c)),
  ];
  const [rows, columns] = [a, b].map((part) => part.labels.filter((c) => !both.includes(c))) as [
    string[],
    string[],
  ];
  const sizesOf = (part: Labelled, labels: string[]) =>
    labels.map((c) => part.x.shape[part.labels.indexOf(c)]!);
  const matrices = (part: Labelled, left: string[], right: string[]) => {
    const order = [...batch, ...left, ...right].map((c) => part.labels.indexOf(c));
    const shape = [
      ...sizesOf(part, batch),
      sizeOf(sizesOf(part, left)),
      sizeOf(sizesOf(part, right)),
    ];
    return reshape(transpose(part.x, order), shape);
  };
  const product = matmul(matrices(a, rows, inner), matrices(b, inner, columns));
  const shape = [...sizesOf(a, batch), ...sizesOf(a, rows), ...sizesOf(b, columns)];
  return { x: reshape(product, shape), labels: [...batch, ...rows, ...columns] };
}
