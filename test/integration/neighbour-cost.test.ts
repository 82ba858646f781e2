/**
 * @file The cost of sums along neighbours, of n rows, K links and width d: O(n K d) in time, and in
 * memory nothing of n · K · d.
 */
import {
  type Backend,
  grad,
  noGrad,
  normal,
  ones,
  reference,
  rng,
  scope,
  square,
  sum,
  type Tensor,
  valueAndGrad,
  vjp,
  withBackend,
} from "@spm/core";
import { ParamixerBlock } from "@spm/models";
import { MultiHeadAttention, neighbourSum } from "@spm/nn";
import { wasmSync } from "@spm/wasm";
import { describe, expect, test } from "vitest";
import { peakBytes } from "../../experiments/parts/peak-bytes.ts";
import { median } from "../../experiments/parts/statistics.ts";

/** n, K, d */
type Sizes = readonly [n: number, links: number, width: number];

const shiftsOf = (links: number): number[] => Array.from({ length: links }, (_, k) => 3 * k - 7);

const operands = ([n, links, width]: Sizes): [w: Tensor, v: Tensor] => [
  normal(rng(1), [2, n, links]),
  normal(rng(2), [2, n, width]),
];

const wasm = wasmSync({ bytes: 2 ** 28 });

describe.each<[string, Backend]>([
  ["reference", reference],
  ["wasm", wasm],
])("peak bytes on %s", (_, backend) => {
  const peak = (sizes: Sizes, run: (w: Tensor, v: Tensor, shifts: number[]) => unknown): number =>
    withBackend(backend, () =>
      scope(() => {
        const [w, v] = operands(sizes);
        return peakBytes(backend, () => scope(() => void run(w, v, shiftsOf(sizes[1])))).bytes;
      }),
    );

  test.each<Sizes>([
    [512, 3, 4],
    [512, 33, 64],
    [96, 40, 50],
  ])("a sum of n = %d, K = %d, d = %d holds its result alone", (...sizes) => {
    const [n, , width] = sizes;
    expect(peak(sizes, (w, v, shifts) => noGrad(() => neighbourSum(w, v, shifts)))).toBe(
      4 * 2 * n * width,
    );
  });

  test("with its gradients it holds a · n · d + b · n · K, the same a and b at all sizes", () => {
    const step = (sizes: Sizes): number =>
      peak(sizes, (w, v, shifts) =>
        grad((w: Tensor, v: Tensor) => sum(square(neighbourSum(w, v, shifts))), [0, 1])(w, v),
      );
    const of = ([n, links, width]: Sizes): number => step([n, links, width]) / (4 * 2 * n);
    const [a, b] = [
      (of([512, 8, 40]) - of([512, 8, 8])) / 32,
      (of([512, 40, 8]) - of([512, 8, 8])) / 32,
    ];
    expect(a).toBeGreaterThanOrEqual(1);
    expect(b).toBeGreaterThanOrEqual(1);
    for (const sizes of [
      [512, 40, 64],
      [2048, 30, 48],
      [64, 64, 64],
    ] as const)
      expect(of(sizes)).toBeCloseTo(a * sizes[2] + b * sizes[1], 0);
  });
});

test("at twice the positions a block's step holds twice as much, attention's four times", () => {
  const peak = (n: number, make: (n: number) => ParamixerBlock | MultiHeadAttention): number =>
    withBackend(wasm, () =>
      scope(() => {
        const [layer, x] = [make(n), normal(rng(1), [1, n, 8])];
        const step = (): void =>
          scope(() => void valueAndGrad(() => sum(layer.forward(x)), layer.parameters()));
        const { bytes } = peakBytes(wasm, step);
        for (const p of layer.parameters()) p.dispose();
        return bytes;
      }),
    );
  const growth = (make: (n: number) => ParamixerBlock | MultiHeadAttention): number =>
    peak(1024, make) / peak(512, make);
  const random = rng(3);
  // n log n: 2 · 10/9
  expect(growth((n) => new ParamixerBlock(n, 8, { links: "cdil", random }))).toBeLessThan(2.25);
  expect(growth(() => new MultiHeadAttention(8, { heads: 1, random }))).toBeGreaterThan(3.5);
});

const base: Sizes = [512, 8, 16];

test.each<[string, Sizes]>([
  ["rows", [512 * 16, 8, 16]],
  ["links", [512, 8 * 16, 16]],
  ["columns", [512, 8, 16 * 16]],
])("16 times the %s take less than 64 times as long, midway between 16 and 16²", (_, larger) => {
  const ratios = withBackend(wasm, () =>
    scope(() => {
      const [small, large] = [base, larger].map(([n, links, width]) => {
        const [w, v, ct] = [ones([n, links]), ones([n, width]), ones([n, width])];
        return () => {
          const started = performance.now();
          scope(() => vjp((w, v) => neighbourSum(w, v, shiftsOf(links)), w, v).pullback(ct));
          return performance.now() - started;
        };
      }) as [() => number, () => number];
      return Array.from({ length: 12 }, () => large() / small());
    }),
  );
  expect(median(ratios.slice(4))).toBeLessThan(64);
});
