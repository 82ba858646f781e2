/**
 * @file What people who know PyTorch and NumPy type first, in plain JavaScript, and the advice that
 * they get: the name of what they called, what it expects, and what to type instead.
 */
import { inspect } from "node:util";
import * as core from "@spm/core";
import * as nn from "@spm/nn";
import * as optim from "@spm/optim";
import { wasm } from "@spm/wasm";
import { expect, test } from "vitest";

/** What plain JavaScript sees: functions of anything. */
type Untyped = Readonly<Record<string, (...args: unknown[]) => unknown>>;
const c = core as unknown as Untyped;
const n = nn as unknown as Untyped;
const o = optim as unknown as Untyped;

const x = core.tensor([[1, 2, 3]]);
const index = core.tensor([0.5]);
const model = new nn.Linear(3, 4, { random: core.rng(1) });
const untyped = <T>(value: unknown): T => value as T;
const Linear = untyped<new (...args: unknown[]) => unknown>(nn.Linear);

const mistakes: readonly (() => unknown)[] = [
  () => o.adam!(model),
  () => o.adam!(model.weight),
  () => o.sgd!([x]),
  () => new Linear(3, 4),
  () => new Linear(3, 4, {}),
  () => c.zeros!(2, 3),
  () => c.arange!(0, 5),
  () => c.normal!([2, 3]),
  () => c.reshape!(x, 3, 1),
  () => untyped<Untyped>(x).transpose!(0, 1),
  () => c.concat!(x, x),
  () => c.take!(x, [0, 1]),
  () => c.take!(x, index),
  () => c.matmul!(x, 2),
  () => c.sum!([1, 2]),
  () => c.mean!(core.tensor([1, 2], { dtype: "int32" })),
  () => c.valueAndGrad!(() => core.sum(x), model),
  () => c.grad!(x),
  () => c.tensor!([x, x]),
  () => n.crossEntropy!(x, core.tensor([1])),
  () => n.softmax!([1, 2]),
  () => n.embedding!(x, [0]),
  () => o.adam!(model.parameters(), { betas: 0.9 }),
  () => o.adam!(model.parameters(), { learningRate: null }),
  () => o.adam!(model.parameters(), { learningRate: "0.1" }),
  () => untyped<{ step(x: unknown): void }>(o.adam!(model.parameters())).step(x),
  () => o.cosine!({ learningRate: "0.1", steps: 10 }),
  () => o.cosine!({ learningRate: null, steps: 10 }),
  () => o.clipByGlobalNorm!(x, 1),
  () => untyped<number>(x) + 1,
  () => untyped<number>(x) * 2,
  () => model.forward(untyped([1, 2, 3])),
  () => o.adam!(model.parameters(), { lr: 0.1 }),
  () => o.adamw!(model.parameters(), { weight_decay: 0.1 }),
  () => c.sum!(x, { dim: 0 }),
  () => c.sum!(x, { keepdims: "no" }),
  () => new nn.Lstm(3, 4, untyped({ bidirectional: "yes", random: core.rng(1) })),
  () => n.klDiv!(x, x, { logTarget: 1 }),
  () => n.crossEntropy!(x, core.tensor([1], { dtype: "int32" }), { ignoreIndex: "0" }),
  () => n.embedding!(x, core.tensor([0.5])),
  () => core.add(x, core.ones([2])),
  () => core.matmul(x, x),
  () => core.add(x, core.ones([3], { dtype: "float64" })),
  () => core.mul(x, core.ones([3], { dtype: "int32" })),
  () => core.take(x, core.greater(x, 1), 0),
  () => core.gather(x, core.greater(x, 1), 1),
  () => c.setBackend!(wasm()),
  () => c.tensor!([1], { backend: wasm() }),
  () => c.withBackend!(wasm(), () => core.tensor([1])),
  () => c.tensor!(x.data()),
  () => c.scope!(async () => core.square(x)),
  () => c.noGrad!(async () => core.square(x)),
  () => core.grad(untyped<core.Differentiable>(async (y: core.Tensor) => core.sum(y)))(x),
  () => core.sum(released(() => core.square(x))),
  () => core.scope(() => core.vjp(core.tanh, x)).pullback(x),
];

/** What a scope did not return. */
function released(f: () => core.Tensor): core.Tensor {
  const made: core.Tensor[] = [];
  core.scope(() => void made.push(f()));
  return made[0] as core.Tensor;
}

test("the first mistakes are answered with what to type instead", () => {
  const said = mistakes.map((mistake) => {
    try {
      return `${mistake} → ${mistake()}`;
    } catch (error) {
      expect(error).toBeInstanceOf(core.SpmError);
      return String(error);
    }
  });
  expect(said.join("\n")).toMatchInlineSnapshot(`
    "DTypeError: adam: expected an array of parameters, or of groups { parameters, ... }, got a Linear
    help: model.parameters() has them
    DTypeError: adam: expected an array of parameters, or of groups { parameters, ... }, got a tensor float32[4, 3]
    help: model.parameters() has them
    DTypeError: sgd: expected parameters, or groups { parameters, ... }, got a tensor float32[1, 3]
    help: make it one: parameter(tensor)
    ValueError: Linear: expected an object with random, bias, gain, init, got undefined
    ValueError: Linear: expected a generator, got undefined
    help: make one: rng(1)
    ShapeError: zeros: expected a shape of non-negative integers, at most 2^32 elements, got 2
    help: in brackets: [2, 3]
    ValueError: arange: expected stop, then options, got 5
    help: arange(stop, { start, step })
    ValueError: normal: expected a generator, got an array of 2
    help: make one: rng(1)
    ShapeError: reshape: expected an array of sizes, got 3
    help: in brackets: [a, b]
    ShapeError: transpose: expected an array of axes, got 0
    help: in brackets: [a, b]
    ShapeError: concat: expected an array of tensors, got a tensor float32[1, 3]
    help: in brackets: [a, b]
    DTypeError: take: expected an int32 index, got an array of 2
    help: tensor(places, { dtype: "int32" })
    DTypeError: take: expected an int32 index, got float32
    help: tensor(places, { dtype: "int32" })
    DTypeError: matmul: expected a tensor as operand 1, got 2
    help: make it one: tensor(value)
    DTypeError: sum: expected a tensor, got an array of 2
    help: make it one: tensor(value)
    DTypeError: mean: expected float32 or float64, got int32
    help: cast it: cast(x, "float32")
    ShapeError: valueAndGrad: expected an array of parameters, got a Linear
    help: model.parameters()
    TapeError: grad: expected a function, got a tensor float32[1, 3]
    ShapeError: tensor: expected numbers at depth 1 (not ragged), got a tensor float32[1, 3]
    help: stack(tensors), concat(tensors)
    DTypeError: crossEntropy: expected int32 class indices, got float32[1]
    help: tensor(classes, { dtype: "int32" })
    DTypeError: softmax: expected a tensor, got an array of 2
    help: make it one: tensor(value)
    DTypeError: embedding: expected an int32 index, got an array of 1
    help: tensor(places, { dtype: "int32" })
    ValueError: adam: expected betas as an array of two numbers, got 0.9
    ValueError: adam: expected a finite learningRate ≥ 0, got null
    ValueError: adam: expected a finite learningRate ≥ 0, got 0.1
    ShapeError: adam.step: expected an array of gradients, got a tensor float32[1, 3]
    help: in brackets: [a, b]
    ValueError: cosine: expected a finite learningRate ≥ 0, got 0.1
    ValueError: cosine: expected a finite learningRate ≥ 0, got null
    ShapeError: clipByGlobalNorm: expected an array of gradients, got a tensor float32[1, 3]
    help: in brackets: [a, b]
    DTypeError: Tensor: expected an op, got an operator, as in x + 1
    help: add(x, 1), less(x, 0), …; its number: await x.item(); to print it: %s, not %d
    DTypeError: Tensor: expected an op, got an operator, as in x + 1
    help: add(x, 1), less(x, 0), …; its number: await x.item(); to print it: %s, not %d
    DTypeError: Linear: expected a tensor, got an array of 3
    help: make it one: tensor(value)
    OptionError: adam: unknown option "lr"; help: learningRate
    OptionError: adamw: unknown option "weight_decay"; help: weightDecay
    OptionError: sum: unknown option "dim"; help: axis
    ValueError: sum: expected keepdims of true or false, got "no"
    ValueError: Lstm: expected bidirectional of true or false, got "yes"
    ValueError: klDiv: expected logTarget of true or false, got 1
    ValueError: crossEntropy: expected a whole number as ignoreIndex, got "0"
    DTypeError: embedding: expected an int32 index, got float32
    help: tensor(places, { dtype: "int32" })
    ShapeError: add: expected shapes that broadcast (sizes equal or 1 from the last axis), got [1, 3] and [2]
    ShapeError: matmul: expected inner sizes to agree, got [1, 3] and [1, 3]
    DTypeError: add: expected one dtype for all operands, got float32 and float64
    help: cast one: cast(x, "float32")
    DTypeError: mul: expected one dtype for all operands, got float32 and int32
    help: cast one: cast(x, "float32")
    DTypeError: take: expected an int32 index, got bool
    help: at(x, mask)
    DTypeError: gather: expected an int32 index, got bool
    help: at(x, mask)
    BackendError: setBackend: expected a backend, got a promise
    help: wait for it: await wasm()
    BackendError: fromArray: expected a backend, got a promise
    help: wait for it: await wasm()
    BackendError: withBackend: expected a backend, got a promise
    help: wait for it: await wasm()
    ShapeError: tensor: expected numbers at depth 0 (not ragged), got a Promise
    help: wait for it: tensor(await x.data())
    TapeError: scope: expected a synchronous function, got a promise
    help: await outside of it
    TapeError: noGrad: expected a synchronous function, got a promise
    help: await outside of it
    TapeError: vjp: expected a synchronous function, got a promise
    help: await outside of it
    TapeError: read: expected a live tensor of shape [1, 3], got a released one
    help: return it from the scope or keep() it
    TapeError: vjp: expected the scope that recorded it to be open, got one that ended
    help: call the pullback inside of it, and return the cotangents"
  `);
});

test.each(Object.entries({ ...optim.optimizers }))(
  "%s takes a rate that is a number",
  (_, entry) => {
    const create = untyped<(...args: unknown[]) => unknown>(entry.create);
    for (const learningRate of [null, "0.1", Number.NaN, -1])
      expect(() => create(model.parameters(), { learningRate })).toThrow(
        /^\w+: expected a finite learningRate ≥ 0, got /,
      );
  },
);

test("public objects print their kind and numbers", async () => {
  const backend = await wasm();
  const p = core.parameter([1, 2]);
  const objects = [
    core.rng(1),
    core.reference,
    backend,
    new optim.GradientAccumulator(),
    new optim.MovingAverage([p]),
    new nn.Dropout(0.1, { random: core.rng(1) }),
  ];
  await backend.dispose();
  expect(objects.map((object) => inspect(object)).join("\n")).toMatchInlineSnapshot(`
    "Rng { state: [1580013426, 350525680, -770792963, -1283263687] }
    reference { liveStorages: 8, liveBytes: 208 }
    wasm simd { liveStorages: 0, liveBytes: 0, copiedIn: 0 }
    GradientAccumulator { batches: 0 }
    MovingAverage { parameters: 1, decay: 0.999, updates: 0, swapped: false }
    Dropout(0.1)           parameters
    ─────────────────────────────────
    total         0 bytes           0"
  `);
  expect(objects.map(String)).toEqual(objects.map((object) => inspect(object)));
});

test("a tensor in a text is its text", () => {
  expect(`${x}`).toBe(String(x));
  expect(String(x)).toContain("[[1., 2., 3.]]");
});
