/**
 * @file Whole slices by one index in WGSL: read, as take does, and added, as segmentSum. The sums
 * have an order, that of the slices, so that their bits repeat.
 */
import type { Shape } from "@spm/core";
import { sizeOf } from "@spm/core/extend";
import { type DeviceArray, rowMajor } from "../device-array.ts";
import type { Executor, WgslLauncher } from "../executor.ts";
import { withWhole } from "./elementwise.ts";
import { sumOver } from "./reduce.ts";
import { bindings, halves } from "./wgsl.ts";

/** Threads of a workgroup, and segments that it counts. */
const threads = 256;

/** Whether an index is the same for all elements of a slice along the axis, of whole slices. */
export const ofSlices = (index: DeviceArray, shape: Shape, axis: number): boolean =>
  index.shape.every((n, k) => k === axis || (n === shape[k] && (n === 1 || index.stride[k] === 0)));

/** The index itself, a vector. */
const alone = ({ shape, stride, ...index }: DeviceArray, axis: number): DeviceArray => ({
  ...index,
  shape: [shape[axis] ?? 0],
  stride: [stride[axis] ?? 0],
});

/** WGSL of the k-th integer of a call, of those that {@link integers} takes apart. */
const integer = (name: string, k: number): string => {
  const [high, low] = ["xyzw"[(2 * k) % 4], "xyzw"[(2 * k + 1) % 4]];
  const of = `numbers[${k >> 1}]`;
  return `let ${name} = (u32(${of}.${high}) << 16u) | u32(${of}.${low});\n`;
};
const integers = (...values: number[]): number[] => values.flatMap(halves);

const idOf =
  "fn idOf(p: f32, n: u32) -> i32 { let i = i32(p); let q = select(i, i + i32(n), i < 0); " +
  "return select(-1, q, q >= 0 && q < i32(n)); }\n";

const head =
  `@compute @workgroup_size(${threads}) fn main(` +
  "@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) all: vec3u, " +
  "@builtin(local_invocation_index) t: u32) {\n";

/** A loop over results, `g`, whatever the number of workgroups. */
const eachResult = `for (var g = w.x * ${threads}u + t; g < total; g += all.x * ${threads}u)`;
const workgroupsFor = (total: number): [number, number, number] => [
  Math.min(65535, Math.ceil(total / threads)),
  1,
  1,
];

/** Slices of an array [before, n, after] by an index of so many; NaN for one out of range. */
const takeCode =
  bindings(["x: array<f32>", "index: array<f32>"], ["y: array<f32>"], 9) +
  idOf +
  head +
  integer("total", 0) +
  integer("count", 1) +
  integer("n", 2) +
  integer("after", 3) +
  `${eachResult} { let c = g % after; let r = g / after; let i = idOf(index[r % count], n);\n` +
  "var v = numbers[2].x; if (i >= 0) { v = x[((r / count) * n + u32(i)) * after + c]; }\n" +
  "y[g] = v; } }";

/**
 * The places of the index by part and segment: `starts[s]` is where those of s begin in `order`. A
 * workgroup takes a part of the index, goes over it, and marks what belongs to its 256 segments.
 */
const orderCode =
  bindings(["index: array<f32>"], ["order: array<u32>", "starts: array<u32>"], 6) +
  idOf +
  `var<workgroup> ids: array<i32, ${threads}>;\n` +
  `var<workgroup> marks: array<atomic<u32>, ${threads / 32}>;\n` +
  `var<workgroup> counts: array<u32, ${threads}>;\nvar<workgroup> below: atomic<u32>;\n` +
  head +
  integer("count", 0) +
  integer("segments", 1) +
  integer("part", 2) +
  "let begin = w.y * part; let end = min(count, begin + part);\n" +
  "let row = w.y * (segments + 1u);\n" +
  `let low = i32(w.x * ${threads}u); let mine = low + i32(t);\nvar less = 0u; var found = 0u;\n` +
  overIndex("if (id >= 0 && id < low) { less += 1u; }", "found += 1u;") +
  "atomicAdd(&below, less); counts[t] = found; workgroupBarrier();\n" +
  "var at = begin + atomicLoad(&below); for (var j = 0u; j < t; j++) { at += counts[j]; }\n" +
  "if (u32(mine) < segments) { starts[row + u32(mine)] = at; }\n" +
  "if (u32(mine) + 1u == segments) { starts[row + segments] = at + found; }\n" +
  overIndex("", "order[at] = base + j; at += 1u;") +
  "}";

/**
 * Goes over a part of the index: `each` with every `id`, `own` with the places `base + j` of this
 * segment.
 */
function overIndex(each: string, own: string): string {
  return (
    `for (var base = begin; base < end; base += ${threads}u) {\n` +
    `if (t < ${threads / 32}u) { atomicStore(&marks[t], 0u); } workgroupBarrier();\n` +
    "var id = -1; if (base + t < end) { id = idOf(index[base + t], segments); }\n" +
    `ids[t] = id; ${each}\n` +
    `if (id >= low && id < low + ${threads}) { atomicOr(&marks[t / 32u], 1u << (t % 32u)); }\n` +
    `workgroupBarrier(); for (var k = 0u; k < ${threads / 32}u; k++) { ` +
    "var bits = select(0u, atomicLoad(&marks[k]), u32(mine) < segments); while (bits != 0u) {\n" +
    "let j = 32u * k + firstTrailingBit(bits); bits &= bits - 1u; " +
    `if (ids[j] == mine) { ${own} } } }\nworkgroupBarrier(); }\n`
  );
}

/** Sums of slices of [before, count, after] into [parts, before, segments, after]. */
const sumCode =
  bindings(["x: array<f32>", "order: array<u32>", "starts: array<u32>"], ["sums: array<f32>"], 10) +
  head +
  integer("total", 0) +
  integer("count", 1) +
  integer("segments", 2) +
  integer("after", 3) +
  integer("before", 4) +
  `${eachResult} { let c = g % after; let r = g / after; let matrix = r / segments;\n` +
  "let s = (matrix / before) * (segments + 1u) + r % segments;\n" +
  "let first = (matrix % before) * count; let end = starts[s + 1u]; var k = starts[s];\n" +
  "var sum = 0.0; for (; k + 4u <= end; k += 4u) {\n" +
  [0, 1, 2, 3].map((i) => `let v${i} = x[(first + order[k + ${i}u]) * after + c];`).join(" ") +
  "\nsum += (v0 + v1) + (v2 + v3); }\n" +
  "for (; k < end; k++) { sum += x[(first + order[k]) * after + c]; } sums[g] = sum; } }";

/** x [..., n, ...] by an index of slices along the axis: y [..., count, ...], the index's shape. */
export function takeSlices(
  executor: Executor,
  launcher: WgslLauncher,
  x: DeviceArray,
  index: DeviceArray,
  axis: number,
): DeviceArray {
  const { shape } = index;
  const [total, after] = [sizeOf(shape), sizeOf(shape.slice(axis + 1))];
  return withWhole(executor, [x, alone(index, axis)], (used) => {
    const [memory] = launcher.launch(takeCode, {
      reads: used.map((array) => array.memory),
      results: [total],
      workgroups: workgroupsFor(total),
      numbers: [...integers(total, shape[axis] ?? 0, x.shape[axis] ?? 0, after), Number.NaN],
    });
    return rowMajor(memory, shape, x.dtype);
  });
}

/**
 * Slices of x [..., count, ...] added into zeros of `shape` [..., segments, ...]: where a segment
 * has many, by parts of the index, whose sums are added.
 */
export function sumSlices(
  executor: Executor,
  launcher: WgslLauncher,
  x: DeviceArray,
  index: DeviceArray,
  axis: number,
  shape: Shape,
): DeviceArray {
  const [count, segments] = [x.shape[axis] ?? 0, shape[axis] ?? 0];
  const [before, after] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
  const part = threads * Math.ceil((16 * segments) / threads);
  const parts = Math.ceil(count / part);
  return withWhole(executor, [x, alone(index, axis)], ([slices, ids]) => {
    const [order, starts] = launcher.launch(orderCode, {
      reads: [ids.memory],
      results: [count, parts * (segments + 1)],
      workgroups: [Math.ceil(segments / threads), parts, 1],
      numbers: integers(count, segments, part),
    });
    const total = parts * sizeOf(shape);
    const [memory] = launcher.launch(sumCode, {
      reads: [slices.memory, order, starts],
      results: [total],
      workgroups: workgroupsFor(total),
      numbers: integers(total, count, segments, after, before),
    });
    executor.release(order);
    executor.release(starts);
    const sums = rowMajor(memory, [parts, ...shape], x.dtype);
    if (parts === 1) return { ...sums, shape, stride: sums.stride.slice(1) };
    const sum = sumOver(executor, sums, [0], shape);
    executor.release(memory);
    return sum;
  });
}
