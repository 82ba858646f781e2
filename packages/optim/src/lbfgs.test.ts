/**
 * @file L-BFGS beyond PyTorch's trajectories (test/golden): an exact continuation, memory, a long
 * valley to its end, and what it refuses.
 */
import {
  at,
  concat,
  mul,
  type Parameter,
  parameter,
  reference,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  zeros,
} from "@spm/core";
import { expect, test } from "vitest";
import { type Lbfgs, type LbfgsOptions, lbfgs } from "./index.ts";

const double = { dtype: "float64" } as const;
const model = (): [Parameter, Parameter] => [
  parameter(tensor([0.2, 1], double)),
  parameter(tensor([[0.5], [0.3]], double)),
];

/** Rosenbrock's function along a chain, of all parameters. */
function valley(parameters: readonly Parameter[]) {
  return valueAndGrad(() => {
    const x = concat(parameters.map((p) => p.reshape([-1])));
    const [first, next] = [at(x, { stop: 3 }), at(x, { start: 1 })];
    const steep = mul(100, square(sub(next, square(first))));
    return sum(steep.add(square(sub(1, first))));
  }, parameters);
}

const values = async (parameters: readonly Tensor[]): Promise<number[]> =>
  (await Promise.all(parameters.map((p) => p.data()))).flatMap((data) => [...data]);

test("finds the end of a valley, and stays", async () => {
  const parameters = model();
  const until = { toleranceGrad: 1e-6, toleranceChange: 0 };
  const optimizer = lbfgs(parameters, { lineSearch: "strong_wolfe", ...until });
  const evaluate = () => valley(parameters);
  for (let k = 0; k < 4; k++) await optimizer.step(evaluate);
  for (const v of await values(parameters)) expect(v).toBeCloseTo(1, 5);
  const { iterations, evaluations } = optimizer;
  expect(await optimizer.step(evaluate)).toBeLessThan(1e-10);
  expect(optimizer.iterations).toBe(iterations);
  expect(optimizer.evaluations).toBe(evaluations + 1);
  expect(String(optimizer)).toBe(
    `lbfgs, steps: 5, iterations: ${iterations}, evaluations: ${evaluations + 1}, parameters: 2`,
  );
});

test.each<[string, LbfgsOptions]>([
  ["a line search", { lineSearch: "strong_wolfe", maxIterations: 3, historySize: 2 }],
  ["none", { learningRate: 1e-3, maxIterations: 3 }],
])("with %s a restored state goes on as it would have, bit by bit", async (_, options) => {
  const [ours, theirs] = [model(), model()];
  const [first, second] = [lbfgs(ours, options), lbfgs(theirs, options)];
  for (let k = 0; k < 2; k++) await first.step(() => valley(ours));
  second.restore(first.state());
  for (const [i, p] of theirs.entries()) p.assign(ours[i] as Parameter);
  for (let k = 0; k < 2; k++) {
    const losses = [first, second].map((o, i) => o.step(() => valley(i === 0 ? ours : theirs)));
    const [a, b] = await Promise.all(losses);
    expect(b).toBe(a);
    expect(await values(theirs)).toEqual(await values(ours));
  }
  expect(second.evaluations).toBe(first.evaluations);
});

test("holds its history, and nothing of its steps", async () => {
  const parameters = model();
  const before = reference.report().liveBytes;
  const optimizer = lbfgs(parameters, { lineSearch: "strong_wolfe", historySize: 3 });
  const held: number[] = [];
  for (let k = 0; k < 3; k++) {
    await optimizer.step(() => valley(parameters));
    held.push(reference.report().liveBytes - before);
  }
  // a direction, a gradient and three pairs of vectors of four numbers
  expect(held.at(-1)).toBeLessThanOrEqual((2 + 2 * 3) * 4 * 8);
  optimizer.dispose();
  expect(reference.report().liveBytes).toBe(before);
});

test("refuses a second step while one is running, which ends as it would alone", async () => {
  const [ours, alone] = [model(), model()];
  const [optimizer, other] = [lbfgs(ours), lbfgs(alone)];
  const evaluate = () => valley(ours);
  const first = optimizer.step(evaluate);
  await expect(optimizer.step(evaluate)).rejects.toThrowErrorMatchingInlineSnapshot(`
    [TapeError: lbfgs.step: expected one step at a time, got a step is still running
    help: await it]
  `);
  expect(await first).toBe(await other.step(() => valley(alone)));
  expect(await values(ours)).toEqual(await values(alone));
  const failing = () => {
    throw new RangeError("not now");
  };
  await expect(optimizer.step(failing)).rejects.toThrow("not now");
  expect(await optimizer.step(evaluate)).toBe(await other.step(() => valley(alone)));
});

test("refuses what it can't take", async () => {
  const [p] = model();
  const make =
    (parameters: unknown, options: object = {}) =>
    () =>
      Reflect.apply(lbfgs, undefined, [parameters, options]) as Lbfgs;
  expect(make([])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: lbfgs: expected at least 1 parameter, got 0]`,
  );
  expect(make(p)).toThrowErrorMatchingInlineSnapshot(`
    [DTypeError: lbfgs: expected an array of parameters, got a tensor float64[2]
    help: model.parameters() has them]
  `);
  expect(make([p, p])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: lbfgs: expected each parameter once, got one twice]`,
  );
  expect(make([zeros([2])])).toThrowErrorMatchingInlineSnapshot(
    `[DTypeError: lbfgs: expected parameters, got a tensor float32[2]]`,
  );
  expect(make([p], { learningRate: -1 })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: lbfgs: expected a finite learningRate ≥ 0, got -1]`,
  );
  expect(make([p], { lineSearch: "wolfe" })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: lbfgs: expected lineSearch to be "none" or "strong_wolfe", got wolfe]`,
  );
  const optimizer = lbfgs([p]);
  const evaluate = () => ({ value: tensor(1), grads: [] });
  await expect(optimizer.step(evaluate)).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ValueError: lbfgs.step: expected 1 gradients, got 0
    help: gradients come in the order of optimizer.parameters]
  `);
  const other = { "lbfgs.steps": 1, "lbfgs.iterations": 1, "lbfgs.evaluations": 1 };
  const restore = (state: object) => () => optimizer.restore(state as Record<string, number>);
  expect(restore(other)).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: lbfgs.restore: expected the key "lbfgs.scale", got a state without it]`,
  );
  expect(restore({ ...other, "lbfgs.scale": Number.NaN })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: lbfgs.restore: expected a number as "lbfgs.scale", got NaN]`,
  );
});

test.each<[string, (p: Parameter) => unknown, string]>([
  [
    "a promise",
    async (p) => valueAndGrad(() => sum(p), [p]),
    "TapeError: lbfgs.step: expected a synchronous function, got one that returns a promise",
  ],
  [
    "nothing",
    () => {},
    "DTypeError: lbfgs.step: expected a function that returns { value, grads }, got undefined",
  ],
  [
    "only a loss",
    (p) => sum(p),
    "DTypeError: lbfgs.step: expected a function that returns { value, grads }, got a tensor",
  ],
  [
    "a vector",
    (p) => ({ value: p, grads: [p] }),
    "ShapeError: lbfgs.step: expected a loss of shape [], got [2]",
  ],
])("a function that returns %s is told of valueAndGrad", async (_, evaluate, message) => {
  const [p] = model();
  const optimizer = lbfgs([p]);
  const error = await Reflect.apply(optimizer.step, optimizer, [() => evaluate(p)]).catch(String);
  expect(error).toContain(message);
  expect(error).toContain("help: () => valueAndGrad(() => loss, parameters)");
  expect(await values([p])).toEqual([0.2, 1]);
});
