/**
 * @file What the compiler knows: dtypes and options are typed, shapes are not, and nothing public
 * is `any`.
 */
import { expectTypeOf, test } from "vitest";
import * as extend from "./extend.ts";
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
  const f = (a: Tensor, b: Tensor) => core.sum(core.mul(a, b));
  const [a, b] = [tensor([1]), tensor([2])] as const;
  type Two = [Tensor, Tensor];
  expectTypeOf(grad(f)).toEqualTypeOf<(a: Tensor, b: Tensor) => Tensor>();
  expectTypeOf(grad(f, [0, 1])).returns.toEqualTypeOf<Two>();
  expectTypeOf(vjp(f, a, b).pullback).returns.toEqualTypeOf<Two>();
  expectTypeOf(vjp((x, y) => f(x, y), a, b).pullback).returns.toEqualTypeOf<Two>();
  expectTypeOf(grad((x) => core.sum(x))).parameters.toEqualTypeOf<[x: Tensor]>();
  expectTypeOf(core.hvp(f, [a, b], [a, b])).toEqualTypeOf<Two>();
  expectTypeOf(jvp(f, [a, b], [a, b])).toEqualTypeOf<{ value: Tensor; tangent: Tensor }>();
  const p = core.parameter([1]);
  expectTypeOf(valueAndGrad(() => core.sum(p), [p]).grads).toEqualTypeOf<[Tensor]>();
  // @ts-expect-error: one argument is missing
  const few = () => vjp(f, a);
  // @ts-expect-error: one too many
  const many = () => core.gradcheck(f, [a, b, a]);
  expectTypeOf([few, many]).items.toBeFunction();
});

test("primitives have places for their operands and results", () => {
  const x = tensor([1]);
  const cube: extend.Op<[x: 1]> = extend.definePrimitive({
    name: "typed cube",
    infer: ([x]) => [x],
    forward: ([x]) => [extend.mapArray((v) => v ** 3, x)],
    vjp: ([ct], { inputs: [x] }) => [core.mul(ct, core.mul(3, core.square(x)))],
  });
  expectTypeOf(cube([x])[0]).toEqualTypeOf<Tensor>();
  // @ts-expect-error: one operand
  const two = () => cube([x, x]);
  const shifted: extend.Op<[x: 1, bias?: 1]> = extend.definePrimitive({
    name: "typed optional",
    infer: ([x, bias]) => [bias ?? x],
    forward: ([x]) => [x],
    vjp: ([ct], { inputs: [, bias] }) => (bias === undefined ? [ct] : [ct, ct]),
  });
  expectTypeOf(shifted([x])).toEqualTypeOf(cube([x]));
  const bad: extend.Op<[a: 1, b: 1]> = extend.definePrimitive({
    name: "typed bad",
    infer: ([a]) => [a],
    forward: ([a]) => [a],
    // @ts-expect-error: a vjp that forgets an operand
    vjp: ([ct]) => [ct],
  });
  const table = new extend.KernelTable<core.NdArray>().set(cube.primitive, ([x]) => [x]);
  // @ts-expect-error: a kernel with too many results
  table.set(cube.primitive, ([x]) => [x, x]);
  expectTypeOf([two, bad]).items.toBeFunction();
});

test("valueAndGrad knows its aux", () => {
  const p = [core.parameter([1])] as const;
  expectTypeOf(valueAndGrad(() => core.sum(p[0]), p).aux).toEqualTypeOf<undefined>();
  const withAux = () => ({ loss: core.sum(p[0]), aux: { accuracy: 0.5 } });
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
  expectTypeOf(x.sum).parameter(0).toEqualTypeOf<core.Axes | core.ReduceOptions | undefined>();
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
