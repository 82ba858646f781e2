/** @file Captured steps: the same bits as uncaptured ones, step for step, and what they refuse. */
import {
  add,
  exp,
  full,
  keep,
  mul,
  normal,
  type Parameter,
  parameter,
  reference,
  reshape,
  rng,
  scope,
  setBackend,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
  valueAndGrad,
} from "@spm/core";
import { Mlp } from "@spm/models";
import { crossEntropy, Dropout, layerNorm, rmsNorm } from "@spm/nn";
import {
  adam,
  adamw,
  type CaptureOptions,
  type CommonOptions,
  capture,
  clipByGlobalNorm,
  cosine,
  MovingAverage,
  Optimizer,
  type Rule,
  sgd,
} from "@spm/optim";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { full as fullForm } from "../full.ts";
import { openSoftwareGpu } from "./software-gpu.ts";

const device = await openSoftwareGpu();
afterAll(() => device?.dispose());
beforeEach(() => device && setBackend(device));
afterEach(() => setBackend(reference));

const classes = (count: number, shift: number): Tensor =>
  tensor(
    Int32Array.from({ length: count }, (_, i) => (i * 7 + shift) % 3),
    { shape: [count] },
  );

/** All that ten steps with a fresh batch each leave. */
async function train(captured: boolean) {
  const model = new Mlp({ sizes: [6, 8, 8, 3], linear: "rotation", random: rng(1) });
  const parameters = model.parameters();
  const dropout = new Dropout(0.3, { random: rng(7) });
  const optimizer = adam(parameters, {
    learningRate: cosine({ learningRate: 0.05, steps: 12 }),
    weightDecay: 0.01,
  });
  const average = new MovingAverage(parameters, { decay: (t) => t / (t + 3) });
  const body = (x: Tensor, y: Tensor): Tensor => {
    const { value, grads } = valueAndGrad(
      () => crossEntropy(model.forward(dropout.forward(x)), y),
      parameters,
    );
    optimizer.step(clipByGlobalNorm(grads, 1).grads);
    average.update();
    return value;
  };
  const step = captured ? capture(body) : (x: Tensor, y: Tensor) => scope(() => body(x, y));
  const losses: Tensor[] = [];
  const data = rng(3);
  for (let k = 0; k < 10; k++) {
    const [x, y] = [normal(data, [5, 6]), classes(5, k)];
    losses.push(step(x, y));
  }
  const read = async (t: Tensor | number): Promise<number[]> =>
    typeof t === "number" ? [t] : Array.from(await t.data());
  return {
    counts: captured ? (step as ReturnType<typeof capture>).counts : null,
    losses: await Promise.all(losses.map(read)),
    weights: await Promise.all(parameters.map(read)),
    optimizer: await Promise.all(Object.values(optimizer.state()).map(read)),
    average: await Promise.all(Object.values(average.state()).map(read)),
    random: dropout.random.state,
  };
}

/** A parameter that follows its arguments, beside one that shrinks, and the loss. */
function follower(options: CaptureOptions = {}, extra: (loss: Tensor) => void = () => {}) {
  const w = parameter([1, 2, 3]);
  const b = parameter([[4, -3]]);
  const optimizer = sgd([w, b], { learningRate: 0.25, momentum: 0.5 });
  const body = (x: Tensor): Tensor => {
    const loss = () => add(sum(square(sub(w, x))), sum(square(b)));
    const { value, grads } = valueAndGrad(loss, [w, b]);
    extra(value);
    optimizer.step(grads);
    return value;
  };
  return { w, optimizer, body, step: capture(body, options) };
}

const at = (k: number): Tensor => tensor([k, -k, 0.5 * k]);

/** The losses of some steps. */
async function losses(step: (x: Tensor) => Tensor, from: number, to: number): Promise<number[]> {
  const found: number[] = [];
  for (let k = from; k < to; k++) found.push(await scope(() => step(at(k))).item());
  return found;
}

describe.runIf(device !== null)("a captured step", () => {
  test("has the bits of the step itself", async () => {
    const [{ counts, ...got }, { counts: _, ...want }] = [await train(true), await train(false)];
    expect(counts).toMatchObject({ ran: 3, repeated: 7, refusal: null });
    expect(got).toEqual(want);
    const { counts: _again, ...again } = await train(true);
    expect(again).toEqual(got);
  });

  test("on other backends is the function itself", () => {
    setBackend(reference);
    const { step, w } = follower();
    for (let k = 0; k < 4; k++) step(at(k));
    expect(step.counts).toEqual({ ran: 4, repeated: 0, launches: 0, refusal: null });
    expect(w.version).toBe(4);
  });

  test("goes on after weights were read and assigned, and the optimizer restored", async () => {
    const run = async (captured: boolean) => {
      const { w, optimizer, body, step } = follower();
      const go = captured ? step : (x: Tensor) => scope(() => body(x));
      const found = await losses(go, 0, 4);
      found.push(...(await w.data()));
      scope(() => w.assign(tensor([5, 6, 7])));
      found.push(...(await losses(go, 4, 7)));
      const saved = Object.fromEntries(
        await Promise.all(
          Object.entries(optimizer.state()).map(async ([name, value]) => [
            name,
            typeof value === "number"
              ? value
              : tensor(await value.data(), { shape: value.shape, backend: reference }),
          ]),
        ),
      );
      found.push(...(await losses(go, 7, 10)));
      optimizer.restore(saved);
      found.push(...(await losses(go, 10, 13)), ...(await w.data()), optimizer.steps, w.version);
      return { found, counts: step.counts };
    };
    const got = await run(true);
    expect(got.found).toEqual((await run(false)).found);
    expect(got.counts).toMatchObject({ ran: 4, repeated: 9 });
  });

  test("keeps views of a weight as they are: calls run beside them", async () => {
    const { w, step } = follower();
    await losses(step, 0, 3);
    const view = reshape(w, [3, 1]);
    const before = Array.from(await view.data());
    step(at(3));
    expect(() => add(view, 1)).toThrow("a view of a parameter that was assigned since");
    expect(before).toHaveLength(3);
    view.dispose();
    await losses(step, 4, 7);
    expect(step.counts).toMatchObject({ ran: 4, repeated: 3 });
  });

  test("records another shape and another number of its own", async () => {
    const body = (x: Tensor, scale: number): Tensor => mul(x, scale);
    const step = capture(body);
    const calls = [2, 3, 2, 3, 2, 3].map((n) => [full([n], n), n] as const);
    for (const [x, scale] of calls)
      expect(Array.from(await step(x, scale).data())).toEqual(Array(x.shape[0]).fill(scale ** 2));
    expect(step.counts).toMatchObject({ ran: 4, repeated: 2 });
  });

  test("takes views, scalars of the host, and several tensors in an object", async () => {
    const step = capture(({ x, more }: { x: Tensor; more: Tensor[] }) => ({
      y: mul(x, more[0] ?? 1),
      parts: [sum(x), transpose(x)],
    }));
    for (let k = 1; k < 5; k++) {
      const x = transpose(
        tensor([
          [k, 2],
          [3, 4],
        ]),
      );
      const { y, parts } = step({ x, more: [tensor(k, { backend: reference })] });
      expect(await y.toArray()).toEqual([
        [k * k, 3 * k],
        [2 * k, 4 * k],
      ]);
      expect(await parts[0]?.item()).toBe(k + 9);
      expect(await parts[1]?.toArray()).toEqual([
        [k, 2],
        [3, 4],
      ]);
    }
    expect(step.counts).toMatchObject({ ran: 2, repeated: 2 });
  });

  test("shares its weights with another", async () => {
    const { w, step } = follower();
    const other = follower();
    const total = capture((x: Tensor) => sum(mul(w, x)));
    for (let k = 0; k < 6; k++) {
      step(at(k));
      scope(() => other.body(at(k)));
      const want = await scope(() => sum(mul(other.w, at(k)))).item();
      expect(await total(at(k)).item()).toBe(want);
    }
    expect(total.counts.repeated).toBe(3);
    expect(step.counts.repeated).toBe(4);
  });
});

describe.runIf(device !== null)("all weights are updated in", () => {
  test.each<[string, number, (parameters: Parameter[]) => Optimizer]>([
    ["one launch by adam", 1, (ps) => adam(ps)],
    ["one launch by sgd", 1, (ps) => sgd(ps)],
    ["one launch by sgd with momentum", 1, (ps) => sgd(ps, { momentum: 0.9 })],
    ["two launches by adamw, where some don't decay", 2, (ps) => adamw(ps)],
  ])("%s", async (_, count, make) => {
    const launches = async (update: boolean) => {
      const shapes = [[300], [2, 3], [1], [64], [5, 13]];
      const random = rng(1);
      const ps = shapes.map((shape, k) => parameter(normal(random, shape), { decay: k < 3 }));
      const optimizer = make(ps);
      const body = (x: Tensor): Tensor => {
        const loss = () => ps.map((p) => sum(square(mul(p, x)))).reduce((a, b) => add(a, b));
        const { value, grads } = valueAndGrad(loss, ps);
        if (update) optimizer.step(grads);
        return value;
      };
      const step = capture(body);
      for (let k = 0; k < 6; k++) step(tensor(k)).dispose();
      const left = await Promise.all(ps.map((p) => p.data()));
      step.dispose();
      return { launches: step.counts.launches, left };
    };
    const [all, none] = [await launches(true), await launches(false)];
    expect(all.launches - none.launches).toBe(count);
    expect(all.left).not.toEqual(none.left);
  });
});

describe.runIf(device !== null)("the coefficients of all mixers", () => {
  test.each([
    ["rotation", 64, 21],
    ["general", 8, 55], // of 64 columns and more it reads the blocks as they are
  ] as const)("of %s are one launch, with the bits of one each", async (linear, n, launches) => {
    const run = async (captured: boolean) => {
      const model = new Mlp({ sizes: [n, n, n, 3], linear, random: rng(1) });
      const parameters = model.parameters();
      const optimizer = sgd(parameters, { learningRate: 0.1 });
      const body = (x: Tensor, y: Tensor): void =>
        optimizer.step(valueAndGrad(() => crossEntropy(model.forward(x), y), parameters).grads);
      using step = captured ? capture(body) : null;
      const data = rng(3);
      for (let k = 0; k < 6; k++) {
        const [x, y] = [normal(data, [4, n]), classes(4, k)];
        scope(() => (step ?? body)(x, y));
      }
      if (step) expect(step.counts).toMatchObject({ repeated: 3, launches });
      return Promise.all(parameters.map(async (p) => Array.from(await p.data())));
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

describe.runIf(device !== null)("the sums beside a norm", () => {
  test.each<[string, number, (x: Tensor, weight: Tensor, bias: Tensor) => Tensor]>([
    ["layer norm", 36, (x, weight, bias) => layerNorm(x, weight, bias)],
    ["RMS norm", 34, (x, weight) => rmsNorm(x, weight)],
  ])("are in the launches of %s, with the bits of their own", async (_, apart, norm) => {
    const run = async (captured: boolean) => {
      const random = rng(1);
      const ps = [0, 1, 2].map(() => parameter(normal(random, [37])));
      const [scale, weight, bias] = ps as [Parameter, Parameter, Parameter];
      const body = (x: Tensor) =>
        valueAndGrad(() => {
          let h = mul(x, scale);
          for (let k = 0; k < 2; k++) {
            const y = norm(h, weight, bias);
            h = add(h, mul(y, exp(y))); // two cotangents of y, and two of h
          }
          return sum(square(norm(h, weight, bias)));
        }, ps);
      using step = captured ? capture(body) : null;
      const left: number[][] = [];
      for (let k = 0; k < 4; k++) {
        const { value, grads } = (step ?? body)(normal(random, [3, 37]));
        for (const t of [value, ...grads]) left.push(Array.from(await t.data()));
      }
      return { left, launches: step?.counts.launches };
    };
    const [captured, plain] = [await run(true), await run(false)];
    expect(captured.left).toEqual(plain.left);
    expect(captured.launches).toBe(apart - 6);
  });
});

describe.runIf(device !== null)("a captured step refuses, from the next call on,", () => {
  const refusal = (step: (x: Tensor) => unknown, calls = 7): string => {
    for (let k = 0; k < calls; k++)
      try {
        step(at(k));
      } catch (error) {
        return (error as Error).message;
      }
    return "none";
  };

  test("a read of data inside", () => {
    const { step } = follower({}, (loss) => void loss.data());
    expect(refusal(step)).toBe(
      "capture: expected a step that can be repeated, got one that reads data inside",
    );
  });

  test("numbers from the host that change", () => {
    let calls = 0;
    const uploads = capture((x: Tensor) => add(x, tensor([++calls, 0, 0])));
    expect(refusal(uploads)).toMatch(/an upload of other numbers/);
    const scalars = capture((x: Tensor) => mul(x, ++calls));
    expect(refusal(scalars)).toMatch(/a kernel with other numbers/);
  });

  test("launches that change", () => {
    let calls = 0;
    const step = capture((x: Tensor) => (++calls % 2 ? add(x, 1) : exp(add(x, 1))));
    expect(refusal(step)).toMatch(/launches and uploads/);
  });

  test("tensors that pile up, and one that is returned and read", () => {
    const kept: Tensor[] = [];
    const piling = capture((x: Tensor) => void kept.push(keep(add(x, 1))));
    expect(refusal(piling)).toMatch(/a tensor that each call keeps/);
    let last = keep(at(0));
    const returning = capture((x: Tensor) => {
      const before = last;
      last = keep(add(before, x));
      before.dispose();
      return last;
    });
    expect(refusal(returning)).toMatch(/returns and reads at the next call/);
  });

  test("an argument of an earlier call", () => {
    let last: Tensor | null = null;
    const step = capture((x: Tensor) => {
      const y = add(x, last ?? x);
      last?.dispose();
      last = keep(x);
      return y;
    });
    expect(refusal(step)).toMatch(/neither an argument nor of the call before/);
  });

  test("random numbers that become no tensor, a generator of each call", () => {
    const random = rng(1);
    expect(refusal(capture((x: Tensor) => mul(x, random.uniform() < 2 ? 1 : 2)))).toMatch(
      /random numbers that become no tensor/,
    );
    let seed = 0;
    expect(refusal(capture((x: Tensor) => mul(x, normal(rng(++seed), [3]))))).toMatch(
      /numbers of another generator/,
    );
  });

  test("a rule that computes with the number of the step", () => {
    const w = parameter([1, 2, 3]);
    const rule: Rule<CommonOptions> = {
      name: "shrink",
      defaults: { learningRate: 0, weightDecay: 0 },
      slots: () => ({}),
      update: (p, _grad, _slots, _options, { step }) => [mul(p, 1 / step)],
    };
    const optimizer = new Optimizer(rule, [w], {});
    expect(refusal(capture((x: Tensor) => optimizer.step([x])))).toMatch(
      /a rule \(shrink\) whose ops take a number of the step/,
    );
  });

  test("a promise, a function as an argument, a parameter as its result", () => {
    const { w } = follower();
    expect(() => capture(async (x: Tensor) => x)(at(0))).toThrow("a synchronous function");
    expect(() => capture((_: () => void) => 1)(() => {})).toThrow("one with a function");
    expect(refusal(capture(() => w))).toMatch(/returns a parameter/);
  });

  test("or runs as always where that is asked for", async () => {
    let calls = 0;
    const step = capture((x: Tensor) => mul(x, ++calls), { onRefusal: "run" });
    for (let k = 1; k < 9; k++) expect(await sum(step(tensor([1, 1]))).item()).toBe(2 * k);
    expect(step.counts).toMatchObject({ ran: 8, repeated: 0 });
    expect(step.counts.refusal).toMatch(/a kernel with other numbers/);
  });
});

describe.runIf(device !== null)("checkEvery", () => {
  test("compares, and changes nothing", async () => {
    const [a, b] = [follower({ checkEvery: 3 }), follower()];
    expect(await losses(a.step, 0, 12)).toEqual(await losses(b.step, 0, 12));
    expect(await a.w.data()).toEqual(await b.w.data());
    expect(a.step.counts.ran).toBeGreaterThan(b.step.counts.ran);
  });

  test("finds a variable outside that changed", async () => {
    let scale = 1;
    const step = capture((x: Tensor) => mul(x, scale), { checkEvery: 2 });
    for (let k = 0; k < 5; k++) step(at(k));
    scale = 2;
    expect(() => [step(at(5)), step(at(6))]).toThrow(
      "expected a step that does what was recorded, got a kernel with other numbers",
    );
  });
});

describe.runIf(device !== null)("memory", () => {
  test("is flat, in the report, and given back", async () => {
    await using own = await openSoftwareGpu(); // what other tests left behind comes back by chance
    if (own) setBackend(own);
    const live = () => ({ ...own?.report().buffers, storages: own?.live.storages });
    const held = () => own?.report().captured;
    const none = held();
    const { step, w, optimizer } = follower();
    const go = async (from: number, to: number) => {
      for (let k = from; k < to; k++) {
        scope(() => void step(at(k)));
        if (k === to - 1 || k % 100 === 0) await w.data();
      }
    };
    await go(0, 5);
    const before = live();
    expect(held()?.launches).toBe((none?.launches ?? 0) + step.counts.launches);
    expect(held()?.bytes).toBeGreaterThan(none?.bytes ?? 0);
    await go(5, fullForm ? 10_000 : 40);
    expect(live()).toEqual(before);
    step.dispose();
    expect(held()).toEqual(none);
    await go(40, 44);
    expect(step.counts).toMatchObject({ ran: 4 });
    step.dispose();
    optimizer.dispose();
  });
});
