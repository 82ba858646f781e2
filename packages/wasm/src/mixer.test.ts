/** @file The mixer's kernels against the reference in float64, and what they keep. */
import {
  type Backend,
  type NdArray,
  normal,
  reference,
  rng,
  scope,
  type Tensor,
  vjp,
  zeros,
} from "@spm/core";
import { copyArray, fromArray, wrap } from "@spm/core/extend";
import {
  type BackwardMode,
  brick,
  butterfly,
  fromPairs,
  generalMixer,
  randomMatching,
  rotationMixer,
  type Schedule,
  shuffle,
} from "@spm/mixer";
import type { MixerOp } from "@spm/mixer/extend";
import { expect, test } from "vitest";
import { backendOn, wasmSync } from "./backend.ts";
import { compileKernelsSync } from "./kernel-exports.ts";
import { Machine } from "./machine.ts";

const backend = wasmSync({ bytes: 2 ** 28 });
const random = rng(7);

const gaussian = (shape: number[], mean: number, deviation: number): NdArray =>
  normal(random, shape, mean, deviation).ndarray();

/** Largest difference, relative to the largest value. */
function difference(got: NdArray, want: NdArray): number {
  expect(got.shape).toEqual(want.shape);
  const [a, b] = [copyArray(got, "float64").data, copyArray(want, "float64").data];
  let most = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
    size = Math.max(size, Math.abs(b[i]!));
  }
  if (Number.isNaN(most)) return most;
  // what goes in is of the order 1: a smaller result is a difference of such numbers
  return most / Math.max(size, 1);
}

/** y and all gradients: of x, of what stands around the stages, of the parameters. */
function results(
  op: MixerOp,
  schedule: Schedule,
  backward: BackwardMode,
  place: (array: NdArray) => Tensor,
  ct: NdArray,
  [x, dIn, dOut, bias]: readonly [NdArray, NdArray, NdArray, NdArray],
  parameters: readonly NdArray[],
): NdArray[] {
  return scope(() => {
    const { value, pullback } = vjp(
      (x: Tensor, dIn: Tensor, dOut: Tensor, bias: Tensor, ...parameters: Tensor[]) =>
        op([x, dIn, dOut, bias, ...parameters], { schedule, backward }),
      place(x),
      place(dIn),
      place(dOut),
      place(bias),
      ...parameters.map(place),
    );
    return [value, ...pullback(place(ct))].map((t) => copyArray(t.ndarray()));
  });
}

/** The worst relative error over y and all gradients. */
function worst(
  op: MixerOp,
  schedule: Schedule,
  rows: number,
  fan: { in: number; out: number },
  backward: BackwardMode,
  parameters: readonly NdArray[],
): number {
  const x = gaussian([rows, fan.in], 0, 1);
  const [dIn, dOut, bias] = [
    gaussian([fan.in], 1, 0.3),
    gaussian([fan.out], 1, 0.3),
    gaussian([fan.out], 0, 1),
  ];
  const ct = gaussian([rows, fan.out], 0, 1);
  const on = (place: (array: NdArray) => Tensor): NdArray[] =>
    results(op, schedule, backward, place, ct, [x, dIn, dOut, bias], parameters);
  const want = on((array) => fromArray(copyArray(array, "float64"), reference));
  const got = on((array) => fromArray(array, backend));
  expect(got.length).toBe(want.length);
  const errors = got.map((array, k) => difference(array, want[k] ?? array));
  return Math.max(...errors.map((e) => (Number.isNaN(e) ? Number.POSITIVE_INFINITY : e)));
}

const angles = (schedule: Schedule, mean = 0, deviation = 1.5): NdArray[] => [
  gaussian([schedule.first.length], mean, deviation),
];

function blocks(schedule: Schedule): NdArray[] {
  const pairs = schedule.first.length;
  const near = gaussian([pairs, 4], 0, 0.4);
  for (let p = 0; p < pairs; p++) {
    near.data[4 * p]! += 0.9;
    near.data[4 * p + 3]! += 0.9;
  }
  return [near, gaussian([schedule.unpaired.length], 1, 0.2)];
}

const FLOAT32 = 2e-5; // relative to the largest entry: twelve stages of rounding, sums over 29 rows

/** The same stages with their pairs in the opposite order, each turned around. */
function backToFront({ n, stages, starts, first, second }: Schedule): Schedule {
  const pairs = (l: number): [number, number][] =>
    Array.from({ length: starts[l + 1]! - starts[l]! }, (_, k) => {
      const p = starts[l + 1]! - 1 - k;
      return [second[p]!, first[p]!];
    });
  return fromPairs(
    n,
    Array.from({ length: stages }, (_, l) => pairs(l)),
  );
}

const schedules: [string, Schedule][] = [
  ...[1, 2, 4, 8, 16, 32, 64, 128, 512, 1024].map((n): [string, Schedule] => [
    `butterfly ${n}`,
    butterfly(n),
  ]),
  ...[1, 2, 3, 4, 5, 7, 9].map((l): [string, Schedule] => [
    `butterfly 16, ${l} stages`,
    butterfly(16, l),
  ]),
  ...[1, 2, 3, 4, 6, 7, 8, 11].map((l): [string, Schedule] => [
    `butterfly 32, ${l} stages`,
    butterfly(32, l),
  ]),
  ["butterfly 8, 5 stages", butterfly(8, 5)],
  ["butterfly 256, 21 stages", butterfly(256, 21)],
  ["butterfly 512, 20 stages", butterfly(512, 20)],
  ["butterfly 64, pairs back to front", backToFront(butterfly(64))],
  ...[3, 5, 12, 33, 100].map((n): [string, Schedule] => [`shuffle ${n}`, shuffle(n)]),
  ["butterfly 12", butterfly(12)],
  ["brick 9", brick(9)],
  ["random 31", randomMatching(31, 7, rng(3))],
];

for (const [name, schedule] of schedules) {
  const { n } = schedule;
  const some = Math.max(1, Math.floor((2 * n) / 3));
  test(`rotation, ${name}: forward and every gradient`, () => {
    for (const rows of [1, 4, 29]) {
      const fans = [
        { in: n, out: n },
        { in: some, out: n },
        { in: n, out: some },
        { in: Math.min(n, 10), out: 1 },
      ];
      for (const fan of fans)
        for (const backward of ["reverse", "recompute"] as const)
          expect(
            worst(rotationMixer.op, schedule, rows, fan, backward, angles(schedule)),
          ).toBeLessThan(FLOAT32);
    }
  });
  test(`general, ${name}: forward and every gradient`, () => {
    for (const rows of [1, 13])
      for (const fan of [
        { in: n, out: n },
        { in: some, out: Math.min(n, 5) },
      ])
        for (const backward of ["recompute", "stored"] as const)
          expect(
            worst(generalMixer.op, schedule, rows, fan, backward, blocks(schedule)),
          ).toBeLessThan(FLOAT32);
  });
}

test.each([2048, 4096])("butterfly %i, seven rows", (n) => {
  const schedule = butterfly(n);
  const fan = { in: n - 3, out: n - 1 };
  expect(worst(rotationMixer.op, schedule, 7, fan, "reverse", angles(schedule))).toBeLessThan(
    FLOAT32,
  );
  expect(worst(generalMixer.op, schedule, 7, fan, "recompute", blocks(schedule))).toBeLessThan(
    FLOAT32,
  );
});

test("no rows", () => {
  expect(
    worst(
      rotationMixer.op,
      butterfly(16),
      0,
      { in: 16, out: 16 },
      "reverse",
      angles(butterfly(16)),
    ),
  ).toBe(0);
});

test.each([
  ["exactly π/2", Math.PI / 2, 0],
  ["near π/2", Math.PI / 2, 1e-3],
  ["far turns", 0, 300],
  ["beyond where π/2 in four parts will do", 0, 1e6],
  ["near the largest float32", 0, 1e37],
])("angles %s", (_, mean, deviation) => {
  for (const schedule of [butterfly(256), butterfly(512)])
    expect(
      worst(
        rotationMixer.op,
        schedule,
        5,
        { in: 256, out: 256 },
        "reverse",
        angles(schedule, mean, deviation),
      ),
    ).toBeLessThan(FLOAT32);
});

test("an infinite angle makes NaN of the coordinates that it reaches, and of no other", () => {
  const schedule = butterfly(8);
  const theta = gaussian([schedule.first.length], 0, 1.5);
  theta.data[5] = Infinity; // of pair (1, 3) in the second stage; the third takes both 4 further
  const [x, angles] = [fromArray(gaussian([3, 8], 0, 1), backend), fromArray(theta, backend)];
  const { data } = rotationMixer(x, angles, { schedule }).ndarray();
  expect(Array.from(data, Number.isNaN)).toEqual(Array.from(data, (_, k) => k % 2 === 1));
});

test("blocks with zeros on the diagonal", () => {
  const schedule = butterfly(64);
  const swap = wrap(
    Float32Array.from({ length: 4 * schedule.first.length }, (_, k) => [0, 1, 1, 0.5][k % 4] ?? 0),
    [schedule.first.length, 4],
  );
  const none = wrap(new Float32Array(0), [0]);
  expect(
    worst(generalMixer.op, schedule, 5, { in: 64, out: 64 }, "recompute", [swap, none]),
  ).toBeLessThan(FLOAT32);
});

test("nothing ran on the reference", () => {
  expect(backend.report().fallbacks).toEqual([]);
});

/** A backend, and the bytes of its memory that are in use. */
function watched(bytes: number): { backend: Backend; used: () => number } {
  const machine = new Machine(compileKernelsSync(), bytes);
  return { backend: backendOn(machine, "wasm"), used: () => machine.memory.used };
}

const MIB = 2 ** 20;

test("no more is counted than memory holds: stored stages are worked out again", () => {
  const { backend, used } = watched(512 * MIB);
  const [n, rows] = [1024, 16_384];
  const schedule = butterfly(n);
  const options = { backend };
  scope(() => {
    const x = zeros([rows, n], options);
    const pairs = fromArray(gaussian([schedule.first.length, 4], 0.5, 0.1), backend);
    const { value, pullback } = vjp(
      (x, blocks) => generalMixer(x, blocks, zeros([0], options), { schedule, backward: "stored" }),
      x,
      pairs,
    );
    const { liveBytes } = backend.report();
    expect(liveBytes).toBeGreaterThanOrEqual(2 * 4 * rows * n); // x and y
    expect(liveBytes).toBeLessThanOrEqual(used());
    expect(liveBytes).toBeLessThan(192 * MIB);
    pullback(value);
    expect(backend.report().liveBytes).toBeLessThanOrEqual(used());
  });
  expect(backend.report()).toMatchObject({ liveBytes: 0, fallbacks: [] });
});

test.each(["reverse", "recompute", "stored"] as const)(
  "rotations keep n numbers a row for %s alone",
  (backward) => {
    const { backend, used } = watched(4 * MIB);
    const [n, rows] = [256, 130];
    const schedule = butterfly(n);
    scope(() => {
      const angles = fromArray(gaussian([schedule.first.length], 0, 1), backend);
      const x = fromArray(gaussian([rows, n], 0, 1), backend);
      const before = backend.report().liveBytes;
      vjp((x, angles) => rotationMixer(x, angles, { schedule, backward }), x, angles);
      const around = 3 * 4 * n; // diagonals and bias
      const kept = backend.report().liveBytes - before - around - 4 * rows * n;
      expect(kept).toBe(backward === "reverse" ? 4 * rows * n : 0);
      expect(backend.report().liveBytes).toBeLessThanOrEqual(used());
    });
  },
);

test("fresh schedules, more than memory has room for", { timeout: 30_000 }, () => {
  const { backend, used } = watched(16 * MIB);
  const schedules = Array.from({ length: 3 }, () => shuffle(500));
  const x = fromArray(gaussian([2, 500], 0, 1), backend);
  const apply = (schedule: Schedule): NdArray =>
    scope(() =>
      copyArray(
        rotationMixer(x, zeros([schedule.first.length], { backend }), { schedule }).ndarray(),
      ),
    );
  const first = schedules.map(apply);
  let most = 0;
  for (let k = 0; k < 2000; k++) {
    apply(shuffle(500));
    most = Math.max(most, used());
  }
  expect(most).toBeLessThan(4 * MIB);
  expect(schedules.map(apply)).toEqual(first); // whose tables are made again
});

test("parameters that nobody releases, more than memory has room for", { timeout: 30_000 }, () => {
  const { backend, used } = watched(4 * MIB);
  const schedule = butterfly(256);
  const x = fromArray(gaussian([2, 256], 0, 1), backend);
  const some = Array.from({ length: 500 }, () =>
    fromArray(gaussian([schedule.first.length], 0, 1), backend),
  );
  const apply = (angles: Tensor): NdArray =>
    scope(() => copyArray(rotationMixer(x, angles, { schedule }).ndarray()));
  const first = some.map(apply);
  expect(used()).toBeLessThan(4 * MIB);
  expect(some.map(apply)).toEqual(first);
});
