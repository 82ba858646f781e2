/** @file Which function of @spm/linalg answers to which case of `linalg.json`. */
import { add, concat, eye, matmul, reshape, square, type Tensor, transpose } from "@spm/core";
import * as linalg from "@spm/linalg";
import type { JsonObject } from "./python-json.ts";

type GoldenOp = (options: JsonObject, ...inputs: Tensor[]) => Tensor;

const flat = (...xs: Tensor[]): Tensor => concat(xs.map((x) => reshape(x, [-1])));
const swapped = (x: Tensor): Tensor => {
  const axes = [...x.shape.keys()];
  return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
};
const symmetric = (x: Tensor): Tensor => add(x, swapped(x));
const definite = (x: Tensor): Tensor =>
  add(matmul(x, swapped(x)), eye(x.shape.at(-1) ?? 0, undefined, { dtype: x.dtype }));

/** The options as they are: PyTorch's names are ours there. */
const given = <Options>(options: JsonObject): Options => options as Options;

export const linalgOps: Readonly<Record<string, GoldenOp>> = {
  "linalg_solve.*": (_, a, b) => linalg.solve(a, b),
  "linalg_solve_right.*": (_, a, b) => linalg.solve(a, b, { left: false }),
  "linalg_inverse.*": (_, a) => linalg.inverse(a),
  "linalg_det.*": (_, a) => linalg.det(a),
  "linalg_slogdet.*": (_, a) => {
    const { sign, logabsdet } = linalg.slogdet(a);
    return flat(sign, logabsdet);
  },
  "linalg_cholesky.*": (_, x) => linalg.cholesky(definite(x)),
  "linalg_cholesky_upper.*": (_, x) => linalg.cholesky(definite(x), { upper: true }),
  "linalg_eigh.*": (_, x) => {
    const { eigenvalues, eigenvectors } = linalg.eigh(symmetric(x));
    return flat(eigenvalues, square(eigenvectors));
  },
  "linalg_eigh.upper": (_, x) => linalg.eigh(symmetric(x), { UPLO: "U" }).eigenvalues,
  "linalg_matrix_exp.*": (_, a) => linalg.matrixExponential(a),
  "linalg_triangular.*": (options, a, b) => linalg.triangularSolve(a, b, given(options)),
  "linalg_qr.*": (_, a) => {
    const { q, r } = linalg.qr(a);
    return flat(q, r);
  },
  "linalg_qr_complete.*": (_, a) => {
    const { q, r } = linalg.qr(a, { mode: "complete" });
    return flat(q, r);
  },
  "linalg_lu.*": (_, a) => {
    const { p, l, u } = linalg.lu(a);
    return flat(p, l, u);
  },
  "linalg_svd.*": (_, a) => {
    const { u, s, vh } = linalg.svd(a, { fullMatrices: false });
    return flat(...[u, s, vh].map(square));
  },
  "linalg_pinv.*": (_, a) => linalg.pinv(a),
  "linalg_pinv.rank_2": (options, a, b) => linalg.pinv(matmul(a, b), given(options)),
  "linalg_lstsq.*": (_, a, b) => linalg.lstsq(a, b).solution,
  "linalg_matrix_norm.*": (options, a) => linalg.matrixNorm(a, given(options)),
  "linalg_vector_norm.*": (options, x) => linalg.vectorNorm(x, given(options)),
};
