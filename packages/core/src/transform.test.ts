/** @file Transforms against loops, closed forms and each other, to third order. */
import { describe, expect, test, vi } from "vitest";
import { elements } from "./array.ts";
import {
  add,
  at,
  cast,
  clamp,
  concat,
  cos,
  cumsum,
  customVjp,
  div,
  einsum,
  exp,
  eye,
  gather,
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  logsumexp,
  matmul,
  max,
  mean,
  mul,
  normal,
  pad,
  parameter,
  pow,
  recompute,
  reference,
  reshape,
  rng,
  scatterAdd,
  scope,
  sin,
  slice,
  sort,
  split,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  take,
  tanh,
  tensor,
  transpose,
  uniform,
  valueAndGrad,
  vjp,
  vmap,
  where,
  zeros,
} from "./index.ts";
import { greater } from "./ops/logic.ts";
import { mapArray } from "./ops/loops.ts";
import { definePrimitive, each, type Op } from "./primitive.ts";

const float64 = { dtype: "float64" } as const;
const random = rng(3);
const draw = (...shape: number[]): Tensor => normal(random, shape, 0, 1, float64);
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];

/** The function of a batch by a loop over its samples. */
const loop =
  (f: (...xs: Tensor[]) => Tensor) =>
  (...xs: Tensor[]): Tensor =>
    stack(Array.from({ length: xs[0]?.shape[0] ?? 0 }, (_, b) => f(...xs.map((x) => at(x, b)))));

function close(got: Tensor, expected: Tensor, digits = 12): void {
  expect(got.shape).toEqual(expected.shape);
  expect(got.dtype).toBe(expected.dtype);
  const want = numbers(expected);
  for (const [i, v] of numbers(got).entries()) expect(v).toBeCloseTo(want[i] ?? Number.NaN, digits);
}

const w = draw(3, 4);
const index = tensor([[2], [0]], { dtype: "int32" });

/** Functions of one sample x [2, 3]. */
const functions: Record<string, (x: Tensor) => Tensor> = {
  unary: (x) => exp(sin(x)),
  binary: (x) => add(mul(x, at(x, 0)), div(x, 3)),
  "a matrix from outside": (x) => tanh(matmul(x, w)),
  "a matrix on the left": (x) => matmul(transpose(w), at(x, 0)),
  "a matrix of each sample": (x) => matmul(transpose(x), x),
  einsum: (x) => einsum("ij,jk,il->kl", x, w, x),
  sums: (x) => add(sum(square(x), 1), mean(x)),
  reductions: (x) => mul(max(x, 1), logsumexp(x, 0).sum()),
  shapes: (x) => concat([reshape(x, [6]), transpose(x).reshape([6])]),
  parts: (x) => pad(slice(x, [{}, { start: 2, step: -1 }]), [1, 0], [0, 1], { value: 2 }),
  split: (x) => split(x, [1, 2], 1).reduce((a, b) => add(sum(a), sum(square(b)))),
  gather: (x) => gather(x, index, 1),
  take: (x) => take(square(x), tensor([1, 1, 0], { dtype: "int32" }), 1),
  "a table from outside": (x) => mul(take(w, cast(greater(x, 0), "int32")), x.expandDims(-1)),
  scatter: (x) => scatterAdd(square(x), index.broadcastTo([2, 3]), 1, [2, 4]),
  choice: (x) => where(greater(x, 0), square(x), 1),
  order: (x) => cumsum(sort(x, 1), 1),
  nothing: () => w,
  powers: (x) => pow(square(x), 1.5),
};

describe("vmap equals the loop", () => {
  test.each(Object.entries(functions))("%s, value, gradient, second order", (_, f) => {
    const x = draw(5, 2, 3);
    const scalar = (v: Tensor) => sum(mul(f(v), cos(f(v))));
    close(vmap(f)(x), loop(f)(x));
    close(vmap(grad(scalar))(x), loop(grad(scalar))(x));
    const second = grad((v) => sum(square(grad(scalar)(v))));
    close(vmap(second)(x), loop(second)(x), 9);
    const outside = (by: (f: (x: Tensor) => Tensor) => (x: Tensor) => Tensor) =>
      grad((v) => sum(square(by(grad(scalar))(v))))(x);
    close(outside(vmap), outside(loop), 9);
  });
});

describe("vmap nests", () => {
  const x = draw(4, 2, 3);
  const y = draw(5, 3);
  const f = (u: Tensor, v: Tensor) => sum(mul(sin(matmul(u, v)), sum(v)));

  test("with itself, over different arguments", () => {
    const both = vmap((u: Tensor) => vmap((v: Tensor) => f(u, v))(y))(x);
    close(both, loop((u) => loop((v) => f(u, v))(y))(x));
    const slopes = vmap((u: Tensor) => vmap(grad((v: Tensor) => f(u, v)))(y))(x);
    close(slopes, loop((u) => loop(grad((v) => f(u, v)))(y))(x));
  });

  test("in any order with grad, also between two levels", () => {
    const inner = (by: typeof loop) => (u: Tensor) =>
      grad((p) => sum(square(by(grad((v) => f(mul(u, p), v)))(y))))(u);
    close(vmap(inner(vmap as typeof loop))(x), loop(inner(loop))(x), 9);
    const whole = (by: typeof loop) => grad((p) => sum(by(inner(by))(p)));
    close(whole(vmap as typeof loop)(x), whole(loop)(x), 8);
  });

  test("with hvp and jvp in it, and around it", () => {
    const g = (u: Tensor) => sum(square(tanh(matmul(u, w))));
    const v = draw(2, 3);
    const product = (u: Tensor) => hvp(g, [u], [v])[0];
    close(vmap(product)(x), loop(product)(x), 10);
    const tangent = (u: Tensor) => jvp((p) => tanh(matmul(p, w)), [u], [v]).tangent;
    close(vmap(tangent)(x), loop(tangent)(x));
    const batch = draw(4, 2, 3);
    const across = jvp(vmap(tangent), [x], [batch]).tangent;
    close(across, jvp(loop(tangent), [x], [batch]).tangent, 10);
  });

  test("gradients of each sample by parameters from outside", () => {
    const p = parameter(w);
    const loss = (u: Tensor) => sum(square(tanh(matmul(u, p))));
    const { value, grads } = vmap((u: Tensor) => valueAndGrad(() => loss(u), [p]))(x);
    close(value, loop(loss)(x));
    close(grads[0], loop((u) => grad((q) => sum(square(tanh(matmul(u, q)))))(w))(x));
    const { grads: total } = valueAndGrad(() => sum(vmap(loss)(x)), [p]);
    close(total[0], sum(grads[0], 0));
  });
});

describe("vmap takes", () => {
  test("axes of arguments and results, nested arguments, and arguments without a batch", () => {
    const [x, y] = [draw(3, 5), draw(5, 2)];
    const f = vmap((u: Tensor, v: Tensor, by: Tensor) => mul(u, add(by, sum(v))), {
      inAxes: [1, 0, null],
      outAxes: -1,
    });
    const expected = mul(x, add(2, sum(y, 1)));
    close(f(x, y, tensor(2, float64)), expected);
    const nested = vmap(({ u, list: [v] }: { u: Tensor; list: [Tensor] }) => ({ sum: add(u, v) }));
    close(nested({ u: y, list: [y] }).sum, add(y, y));
  });

  test("no samples, and results that don't depend on any", () => {
    const none = zeros([0, 3], float64);
    expect(vmap((x: Tensor) => matmul(sin(x), w))(none).shape).toEqual([0, 4]);
    expect(vmap(grad((x) => sum(matmul(x, w))))(none).shape).toEqual([0, 3]);
    close(vmap((_: Tensor) => w)(draw(2, 1)), stack([w, w]));
    close(
      vmap((x: Tensor) => zeros(x.shape, { dtype: "float64", backend: x.backend }))(w),
      zeros([3, 4], float64),
    );
  });

  test("random numbers as they are drawn outside: the same for every sample", () => {
    const noisy = vmap((x: Tensor) => add(x, uniform(rng(1), [3], 0, 1, float64)));
    const [first, second] = each([0, 1], (b) => at(sub(noisy(zeros([2, 3], float64)), 0), b));
    expect(numbers(first)).toEqual(numbers(second));
  });

  test("an op without a rule in a loop, and says so", () => {
    const twice: Op<[x: 1]> = definePrimitive({
      name: "twiceInALoop",
      infer: ([x]) => [{ shape: x.shape, dtype: x.dtype }],
      forward: ([x]) => [mapArray((v) => 2 * v, x)],
      vjp: ([ct]) => twice([ct]),
    });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const x = draw(3, 2);
    const f = (v: Tensor) => sum(square(twice([v])[0]));
    close(vmap(grad(f))(x), mul(8, x));
    expect(vmap((v: Tensor) => twice([v])[0])(zeros([0, 2])).shape).toEqual([0, 2]);
    expect(warn.mock.calls).toEqual([
      ["vmap: twiceInALoop has no batching rule, so it runs in a loop"],
    ]);
  });
});

test("vmap refuses what it can't do", async () => {
  const x = draw(2, 3);
  expect(() => vmap(() => w)()).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: vmap: expected a tensor with a batch axis, got none]`,
  );
  expect(() => vmap((a: Tensor, b: Tensor) => add(a, b))(x, w)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: vmap: expected 2 samples in each argument, got 3]`,
  );
  expect(() => vmap((a: Tensor) => a, { inAxes: [] })(x)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: vmap: expected 1 axes in inAxes, got 0]`,
  );
  expect(() => vmap((a: Tensor) => a, { inAxes: 2 })(x)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: vmap: expected an axis in [-2, 2), got 2]`,
  );
  expect(() => vmap((a: Tensor) => a.ndarray())(x)).toThrowErrorMatchingInlineSnapshot(`
    [BackendError: ndarray: expected a tensor in CPU memory, got one on vmap
    help: use await data()]
  `);
  expect(() => vmap((a: Tensor) => a.data())(x)).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: data: expected a tensor outside of vmap, got one sample of a batch]`,
  );
  expect(() => vmap((a: Tensor) => matmul(a, draw(4)))(x)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: matmul: expected inner sizes to agree, got [1, 3] and [4, 1]]`,
  );
  const p = parameter(at(x, 0));
  expect(() => vmap((a: Tensor) => p.assign(a))(x)).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: assign: expected a tensor outside of vmap, got one sample of a batch]`,
  );
  let leaked = x;
  vmap((a: Tensor) => {
    leaked = a;
    return a;
  })(x);
  expect(() => add(leaked, 1)).toThrowErrorMatchingInlineSnapshot(`
    [TapeError: read: expected a live tensor of shape [3], got a released one
    help: return it from the scope or keep() it]
  `);
  expect(() => vmap((async (a: Tensor) => a) as never)(x)).toThrowErrorMatchingInlineSnapshot(`
    [TapeError: vmap: expected a synchronous function, got a promise
    help: await outside of it]
  `);
});

describe("jacobian and hessian", () => {
  const x = draw(3);
  const wide = (v: Tensor) => matmul(sin(v), w); // 3 → 4: by columns
  const narrow = (v: Tensor) => at(matmul(square(v), w), { stop: 2 }); // 3 → 2: by rows

  test.each([
    ["by columns", wide],
    ["by rows", narrow],
  ])("%s", (_, f) => {
    const m = f(x).shape[0] ?? 0;
    const row = (i: number) => grad((v) => at(f(v), i))(x);
    close(jacobian(f)(x), stack(Array.from({ length: m }, (_, i) => row(i))));
    const second = grad((v) => sum(square(jacobian(f)(v))));
    const expected = grad((v) =>
      sum(stack(Array.from({ length: m }, (_, i) => sum(square(grad((u) => at(f(u), i))(v)))))),
    );
    close(second(x), expected(x), 10);
    close(vmap(jacobian(f))(draw(0, 3)), zeros([0, m, 3], float64));
    const batch = draw(4, 3);
    close(vmap(jacobian(f))(batch), loop(jacobian(f))(batch));
  });

  test("of several arguments of any rank", () => {
    const [a, b] = [draw(2, 3), draw(3, 2)];
    const [byA, byB] = jacobian((u: Tensor, v: Tensor) => matmul(u, v), [0, 1])(a, b);
    expect(byA.shape).toEqual([2, 2, 2, 3]);
    close(
      byA,
      einsum(
        "ik,lj->ijkl",
        tensor(
          [
            [1, 0],
            [0, 1],
          ],
          float64,
        ),
        b,
      ),
    );
    close(
      byB,
      einsum(
        "il,jk->ijlk",
        a,
        tensor(
          [
            [1, 0],
            [0, 1],
          ],
          float64,
        ),
      ),
    );
    close(jacobian((u: Tensor) => sum(u))(a), add(zeros([2, 3], float64), 1));
  });

  test("the Hessian of a scalar, symmetric; by an argument; third order", () => {
    const f = (v: Tensor, by: Tensor) => sum(mul(exp(mul(v, by)), sum(square(v))));
    const by = draw(3);
    const h = hessian(f)(x, by);
    close(h, transpose(h));
    const column = (i: number) => hvp((v) => f(v, by), [x], [at(eye(3, 3, float64), i)])[0];
    close(h, stack([column(0), column(1), column(2)]));
    close(hessian(f, 1)(x, by), hessian((v) => f(x, v))(by));
    const third = jacobian(hessian((v) => sum(pow(v, 3))))(x);
    close(einsum("iii->i", third), mul(6, add(zeros([3], float64), 1)));
  });

  test("refuse what has none", () => {
    expect(() => hessian((v) => v)(x)).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: grad: expected a scalar, got [3]
      help: sum() or mean() it]
    `);
    expect(() => jacobian((v: Tensor) => v, 1)(x)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: jacobian: expected argnums below 1, the arguments, got 1]`,
    );
    expect(() => jacobian((_: Tensor) => 1 as never)(x)).toThrowErrorMatchingInlineSnapshot(
      `[TapeError: vjp: expected a function that returns a tensor, got 1]`,
    );
  });
});

describe("customVjp", () => {
  const clipped = customVjp(
    (x: Tensor) => square(x),
    (ct, _y, x) => [mul(ct, clamp(mul(2, x), { min: -1, max: 1 }))],
  );
  const x = tensor([0.25, 3], float64);

  test("has the derivative that it is given, to any order, and in vmap and around it", () => {
    const f = (v: Tensor) => sum(clipped(v));
    close(f(x), tensor(9.0625, float64));
    close(grad(f)(x), tensor([0.5, 1], float64));
    close(grad((v) => sum(grad(f)(v)))(x), tensor([2, 0], float64));
    const batch = stack([x, mul(x, 2)]);
    close(
      vmap(grad(f))(batch),
      tensor(
        [
          [0.5, 1],
          [1, 1],
        ],
        float64,
      ),
    );
    close(
      grad((v) => sum(vmap(f)(v)))(batch),
      tensor(
        [
          [0.5, 1],
          [1, 1],
        ],
        float64,
      ),
    );
    close(
      grad((v) => sum(vmap(grad(f))(v)))(batch),
      tensor(
        [
          [2, 0],
          [2, 0],
        ],
        float64,
      ),
    );
    close(
      hessian(f)(x),
      tensor(
        [
          [2, 0],
          [0, 0],
        ],
        float64,
      ),
    );
  });

  test("sums over the batch for an argument that every sample shares, through two vmaps", () => {
    const product = customVjp(
      (a: Tensor, b: Tensor) => mul(a, b),
      (ct, _y, a, b) => [mul(ct, mul(2, b)), mul(ct, mul(3, a))], // told apart from mul's own
    );
    const rowsOf = (by: Tensor) => vmap((row: Tensor) => vmap((v: Tensor) => product(v, by))(row));
    const batch = draw(4, 5);
    close(grad((by) => sum(rowsOf(by)(batch)))(tensor(2, float64)), mul(3, sum(batch)));
    close(grad((v) => sum(rowsOf(tensor(2, float64))(v)))(batch), add(mul(batch, 0), 4));
  });

  test("refuses cotangents that don't fit", () => {
    const wrong = customVjp(
      (v: Tensor) => square(v),
      () => [] as never,
    );
    expect(() => grad((v) => sum(wrong(v)))(x)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: customVjp: expected a cotangent (or null) for each of 1 inputs, got an array of 0]`,
    );
  });
});

describe("recompute", () => {
  const p = parameter(draw(3, 3));
  const layer = (x: Tensor) => tanh(matmul(x, p));
  const x = draw(2, 3);

  test("has the value and the derivatives of the function, and those by what it uses", () => {
    const scale = draw(3);
    const f = (v: Tensor, by: Tensor) => (g: typeof layer) => sum(square(mul(g(g(v)), by)));
    const again = recompute(layer);
    close(f(x, scale)(again), f(x, scale)(layer));
    const both = [layer, again].map((g) => ({
      x: grad((v) => f(v, scale)(g))(x),
      closed: grad((by) => sum(recompute((v: Tensor) => mul(g(v), by))(x)))(scale),
      second: grad((v) => sum(square(grad((u) => f(u, scale)(g))(v))))(x),
      p: valueAndGrad(() => f(x, scale)(g), [p]).grads[0],
      batch: vmap(grad((v) => f(v, scale)(g)))(stack([x, square(x)])),
      around: grad((v) => sum(vmap((u: Tensor) => f(u, scale)(g))(v)))(stack([x, square(x)])),
      parameter: valueAndGrad(() => sum(vmap((u: Tensor) => f(u, scale)(g))(stack([x, x]))), [p])
        .grads[0],
      twice: grad((v) =>
        sum(g === layer ? mul(v, v) : recompute((a: Tensor, b: Tensor) => mul(a, b))(v, v)),
      )(x),
    }));
    const [plain, made] = both;
    for (const [k, v] of Object.entries(plain!)) close(Reflect.get(made!, k), v, 10);
  });

  test("arguments without derivatives pass", () => {
    const pick = recompute((v: Tensor, k: Tensor) => take(v, k));
    close(
      grad((v) => sum(pick(v, tensor([1, 1], { dtype: "int32" }))))(x),
      tensor(
        [
          [0, 0, 0],
          [2, 2, 2],
        ],
        float64,
      ),
    );
  });

  test("keeps the arguments and results of its calls alone", () => {
    const { bytes } = reference.live;
    const held = (g: (x: Tensor) => Tensor): number => {
      let during = 0;
      scope(() => {
        const { pullback } = vjp(
          (v) => Array.from({ length: 4 }).reduce<Tensor>((h) => g(h), v),
          draw(64, 3),
        );
        during = reference.live.bytes - bytes;
        pullback(zeros([64, 3], float64));
      });
      return during / (64 * 3 * 8);
    };
    const deep = (v: Tensor) => sin(exp(sin(cos(tanh(matmul(v, p))))));
    const [kept, again] = [held(deep), held(recompute(deep))];
    expect(kept).toBeGreaterThan(24); // 4 calls of 6 ops each
    expect(again).toBeLessThan(8);
    expect(reference.live.bytes).toBe(bytes);
  });
});
