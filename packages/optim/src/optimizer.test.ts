/**
 * @file The machinery: groups, schedules, state, and every bad input refused before anything is
 * written.
 */

import { inspect } from "node:util";
import {
  type Backend,
  grad,
  mean,
  mul,
  parameter,
  reference,
  square,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  zeros,
} from "@spm/core";
import { describe, expect, expectTypeOf, test } from "vitest";
import { adamUpdate } from "./extend.ts";
import {
  type AdamOptions,
  adam,
  type CommonOptions,
  cosine,
  Optimizer,
  type RateSchedule,
  type Rule,
  sgd,
} from "./index.ts";

const vector = (...data: number[]): Tensor => tensor(data, { dtype: "float64" });
const values = (t: Tensor): number[] => [...t.ndarray().data];

describe("options", () => {
  test("a group's own come before the optimizer's, and those before the defaults", () => {
    const [a, b] = [parameter(vector(1)), parameter(vector(1))];
    const optimizer = sgd([{ parameters: [a], learningRate: 0.5 }, { parameters: [b] }], {
      learningRate: 0.25,
    });
    expect(optimizer.parameters).toEqual([a, b]);
    optimizer.step([vector(1), vector(1)]);
    expect([...values(a), ...values(b)]).toEqual([0.5, 0.75]);
  });

  test("a schedule gives the rate of step t, from 0", () => {
    const asked: number[] = [];
    const learningRate: RateSchedule = (t) => {
      asked.push(t);
      return 1 / 2 ** t;
    };
    const p = parameter(vector(0));
    const optimizer = sgd([p], { learningRate });
    expect(optimizer.learningRate).toBe(1);
    asked.length = 0;
    for (let t = 0; t < 3; t++) optimizer.step([vector(-1)]);
    expect(asked).toEqual([0, 1, 2]);
    expect(values(p)).toEqual([1.75]);
    expect([optimizer.steps, optimizer.learningRate]).toEqual([3, 0.25]);
  });

  test("weight decay passes by exempt parameters, unless a group says otherwise", () => {
    const [exempt, insisted] = [
      parameter(vector(1), { decay: false }),
      parameter(vector(1), { decay: false }),
    ];
    const optimizer = sgd(
      [{ parameters: [exempt] }, { parameters: [insisted], exemptions: false }],
      {
        learningRate: 1,
        weightDecay: 0.5,
      },
    );
    optimizer.step([vector(0), vector(0)]);
    expect([...values(exempt), ...values(insisted)]).toEqual([1, 0.5]);
  });

  test("are typed", () => {
    expectTypeOf(adam).returns.toEqualTypeOf<Optimizer<AdamOptions>>();
    // @ts-expect-error an option that Adam lacks
    expect(() => adam([], { nesterov: true })).toThrow();
    // @ts-expect-error a schedule gives numbers
    expect(() => adam([], { learningRate: () => "fast" })).toThrow();
  });

  test.each([
    ["learning rate", { learningRate: -1 }],
    ["learning rate", { learningRate: Number.NaN }],
    ["weight decay", { weightDecay: Number.POSITIVE_INFINITY }],
    ["beta", { betas: [0.9, 1] as const }],
    ["epsilon", { epsilon: -1e-8 }],
  ])("out of range are refused: %s", (_, options) => {
    expect(() => adam([parameter([1])], options)).toThrow(/^adam: expected .*, got /);
  });

  test("messages name the option", () => {
    const p = parameter([1, 2]);
    expect(() => adam([p], { betas: [0.9, 1] })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: adam: expected betas[1] in [0, 1), got 1]`,
    );
    expect(() => sgd([p], { nesterov: true })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: sgd: expected momentum above 0 for nesterov, got 0]`,
    );
    expect(() => adam([])).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: adam: expected at least 1 parameter, got 0]`,
    );
    expect(() => adam([p, p])).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: adam: expected each parameter once, got one of shape [2] twice (as number 0 and 1)
      help: a shared parameter belongs in the list once]
    `);
    expect(() =>
      adam([{ parameters: [p] }, { parameters: [p] }]),
    ).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: adam: expected each parameter once, got one of shape [2] twice (as number 0 and 1)
      help: a shared parameter belongs in the list once]
    `);
    expect(() => adam([vector(1) as never, p])).toThrowErrorMatchingInlineSnapshot(
      `
      [DTypeError: adam: expected parameters, or groups { parameters, ... }, got a tensor float64[1]
      help: make it one: parameter(tensor)]
    `,
    );
    expect(() =>
      sgd([p], { learningRate: () => Number.NaN }).step([zeros([2])]),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: sgd: expected a finite learning rate ≥ 0 at step 0, got NaN]`,
    );
  });
});

describe("a step", () => {
  const setUp = () => {
    const params = [parameter(vector(1, 2)), parameter(vector(3))] as const;
    return { params, optimizer: adam(params) };
  };
  const state = (optimizer: Optimizer<AdamOptions>): Record<string, number | number[]> =>
    Object.fromEntries(
      Object.entries(optimizer.state()).map(([k, v]) => [k, typeof v === "number" ? v : values(v)]),
    );

  test.each<[string, (p: readonly Tensor[]) => readonly Tensor[]]>([
    ["too few gradients", () => [vector(1, 1)]],
    ["too many gradients", () => [vector(1, 1), vector(1), vector(1)]],
    ["a wrong shape", () => [vector(1, 1), vector(1, 1)]],
    ["a shape that would broadcast", () => [vector(1, 1), tensor(1, { dtype: "float64" })]],
    ["a wrong dtype", () => [vector(1, 1), tensor([1])]],
    [
      "a released gradient",
      () => {
        const gone = vector(1);
        gone.dispose();
        return [vector(1, 1), gone];
      },
    ],
  ])("refuses %s and writes nothing", (_, gradients) => {
    const { params, optimizer } = setUp();
    optimizer.step([vector(1, 1), vector(1)]);
    const before = [params.map(values), state(optimizer)];
    expect(() => optimizer.step(gradients(params))).toThrow(/: expected /);
    expect([params.map(values), state(optimizer)]).toEqual(before);
    expect(params.map((p) => p.version)).toEqual([1, 1]);
  });

  test("says what is wrong with the gradients", () => {
    const { optimizer } = setUp();
    expect(() => optimizer.step([vector(1, 1)])).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: adam.step: expected 2 gradients, got 1
      help: gradients come in the order of optimizer.parameters; if the model got others, make another optimizer]
    `);
    expect(() => optimizer.step([vector(1), vector(1, 1)])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: adam.step: expected gradient 0 of shape [2], got [1]
      help: gradients come in the order of optimizer.parameters; if the model got others, make another optimizer]
    `);
    expect(() => optimizer.step([vector(1, 1), tensor([1])])).toThrowErrorMatchingInlineSnapshot(`
      [DTypeError: adam.step: expected gradient 1 of float64, got float32
      help: gradients come in the order of optimizer.parameters; if the model got others, make another optimizer]
    `);
  });

  test("is refused while a tape holds one of the parameters, before the others are written", () => {
    const { params, optimizer } = setUp();
    const loss = () => {
      const y = sum(square(params[1]));
      optimizer.step([vector(1, 1), vector(1)]);
      return y;
    };
    expect(() => valueAndGrad(loss, params)).toThrowErrorMatchingInlineSnapshot(`
      [TapeError: assign: expected no open tape that used this parameter, got one
      help: assign after the gradient is taken]
    `);
    expect(params.map(values)).toEqual([[1, 2], [3]]);
  });

  test("is refused when a parameter was disposed of", () => {
    const { params, optimizer } = setUp();
    params[1].dispose();
    expect(() => optimizer.step([vector(1, 1), vector(1)])).toThrow("expected a live tensor");
    expect(values(params[0])).toEqual([1, 2]);
  });

  test("trains: grads of valueAndGrad come in the parameters' order", () => {
    const { params, optimizer } = setUp();
    const loss = () => mean(square(mul(params[0], params[1])));
    const first = valueAndGrad(loss, optimizer.parameters).value.ndarray().data[0]!;
    for (let i = 0; i < 100; i++) optimizer.step(valueAndGrad(loss, optimizer.parameters).grads);
    expect(valueAndGrad(loss, optimizer.parameters).value.ndarray().data[0]!).toBeLessThan(first);
  });

  test("has no derivative, and says so", () => {
    const numbers = { stepSize: 1, beta1: 0, beta2: 0, epsilon: 1, l2: 0, keep: 1 };
    const f = (x: Tensor) => sum(adamUpdate([x, x, x, x], numbers)[0]);
    expect(() => grad(f)(vector(1))).toThrowErrorMatchingInlineSnapshot(`
      [TapeError: adam: expected an update outside of what is differentiated, got its vjp
      help: call step() after the gradient]
    `);
    expect(() =>
      adamUpdate([vector(1), vector(1, 2), vector(1), vector(1)], numbers),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: adam: expected inputs of one shape [1], got [2]]`,
    );
  });
});

describe("state", () => {
  const make = () => adam([parameter(vector(1, 2))]);

  test("is flat: a count, and each slot by parameter and name", () => {
    const optimizer = make();
    optimizer.step([vector(1, 1)]);
    expect(Object.keys(optimizer.state())).toEqual([
      "adam.steps",
      "adam.0.firstMoment",
      "adam.0.secondMoment",
    ]);
  });

  test("is copied in: the source may go, and the next step leaves it alone", () => {
    const [a, b] = [make(), make()];
    a.step([vector(1, 1)]);
    const saved = a.state();
    b.restore(saved);
    b.step([vector(1, 1)]);
    expect(values(saved["adam.0.firstMoment"] as Tensor)).toEqual(
      [0.1, 0.1].map((x) => expect.closeTo(x, 15)),
    );
    a.dispose();
    b.step([vector(1, 1)]);
  });

  test("read after the next step is an error, not another state", () => {
    const optimizer = make();
    const { "adam.0.firstMoment": moment } = optimizer.state();
    optimizer.step([vector(1, 1)]);
    expect(() => (moment as Tensor).ndarray()).toThrow("a released one");
  });

  test("that does not fit is refused whole, with the first thing that is wrong", () => {
    const optimizer = make();
    optimizer.step([vector(1, 1)]);
    const good = optimizer.state();
    const { "adam.0.secondMoment": _, ...short } = good;
    const before = values(good["adam.0.firstMoment"] as Tensor);
    const restore = (state: Record<string, Tensor | number>) => () => optimizer.restore(state);
    expect(restore({})).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: adam.restore: expected the state of adam (keys "adam.…"), got no keys]`,
    );
    expect(restore(sgd([parameter([1])]).state())).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: adam.restore: expected the state of adam (keys "adam.…"), got "sgd.steps"]`,
    );
    expect(restore(short)).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: adam.restore: expected the key "adam.0.secondMoment", got a state without it]`,
    );
    expect(
      restore({ ...good, "adam.1.firstMoment": vector(1) }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: adam.restore: expected no other keys, got "adam.1.firstMoment"]`,
    );
    expect(restore({ ...good, "adam.steps": 1.5 })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: adam.restore: expected a whole number ≥ 0 as "adam.steps", got 1.5]`,
    );
    expect(restore({ ...good, "adam.0.secondMoment": 3 })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: adam.restore: expected a tensor as "adam.0.secondMoment", got 3]`,
    );
    expect(
      restore({ ...good, "adam.0.secondMoment": vector(1) }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: adam.restore: expected "adam.0.secondMoment" of shape [2], got [1]]`,
    );
    expect(
      restore({ ...good, "adam.0.secondMoment": tensor([1, 2]) }),
    ).toThrowErrorMatchingInlineSnapshot(`
      [DTypeError: adam.restore: expected "adam.0.secondMoment" of float64, got float32
      help: cast it: cast(value, "float64")]
    `);
    expect(optimizer.steps).toBe(1);
    expect(values(optimizer.state()["adam.0.firstMoment"] as Tensor)).toEqual(before);
  });

  test("of AMSGrad does not pass for Adam's", () => {
    const amsgrad = adam([parameter(vector(1, 2))], { amsgrad: true });
    expect(() => make().restore(amsgrad.state())).toThrow(
      'expected no other keys, got "adam.0.maxSecondMoment"',
    );
    expect(() => amsgrad.restore(make().state())).toThrow(
      'expected the key "adam.0.maxSecondMoment"',
    );
  });
});

describe("on another backend", () => {
  const other: Backend = {
    ...reference,
    name: "other",
    kernels: new Map(),
    live: { storages: 0, bytes: 0 },
  };
  const there = (...data: number[]) => tensor(data, { dtype: "float64", backend: other });

  test("state lives with its parameter, and comes over from CPU memory", () => {
    const [here, p] = [parameter(vector(1, 2)), parameter(there(1, 2))];
    const [a, b] = [adam([here]), adam([p])];
    a.step([vector(1, -1)]);
    b.restore(a.state());
    const slots = Object.values(b.state()).filter((value) => typeof value !== "number");
    expect(slots.map((slot) => slot.backend.name)).toEqual(["other", "other"]);
    p.assign(there(...values(here)));
    a.step([vector(0.5, 2)]);
    b.step([there(0.5, 2)]);
    expect(values(p)).toEqual(values(here));
    expect(p.backend).toBe(other);
  });

  test("a gradient from elsewhere is refused", () => {
    const optimizer = adam([parameter(there(1))]);
    expect(() => optimizer.step([vector(1)])).toThrow(
      "expected gradient 0 on other, got reference",
    );
  });
});

describe("a rule of one's own", () => {
  const shrink: Rule<CommonOptions, [last: 1, fixed: 1]> = {
    name: "shrink",
    defaults: { learningRate: 0.5, weightDecay: 0 },
    slots: () => ({ last: 7, fixed: 1 }),
    update: (p, _, [last, fixed], __, { learningRate }) => [
      mul(p, learningRate),
      mul(last, 2),
      fixed,
    ],
  };

  test("says what to keep and how to update; a slot may stay", () => {
    const p = parameter(vector(4));
    const optimizer = new Optimizer(shrink, [p], {});
    optimizer.step([vector(0)]);
    optimizer.step([vector(0)]);
    expect(values(p)).toEqual([1]);
    expect(values(optimizer.state()["shrink.0.last"] as Tensor)).toEqual([28]);
    expect(values(optimizer.state()["shrink.0.fixed"] as Tensor)).toEqual([1]);
  });

  test("that forgets a slot is refused", () => {
    const p = parameter(vector(4));
    const optimizer = new Optimizer({ ...shrink, update: (q) => [mul(q, 2)] }, [p], {});
    expect(() => optimizer.step([vector(0)])).toThrow(
      "shrink.update: expected a value and 2 slots, got 0 slots",
    );
    expect(values(p)).toEqual([4]);
  });
});

test("an optimizer prints its steps, and its groups with their rates and options", () => {
  const [a, b, c] = [parameter(zeros([2, 3])), parameter(zeros([4])), parameter(zeros([]))];
  const optimizer = sgd(
    [{ parameters: [a, b] }, { parameters: [c], learningRate: (t) => 1 / 2 ** t }],
    {
      learningRate: cosine({ learningRate: 1, steps: 4 }),
    },
  );
  expect(String(optimizer)).toMatchInlineSnapshot(`
    "sgd, steps: 0
    parameters: 2, values: 10, learning rate: 1
      { learningRate: cosine({ learningRate: 1, steps: 4, min: 0 }), momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 }
    parameters: 1, values: 1, learning rate: 1
      { learningRate: learningRate, momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 }"
  `);
  for (let t = 0; t < 3; t++) optimizer.step([a, b, c]);
  expect(inspect(optimizer)).toMatchInlineSnapshot(`
    "sgd, steps: 3
    parameters: 2, values: 10, learning rate: 0.5
      { learningRate: cosine({ learningRate: 1, steps: 4, min: 0 }), momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 }
    parameters: 1, values: 1, learning rate: 0.25
      { learningRate: learningRate, momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 }"
  `);
});

test("a schedule that gives no rate is printed, and refused by the step", () => {
  const optimizer = sgd([parameter(vector(1))], { learningRate: () => Number.NaN });
  expect(String(optimizer)).toContain("learning rate: NaN");
  expect(() => optimizer.step([vector(1)])).toThrow("a finite learning rate");
});

test.each([
  [{ learningRate: null }, "adam: expected a finite learningRate ≥ 0, got null"],
  [{ learningRate: "0.1" }, "adam: expected a finite learningRate ≥ 0, got 0.1"],
  [{ learningRate: Number.NaN }, "adam: expected a finite learningRate ≥ 0, got NaN"],
  [{ weightDecay: "1" }, "adam: expected a finite weightDecay ≥ 0, got 1"],
  [{ exemptions: "no" }, "adam: expected true or false as exemptions, got no"],
  [{ betas: 0.9 }, "adam: expected betas as an array of two numbers, got 0.9"],
  [{ betas: ["0.9", 0.99] }, "adam: expected betas[0] in [0, 1), got 0.9"],
])("an option of another type, %o, is refused", (options, message) => {
  expect(() => adam([parameter([1])], options as never)).toThrow(message);
});

test("an option that is undefined is the default; a rate that is no number is refused", () => {
  const w = parameter([1]);
  expect(sgd([w], { learningRate: undefined } as never).learningRate).toBe(0.01);
  expect(() => sgd([w], { learningRate: () => null } as never).step([tensor([1])])).toThrow(
    "sgd: expected a finite learning rate ≥ 0 at step 0, got null",
  );
  expect(() => sgd(w as never, {})).toThrow(
    "sgd: expected an array of parameters, or of groups { parameters, ... }, got a tensor",
  );
});
