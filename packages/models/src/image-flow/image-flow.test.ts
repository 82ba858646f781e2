/** @file The image flow: its volume is its Jacobian's, it goes back, and it starts from a batch. */
import {
  add,
  cast,
  concat,
  full,
  jacobian,
  mean,
  normal,
  ones,
  type Rng,
  reshape,
  rng,
  slice,
  std,
  type Tensor,
  tensor,
  transpose,
  uniform,
  zeros,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { slogdet } from "@spm/linalg";
import { CirculantDiagonal, functionalCall, Linear, Module } from "@spm/nn";
import { describe, expect, test } from "vitest";
import { AffineCoupling } from "./flow-step.ts";
import {
  bitsPerDimension,
  dequantise,
  ImageFlow,
  type ImageFlowOptions,
  type InvertibleKind,
  invertible,
  invertibleKinds,
} from "./index.ts";

const kinds = Object.keys(invertibleKinds) as InvertibleKind[];
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const float64 = { dtype: "float64" } as const;
const sizes = { shape: [1, 4, 4], levels: 2, steps: 1, coupling: 2 } as const;

/** A flow with all parameters moved away from where it starts. */
function moved(options: Partial<ImageFlowOptions> = {}): ImageFlow {
  const flow = new ImageFlow({ ...sizes, random: rng(1), ...options });
  for (const p of flow.parameters()) p.assign(add(p, normal(rng(3), p.shape, 0, 0.1)));
  return flow;
}

/** The network of a coupling that shuts: no shift, and σ = 0. */
class Closing extends Module {
  forward(a: Tensor): Tensor {
    return concat([zeros(a.shape), full(a.shape, -1e4)], -1);
  }
}

/** max |a − b| / max |b| */
function distance(a: Tensor, b: Tensor): number {
  const [x, y] = [numbers(a), numbers(b)];
  expect(a.shape).toEqual(b.shape);
  const largest = (v: readonly number[]): number => Math.max(...v.map(Math.abs));
  return largest(x.map((v, k) => v - (y[k] ?? 0))) / largest(y);
}

/** z, its volume and the image again, in one row. */
class ThereAndBack extends Module {
  readonly flow: ImageFlow;
  constructor(flow: ImageFlow) {
    super();
    this.flow = flow;
  }
  forward(x: Tensor): Tensor {
    const { z, volume } = this.flow.encode(x);
    const back = reshape(this.flow.decode(z), z.shape);
    return concat([z, reshape(volume, [-1, 1]), back], -1);
  }
}

/** {@link ThereAndBack} in float64. */
function thereAndBack(flow: ImageFlow): (x: Tensor) => [z: Tensor, volume: Tensor, back: Tensor] {
  const model = new ThereAndBack(flow);
  const state = Object.fromEntries(
    Object.entries(model.stateDict()).map(([path, value]) => [path, cast(value, "float64")]),
  );
  const { dimensions: d } = flow;
  return (x) => {
    const row = functionalCall(model, state, x);
    const [z, volume, back] = [0, d, d + 1].map((start, k) =>
      slice(row, [{}, { start, stop: [d, d + 1, 2 * d + 1][k] ?? 0 }]),
    ) as [Tensor, Tensor, Tensor];
    return [z, volume, reshape(back, x.shape)];
  };
}

describe.each(kinds)("%s", (mixing) => {
  const run = thereAndBack(moved({ mixing }));
  const x = normal(rng(7), [1, 1, 4, 4], 0, 1, float64);

  test("the volume is that of the Jacobian of the whole flow", () => {
    const rows = jacobian((one: Tensor) => run(one)[0])(x);
    const { logabsdet } = slogdet(reshape(rows, [16, 16]));
    const [, volume] = run(x);
    expect(numbers(volume)[0]).toBeCloseTo(numbers(logabsdet)[0] ?? Number.NaN, 10);
  });

  test("decode undoes encode", () => {
    expect(distance(run(x)[2], x)).toBeLessThan(1e-12);
  });

  test.each([1, 2, 5, 12])("a map of %i coordinates starts orthogonal and is undone", (n) => {
    const map = invertible(mixing, n, { random: rng(n) });
    const w = numbers(map.toDense());
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const products = Array.from(
          { length: n },
          (_, k) => (w[i * n + k] ?? 0) * (w[j * n + k] ?? 0),
        );
        expect(products.reduce((a, b) => a + b)).toBeCloseTo(i === j ? 1 : 0, 5);
      }
    const y = normal(rng(4), [2, 3, n]);
    expect(distance(map.inverse(map.forward(y)), y)).toBeLessThan(2e-6);
    const volume = map.logAbsDet();
    expect(typeof volume === "number" ? volume : numbers(volume)[0]).toBeCloseTo(0, 5);
  });
});

test("a coupling's factor is at least the least, whatever its network says", () => {
  const run = thereAndBack(moved({ leastFactor: 0.25 }));
  const x = normal(rng(7), [1, 1, 4, 4], 0, 1, float64);
  const rows = jacobian((one: Tensor) => run(one)[0])(x);
  const { logabsdet } = slogdet(reshape(rows, [16, 16]));
  const [, volume, back] = run(x);
  expect(numbers(volume)[0]).toBeCloseTo(numbers(logabsdet)[0] ?? Number.NaN, 10);
  expect(distance(back, x)).toBeLessThan(1e-12);
  const coupling = new AffineCoupling(new Closing(), 0.25);
  const y = coupling.forward(ones([1, 1, 1, 2]));
  expect(numbers(y)).toEqual([1, 0.25]);
  expect(numbers(coupling.inverse(y))).toEqual([1, 1]);
});

test("the norm of every step standardises the first batch", () => {
  const flow = new ImageFlow({ ...sizes, steps: 3, random: rng(1) });
  const x = add(normal(rng(2), [64, 1, 4, 4], 0, 0.3), 5);
  flow.initialise(x);
  let [steps, left] = [0, transpose(x, [0, 2, 3, 1])];
  for (const level of flow.levels) {
    const { stays } = level.encode(left, (norm, input) => {
      steps++;
      const y = norm.forward(input);
      for (const m of numbers(mean(y, { axis: [0, 1, 2] }))) expect(m).toBeCloseTo(0, 4);
      for (const s of numbers(std(y, { axis: [0, 1, 2], correction: 0 })))
        expect(s).toBeCloseTo(1, 4);
    });
    left = stays ?? left;
  }
  expect(steps).toBe(6);
});

test("what the first batch has set is saved with the flow", () => {
  const flow = new ImageFlow({ ...sizes, mixing: "lu", random: rng(1) });
  const x = normal(rng(2), [16, 1, 4, 4], 3, 2);
  flow.initialise(x);
  const resumed = new ImageFlow({ ...sizes, mixing: "lu", random: rng(9) });
  const before = numbers(resumed.forward(x));
  resumed.loadStateDict(flow.stateDict());
  expect(numbers(resumed.forward(x))).toEqual(numbers(flow.forward(x)));
  expect(numbers(resumed.forward(x))).not.toEqual(before);
});

test("as it starts, with the identity to mix, its bits are those of a normal density", () => {
  const identity = (n: number, { random }: { random: Rng }): CirculantDiagonal => {
    const map = new CirculantDiagonal(n, n, { random, bias: false, init: "identity" });
    map.spectrum.assign(tensor(Float32Array.from({ length: n }, (_, k) => (k <= n / 2 ? 1 : 0))));
    return map;
  };
  const zero = (inChannels: number, outChannels: number, random: Rng): Linear => {
    const map = new Linear(inChannels, outChannels, { random });
    for (const p of map.parameters())
      p.assign(tensor(new Float32Array(p.shape.reduce((a, b) => a * b)), { shape: p.shape }));
    return map;
  };
  const flow = new ImageFlow({
    ...sizes,
    levels: 1,
    mixing: identity,
    coupling: zero,
    random: rng(1),
  });
  const x = dequantise(
    tensor(
      Float32Array.from({ length: 32 }, (_, k) => 8 * k),
      { shape: [2, 1, 4, 4] },
    ),
    rng(5),
  );
  // half of the coordinates are scaled by σ(2)
  const scale = 1 / (1 + Math.exp(-2));
  const expected = [0, 1].map((image) => {
    const pixels = numbers(x).slice(16 * image, 16 * image + 16);
    // the second half of the channels at a pixel: dy = 1
    const logs = pixels.map((v, k) => {
      const s = Math.floor(k / 4) % 2 === 1 ? scale : 1;
      return -0.5 * (s * v) ** 2 - 0.5 * Math.log(2 * Math.PI) + Math.log(s);
    });
    return -logs.reduce((a, b) => a + b) / (16 * Math.LN2) + 8;
  });
  for (const [k, bits] of numbers(bitsPerDimension(flow.forward(x), 16)).entries())
    expect(bits).toBeCloseTo(expected[k] ?? Number.NaN, 5);
});

test("samples are what normal noise decodes to", () => {
  const flow = moved();
  const drawn = flow.sample(3, { random: rng(8), temperature: 0.5 });
  expect(drawn.shape).toEqual([3, 1, 4, 4]);
  expect(numbers(drawn)).toEqual(numbers(flow.decode(normal(rng(8), [3, 16], 0, 0.5))));
});

test("dequantised pixels stay in their cells", () => {
  const pixels = uniform(rng(1), [64], 0, 256).floor();
  for (const [k, v] of numbers(dequantise(pixels, rng(2))).entries())
    expect(Math.floor(v * 256)).toBe(numbers(pixels)[k]);
});

test.each<[string, () => unknown]>([
  [
    "ImageFlow: expected sides that are multiples of 4, got 6 and 4",
    () => new ImageFlow({ ...sizes, shape: [1, 6, 4], random: rng(1) }),
  ],
  ["ImageFlow: expected levels and steps ≥ 1, got 0 and 1", () => moved({ levels: 0 })],
  ["ImageFlow: expected leastFactor in [0, 1), got 1", () => moved({ leastFactor: 1 })],
  [
    `invertible: expected ${kinds.join(", ")}, got "LU"`,
    () => moved({ mixing: "LU" as InvertibleKind }),
  ],
  [
    "invertible: expected a factory that makes an invertible map 4 → 4, got Linear 4 → 4",
    () => moved({ mixing: (n, { random }) => new Linear(n, n, { random }) as never }),
  ],
  [
    "ImageFlow: expected [batch, 1, 4, 4], got [1, 4, 4, 1]",
    () => moved().forward(normal(rng(1), [1, 4, 4, 1])),
  ],
  [
    "ImageFlow.decode: expected z [batch, 16], got [1, 15]",
    () => moved().decode(normal(rng(1), [1, 15])),
  ],
])("%s", (message, attempt) => {
  expect(attempt).toThrow(message);
});
