/**
 * @file What a forward keeps for its backward: who may read it, how long it lives, what it weighs.
 */
import { afterEach, describe, expect, test } from "vitest";
import { elements, type FusedOp, fused, KernelTable, mapArray, wrap } from "./extend.ts";
import {
  type Backend,
  grad,
  gradgradcheck,
  mul,
  type NdArray,
  noGrad,
  printTape,
  reference,
  scope,
  setBackend,
  square,
  sum,
  type Tensor,
  tensor,
  vjp,
} from "./index.ts";

const seen: string[] = [];

/** y = x², whose forward keeps 2x, and whose backward multiplies by what was kept. */
const squared: FusedOp<[x: 1]> = fused({
  name: "squared",
  infer: ([x]) => x,
  forward: ([x], _, recorded) => {
    seen.push(`forward ${recorded}`);
    const outputs = [mapArray((v) => v * v, x)] as const;
    return recorded ? { outputs, residual: [mapArray((v) => 2 * v, x)] } : outputs;
  },
  backward: (ct, _inputs, _y, _options, [twice]: readonly [twice: NdArray]) => {
    const factors = elements(twice);
    return [
      wrap(
        elements(ct).map((v, i) => v * (factors[i] ?? Number.NaN)),
        ct.shape,
      ),
    ];
  },
  composed: ([x]) => square(x),
});
const f = (x: Tensor) => sum(squared([x]));
const x = () => tensor([1, 2, 3], { dtype: "float64" });
const numbers = (t: Tensor): number[] => [...elements(t.ndarray())];

/** A backend with kernels for the forward, the backward, or none; it counts what it releases. */
function withKernels(kernels: Backend["kernels"]): Backend & { declined: string[] } {
  const declined: string[] = [];
  return {
    ...reference,
    name: "test",
    kernels,
    live: { storages: 0, bytes: 0 },
    collected: false,
    fallback: (primitive, reason) => void declined.push(`${primitive}: ${reason}`),
    declined,
  };
}
const sevens = (like: NdArray): NdArray => mapArray(() => 7, like);

afterEach(() => {
  seen.length = 0;
  setBackend(reference);
});

test("it is asked for only where someone will differentiate, and is no output", () => {
  noGrad(() => squared([x()]));
  expect(numbers(grad(f)(x()))).toEqual([2, 4, 6]);
  expect(seen).toEqual(["forward false", "forward true"]);
  gradgradcheck((x) => f(x), [x()]);
});

test("its bytes are counted, and the tape prints them", () => {
  const backend = withKernels(new KernelTable());
  setBackend(backend);
  scope(() => {
    const value = x();
    const before = backend.live.bytes;
    const { pullback } = vjp((x) => squared([x]), value);
    expect(backend.live.bytes - before).toBe(48); // y and 2x
    pullback(value);
    pullback(value); // as often as one likes
  });
  expect(backend.live).toEqual({ storages: 0, bytes: 0 });
  expect(printTape(() => grad(f)(x()))).toContain("= squared(float64[3])  48 B");
});

test("a pullback outside of the scope that held it is refused", () => {
  setBackend(withKernels(new KernelTable()));
  const kept: { pullback?: (ct: Tensor) => readonly Tensor[] } = {};
  scope(() => {
    kept.pullback = vjp((x) => mul(squared([x]), 2), x()).pullback;
  });
  expect(() => kept.pullback?.(x())).toThrow("vjp: expected the scope that recorded it to be open");
});

describe("only its maker reads it", () => {
  test("a kernel gets what a kernel kept", () => {
    const backend = withKernels(
      new KernelTable<NdArray>()
        .set(squared.primitive, ([x]) => ({ outputs: [sevens(x)], residual: [sevens(x)] }))
        .set(squared.backward, ([ct], _, __, residual) => [residual?.[0] ?? ct]),
    );
    setBackend(backend);
    expect(numbers(grad(f)(x()))).toEqual([7, 7, 7]);
    expect(seen).toEqual([]);
  });

  test("a backward that declines is computed anew by the reference", () => {
    const backend = withKernels(
      new KernelTable<NdArray>()
        .set(squared.primitive, ([x]) => ({ outputs: [sevens(x)], residual: [sevens(x)] }))
        .set(squared.backward, () => "not today"),
    );
    setBackend(backend);
    expect(numbers(grad(f)(x()))).toEqual([2, 4, 6]);
    expect(backend.declined).toContain("squared backward: not today");
  });

  test("where the forward fell back, so does the backward", () => {
    const backend = withKernels(
      new KernelTable<NdArray>().set(squared.backward, ([ct]) => [sevens(ct)]),
    );
    setBackend(backend);
    expect(numbers(grad(f)(x()))).toEqual([2, 4, 6]);
    expect(backend.declined).toContain("squared backward: its forward ran on the reference");
    expect(seen).toEqual(["forward true"]);
  });
});
