/**
 * @file Who owns what, and for how long: on the heap, and on memory that is poisoned when it is
 * freed.
 */
import {
  add,
  type Backend,
  broadcastTo,
  clone,
  cos,
  div,
  exp,
  grad,
  hvp,
  jvp,
  keep,
  matmul,
  mul,
  type NdArray,
  noGrad,
  normal,
  type Parameter,
  parameter,
  reference,
  reshape,
  rng,
  scope,
  setBackend,
  slice,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
  valueAndGrad,
  vjp,
} from "@spm/core";
import {
  BackendError,
  copyArray,
  definePrimitive,
  elements,
  type FusedOp,
  fused,
  mapArray,
  type Op,
  type Residual,
  zerosArray,
  zipLoop,
} from "@spm/core/extend";
import { afterEach, assert, beforeEach, describe, expect, test } from "vitest";
import { poisoningBackend } from "./poisoning-backend.ts";

const number = (x: Tensor): number => elements(x.ndarray())[0]!;
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];

afterEach(() => setBackend(reference));

describe.each(["reference", "poisoning"])("on the %s backend", (name) => {
  let backend: Backend;
  beforeEach(() => {
    backend = name === "reference" ? reference : poisoningBackend();
    setBackend(backend);
  });

  test("a cotangent goes as soon as its last reader is done", () => {
    const alive: number[] = [];
    const watched: Op<[x: 1]> = definePrimitive({
      name: "watched",
      infer: ([x]) => [x],
      forward: ([x]) => [copyArray(x)],
      vjp: ([ct]) => {
        alive.push(backend.live.storages);
        return [mul(ct, 1)];
      },
    });
    const links = Array.from({ length: 30 });
    const chain = (x: Tensor): Tensor =>
      links.reduce<Tensor>((y) => watched([add(cos(y), y)])[0], x);
    const slope = grad((x) => sum(chain(x)))(tensor([0.5, 0.25]));
    expect(numbers(slope)).toEqual(
      numbers(
        grad((x) => sum(links.reduce<Tensor>((y) => add(cos(y), y), x)))(tensor([0.5, 0.25])),
      ),
    );
    expect(alive).toHaveLength(30);
    expect(Math.max(...alive) - Math.min(...alive)).toBeLessThan(4); // not a few more for each link
  });
  const x64 = (value: number): Tensor => tensor(value, { dtype: "float64" });
  const live = (): number => backend.live.storages;

  describe("derivatives nest", () => {
    const s = Math.tanh(0.7);
    test.each([
      ["tanh'", (x: Tensor) => grad(tanh)(x), 1 - s * s],
      ["tanh''", (x: Tensor) => grad(grad(tanh))(x), -2 * s * (1 - s * s)],
      ["tanh'''", (x: Tensor) => grad(grad(grad(tanh)))(x), (1 - s * s) * (6 * s * s - 2)],
      [
        "tanh''''",
        (x: Tensor) => grad(grad(grad(grad(tanh))))(x),
        (1 - s * s) * (16 * s - 24 * s ** 3),
      ],
    ])("%s", (_, f, expected) => {
      expect(number(f(x64(0.7)))).toBeCloseTo(expected, 12);
    });

    test("an inner derivative does not mistake the outer variable for its own", () => {
      const outer = grad((x) => mul(x, grad((y) => mul(x, y))(x)));
      expect(number(outer(x64(3)))).toBe(6); // d/dx x·x
      const sums = grad((x) => mul(x, grad((y) => add(x, y))(x)));
      expect(number(sums(x64(3)))).toBe(1); // d/dx x·1
      let inner = 0;
      grad((x) => {
        inner = number(grad((y) => mul(x, y))(x));
        return square(x);
      })(x64(3));
      expect(inner).toBe(3);
    });

    test("through parameters, too", () => {
      const p = parameter(x64(3));
      const { grads } = valueAndGrad(() => {
        const { grads: inner } = valueAndGrad(() => mul(p, p), [p]);
        return mul(p, inner[0]); // p · 2p
      }, [p]);
      expect(number(grads[0])).toBe(12);
    });

    test("jvp and hvp, inside of each other and of grad", () => {
      const x = x64(0.5);
      const one = x64(1);
      const f = (t: Tensor) => exp(mul(2, t));
      expect(number(jvp(f, [x], [one]).tangent)).toBeCloseTo(2 * Math.E, 12);
      expect(number(jvp((t) => jvp(f, [t], [one]).tangent, [x], [one]).tangent)).toBeCloseTo(
        4 * Math.E,
        12,
      );
      expect(number(hvp(f, [x], [one])[0])).toBeCloseTo(4 * Math.E, 12);
      expect(number(grad((t) => hvp(f, [t], [one])[0])(x))).toBeCloseTo(8 * Math.E, 11);
    });

    test("a pullback may be called again, and is differentiable", () => {
      const { pullback } = vjp(square, x64(3));
      expect(number(pullback(x64(1))[0])).toBe(6);
      expect(number(pullback(x64(2))[0])).toBe(12);
      expect(number(grad((ct) => pullback(ct)[0])(x64(1)))).toBe(6);
    });

    test("an argument that comes back untouched, a constant, an argument twice", () => {
      const x = x64(2);
      expect(number(grad((t) => t)(x))).toBe(1);
      expect(number(grad((_: Tensor) => x64(5))(x))).toBe(0);
      expect(number(grad((a, b) => mul(a, b), [0, 1])(x, x)[0])).toBe(2);
      expect(number(grad((t) => mul(stopGradient(t), t))(x))).toBe(2);
    });
  });

  describe("scopes", () => {
    test("release what they made, but what they return, wherever it is", () => {
      const before = live();
      scope(() => {
        let lost: Tensor | undefined;
        const kept = scope(() => {
          const a = normal(rng(1), [3]);
          lost = exp(a);
          return {
            list: [square(a)],
            map: new Map([["k", new Set([add(a, 1)])]]),
            deep: { deeper: [{ a }] },
          };
        });
        expect(() => lost?.ndarray()).toThrow(
          /got a released one\nhelp: return it from the scope or keep\(\) it/,
        );
        const inside = [
          ...kept.list,
          ...(kept.map.get("k") ?? []),
          ...kept.deep.deeper.map(({ a }) => a),
        ];
        expect(inside.map((t) => numbers(t).length)).toEqual([3, 3, 3]);
        expect(live()).toBe(before + 3);
      });
      expect(live()).toBe(before);
    });

    test("a view that is returned keeps its memory, and only that", () => {
      const before = live();
      scope(() => {
        const row = scope(() => slice(exp(normal(rng(1), [4, 2])), [{ start: 1, stop: 2 }]));
        expect(numbers(row).every((v) => v > 0)).toBe(true);
        expect(live()).toBe(before + 1);
      });
      expect(live()).toBe(before);
    });

    test("one that throws releases everything, and the outer one goes on", () => {
      const before = live();
      scope(() => {
        const a = x64(2);
        expect(() =>
          scope(() => {
            exp(a);
            throw new Error("out");
          }),
        ).toThrow("out");
        expect(live()).toBe(before + 1);
        expect(number(square(a))).toBe(4);
      });
      expect(live()).toBe(before);
    });

    test("keep outlives all of them, until it is disposed", () => {
      const before = live();
      const h = scope(() => scope(() => ({ h: keep(exp(x64(0))) })).h);
      expect(number(h)).toBe(1);
      expect(live()).toBe(before + 1);
      h.dispose();
      h.dispose();
      expect(live()).toBe(before);
      expect(() => number(h)).toThrow(/got a released one/);
      expect(() => keep(h)).toThrow(/got a released one/);
    });

    test("a base may go before its view, and the memory goes with the last", () => {
      const before = live();
      const base = keep(scope(() => keep(exp(tensor([0, 0])))));
      const view = scope(() => keep(reshape(base, [2, 1])));
      base.dispose();
      expect(numbers(view)).toEqual([1, 1]);
      expect(live()).toBe(before + 1);
      view.dispose();
      expect(live()).toBe(before);
    });

    test("a state in a closure survives a derivative when it is kept, and says so if not", () => {
      const seen: { kept?: Tensor; lost?: Tensor } = {};
      const w = x64(0.7);
      grad((x) => {
        const [kept, lost] = [keep(tanh(x)), cos(x)];
        Object.assign(seen, { kept, lost });
        return mul(kept, lost);
      })(w);
      const { kept, lost } = seen;
      assert(kept !== undefined && lost !== undefined);
      expect(number(kept)).toBeCloseTo(Math.tanh(0.7), 12);
      expect(() => number(lost)).toThrow(/keep\(\) it/);
    });

    test("what an inner derivative left in a closure lives while the outer tape records", () => {
      const outer = grad((x) => {
        let h: Tensor | undefined;
        const inner = grad((y) => {
          h = tanh(y);
          return mul(h, x);
        })(x);
        assert(h !== undefined);
        return mul(h, inner); // tanh x · x tanh' x
      });
      const s = Math.tanh(0.7);
      const slope = 1 - s * s;
      expect(number(outer(x64(0.7)))).toBeCloseTo(
        slope * 0.7 * slope + s * slope + s * 0.7 * -2 * s * slope,
        12,
      );
    });

    test("noGrad releases inside of a derivative, and what it returns is a constant there", () => {
      const before = live();
      scope(() => {
        const x = x64(2);
        const g = grad((t) => {
          const evaluated = noGrad(() => {
            exp(exp(t));
            return square(t);
          });
          return mul(t, evaluated);
        })(x);
        expect(number(g)).toBe(4);
        expect(live()).toBe(before + 2);
      });
      expect(live()).toBe(before);
    });
  });

  describe("parameters", () => {
    const make = (): Parameter => parameter(tensor([[1, 2, 3]], { dtype: "float64" }));

    test("a view cached across assign throws, not reading old numbers; a clone does not", () => {
      const p = make();
      const [view, copy] = [keep(transpose(p)), keep(clone(p))];
      const viewOfView = keep(reshape(view, [3]));
      p.assign(scope(() => mul(p, 10)));
      expect(p.version).toBe(1);
      expect(numbers(p)).toEqual([10, 20, 30]);
      expect(numbers(copy)).toEqual([1, 2, 3]);
      for (const old of [view, viewOfView])
        expect(() => old.ndarray()).toThrow(/a view of a parameter that was assigned since/);
      expect(() => exp(view)).toThrow(/a view of a parameter that was assigned since/);
    });

    test("a view made outside of every scope is no exception", () => {
      const p = make();
      const view = transpose(p);
      p.assign(mul(p, 2));
      expect(() => numbers(view)).toThrow(/assigned since/);
    });

    test("a recording with an older version throws", () => {
      const p = make();
      const { pullback } = vjp((x) => sum(mul(p, x)), tensor([[1, 1, 1]], { dtype: "float64" }));
      p.assign(mul(p, 2));
      expect(() => pullback(x64(1))).toThrow(/parameters as recorded, got one assigned since/);
    });

    test("no assignment while a tape that used it is open, by whatever name", () => {
      const p = make();
      const q = make();
      valueAndGrad(() => {
        const loss = sum(square(p));
        expect(() => p.assign(q)).toThrow(/no open tape that used this parameter/);
        q.assign(p); // not used yet
        return loss;
      }, [p]);
      p.assign(q);
      expect(p.version).toBe(1);
    });

    test("takes over memory that only its scope has, and copies what others see", () => {
      const p = make();
      const outside = keep(scope(() => keep(mul(p, 3))));
      p.assign(outside);
      p.assign(mul(p, 2));
      expect(numbers(outside)).toEqual([3, 6, 9]);
      const before = live();
      scope(() => p.assign(mul(p, 2)));
      expect(live()).toBe(before);
      expect(numbers(p)).toEqual([12, 24, 36]);
      p.assign(p);
      expect(numbers(p)).toEqual([12, 24, 36]);
    });

    test("refuses another shape or dtype, and stays as it was", () => {
      const p = make();
      expect(() => p.assign(tensor([1, 2, 3], { dtype: "float64" }))).toThrow(
        "assign: expected a value of [1, 3], got [3]",
      );
      expect(() => p.assign(tensor([[1, 2, 3]]))).toThrow(
        'assign: expected a value of float64, got float32\nhelp: cast it: cast(x, "float64")',
      );
      expect([p.version, ...numbers(p)]).toEqual([0, 1, 2, 3]);
    });
  });

  describe("what a forward keeps for its backward", () => {
    const twice = (x: NdArray): NdArray => mapArray((v) => 2 * v, x);
    const times = zipLoop((a, b) => a * b);
    /** x², which keeps what `residual` makes of x. */
    const keeping = (residual: (x: NdArray) => NdArray): FusedOp<[x: 1]> =>
      fused({
        name: "keeping",
        infer: ([x]) => x,
        forward: ([x], _, recorded) => {
          const outputs = [mapArray((v) => v * v, x)] as const;
          return recorded ? { outputs, residual: [residual(x)] } : outputs;
        },
        backward: (ct, [x], _y, _options, [kept]: readonly [kept: NdArray]) => {
          const bar = zerosArray("float64", x.shape);
          times(bar, ct, kept);
          return [bar];
        },
        composed: ([x]) => square(x),
      });
    const squared = keeping(twice);

    test("is freed with its scope, and once", () => {
      const before = live();
      scope(() => {
        const x = x64(3);
        const { pullback } = vjp((t) => squared([t]), x);
        expect(live()).toBe(before + 3); // x, y, 2x
        expect(number(pullback(x64(1))[0])).toBe(6);
        expect(number(pullback(x64(2))[0])).toBe(12);
      });
      expect(live()).toBe(before);
      expect(number(noGrad(() => squared([x64(3)])))).toBe(9);
      expect(live()).toBe(before + (backend.collected ? 0 : 1));
    });

    test("takes nothing where it looks at an operand", () => {
      const before = live();
      scope(() => {
        const looking = keeping((x) => x);
        const { pullback } = vjp((t) => looking([t]), x64(3));
        expect(live()).toBe(before + 2);
        expect(number(pullback(x64(1))[0])).toBe(3);
      });
      expect(live()).toBe(before);
    });

    test("lives as long as an outer tape records", () => {
      const before = live();
      scope(() => {
        const f = (t: Tensor) => mul(squared([t]), t); // x³
        expect(number(grad(grad(f))(x64(2)))).toBeCloseTo(12, 12);
        expect(number(grad(grad(grad(f)))(x64(2)))).toBeCloseTo(6, 12);
      });
      expect(live()).toBe(before);
    });

    test("is refused to whoever comes later", () => {
      const seen: Residual[] = [];
      const stashing: Op<[x: 1]> = definePrimitive({
        name: "stashing",
        infer: ([x]) => [x],
        forward: ([x], _, recorded) => {
          const outputs = [copyArray(x)] as const;
          return recorded ? { outputs, residual: [twice(x)] } : outputs;
        },
        vjp: ([ct], { residual }) => {
          if (residual) seen.push(residual);
          return [ct];
        },
      });
      const before = live();
      scope(() => void grad((x) => stashing([x])[0])(x64(3)));
      expect(live()).toBe(before);
      const holders = seen.flatMap((residual) => residual.holders);
      expect(holders).toHaveLength(1);
      for (const holder of holders) {
        expect(() => holder.handle).toThrow("vjp: expected what its forward kept");
        holder.dispose(); // a second time: nothing happens
      }
      expect(live()).toBe(before);
    });

    test("does not add up in a training loop", () => {
      const w = parameter(normal(rng(1), [3], 0, 1, { dtype: "float64" }));
      const step = () =>
        scope(() => {
          const { grads } = valueAndGrad(() => sum(squared([squared([w])])), [w]);
          w.assign(sub(w, mul(0.01, grads[0])));
        });
      step();
      const counts = [live(), backend.live.bytes];
      for (let i = 0; i < 100; i++) step();
      expect([live(), backend.live.bytes]).toEqual(counts);
    });
  });

  describe("a derivative that fails", () => {
    test("closes its tape and releases what it made", () => {
      const p = parameter(x64(2));
      const before = live();
      const failing = () => {
        exp(square(p));
        throw new Error("in the middle");
      };
      scope(() => {
        expect(() => valueAndGrad(failing, [p])).toThrow("in the middle");
        expect(() => grad((x) => valueAndGrad(() => mul(x, failing()), [p]).value)(x64(1))).toThrow(
          "in the middle",
        );
      });
      expect(live()).toBe(before);
      p.assign(x64(5)); // no tape holds it
      expect(number(p)).toBe(5);
    });

    test("so does one whose function is async, and its own failure goes unheard", async () => {
      const unheard: unknown[] = [];
      const listen = (reason: unknown) => void unheard.push(reason);
      process.on("unhandledRejection", listen);
      const p = parameter(x64(2));
      const asynchronous = async () => {
        const y = square(p);
        await null;
        return exp(y); // released by now
      };
      const message = /: expected a synchronous function, got a promise\nhelp: await outside of it/;
      // @ts-expect-error: a promise is no tensor
      expect(() => valueAndGrad(asynchronous, [p])).toThrow(message);
      // @ts-expect-error: a promise is no tensor
      expect(() => grad(async (x: Tensor) => exp(x))(p)).toThrow(message);
      expect(() => scope(asynchronous)).toThrow(message);
      expect(() => noGrad(asynchronous)).toThrow(message);
      await new Promise((resolve) => setTimeout(resolve, 5));
      process.off("unhandledRejection", listen);
      expect(unheard).toEqual([]);
      p.assign(x64(1));
    });
  });

  test("training with fresh batches and evaluations holds no more than its first step", () => {
    const w = parameter(normal(rng(1), [3, 2]));
    const model = (x: Tensor) => sum(square(tanh(matmul(x, w))));
    const random = rng(2);
    const step = () =>
      scope(() => {
        const x = normal(random, [4, 3]);
        const { grads } = valueAndGrad(() => model(x), [w]);
        w.assign(sub(w, mul(0.01, grads[0])));
        const meta = grad((y) => sum(grad(model)(y)))(x); // second order, too
        return number(noGrad(() => add(model(x), sum(meta))));
      });
    step();
    const [storages, bytes] = [live(), backend.live.bytes];
    for (let i = 0; i < 300; i++) step();
    expect([live(), backend.live.bytes]).toEqual([storages, bytes]);
  });

  test("a broadcast is a view: nothing is taken", () => {
    const before = live();
    scope(() => {
      const wide = broadcastTo(x64(1), [1000, 1000]);
      expect(wide.storage.bytes).toBe(8);
      expect(live()).toBe(before + 1);
    });
  });
});

test("tensors of two backends don't meet, except scalars in CPU memory", () => {
  const other = poisoningBackend();
  const [here, there] = [tensor([1, 2]), tensor([3, 4], { backend: other })];
  expect(() => add(here, there)).toThrowErrorMatchingInlineSnapshot(
    `
    [BackendError: add: expected all tensors on reference, got one on poisoning
    help: move one: await to(x, backend)]
  `,
  );
  expect(() => add(there, here)).toThrow(BackendError);
  expect(numbers(div(there, tensor(2)))).toEqual([1.5, 2]);
  expect(div(tensor(6), there).backend).toBe(other);
  expect(() => add(here, tensor(1, { backend: other }))).toThrow(BackendError);
});
