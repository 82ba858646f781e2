/** @file The inverse Hessian that L-BFGS reads off the last changes of the gradient. */
import { add, mul, neg, sub, type Tensor } from "@spm/core";
import { dot } from "./lbfgs-vectors.ts";

/** The change of the gradient over a move, both [n], and 1/⟨change, move⟩. */
export interface CurvaturePair {
  readonly change: Tensor;
  readonly move: Tensor;
  readonly rho: number;
}

/** −H g, by the two loops over the history. */
export function bent(grad: Tensor, pairs: readonly CurvaturePair[], scale: number): Tensor {
  const shares: Tensor[] = [];
  let d = neg(grad);
  for (const { change, move, rho } of pairs.toReversed()) {
    const share = mul(dot(move, d), rho);
    shares.push(share);
    d = sub(d, mul(change, share));
  }
  d = mul(d, scale);
  for (const { change, move, rho } of pairs) {
    const share = shares.pop() ?? 0;
    d = add(d, mul(move, sub(share, mul(dot(change, d), rho))));
  }
  return d;
}
