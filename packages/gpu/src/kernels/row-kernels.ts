/**
 * @file Kernels over rows in WGSL, which softmax and the norms are made of: a workgroup takes a
 * row, reads it once from memory, and folds it in shared memory. Without WGSL those ops are
 * composed.
 */
import type { DeviceArray } from "../device-array.ts";
import type { Results, SumsBeside, WgslLauncher } from "../executor.ts";
import { bindings, halves, joined, upTo } from "./wgsl.ts";

/** Threads for a row: a power of two, four elements each where the row is long enough. */
const threadsFor = (width: number): number =>
  Math.min(256, Math.max(32, 2 ** Math.ceil(Math.log2(width / 4))));

/**
 * The text of a kernel whose workgroups take rows; `body` may call `fold{Sum|Max}(v, t)` and read
 * `row`, `at` and `t`. The number of rows comes with the call.
 */
export function rowKernel(
  width: number,
  reads: readonly string[],
  results: readonly string[],
  { before = "", body, after = "" }: { before?: string; body: string; after?: string },
): string {
  const threads = threadsFor(width);
  const fold = (name: string, how: string): string =>
    `fn fold${name}(v: f32, t: u32) -> f32 { ` +
    "workgroupBarrier(); folded[t] = v; workgroupBarrier(); " +
    `for (var half = ${threads / 2}u; half > 0u; half >>= 1u) { if (t < half) { ` +
    `folded[t] = ${how}; } workgroupBarrier(); } return folded[0]; }\n`;
  const floats = (names: readonly string[]): string[] => names.map((name) => `${name}: array<f32>`);
  return (
    bindings(floats(reads), floats(results), 2) +
    `var<workgroup> folded: array<f32, ${threads}>;\n` +
    fold("Sum", "folded[t] + folded[t + half]") +
    fold("Max", "max(folded[t], folded[t + half])") +
    `@compute @workgroup_size(${threads}) fn main(@builtin(workgroup_id) w: vec3u, ` +
    "@builtin(num_workgroups) all: vec3u, @builtin(local_invocation_index) t: u32) {\n" +
    `let rows = ${joined};\n${before}\nfor (var row = w.x; row < rows; ` +
    `row += all.x) { let at = row * ${width}u;\n${body}\n}\n${after}\n}`
  );
}

/** Runs a row kernel on so many workgroups. */
export const launchRows = <Lengths extends readonly number[]>(
  launcher: WgslLauncher,
  code: string,
  rows: number,
  workgroups: number,
  arrays: readonly DeviceArray[],
  results: readonly [...Lengths],
  sums?: SumsBeside,
): Results<Lengths> => {
  const reads = arrays.map((x) => x.memory);
  return launcher.launch(code, {
    reads,
    results,
    ...(sums && { sums }),
    workgroups: [workgroups, 1, 1],
    numbers: halves(rows),
  });
};

/**
 * Texts by the number that shapes them, which are remembered: to write one takes longer than to
 * launch it.
 */
export function remembered<Text>(write: (key: number) => Text): (key: number) => Text {
  const known = new Map<number, Text>();
  return (key) => {
    const text = known.get(key) ?? write(key);
    known.set(key, text);
    return text;
  };
}

/**
 * Code for each element that a thread holds of a row: `i` is its column, `k` its number among them,
 * a constant.
 */
export const each = (width: number, code: (k: number) => string): string =>
  upTo(Math.ceil(width / threadsFor(width)))
    .map((k) => {
      const i = `let i = t + ${k * threadsFor(width)}u;`;
      const inside = (k + 1) * threadsFor(width) <= width ? "" : `if (i < ${width}u) `;
      return `{ ${i} ${inside}{ ${code(k)} } }`;
    })
    .join("\n");

export const rowWorkgroups = (rows: number): number => Math.min(rows, 65535);

/** Declares variables for each element that a thread holds of a row. */
export const held = (width: number, ...names: readonly string[]): string =>
  upTo(Math.ceil(width / threadsFor(width)))
    .map((k) => names.map((name) => `var ${name}${k} = 0.0;`).join(" "))
    .join(" ");

/**
 * A function of a value that is NaN where the value is: drivers' exponentials and logarithms are
 * not.
 */
export const orNaN = (f: "exp" | "log", v: string): string =>
  `select(${v}, ${f}(${v}), ${v} == ${v})`;
