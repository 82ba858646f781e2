/**
 * @file The figures of docs/design/memory-layout.md that draw a plan are what the plan says, and
 * what the kernels do.
 */
import { readFileSync } from "node:fs";
import { ones, tensor, zeros } from "@spm/core";
import { fromArray } from "@spm/core/extend";
import { butterfly, rotationMixer } from "@spm/mixer";
import { eachPair } from "@spm/mixer/extend";
import { expect, test } from "vitest";
import { wasmSync } from "./backend.ts";
import { type ButterflyPlan, GROUP, PASS, planButterfly } from "./butterfly-plan.ts";
import { compileKernelsSync } from "./kernel-exports.ts";
import { Machine } from "./machine.ts";
import { generalKernels } from "./mixer-general.ts";
import { rotationKernels } from "./mixer-rotation.ts";
import { MixerState } from "./mixer-state.ts";

const page = readFileSync(
  new URL("../../../docs/design/memory-layout.md", import.meta.url),
  "utf8",
);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, k) => k);
const FLOAT = 4;
const VECTOR = 16; // bytes

/** Rows of a table of words, as objects. */
const passesOf = ({ passes }: ButterflyPlan) =>
  upTo(passes.length / PASS).map((k) => {
    const [kind = 0, at = 0, h = 0, sumAt = 0] = passes.subarray(PASS * k, PASS * (k + 1));
    return { k, kind, at, h, sumAt };
  });
const groupsOf = ({ groups }: ButterflyPlan) =>
  upTo(groups.length / GROUP).map((g) => {
    const [first = 0, end = 0, period = 0] = groups.subarray(GROUP * g, GROUP * (g + 1));
    return { first, end, period };
  });

/** Lines of cells, each column as wide as its widest cell. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, k) => Math.max(...rows.map((row) => row[k]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, k) => cell.padEnd(widths[k]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
const range = (from: number, length: number): string => `${from} … ${from + length - 1}`;

/** Number of the four vectors with which a pass at distance h takes a vector. */
const fourOf = (vector: number, h: number): number =>
  Math.floor(vector / (4 * h)) * h + (vector % h);

test("figure 1: a block of rows lies by vectors of four columns, [n/4][R][4]", () => {
  const [n, rows] = [16, 13]; // blocks of 8, 4 and 1
  const schedule = butterfly(n);
  const backend = wasmSync({ bytes: 2 ** 24 });
  const x = tensor(upTo(rows).map((r) => upTo(n).map((c) => 100 * r + c)));
  const operands = [x, ones([n]), ones([n]), zeros([n]), zeros([schedule.first.length])];
  const handles = operands.map((t) => fromArray(t.ndarray(), backend).handle);
  const kernel = backend.kernels.get(rotationMixer.op.primitive);
  const result = kernel?.(handles, { schedule, backward: "reverse" }, true);
  if (typeof result !== "object" || !("residual" in result)) throw new Error("expected a residual");
  const data = backend.arrayOf?.(result.residual[0]).data;
  let [at, row] = [0, 0];
  for (const R of [8, 4, 1]) {
    for (const v of upTo(n / 4))
      for (const r of upTo(R))
        for (const c of upTo(4)) expect(data?.[at++]).toBe(100 * (row + r) + 4 * v + c);
    row += R;
  }
  const R = 4;
  const places = upTo(n / 4).map((v) => [
    `v${v}`,
    `${VECTOR * R * v}`,
    ...upTo(R).map((r) => `r${r} c${4 * v}…${4 * v + 3}`),
  ]);
  const head = ["vector", "byte", ...upTo(R).map((r) => (r === 0 ? "+0" : `+${VECTOR * r}`))];
  expect(page).toContain(aligned([head, ...places]));
});

test("figure 2: the passes of n = 64", () => {
  const n = 64;
  const schedule = butterfly(n);
  const plan = planButterfly(schedule, rotationKernels.sums);
  expect([plan.three, groupsOf(plan)]).toEqual([false, [{ first: 1, end: 3, period: 0 }]]);
  const passes = passesOf(plan);
  const rows = passes.map(({ k, kind, at, h, sumAt }) => [
    `${k}`,
    kind === 1 ? "two stages on four vectors" : "two stages inside a vector",
    `${2 * k + 1}, ${2 * k + 2}`,
    `${schedule.strides?.[2 * k]}, ${schedule.strides?.[2 * k + 1]}`,
    h === 0 ? "–" : `${h}`,
    range(at, 2 * n * FLOAT),
    range(sumAt, (passes[k + 1]?.sumAt ?? FLOAT * plan.sums) - sumAt),
  ]);
  const head = ["pass", "kind", "stages", "strides", "h", "coefficients", "sums"];
  expect(page).toContain(aligned([head, ...rows]));
  const vectors = upTo(n / 4);
  const cells = (values: readonly number[]): string =>
    values.map((v) => `${v}`.padStart(3)).join("");
  const fours = passes.map(
    ({ k, h }) => `pass ${k}${cells(vectors.map((v) => (h ? fourOf(v, h) : v)))}`,
  );
  expect(page).toContain([`vector${cells(vectors)}`, ...fours].join("\n"));
});

test("figure 3: where the coefficients of four vectors lie", () => {
  const n = 64;
  const schedule = butterfly(n);
  const machine = new Machine(compileKernelsSync(false), 2 ** 24);
  const { plan, stages } = new MixerState(machine, generalKernels).tables(schedule);
  if (plan === null) throw new Error("expected a fused butterfly");
  // Of [1 b; c 1] the scaled coefficients are b and c: here a pair's number, and its negative.
  const pairs = schedule.first.length;
  const { memory, run } = machine;
  const blocks = memory.scratch(16 * pairs);
  memory.float32(blocks, 4 * pairs).set(upTo(pairs).flatMap((p) => [1, p + 1, -p - 1, 1]));
  const coefficients = memory.scratch(FLOAT * plan.coefficients);
  const scales = memory.scratch(FLOAT * n * (schedule.stages + 1) + VECTOR);
  run.scaleStages(blocks, false, stages, schedule.stages, n, coefficients, scales);
  const found = memory.float32(coefficients, plan.coefficients);

  const slots = ["pa", "pb", "pc", "pd", "qa", "qb", "qc", "qd"];
  expect(page).toContain(
    aligned([
      ["byte", ...slots.map((_, k) => `${VECTOR * k}`)],
      ["", ...slots],
    ]),
  );
  /** The weight of each coordinate's partner in a stage. */
  const takes = upTo(schedule.stages).map((l) => {
    const of = new Float32Array(n);
    eachPair(schedule, l, (i, j, p) => {
      of[i] = p + 1;
      of[j] = -p - 1;
    });
    return of;
  });
  for (const { k, at, h } of passesOf(plan).slice(1))
    for (const v of upTo(n / 4)) {
      const member = Math.floor(v / h) % 4; // a, b, c or d
      for (const stage of [0, 1])
        for (const lane of upTo(4)) {
          const slot = 4 * stage + member;
          const place = at / FLOAT + 32 * fourOf(v, h) + 4 * slot + lane;
          expect(found[place]).toBe(takes[2 * k + stage]?.[4 * v + lane]);
        }
    }
});

test("figure 4: the chunks and tiles of n = 1024", () => {
  const n = 1024;
  const R = 8;
  const plan = planButterfly(butterfly(n), rotationKernels.sums);
  const { chunk, pad } = plan;
  expect(groupsOf(plan)).toEqual([
    { first: 1, end: 4, period: 0 },
    { first: 4, end: 5, period: 64 },
  ]);
  expect(passesOf(plan).map(({ h }) => h)).toEqual([0, 1, 4, 16, 64]);
  const chunks = upTo(n / 4 / chunk);
  const pitch = chunk * VECTOR * R + pad;
  const tile = (j: number): string[] => [
    `tile ${j / 4}`,
    ...chunks.map((k) => range(k * chunk + j, 4)),
  ];
  const rows = [
    ["chunk", ...chunks.map(String)],
    ["vectors", ...chunks.map((k) => range(k * chunk, chunk))],
    ["bytes", ...chunks.map((k) => range(k * pitch, chunk * VECTOR * R))],
    tile(0),
    tile(4),
    tile(60),
  ];
  expect(page).toContain(aligned(rows));
});
