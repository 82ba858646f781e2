/**
 * @file Every exported function of core, numeric, linalg and attribution that takes options
 * refuses an unknown one, in its own name; the checker finds those functions by their types.
 */
import * as attribution from "@spm/attribution";
import * as core from "@spm/core";
import * as extend from "@spm/core/extend";
import * as linalg from "@spm/linalg";
import { Linear } from "@spm/nn";
import * as numeric from "@spm/numeric";
import { expect, test } from "vitest";
import { exportsOf } from "./exports.ts";

const { OptionError } = extend;
const x = core.tensor([[1, 2]]);
const double = core.tensor([1], { dtype: "float64" });
const square = core.tensor([
  [2, 1],
  [1, 2],
]);
const places = core.tensor([0, 1], { dtype: "int32" });
const random = core.rng(1);
const draws = { shape: [2], dtype: "float64" } as const;

/** Types with optional fields that are no options. */
const notOptions = new Set(["Backend", "BackendReport", "Primitive"]);

const layer = new Linear(2, 2, { random });
const loss = (x: core.Tensor): core.Tensor => core.mean(core.square(layer.forward(x)));
const checkpoint = { train: { "": x }, test: { "": x }, margins: core.zeros([1]) };

/** Each function with valid options, and some more. */
type Call = (more: object) => unknown;
type Reducing = (x: core.Tensor, options: core.ReduceOptions) => core.Tensor;
const reducing =
  (op: Reducing): Call =>
  (more) =>
    op(x, { axis: 0, keepdims: true, ...more });

const unary = { name: "same", forward: (v: number) => v, vjp: (ct: core.Tensor) => ct };
const calls: Readonly<Record<string, Call>> = {
  all: reducing(core.all),
  any: reducing(core.any),
  arange: (more) => core.arange(3, { start: 1, step: 2, ...more }),
  argmax: reducing(core.argmax),
  argmin: reducing(core.argmin),
  argsort: (more) => core.argsort(x, { axis: 0, descending: true, ...more }),
  at: (more) => core.at(x, 0, { start: 1, ...more }),
  bernoulli: (more) => numeric.bernoulli(random, 0.5, { ...draws, ...more }),
  beta: (more) => numeric.beta(random, 2, 3, { ...draws, ...more }),
  binary: (more) =>
    extend.binary({ name: "first", loop: extend.zipLoop((a) => a), result: "int32", ...more }),
  bincount: (more) => numeric.bincount(places, { weights: core.ones([2]), minlength: 3, ...more }),
  categorical: (more) => numeric.categorical(random, x, { shape: [1], ...more }),
  choice: (more) => numeric.choice(random, 3, 2, { replacement: false, ...more }),
  choiceLogProb: (more) => numeric.choiceLogProb(places, 3, { replacement: false, ...more }),
  cholesky: (more) => linalg.cholesky(square, { upper: true, ...more }),
  clamp: (more) => core.clamp(x, { min: 0, max: 1, ...more }),
  diag: (more) => numeric.diag(x, { diagonal: 1, ...more }),
  diagEmbed: (more) => numeric.diagEmbed(x, { diagonal: 1, ...more }),
  diagonal: (more) => numeric.diagonal(x, { offset: 1, axis1: 0, axis2: 1, ...more }),
  dirichlet: (more) => numeric.dirichlet(random, x, { ...draws, ...more }),
  eigh: (more) => linalg.eigh(square, { UPLO: "U", ...more }),
  exponential: (more) => numeric.exponential(random, 2, { ...draws, ...more }),
  eye: (more) => core.eye(2, 3, { dtype: "float64", ...more }),
  full: (more) => core.full([2], 1, { dtype: "float64", backend: core.reference, ...more }),
  fused: (more) =>
    extend.fused<[x: 1]>({
      name: "same",
      constants: 0,
      infer: ([a]) => a,
      forward: ([a]) => [a],
      backward: (ct) => [ct],
      composed: ([a]) => a,
      ...more,
    }),
  gamma: (more) => numeric.gamma(random, 2, 1, { ...draws, ...more }),
  gradcheck: (more) => core.gradcheck(core.tanh, [double], { seed: 2, ...more }),
  gradgradcheck: (more) => core.gradgradcheck(core.tanh, [double], { tolerance: 1e-5, ...more }),
  irfft: (more) => numeric.irfft(square, { n: 3, ...more }),
  linspace: (more) => core.linspace(0, 1, 3, { dtype: "float64", ...more }),
  logsumexp: reducing(core.logsumexp),
  lstsq: (more) => linalg.lstsq(square, square, { rtol: 1e-3, atol: 0, ...more }),
  matrixNorm: (more) =>
    linalg.matrixNorm(square, { ord: 1, axis: [0, 1], keepdims: true, ...more }),
  max: reducing(core.max),
  mean: reducing(core.mean),
  meshgrid: (more) => numeric.meshgrid([places], { indexing: "xy", ...more }),
  min: reducing(core.min),
  multinomial: (more) => numeric.multinomial(random, 4, x, { ...draws, ...more }),
  norm: reducing(core.norm),
  normal: (more) => core.normal(random, [2], 0, 1, { dtype: "float64", ...more }),
  ones: (more) => core.ones([2], { dtype: "float64", ...more }),
  pad: (more) => core.pad(x, [0, 0], [0, 1], { value: 7, ...more }),
  parameter: (more) => core.parameter([1], { decay: false, ...more }),
  pinv: (more) => linalg.pinv(square, { rtol: 1e-3, atol: 0, ...more }),
  prod: reducing(core.prod),
  qr: (more) => linalg.qr(square, { mode: "complete", ...more }),
  reduction: (more) =>
    extend.reduction({
      name: "first",
      dtypes: extend.allDTypes,
      fold: (row) => row[0] ?? 0,
      ...more,
    }),
  scatter: (more) =>
    numeric.scatter(x, core.expandDims(places, 0), 1, { axis: 1, reduce: "add", ...more }),
  searchsorted: (more) => numeric.searchsorted(places, places, { right: true, ...more }),
  slice: (more) => core.slice(x, [{}, { stop: 1, ...more }]),
  solve: (more) => linalg.solve(square, square, { left: false, ...more }),
  sort: (more) => core.sort(x, { descending: true, ...more }),
  std: (more) => core.std(x, { axis: 1, correction: 0, ...more }),
  sum: reducing(core.sum),
  svd: (more) => linalg.svd(square, { fullMatrices: false, ...more }),
  tensor: (more) => core.tensor([1, 2], { shape: [2, 1], ...more }),
  tensordot: (more) => numeric.tensordot(x, square, { axis: 1, ...more }),
  triangularSolve: (more) =>
    linalg.triangularSolve(square, square, { upper: true, left: false, ...more }),
  truncatedNormal: (more) =>
    numeric.truncatedNormal(random, 0, 1, { low: -1, high: 2, ...draws, ...more }),
  truncatedNormalLogProb: (more) =>
    numeric.truncatedNormalLogProb(x, 0, 1, { low: 0, high: 3, ...more }),
  unary: (more) => extend.unary({ ...unary, ...more }),
  uniform: (more) => core.uniform(random, [2], 0, 1, { dtype: "float64", ...more }),
  variance: (more) => core.variance(x, { axis: 1, correction: 0, ...more }),
  vectorNorm: (more) => linalg.vectorNorm(x, { ord: 1, axis: 0, keepdims: true, ...more }),
  vmap: (more) => core.vmap(core.sin, { inAxes: 0, outAxes: 0, ...more })(x),
  compressedGradients: (more) =>
    attribution.compressedGradients(
      layer,
      loss,
      [square],
      { "": attribution.wholeGradient(6) },
      { batchSize: 1, ...more },
    ),
  factGrass: (more) =>
    attribution.factGrass(3, 2, 2, {
      random,
      dtype: "float64",
      s: 2,
      factor: 2,
      bias: false,
      ...more,
    }),
  factored: (more) =>
    attribution.factored(attribution.wholeGradient(3), attribution.wholeGradient(2), {
      second: attribution.wholeGradient(6),
      bias: false,
      ...more,
    }),
  factoredGradients: (more) =>
    attribution.factoredGradients(
      layer,
      () => loss(x),
      { "": attribution.factored(attribution.wholeGradient(3), attribution.wholeGradient(2)) },
      { reduction: "sum", ...more },
    ),
  fjlt: (more) => attribution.fjlt(3, 2, { random, dtype: "float64", ...more }),
  gaussianProjection: (more) =>
    attribution.gaussianProjection(3, 2, { random, dtype: "float64", ...more }),
  grass: (more) =>
    attribution.grass(3, 2, { random, dtype: "float64", s: 2, factor: 1.5, ...more }),
  influence: (more) =>
    attribution.influence([checkpoint], { damping: 1, dampingBy: "trace", ...more }),
  logra: (more) => attribution.logra(3, 2, 4, { random, dtype: "float64", bias: false, ...more }),
  rademacherProjection: (more) =>
    attribution.rademacherProjection(3, 2, { random, dtype: "float64", ...more }),
  randomMask: (more) => attribution.randomMask(3, 2, { random, ...more }),
  selectiveMask: (more) =>
    attribution.selectiveMask(square, square, 1, {
      random,
      steps: 1,
      learningRate: 0.1,
      penalty: 0,
      ...more,
    }),
  sjlt: (more) => attribution.sjlt(3, 2, { random, dtype: "float64", s: 2, ...more }),
  trak: (more) =>
    attribution.trak([checkpoint], { damping: 1, dampingBy: "trace", parameters: 2, ...more }),
  spanCoordinates: (more) => attribution.spanCoordinates(square, { damping: 1, ...more }),
  searchDamping: (more) =>
    attribution.searchDamping(() => square, [[0], [1]], square, {
      heldOut: [0],
      dampings: [1],
      ...more,
    }),
  zeros: (more) => core.zeros([2], { dtype: "float64", ...more }),
};

const taking = exportsOf(["core", "numeric", "linalg", "attribution"])
  .filter(({ optionTypes }) =>
    optionTypes.some((type) => !notOptions.has(type.replace(/<.*/s, ""))),
  )
  .map(({ name }) => name);

test("the table has every function that takes options", () => {
  expect(taking.sort()).toEqual(Object.keys(calls).sort());
});

test.each(Object.entries(calls))("%s", (name, call) => {
  expect(() => call({})).not.toThrow();
  expect(() => call({ nonsense: 1 })).toThrow(OptionError);
  expect(() => call({ nonsense: 1 })).toThrow(new RegExp(`^${name}: unknown option "nonsense"`));
});

test("methods, too, and names of PyTorch and NumPy are told apart", () => {
  const said = (options: object) => () => x.sum(options);
  expect(said({ dim: 0 })).toThrow('sum: unknown option "dim"; help: axis');
  expect(said({ keepdim: true })).toThrow('sum: unknown option "keepdim"; help: keepdims');
  expect(() => core.slice(x, [{ end: 1 } as object])).toThrow("help: stop");
  expect(() => x.std({ ddof: 0 } as object)).toThrow("help: correction");
});

test("an option of other draws is unknown to those of categories, which are int32", () => {
  expect(() => numeric.categorical(random, x, { dtype: "float64" } as object)).toThrow(
    'categorical: unknown option "dtype"',
  );
});

test("what is no object is no options", () => {
  const wrong = (value: unknown) => value as core.CreateOptions;
  expect(() => core.zeros([2], wrong("float64"))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: zeros: expected an object with dtype, backend, got float64]`,
  );
  expect(() => core.zeros([2], wrong(null))).toThrow("zeros: expected");
  expect(() => core.zeros(x.shape, x)).toThrow("zeros: expected an object");
  expect(() => core.pad(x, [0, 0], [0, 0], 7 as unknown as object)).toThrow(
    "pad: expected an object",
  );
});

test("an axis stands for itself, and so do several", async () => {
  const m = core.tensor([
    [3, 1, 2],
    [6, 5, 4],
  ]);
  const same = async (a: core.Tensor, b: core.Tensor) =>
    expect([a.shape, await a.toArray()]).toEqual([b.shape, await b.toArray()]);
  const { all, any, argmax, argmin, logsumexp, max, mean, min, norm, prod, std, sum, variance } =
    core;
  for (const op of [all, any, argmax, argmin, logsumexp, max, mean, min, norm, prod, std, sum])
    for (const axis of [0, -1, [0, 1], [1], []]) await same(op(m, axis), op(m, { axis }));
  await same(variance(m, 1), variance(m, { axis: 1, correction: 1 }));
  await same(core.sort(m, 0), core.sort(m, { axis: 0 }));
  await same(core.argsort(m, 1), core.argsort(m, { axis: 1, descending: false }));
  await same(core.flip(m, [0, 1]), core.flip(core.flip(m, 0), 1));
  await same(core.squeeze(core.ones([1, 2, 1]), [0, -1]), core.ones([2]));
  await same(m.mean([0, 1]), core.mean(m));
  expect(m.sum(0).shape).toEqual([3]);
  expect(m.sum([0, 1]).shape).toEqual([]);
});

test("an axis that does not exist is refused in the name of the function", () => {
  const { all, any, argmax, logsumexp, max, mean, norm, prod, std, sum, variance } = core;
  for (const [name, op] of Object.entries({
    all,
    any,
    argmax,
    logsumexp,
    max,
    mean,
    norm,
    prod,
    std,
    sum,
    variance,
    sort: core.sort,
    argsort: core.argsort,
  }))
    expect(() => op(x, 2)).toThrow(`${name}: expected an axis in [-2, 2), got 2`);
  expect(() => core.concat([x], { axis: 0 } as unknown as number)).toThrow(
    "concat: expected an axis in [-2, 2), got an object\nhelp: the number alone",
  );
});
