/**
 * @file A stranger's program: a model of their own on @spm/core, with an op of their own, trained
 * by plain descent.
 */
import {
  add,
  div,
  matmul,
  mean,
  mul,
  normal,
  parameter,
  rng,
  square,
  sub,
  type Tensor,
  valueAndGrad,
} from "@spm/core";
import { unary } from "@spm/core/extend";

/** y = arctan x, made as the library's own ops are; x̄ = ȳ / (1 + x²). */
const arctan = unary({
  name: "arctan",
  forward: (x) => Math.atan(x),
  vjp: (ct, x) => div(ct, add(1, square(x))),
});

const random = rng(7);
const x = normal(random, [256, 3]);
const y = arctan(matmul(x, normal(random, [3, 1])));

const w = parameter(normal(random, [3, 1]));
const loss = (): Tensor => mean(square(sub(arctan(matmul(x, w)), y)));

const losses: number[] = [];
for (let step = 0; step < 200; step++) {
  const { value, grads } = valueAndGrad(loss, [w]);
  losses.push(await value.item());
  for (const gradient of grads) w.assign(sub(w, mul(1, gradient)));
}

// @ts-expect-error: a tensor's shape is read-only, so the types did arrive.
x.shape[0] = 1;

const [first = Number.NaN] = losses;
const last = losses.at(-1) ?? Number.NaN;
if (!(last < first / 100))
  throw new Error(`expected the loss to fall a hundredfold, got ${first} → ${last}`);
console.log(`loss ${first.toFixed(3)} → ${last.toFixed(6)}`);
