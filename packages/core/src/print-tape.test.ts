/** @file The printed tape: what ran, and that nobody computes what nobody needs. */
import { expect, test } from "vitest";
import {
  broadcastTo,
  grad,
  matmul,
  mean,
  mul,
  noGrad,
  normal,
  type Parameter,
  parameter,
  printTape,
  relu,
  rng,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
  valueAndGrad,
} from "./index.ts";

test("lists results, ops, operands and bytes", () => {
  const [x, w] = [normal(rng(1), [4, 3]), normal(rng(2), [2, 3])];
  expect(printTape(() => sum(relu(matmul(x, transpose(w)))))).toMatchInlineSnapshot(`
    "float32[3, 2] = transpose(float32[2, 3])  0 B
    float32[4, 2] = matmul(float32[4, 3] float32[3, 2])  32 B
    float32[4, 2] = relu(float32[4, 2])  32 B
    float32[] = sum(float32[4, 2])  4 B"
  `);
});

test("views take nothing, and the ops of a derivative are there, too", () => {
  const listing = printTape(() => grad((x) => sum(square(x)))(tensor([1, 2])));
  expect(listing).toMatchInlineSnapshot(`
    "float32[2] = alias(float32[2])  0 B
    float32[2] = square(float32[2])  8 B
    float32[] = sum(float32[2])  4 B
    float32[1] = reshape(float32[])  0 B
    float32[2] = broadcastTo(float32[1])  0 B
    float32[2] = mul(float32[] float32[2])  8 B
    float32[2] = mul(float32[2] float32[2])  8 B"
  `);
  expect(printTape(() => broadcastTo(tensor([1]), [1000]))).toMatch(/ {2}0 B$/);
});

test("refuses an async function", () => {
  expect(() => printTape(async () => square(tensor([1])))).toThrow(
    "printTape: expected a synchronous function",
  );
});

/** How often an op ran. */
const count = (f: () => unknown, op: string): number =>
  printTape(f)
    .split("\n")
    .filter((line) => line.includes(` ${op}(`)).length;

test("a derivative computes only what someone asked for", () => {
  const x = normal(rng(1), [8, 3]);
  const [w1, w2] = [parameter(normal(rng(2), [3, 5])), parameter(normal(rng(3), [5, 2]))];
  const loss = () => mean(square(matmul(relu(matmul(x, w1)), w2)));
  const products = (params: Parameter[]) => count(() => valueAndGrad(loss, params), "matmul");
  // forward; both weights and the hidden layer, not the data
  expect(products([w1, w2])).toBe(2 + 3);
  expect(products([w2])).toBe(2 + 1);
  expect(products([w1])).toBe(2 + 2);
  expect(products([])).toBe(2);
});

test("what a derivative does not depend on is not recorded: it has no node going back", () => {
  const x = tensor([1, 2, 3]);
  const constant = (t: Tensor) => noGrad(() => square(square(t)));
  const f = (t: Tensor) => sum(mul(t, sub(constant(t), square(x))));
  expect(count(() => grad(f)(x), "neg")).toBe(0);
  expect(count(() => grad(f)(x), "mul")).toBe(1 + 1); // the product, and its derivative by t
});
