/**
 * @file Factorisations composed of core's ops, a column or a row at a time: they run on devices,
 * where nothing is known of the numbers, so that NaN and infinities stand for errors.
 */
import {
  abs,
  add,
  arange,
  argmax,
  broadcastTo,
  concat,
  div,
  equal,
  gather,
  greater,
  matmul,
  max,
  mul,
  neg,
  norm,
  ones,
  pad,
  slice,
  sqrt,
  sub,
  sum,
  type Tensor,
  where,
} from "@spm/core";
import { alias } from "@spm/core/extend";
import type { Triangle } from "./factors.ts";
import { columns, identityLike, matrices, rows, transposed } from "./matrices.ts";

/** The rows that an index [..., k, 1] says. */
export const pick = (x: Tensor, index: Tensor): Tensor =>
  gather(x, broadcastTo(index, [...index.shape.slice(0, -1), x.shape.at(-1) ?? 0]), -2);

/** Rows of zeros above, columns of zeros before. */
const padded = (x: Tensor, above: number, before: number): Tensor => {
  const none = x.shape.slice(2).map(() => 0);
  return pad(x, [...none, above, before], [...none, 0, 0]);
};

/** The last two axes backwards, or the rows alone: views. */
const backwards = (x: Tensor, axes: 1 | 2): Tensor =>
  slice(x, [
    ...x.shape.slice(2).map(() => undefined),
    { step: -1 },
    axes === 2 ? { step: -1 } : undefined,
  ]);

/** T⁻¹ B by substitution: a row of X, then what it adds to the rows after it. */
export function composedSubstitution(t: Tensor, b: Tensor, triangle: Triangle): Tensor {
  const { upper, unitriangular } = triangle;
  if (upper) {
    const lower = { upper: false, unitriangular };
    return backwards(composedSubstitution(backwards(t, 2), backwards(b, 1), lower), 1);
  }
  const { n } = matrices("triangularSolve", t);
  if (n === 0) return alias(b);
  const found: Tensor[] = [];
  let rest = b;
  for (let k = 0; k < n; k++) {
    const column = columns(t, k, k + 1);
    const top = rows(rest, 0, 1);
    const x = unitriangular ? top : div(top, rows(column, k, k + 1));
    found.push(x);
    rest = sub(rows(rest, 1, n - k), mul(rows(column, k + 1, n), x));
  }
  return concat(found, -2);
}

/** L with A = L Lᵀ from the lower triangle; NaN where A is not positive definite. */
export function composedCholesky(a: Tensor): Tensor {
  const { n } = matrices("cholesky", a);
  if (n === 0) return alias(a);
  const found: Tensor[] = [];
  let rest = a;
  for (let k = 0; k < n; k++) {
    const column = columns(rest, 0, 1);
    const l = div(column, sqrt(rows(column, 0, 1)));
    found.push(padded(l, k, 0));
    const below = rows(l, 1, n - k);
    rest = sub(columns(rows(rest, 1, n - k), 1, n - k), mul(below, transposed(below)));
  }
  return concat(found, -1);
}

/** L and U in one, the row of A that each row is, and det P: as the primitive `luOp`. */
export function composedLu(a: Tensor): [lu: Tensor, order: Tensor, sign: Tensor] {
  const { batch, m, n } = matrices("lu", a);
  const { backend, dtype } = a;
  const position = (size: number) => arange(size, { dtype: "int32", backend }).reshape([size, 1]);
  const found: Tensor[] = [];
  const places: Tensor[] = [];
  let rest = a; // the rows that are no pivot's yet, with their part of L
  let order = broadcastTo(position(m), [...batch, m, 1]);
  let sign = ones([...batch, 1, 1], { dtype, backend });
  for (let k = 0; k < Math.min(m, n); k++) {
    const each = position(m - k);
    const first = rows(each, 0, 1);
    const best = argmax(abs(columns(rest, k, k + 1)), { axis: -2, keepdims: true });
    const from = where(equal(each, first), best, where(equal(each, best), first, each));
    sign = where(equal(best, first), sign, neg(sign));
    [rest, order] = [pick(rest, from), pick(order, from)];
    const [top, below] = [rows(rest, 0, 1), rows(rest, 1, m - k)];
    const pivot = columns(top, k, k + 1);
    const factor = div(columns(below, k, k + 1), where(equal(pivot, 0), 1, pivot));
    const left = sub(columns(below, k + 1, n), mul(factor, columns(top, k + 1, n)));
    found.push(top);
    places.push(rows(order, 0, 1));
    rest = concat([columns(below, 0, k), factor, left], -1);
    order = rows(order, 1, m - k);
  }
  const all = concat([...places, order], -2);
  return [concat([...found, rest], -2), all.reshape([...batch, m]), sign.reshape(batch)];
}

/** A = Q R by reflections, as `factorQr` chooses them, with all columns of Q: [..., m, m]. */
export function composedQr(a: Tensor): [q: Tensor, r: Tensor] {
  const { batch, m, n } = matrices("qr", a);
  const reflections: { v: Tensor; tau: Tensor }[] = [];
  const found: Tensor[] = [];
  let rest = a;
  for (let k = 0; k < n; k++) {
    if (k < m - 1) {
      const reflection = reflectionOf(columns(rest, 0, 1));
      rest = reflected(reflection, rest);
      reflections.push({ ...reflection, v: padded(reflection.v, k, 0) });
    }
    found.push(padded(rows(rest, 0, 1), 0, k));
    rest = columns(rows(rest, 1, m - k), 1, n - k);
  }
  const whole = broadcastTo(identityLike(a, m), [...batch, m, m]);
  const q = reflections.reduceRight((x, reflection) => reflected(reflection, x), alias(whole));
  return [q, n === 0 ? rows(a, 0, 0) : concat(found, -2)];
}

/** I − τ v vᵀ that takes x [..., m, 1] to (β, 0, …, 0). */
function reflectionOf(x: Tensor): { v: Tensor; tau: Tensor } {
  const { m } = matrices("qr", x);
  const [head, tail] = [rows(x, 0, 1), rows(x, 1, m)];
  const flat = equal(norm(tail, { axis: -2, keepdims: true }), 0); // nothing to do
  const length = norm(x, { axis: -2, keepdims: true });
  const beta = where(greater(head, 0), neg(length), length);
  const gap = sub(head, beta);
  return {
    v: concat([add(mul(head, 0), 1), div(tail, where(flat, 1, gap))], -2),
    tau: where(flat, 0, div(neg(gap), where(flat, 1, beta))),
  };
}

const reflected = ({ v, tau }: { v: Tensor; tau: Tensor }, x: Tensor): Tensor =>
  sub(x, mul(mul(tau, v), matmul(transposed(v), x)));

/** Halvings: matrices of a larger norm than 2²³ have no digits left in float32. */
const halvings = 24;

/** eᴬ by as many halvings, and squarings, as the matrix with the largest norm could need. */
export function composedExponential(a: Tensor, terms: number): Tensor {
  const { n } = matrices("matrixExponential", a);
  if (n === 0) return alias(a);
  const size = max(sum(abs(a), { axis: -1, keepdims: true }), { axis: -2, keepdims: true });
  const halved = Array.from({ length: halvings }, (_, k) => greater(size, 2 ** (k - 1)));
  const known = where(greater(2 ** (halvings - 1), size), a, Number.NaN);
  const small = halved.reduce((x, some) => where(some, mul(x, 0.5), x), known);
  const one = identityLike(a, n);
  let series = broadcastTo(one, a.shape);
  for (let k = terms; k > 0; k--) series = add(one, div(matmul(small, series), k));
  return halved.reduce((x, some) => where(some, matmul(x, x), x), series);
}
