/**
 * @file The Clifford algebra of R^n: multivectors [2^n], whose component a, a bit mask, belongs to
 * the product of the e_{k+1} with bit k in a.
 */
import { broadcastTo, mul, type Tensor, tensor } from "@spm/core";
import {
  allocate,
  broadcastShapes,
  checkDTypes,
  checkTensors,
  definePrimitive,
  dtypeOf,
  elements,
  frontAxis,
  type Op,
  ShapeError,
  type Spec,
  sameShape,
  showShape,
  wrap,
} from "@spm/core/extend";

/** Whether a number of bits is odd, for every mask below d. */
function parities(d: number): Uint8Array {
  const odd = new Uint8Array(d);
  for (let a = 1; a < d; a++) odd[a] = odd[a >> 1]! ^ (a & 1);
  return odd;
}

/**
 * The bits of b that each bit of a has to pass in e_a e_b, once mod 2: the sign of the product is
 * −1 to the number of them that b has.
 */
function passed(a: number): number {
  let mask = 0;
  for (let rest = a >> 1; rest > 0; rest >>= 1) mask ^= rest;
  return mask;
}

/** The width 2^n of multivectors. @throws ShapeError for another one */
function widthOf(op: string, { shape }: Pick<Spec, "shape">): number {
  const d = shape.at(-1) ?? 0;
  if (!Number.isInteger(Math.log2(d)))
    throw new ShapeError(op, "multivectors [..., 2^n]", showShape(shape));
  return d;
}

/**
 * The primitive of {@link geometricProduct}, a [..., 2^n], b [..., 2^n] of the same shape.
 * Components of a that are 0 cost nothing.
 * @example geometricProductOp([tensor([0, 1]), tensor([0, 1])])[0]; // [1, 0]
 */
export const geometricProductOp: Op<[a: 1, b: 1]> = definePrimitive({
  name: "geometricProduct",
  infer: ([a, b]) => {
    widthOf("geometricProduct", a);
    if (!sameShape(a.shape, b.shape))
      throw new ShapeError("geometricProduct", showShape(a.shape), showShape(b.shape));
    return [{ shape: a.shape, dtype: checkDTypes("geometricProduct", [a, b]) }];
  },
  forward: ([a, b]) => {
    const d = widthOf("geometricProduct", a);
    const odd = parities(d);
    const [left, right] = [elements(a), elements(b)];
    const out = allocate(dtypeOf(a), left.length);
    const sums = new Float64Array(d);
    for (let start = 0; start < left.length; start += d) {
      sums.fill(0);
      for (let i = 0; i < d; i++) {
        const factor = left[start + i]!;
        if (factor === 0) continue;
        const mask = passed(i);
        for (let j = 0; j < d; j++)
          sums[i ^ j]! +=
            odd[mask & j] === 1 ? -factor * right[start + j]! : factor * right[start + j]!;
      }
      out.set(sums, start);
    }
    return [wrap(out, a.shape)];
  },
  // ⟨ab, ȳ⟩ = ⟨a, ȳ b†⟩ = ⟨b, a† ȳ⟩
  vjp: ([ct], { inputs: [a, b] }) => [
    geometricProductOp([ct, reversion(b)])[0],
    geometricProductOp([reversion(a), ct])[0],
  ],
  batch: frontAxis(),
});

/**
 * a b, the geometric product: e_k e_k = 1, e_i e_k = −e_k e_i.
 * @param a - [..., 2^n], component by bit mask
 * @param b - [..., 2^n]; leading axes broadcast
 * @returns [..., 2^n]. Cost 2 · 2^n FLOP a component of a that is not 0; on the host
 * @throws ShapeError for another width; DTypeError unless both are of one floating type
 * @example geometricProduct(tensor([0, 1, 0, 0]), tensor([0, 0, 1, 0])); // [0, 0, 0, 1]
 */
export function geometricProduct(a: Tensor, b: Tensor): Tensor {
  checkTensors("geometricProduct", a, b);
  const shape = broadcastShapes("geometricProduct", a.shape, b.shape);
  return geometricProductOp([broadcastTo(a, shape), broadcastTo(b, shape)])[0];
}

/**
 * a†, the product of each component's e_k in reverse: (−1)^(g(g − 1)/2) at grade g.
 * @param a - [..., 2^n]
 * @returns [..., 2^n]
 * @throws ShapeError for another width
 * @example reversion(tensor([1, 2, 3, 4])); // [1, 2, 3, -4]
 */
export function reversion(a: Tensor): Tensor {
  checkTensors("reversion", a);
  const signs = Float64Array.from({ length: widthOf("reversion", a) }, (_, mask) => {
    let grade = 0;
    for (let rest = mask; rest > 0; rest &= rest - 1) grade++;
    return (grade & 2) === 0 ? 1 : -1;
  });
  return mul(a, tensor(signs, { dtype: a.dtype, backend: a.backend }));
}
