/**
 * @file The mixer's kernels against the reference in float64: both variants, every schedule, all
 * gradients.
 */
import { copyArray, type NdArray, normal, type Primitive, rng, wrap } from "@spm/core";
import {
  brick,
  butterfly,
  fromPairs,
  generalOp,
  type MixerOp,
  type MixerOptions,
  randomMatching,
  rotationOp,
  type Schedule,
  shuffle,
} from "@spm/mixer";
import { expect, test } from "vitest";
import { compileKernelsSync } from "./kernel-exports.ts";
import { type KernelTable, Machine } from "./machine.ts";
import { registerMixer } from "./mixer.ts";

const machine = new Machine(compileKernelsSync(), 2 ** 28);
const table: KernelTable = new Map();
registerMixer(table, machine);
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

/** Runs a primitive's kernel, and its reference in float64. */
function both(
  primitive: Primitive<MixerOptions>,
  inputs: readonly NdArray[],
  options: MixerOptions,
): { got: NdArray[]; want: NdArray[] } {
  const got = table.get(primitive)!(inputs, options, true) as NdArray[];
  const doubles = inputs.map((a) => copyArray(a, "float64"));
  return { got, want: primitive.forward(doubles, options, true) };
}

/** The worst relative error over y and all gradients. */
function worst(
  op: MixerOp,
  schedule: Schedule,
  rows: number,
  fan: { in: number; out: number },
  backward: MixerOptions["backward"],
  parameters: readonly NdArray[],
): number {
  const options = { schedule, backward };
  const x = gaussian([rows, fan.in], 0, 1);
  const [dIn, dOut, bias] = [
    gaussian([fan.in], 1, 0.3),
    gaussian([fan.out], 1, 0.3),
    gaussian([fan.out], 0, 1),
  ];
  const { got, want } = both(op.primitive, [x, ...parameters, dIn, dOut, bias], options);
  const errors = [difference(got[0]!, want[0]!)];
  const ct = gaussian([rows, fan.out], 0, 1);
  const inputs = [ct, x, ...parameters, dIn, dOut];
  const gradients = table.get(op.backward)!(
    [...inputs, ...got.slice(1)],
    options,
    false,
  ) as NdArray[];
  const doubles = [...inputs.map((a) => copyArray(a, "float64")), ...want.slice(1)];
  op.backward.forward(doubles, options, false).forEach((w, k) => {
    errors.push(difference(gradients[k]!, w));
  });
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
  return [near, gaussian([schedule.leftovers.length], 1, 0.2)];
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
          expect(worst(rotationOp, schedule, rows, fan, backward, angles(schedule))).toBeLessThan(
            FLOAT32,
          );
    }
  });
  test(`general, ${name}: forward and every gradient`, () => {
    for (const rows of [1, 13])
      for (const fan of [
        { in: n, out: n },
        { in: some, out: Math.min(n, 5) },
      ])
        for (const backward of ["recompute", "stored"] as const)
          expect(worst(generalOp, schedule, rows, fan, backward, blocks(schedule))).toBeLessThan(
            FLOAT32,
          );
  });
}

test.each([2048, 4096])("butterfly %i, seven rows", (n) => {
  const schedule = butterfly(n);
  const fan = { in: n - 3, out: n - 1 };
  expect(worst(rotationOp, schedule, 7, fan, "reverse", angles(schedule))).toBeLessThan(FLOAT32);
  expect(worst(generalOp, schedule, 7, fan, "recompute", blocks(schedule))).toBeLessThan(FLOAT32);
});

test("no rows", () => {
  expect(
    worst(rotationOp, butterfly(16), 0, { in: 16, out: 16 }, "reverse", angles(butterfly(16))),
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
        rotationOp,
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
  const [theta] = angles(schedule);
  theta!.data[5] = Infinity; // of pair (1, 3) in the second stage; the third takes both 4 further
  const vector = gaussian([8], 1, 0.3);
  const options: MixerOptions = { schedule, backward: "reverse" };
  const inputs = [gaussian([3, 8], 0, 1), theta!, vector, vector, vector];
  const [y] = table.get(rotationOp.primitive)!(inputs, options, true) as NdArray[];
  expect(Array.from(y!.data, Number.isNaN)).toEqual(Array.from(y!.data, (_, k) => k % 2 === 1));
});

test("blocks with zeros on the diagonal", () => {
  const schedule = butterfly(64);
  const swap = wrap(
    Float32Array.from({ length: 4 * schedule.first.length }, (_, k) => [0, 1, 1, 0.5][k % 4]!),
    [schedule.first.length, 4],
  );
  const none = wrap(new Float32Array(0), [0]);
  expect(
    worst(generalOp, schedule, 5, { in: 64, out: 64 }, "recompute", [swap, none]),
  ).toBeLessThan(FLOAT32);
});
