/** @file Compressors against their definitions and in the mean; scores; LDS; the damping search. */
import {
  abs,
  add,
  at,
  cast,
  concat,
  div,
  eye,
  gather,
  matmul,
  max,
  mean,
  mul,
  normal,
  parameter,
  relu,
  reshape,
  rng,
  type SliceRange,
  scope,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
} from "@spm/core";
import { elements, inspectCalls, sizeOf } from "@spm/core/extend";
import { solve } from "@spm/linalg";
import { hadamard, toDense } from "@spm/mixer";
import { crossEntropy, Linear, linear, logSoftmax, Module, perSampleGradients } from "@spm/nn";
import { ModuleBuffer, places } from "@spm/nn/extend";
import { describe, expect, test } from "vitest";
import * as a from "./index.ts";

const double = { dtype: "float64" } as const;
const draw = (seed: number, ...shape: number[]): Tensor => normal(rng(seed), shape, 0, 1, double);
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const one = (x: Tensor): number => numbers(x)[0] ?? Number.NaN;
const off = (x: Tensor, y: Tensor): number => one(max(abs(sub(x, y))));
const int32 = (...values: number[]): Tensor => tensor(Int32Array.from(values));

/** The model with parameters in float64. */
function inDouble<M extends Module>(model: M): M {
  for (const { replace, value } of places(model))
    if (!(value instanceof Module || value instanceof ModuleBuffer))
      replace(parameter(cast(value, "float64")));
  return model;
}

/** Sequences [B, T, 6] → [B, 3]; `inner` is called twice. */
class Sequences extends Module {
  readonly first = new Linear(6, 8, { random: rng(1) });
  readonly inner = new Linear(8, 8, { random: rng(2), bias: false });
  readonly head = new Linear(8, 3, { random: rng(3) });

  forward(x: Tensor): Tensor {
    const h = this.inner.forward(relu(this.first.forward(x)));
    return this.head.forward(mean(this.inner.forward(relu(h)), 1));
  }
}

const [p, k] = [40, 16];
type Make = (seed: number, p: number, k: number) => a.Compressor;
const made: Readonly<Record<string, Make>> = {
  sjlt: (seed, p, k) => a.sjlt(p, k, { random: rng(seed), ...double }),
  "sjlt, s = 3": (seed, p, k) => a.sjlt(p, k, { random: rng(seed), s: 3, ...double }),
  gaussianProjection: (seed, p, k) => a.gaussianProjection(p, k, { random: rng(seed), ...double }),
  rademacherProjection: (seed, p, k) =>
    a.rademacherProjection(p, k, { random: rng(seed), ...double }),
  fjlt: (seed, p, k) => a.fjlt(p, k, { random: rng(seed), ...double }),
};

/** P of ĝ = g P, [p, k]. */
const matrixOf = (compressor: a.Compressor): Tensor =>
  compressor.compress(eye(compressor.inFeatures, undefined, double));

describe.each(Object.entries(made))("%s", (name, make) => {
  test("is linear, [..., p] → [..., k], and the same for the same seed", () => {
    const [compressor, g] = [make(1, p, k), draw(2, 3, 2, p)];
    const compressed = compressor.compress(g);
    expect(compressed.shape).toEqual([3, 2, k]);
    const product = reshape(g, [6, p]).matmul(matrixOf(compressor));
    expect(off(reshape(compressed, [6, k]), product)).toBeLessThan(1e-12);
    expect(off(make(1, p, k).compress(g), compressed)).toBe(0);
    expect(() => compressor.compress(draw(1, 3, p + 1))).toThrow(`gradients [..., ${p}]`);
  });

  test("keeps products in the mean over seeds, with the variance of its kind", () => {
    const [u, v] = [draw(3, p), draw(4, p)];
    const exact = one(sum(mul(u, v)));
    const both = tensor([...numbers(u), ...numbers(v)], { shape: [2, p], ...double });
    const count = 400;
    const errors = Array.from({ length: count }, (_, seed) => {
      const compressed = make(seed, p, k).compress(both);
      return one(sum(mul(at(compressed, 0), at(compressed, 1)))) - exact;
    });
    const variance = errors.reduce((total, e) => total + e * e, 0) / count;
    const bias = errors.reduce((total, e) => total + e, 0) / count;
    expect(Math.abs(bias)).toBeLessThan(3 * Math.sqrt(variance / count));
    // (‖u‖²‖v‖² + ⟨u, v⟩²)/k of Gaussians; signs have no variance of squares, − 2 Σ u²v²; rows
    // without replacement have less, too
    const [uu, vv, uv] = [square(u), square(v), mul(square(u), square(v))].map((x) => one(sum(x)));
    const ofGaussians = (uu ?? 0) * (vv ?? 0) + exact * exact;
    const ofSigns = ofGaussians - 2 * (uv ?? 0);
    const others: Readonly<Record<string, number>> = {
      gaussianProjection: ofGaussians / k,
      fjlt: ((ofSigns / k) * (64 - k)) / 63,
    };
    const ratio = variance / (others[name] ?? ofSigns / k);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  });
});

test("sjlt has s numbers ±1/√s in different rows for each parameter", () => {
  for (const s of [1, 3, k]) {
    const P = numbers(matrixOf(a.sjlt(p, k, { random: rng(5), s, ...double })));
    for (let j = 0; j < p; j++) {
      const row = P.slice(j * k, (j + 1) * k).filter((v) => v !== 0);
      expect(row.length).toBe(s);
      expect(row.every((v) => Math.abs(Math.abs(v) * Math.sqrt(s) - 1) < 1e-14)).toBe(true);
    }
  }
});

test("fjlt is rows of the Hadamard matrix with random signs of columns", () => {
  const n = 64;
  const all = a.fjlt(p, n, { random: rng(6), ...double });
  const P = matrixOf(all); // all rows: ĝ is g, turned
  expect(off(P.matmul(transpose(P, [1, 0])), eye(p, undefined, double))).toBeLessThan(1e-12);
  const h = slice(toDense(hadamard(n)), [{}, { stop: p }]);
  expect(off(square(transpose(P, [1, 0])), square(h))).toBeLessThan(1e-12);
  const few = matrixOf(a.fjlt(p, 8, { random: rng(6), ...double }));
  for (const v of numbers(few)) expect(Math.abs(v)).toBeCloseTo(1 / Math.sqrt(8), 12);
});

test("masks keep positions in ascending order; grass sees factor · k of them, at most p", () => {
  const g = draw(7, 2, p);
  const kept = a.randomMask(p, 9, { random: rng(8) }).compress(g);
  const places = numbers(at(kept, 0)).map((v) => numbers(at(g, 0)).indexOf(v));
  expect(places).toEqual([...new Set(places)].sort((x, y) => x - y));
  expect(places).not.toContain(-1);
  const used = (compressor: a.Compressor): number =>
    numbers(sum(square(matrixOf(compressor)), 1)).filter((v) => v > 0).length;
  expect(used(a.grass(p, 4, { random: rng(9), ...double }))).toBe(16);
  expect(used(a.grass(p, 4, { random: rng(9), factor: 2.5, s: 2, ...double }))).toBe(10);
  expect(used(a.grass(p, 30, { random: rng(9), ...double }))).toBe(p);
});

test("a selective mask finds the positions that products depend on", () => {
  const scale = tensor(
    Array.from({ length: p }, (_, j) => (j % 5 === 2 ? 1 : 0.05)),
    double,
  );
  const [train, held] = [mul(draw(10, 30, p), scale), mul(draw(11, 8, p), scale)];
  const mask = a.selectiveMask(train, held, 8, { random: rng(12), steps: 40, learningRate: 0.1 });
  const P = numbers(sum(matrixOf(mask), 1));
  const kept = P.flatMap((v, j) => (v === 1 ? [j] : []));
  expect(kept.filter((j) => j % 5 === 2).length).toBe(8);
});

describe("gradients", () => {
  const model = inDouble(new Sequences());
  const [x, y] = [draw(13, 7, 4, 6), int32(0, 1, 2, 2, 1, 0, 1)];
  const loss = (x: Tensor, y: Tensor): Tensor => crossEntropy(model.forward(x), y);
  const { grads } = perSampleGradients(model, loss, [x, y]);
  const of = (path: string): Tensor => {
    const g = grads[path];
    if (g === undefined) throw new Error(path);
    return g;
  };
  /** [7, out, in + 1], its last column the bias's */
  const whole = concat([of("first.weight"), reshape(of("first.bias"), [7, 8, 1])], 2);

  test("by batches and blocks are those of the loop", () => {
    const all = model.parameterCount();
    const parts = { "": a.wholeGradient(all), head: a.wholeGradient(27) };
    for (const batchSize of [1, 3, 64]) {
      const blocks = a.compressedGradients(model, loss, [x, y], parts, { batchSize });
      const order = [...model.namedParameters().keys()];
      const want = concat(
        order.map((path) => reshape(of(path), [7, -1])),
        1,
      );
      expect(off(blocks[""] ?? x, want)).toBeLessThan(1e-14);
      expect(off(blocks.head ?? x, slice(want, [{}, { start: all - 27 }]))).toBeLessThan(1e-14);
    }
    const run = (block: string) =>
      a.compressedGradients(model, loss, [x, y], { [block]: a.wholeGradient(3) });
    expect(() => run("head")).toThrow("gradients [..., 3]");
    expect(() => run("tail")).toThrow('blocks with parameters, got "tail"');
  });

  const [inAt, outAt] = [
    [0, 2, 6],
    [1, 4, 5, 7],
  ] as const;
  const second = a.sjlt(12, 5, { random: rng(14), ...double });
  const product = a.gradientMask(
    outAt.flatMap((o) => inAt.map((i) => o * 7 + i)),
    56,
  );
  const factored = a.factored(a.gradientMask(inAt, 7), a.gradientMask(outAt, 8), { second });

  test("FactGraSS is GraSS with the product of its masks to 1e-12, from taps", () => {
    const want = a.chain(product, second).compress(reshape(whole, [7, 56]));
    const means = a.factoredGradients(model, () => loss(x, y), { first: factored });
    expect(off(means.first ?? x, want)).toBeLessThan(1e-12);
    const total = () => mul(loss(x, y), 7);
    const sums = a.factoredGradients(model, total, { first: factored }, { reduction: "sum" });
    expect(off(sums.first ?? x, want)).toBeLessThan(1e-12);
  });

  test("a layer that is called twice has the sum, one without a bias no last column", () => {
    const inner = a.factored(a.wholeGradient(8), a.wholeGradient(8), { bias: false });
    const got = a.factoredGradients(model, () => loss(x, y), { inner });
    expect(off(got.inner ?? x, reshape(of("inner.weight"), [7, 64]))).toBeLessThan(1e-12);
    const run = (path: string) => a.factoredGradients(model, () => loss(x, y), { [path]: inner });
    expect(() => run("middle")).toThrow('paths of layers Linear, got "middle"');
    expect(() => a.factoredGradients(model, () => sum(x), { inner })).toThrow("calls each layer");
  });

  test("FactGraSS never forms the full gradient", () => {
    const wide = new Linear(90, 80, { random: rng(15) });
    const input = normal(rng(16), [2, 3, 90]);
    const compressor = a.factGrass(90, 80, 4, { random: rng(17) });
    let largest = 0;
    const seen: string[] = [];
    inspectCalls(
      (op, _, outputs) => {
        seen.push(op);
        for (const { shape } of outputs) largest = Math.max(largest, sizeOf(shape));
      },
      () => a.factoredGradients(wide, () => sum(square(wide.forward(input))), { "": compressor }),
    );
    expect(seen.length).toBeGreaterThan(5);
    expect(largest).toBe(90 * 80); // the weight, transposed: a view
  });

  test("logra projects both sides; its k is a square", () => {
    const layer = a.logra(6, 8, 9, { random: rng(18), ...double });
    const random = rng(18);
    const [pIn, pOut] = [7, 8].map((n) =>
      matrixOf(a.gaussianProjection(n, 3, { random, ...double })),
    );
    if (!pIn || !pOut) throw new Error("nothing drawn");
    const want = transpose(pOut, [1, 0]).matmul(whole).matmul(pIn);
    const got = a.factoredGradients(model, () => loss(x, y), { first: layer });
    expect(off(got.first ?? x, reshape(want, [7, 9]))).toBeLessThan(1e-12);
    expect(() => a.logra(6, 8, 8, { random })).toThrow("k a square");
  });
});

test("the margin is log p − log(1 − p), also where p is 1 in float32", () => {
  const logits = draw(19, 5, 4);
  const y = int32(3, 0, 1, 2, 2);
  const odds = numbers(mul(gather(logSoftmax(logits), y.expandDims(1), 1), -1)).map((nll) => {
    const prob = Math.exp(-nll);
    return Math.log(prob) - Math.log(1 - prob);
  });
  numbers(a.margin(logits, y)).forEach((v, i) => {
    expect(v).toBeCloseTo(odds[i] ?? Number.NaN, 12);
  });
  expect(numbers(a.margin(tensor([[200, 0, 0]]), int32(0)))[0]).toBeCloseTo(200 - Math.LN2, 4);
});

describe("scores", () => {
  const gradients = (seed: number, k: number) => ({
    train: { "": draw(seed, 12, k) },
    test: { "": draw(seed + 1, 4, k) },
  });

  test("more numbers than samples: the Gram matrix gives the same as the padded k × k one", () => {
    const { train, test } = gradients(20, 12);
    const wide = { train: { "": pad(train[""]) }, test: { "": pad(test[""]) } };
    const checkpoint = (g: typeof wide) => [{ ...g, margins: draw(22, 12) }];
    const options = { damping: 0.3 };
    const same = (x: Tensor, y: Tensor) => expect(off(x, y)).toBeLessThan(1e-12);
    same(a.influence([{ train, test }], options), a.influence([wide], options));
    const by = { damping: 0.3, parameters: 9 };
    same(a.trak(checkpoint({ train, test }), by), a.trak(checkpoint(wide), by));
    // tr/k of the padded one is half as large
    const half = { damping: 0.6, dampingBy: "trace" } as const;
    same(a.influence([{ train, test }], { ...half, damping: 0.3 }), a.influence([wide], half));
  });

  test("leave nothing of the size of gradients behind, nor do coordinates of products", () => {
    const { train, test } = gradients(50, 200);
    const checkpoint = { train, test, margins: draw(52, 12) };
    const products = matmul(train[""], transpose(train[""], [1, 0]));
    const { backend } = products;
    const left = (f: () => Tensor): number =>
      scope(() => {
        const before = backend.report().liveBytes;
        f();
        return backend.report().liveBytes - before;
      });
    const by = { damping: 0.3, parameters: 200 };
    expect(left(() => a.trak([checkpoint, checkpoint], by))).toBeLessThan(8 * 12 * 200);
    expect(left(() => a.influence([checkpoint], { damping: 0.3 }))).toBeLessThan(8 * 12 * 200);
    expect(left(() => a.spanCoordinates(products, { damping: 1 }))).toBe(8 * 12 * 12);
  });

  test("of matrices in halves are those of a plain solution, and so are coordinates", () => {
    for (const k of [150, 330]) {
      const [train, test] = [draw(40, 200, k), draw(41, 3, k)];
      const got = a.influence([{ train: { "": train }, test: { "": test } }], { damping: 0.2 });
      const columns = transpose(train, [1, 0]);
      const damped = add(div(matmul(columns, train), 200), mul(eye(k, undefined, double), 0.2));
      const want = matmul(train, solve(damped, transpose(test, [1, 0])));
      expect(off(got, want)).toBeLessThan(1e-11);
      const products = matmul(train, columns);
      const coordinates = a.spanCoordinates(products, { damping: 1e-9 });
      expect(off(matmul(coordinates, transpose(coordinates, [1, 0])), products)).toBeLessThan(2e-9);
      const above = numbers(coordinates).filter((_, at) => at % 200 > Math.floor(at / 200));
      expect(above.every((v) => v === 0)).toBe(true);
    }
    expect(() => a.spanCoordinates(draw(1, 2, 3))).toThrow("products [n, n]");
    expect(() => a.spanCoordinates(eye(2), { damping: -1 })).toThrow("damping ≥ 0");
  });

  test("float32 numbers whose squares are subnormal are 0, which changes no score", () => {
    const [g, tiny] = [normal(rng(61), [12, 20]), normal(rng(62), [12, 4], 0, 1e-20)];
    const checkpoint = (more: Tensor) => {
      const all = concat([g, more], 1);
      const rows = (range: SliceRange) => ({ "": slice(all, [range]) });
      return { train: rows({ stop: 9 }), test: rows({ start: 9 }), margins: normal(rng(63), [9]) };
    };
    const [zero, small] = [checkpoint(mul(tiny, 0)), checkpoint(tiny)];
    const options = { damping: 0.1, parameters: 24 };
    const both = (g: typeof zero) =>
      [a.influence([g], { damping: 0.1 }), a.trak([g], options)].map(numbers);
    expect(both(small)).toEqual(both(zero));
    // alone they would show: ĝ ĝₜ = 2⁻⁶⁴ · 2⁶³
    const alone = (exponent: number) => {
      const train = { "": tensor([[2 ** exponent, 0]]) };
      return one(a.influence([{ train, test: { "": tensor([[2 ** 63, 0]]) } }], { damping: 1 }));
    };
    expect([-64, -63, -62].map(alone)).toEqual([0, 1, 2]);
  });

  test("blocks add, checkpoints are averaged, TRAK's weights apart from its products", () => {
    const [one, two] = [gradients(23, 5), gradients(25, 7)];
    const options = { damping: 0.1, dampingBy: "trace" } as const;
    const each = [one, two].map((g) => a.influence([g], options));
    const [s1, s2] = [each[0] ?? draw(1), each[1] ?? draw(1)];
    const blocks = {
      train: { first: one.train[""], second: two.train[""] },
      test: { second: two.test[""], first: one.test[""] },
    };
    expect(off(a.influence([blocks], options), s1.add(s2))).toBeLessThan(1e-12);
    expect(off(a.influence([one, two], options), div(s1.add(s2), 2))).toBeLessThan(1e-12);
    const [m1, m2] = [draw(27, 12), draw(28, 12)];
    const by = { damping: 0.1, parameters: 3 };
    const flat = (g: typeof one) => a.trak([{ ...g, margins: mul(m1, 0) }], by); // weights ½
    const weights = mul(m1, -1).sigmoid().add(mul(m2, -1).sigmoid());
    const want = mul(flat(one).add(flat(two)), div(weights, 2).expandDims(1));
    const got = a.trak(
      [
        { ...one, margins: m1 },
        { ...two, margins: m2 },
      ],
      by,
    );
    expect(off(got, want)).toBeLessThan(1e-12);
  });

  test.each([5, 15])("several dampings give what each gives alone, k = %i", (k) => {
    const g = { ...gradients(28, k), margins: draw(29, 12) };
    const [damping, parameters] = [[0.01, 0, 2], k];
    for (const dampingBy of ["identity", "trace"] as const) {
      const all = a.influence([g, g], { damping, dampingBy });
      const each = damping.map((one) => a.influence([g, g], { damping: one, dampingBy }));
      expect(all.map(numbers)).toEqual(each.map(numbers));
      const by = { dampingBy, parameters };
      expect(a.trak([g], { damping, ...by }).map(numbers)).toEqual(
        damping.map((one) => numbers(a.trak([g], { damping: one, ...by }))),
      );
    }
    expect(() => a.influence([g], { damping: [] })).toThrow("dampings ≥ 1");
    expect(() => a.trak([g], { damping: [1, -1], parameters })).toThrow("damping ≥ 0, got -1");
  });

  test("what does not fit is refused", () => {
    const g = gradients(20, 5);
    expect(() => a.influence([], { damping: 1 })).toThrow("checkpoints ≥ 1");
    expect(() => a.influence([g], { damping: -1 })).toThrow("damping ≥ 0");
    expect(() => a.influence([{ ...g, test: { other: g.test[""] } }], { damping: 1 })).toThrow(
      "same blocks",
    );
    expect(() => a.influence([g, { ...g, train: g.test }], { damping: 1 })).toThrow("same samples");
    expect(() => a.trak([{ ...g, margins: draw(1, 3) }], { damping: 1, parameters: 1 })).toThrow(
      "margins [12]",
    );
    const lost = { train: { "": draw(1, 2, 3) }, test: g.train };
    expect(() => a.influence([lost], { damping: 1 })).toThrow("[n, k] and [m, k]");
  });
});

const pad = (x: Tensor): Tensor => concat([x, mul(x, 0)], 1);

describe("LDS", () => {
  const scores = draw(30, 9, 5);
  const random = rng(31);
  const subsets = Array.from({ length: 14 }, (_, j) => [
    ...random
      .permutation(9)
      .slice(0, 2 + (j % 5))
      .sort(),
  ]).filter((subset, j, all) => all.findIndex((other) => `${other}` === `${subset}`) === j);
  const sums = concat(
    subsets.map((subset) =>
      sum(
        concat(
          subset.map((i) => slice(scores, [{ start: i, stop: i + 1 }])),
          0,
        ),
        { axis: 0, keepdims: true },
      ),
    ),
    0,
  );

  test("is 1 of additive truth, and of whatever is monotone in it; −1 where that falls", () => {
    for (const truth of [sums, sums.exp(), sums.mul(3).add(1)])
      for (const v of numbers(a.lds(scores, subsets, truth))) expect(v).toBeCloseTo(1, 12);
    for (const v of numbers(a.lds(scores, subsets, sums.mul(-1)))) expect(v).toBeCloseTo(-1, 12);
    expect(() => a.lds(scores, [[9]], draw(1, 1, 5))).toThrow("samples in [0, 9)");
  });

  test("ties have their average rank, a constant has none", () => {
    // ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4
    const got = a.spearman(tensor([1, 5, 5, 9], double), tensor([2, 3, 4, 8], double));
    expect(numbers(got)[0]).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 14);
    expect(numbers(a.spearman(tensor([1, 1]), tensor([1, 2])))).toEqual([Number.NaN]);
  });

  test("a search takes the damping that is best on the held-out samples", async () => {
    const noise = draw(32, 9, 5);
    const score = (damping: number): Tensor =>
      scores.add(noise.mul(Math.abs(Math.log10(damping) + 1))); // best at 0.1
    const found = await a.searchDamping(score, subsets, sums, { heldOut: [1, 3] });
    expect(found.damping).toBe(0.1);
    expect([found.heldOut, found.others]).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9)]);
    expect(found.tried.map(({ damping }) => damping)).toEqual([
      1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100,
    ]);
    const none = () => a.searchDamping(score, subsets, sums, { heldOut: [] });
    expect(none).toThrow("held-out samples");
    const flat = a.searchDamping(() => mul(scores, 0), subsets, sums, { heldOut: [0] });
    await expect(flat).rejects.toThrow("NaN for each damping");
    const all = await a.searchDamping(score, subsets, sums, { heldOut: [0, 1, 2, 3, 4] });
    expect(all.others).toBeNaN();
  });
});

test("of a mixer the whole gradient is small enough to keep: 1/36 of the dense layer's", () => {
  const [mixer, dense] = (["rotation", "dense"] as const).map((kind) =>
    linear(kind, 256, 256, { random: rng(33) }),
  );
  if (!mixer || !dense) throw new Error("no layers");
  const [few, many] = [mixer.parameterCount(), dense.parameterCount()];
  expect(many / few).toBeGreaterThan(36);
  const x = normal(rng(34), [6, 256]);
  const loss = (x: Tensor): Tensor => sum(square(mixer.forward(x)));
  const blocks = a.compressedGradients(mixer, loss, [x], { "": a.wholeGradient(few) });
  expect(blocks[""]?.shape).toEqual([6, few]);
});
