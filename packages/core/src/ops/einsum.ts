/**
 * @file Sums of products by labelled axes, as transposes, reshapes, sums and matrix products.
 */
import { ShapeError, ValueError } from "../errors.ts";
import { each } from "../primitive.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { showSpec, type Tensor } from "../tensor.ts";
import { sum } from "./broadcast.ts";
import { checkTensors, kindOf } from "./check.ts";
import { matmul } from "./matmul.ts";
import { reshape, transpose } from "./reshape.ts";
import { slice } from "./slice.ts";

/** A tensor with a label for each of its axes: a letter, or k for the k-th last of `...`. */
interface Labelled {
  readonly x: Tensor;
  readonly labels: readonly string[];
}

/**
 * Einstein's summation: each letter names an axis, and letters missing on the right are summed
 * over. `...` stands for the axes without a letter, which are aligned from the last. A size of 1
 * broadcasts. Without a right side the result has `...`, then the letters that occur once, in
 * alphabetical order. Operands are contracted from left to right.
 * @param operands - [...], as many axes as their term of the equation has letters, or more where it
 * has `...`
 * @returns [...], an axis for each letter on the right
 * @throws ShapeError when the equation does not fit the operands, or a letter has two sizes
 * @example einsum("bhid,bhjd->bhij", q, k); // attention scores
 * @example einsum("bii->b", x); // traces
 * @example einsum("...ij,...j->...i", ones([5, 2, 3]), ones([3])).shape; // [5, 2]
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  checkTensors("einsum", ...operands);
  if (typeof equation !== "string")
    throw new ValueError("einsum", 'an equation, as "ij,jk->ik"', kindOf(equation));
  const [left = "", right, ...more] = equation.replaceAll(" ", "").split("->");
  const texts = left.split(",");
  const terms = operands.map((x, k) => {
    const text = texts[k] ?? "";
    const dots = x.shape.length - text.replace("...", "").length;
    return { x, labels: labelsOf(text, dots), dots: text.includes("...") ? dots : 0 };
  });
  const all = terms.flatMap(({ labels }) => labels);
  const once = all.filter((c) => /\D/.test(c) && all.indexOf(c) === all.lastIndexOf(c)).sort();
  const most = Math.max(0, ...terms.map(({ dots }) => dots));
  const output = right === undefined ? [...labelsOf("...", most), ...once] : labelsOf(right, most);
  const sizes = new Map<string, number>();
  const spelt = [...texts, right ?? "", ...more.map(() => "->")].every((t) => legal.test(t));
  const fit = terms.every(({ x, labels }) => fits(x.shape, labels, sizes));
  const known = output.every((c, k) => sizes.has(c) && output.indexOf(c) === k);
  if (!spelt || !fit || !known || texts.length !== terms.length) {
    const got = operands.map(showSpec).join(" and ");
    throw new ShapeError("einsum", `operands and a result that fit "${equation}"`, got);
  }
  const whole = terms.map((term) => ({
    ...term,
    own: term.labels.filter((c, i) => term.x.shape[i] === sizes.get(c)),
  }));
  const parts = whole.map((term, k) => {
    const elsewhere = [...output, ...whole.toSpliced(k, 1).flatMap(({ own }) => own)];
    return summed(diagonal(term), common(term.own, elsewhere));
  });
  const product = parts.reduce((a, b, k) =>
    contract(a, b, [...output, ...parts.slice(k + 1).flatMap((part) => part.labels)], sizes),
  );
  return inOrder(product, output);
}

/** The labels of one list that are in another, too. */
const common = (labels: readonly string[], others: readonly string[]): string[] =>
  labels.filter((c) => others.includes(c));

/** The tensor with its axes in the order of these labels. */
const inOrder = ({ x, labels }: Labelled, order: readonly string[]): Tensor =>
  transpose(
    x,
    each(order, (c) => labels.indexOf(c)),
  );

/** Letters, and `...` once at most. */
const legal = /^[a-z]*(\.\.\.)?[a-z]*$/i;

/** The labels of a term in which `...` stands for so many axes, at most ten. */
const labelsOf = (term: string, dots: number): string[] => [
  ...term.replace("...", "9876543210".slice(10 - dots)),
];

/** Whether each axis has a label and each label one size, or 1; `sizes` takes down which. */
const fits = (shape: Shape, labels: readonly string[], sizes: Map<string, number>): boolean =>
  shape.length === labels.length &&
  labels.every((c, i) => {
    const [n, known = 1] = [shape[i]!, sizes.get(c)];
    sizes.set(c, known === 1 ? n : known);
    return (n === known || n === 1 || known === 1) && n === shape[labels.indexOf(c)];
  });

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

/** The sum over all letters but those that are kept. */
function summed({ x, labels }: Labelled, kept: readonly string[]): Labelled {
  const axis = labels.flatMap((c, k) => (kept.includes(c) ? [] : [k]));
  return { x: axis.length > 0 ? sum(x, axis) : x, labels: common(labels, kept) };
}

/**
 * The product of two tensors, summed over the letters that both have and that don't occur later:
 * one batched matmul.
 */
function contract(
  a: Labelled,
  b: Labelled,
  later: readonly string[],
  sizes: ReadonlyMap<string, number>,
): Labelled {
  const both = common(a.labels, b.labels);
  const batch = common(both, later);
  const inner = both.filter((c) => !later.includes(c));
  const [rows, columns] = each([a, b], ({ labels }) => labels.filter((c) => !both.includes(c)));
  const shapeOf = (labels: readonly string[]) => labels.map((c) => sizes.get(c)!);
  const matrices = (part: Labelled, ...groups: (readonly string[])[]) => {
    const shape = groups.map((group) => sizeOf(shapeOf(group)));
    return reshape(inOrder(part, groups.flat()), shape);
  };
  const product = matmul(matrices(a, batch, rows, inner), matrices(b, batch, inner, columns));
  const labels = [...batch, ...rows, ...columns];
  return { x: reshape(product, shapeOf(labels)), labels };
}
