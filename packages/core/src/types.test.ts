/**
 * @file What the compiler knows: dtypes and options are typed, shapes are not, and nothing public
 * is `any`.
 */
import { expectTypeOf, test } from "vitest";
import * as core from "./index.ts";

const { grad, jvp, tensor, valueAndGrad, vjp } = core;
type Tensor = core.Tensor;

test("dtypes and options are closed", () => {
  expectTypeOf<core.DType>().toEqualTypeOf<"float32" | "float64" | "int32" | "bool">();
  expectTypeOf(tensor)
    .parameter(1)
    .toExtend<{ dtype?: core.DType; shape?: core.Shape } | undefined>();
  // @ts-expect-error: no such dtype
  const half = () => tensor([1], { dtype: "float16" });
  // @ts-expect-error: no such option
  const misspelt = () => core.sum(tensor([1]), { axes: 0 });
  // @ts-expect-error: tensors and numbers only
  const text = () => core.add(tensor([1]), "1");
  expectTypeOf([half, misspelt, text]).items.toBeFunction();
});

test("values are read-only", () => {
  const x = tensor([1]);
  expectTypeOf(x.shape).toEqualTypeOf<readonly number[]>();
  // @ts-expect-error: a shape does not change
  const write = () => x.shape.push(1);
  // @ts-expect-error: neither does a dtype
  const cast = () => (x.dtype = "float64");
  expectTypeOf([write, cast]).items.toBeFunction();
});

test("derivatives have the arity of what they differentiate", () => {
  const f = (a: Tensor, b: Tensor) => core.mul(a, b);
  expectTypeOf(grad(f as core.Differentiable)).returns.toEqualTypeOf<Tensor>();
  expectTypeOf(grad(f as core.Differentiable, [0, 1])).returns.toEqualTypeOf<Tensor[]>();
  expectTypeOf(vjp).returns.toHaveProperty("pullback");
  expectTypeOf(jvp).returns.toEqualTypeOf<{ value: Tensor; tangent: Tensor }>();
});

test("valueAndGrad knows its aux", () => {
  const p = [core.parameter([1])];
  expectTypeOf(valueAndGrad(() => core.sum(p[0]!), p).aux).toEqualTypeOf<undefined>();
  const withAux = () => ({ loss: core.sum(p[0]!), aux: { accuracy: 0.5 } });
  expectTypeOf(valueAndGrad(withAux, p).aux).toEqualTypeOf<{ accuracy: number }>();
});

test("reading waits where a device may have to", () => {
  const x = tensor([1]);
  expectTypeOf(x.data()).resolves.toEqualTypeOf<core.TypedArray>();
  expectTypeOf(x.item()).resolves.toBeNumber();
  expectTypeOf(x.ndarray()).toEqualTypeOf<core.NdArray>();
});

test("methods have the types of their functions", () => {
  const x = tensor([[1]]);
  expectTypeOf(x.matmul).parameters.toEqualTypeOf<[b: Tensor]>();
  expectTypeOf(x.relu).parameters.toEqualTypeOf<[]>();
  expectTypeOf(x.sum).parameter(0).toEqualTypeOf<core.ReduceOptions | undefined>();
  expectTypeOf(x.split).returns.toEqualTypeOf<Tensor[]>();
  expectTypeOf(x.topk(1).indices).toEqualTypeOf<Tensor>();
  // @ts-expect-error: creation is no method
  expectTypeOf(x.zeros).toBeAny();
});

test("nothing that is exported is any", () => {
  type AnyKeys<T> = { [K in keyof T]: 0 extends 1 & T[K] ? K : never }[keyof T];
  expectTypeOf<AnyKeys<typeof core>>().toEqualTypeOf<never>();
  type Results<T> = { [K in keyof T]: T[K] extends (...args: never[]) => infer R ? R : unknown };
  expectTypeOf<AnyKeys<Results<typeof core>>>().toEqualTypeOf<never>();
  expectTypeOf<AnyKeys<Tensor>>().toEqualTypeOf<never>();
});
