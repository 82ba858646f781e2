/**
 * @file Softmax and norms in WGSL: a workgroup takes a row, reads it once from memory, and folds it
 * in shared memory. Without WGSL these ops run composed.
 */
import { type Shape, sizeOf } from "@spm/core";
import { type DeviceArray, rowMajor } from "../device-array.ts";
import type { Executor, Memory, WgslLauncher } from "../executor.ts";
import { whole } from "./elementwise.ts";
import { sumOver } from "./reduce.ts";
import { bindings, halves, joined, upTo } from "./wgsl.ts";

/** Workgroups that stay and take row after row where columns are added up. */
const persistent = 264;

/** Threads for a row: a power of two, four elements each where the row is long enough. */
const threadsFor = (width: number): number =>
  Math.min(256, Math.max(32, 2 ** Math.ceil(Math.log2(width / 4))));

/**
 * A kernel whose workgroups take rows; `body` may call `fold{Sum|Max}(v, t)`, sees `row`, `at` and
 * `t`. The rows' number is the call's.
 */
function rowKernel(
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

/** Runs one on so many workgroups. */
const launchRows = (
  launcher: WgslLauncher,
  code: string,
  rows: number,
  groups: number,
  reads: readonly DeviceArray[],
  results: readonly number[],
): Memory[] =>
  launcher.launch(code, {
    reads: reads.map((x) => x.memory),
    results,
    groups: [groups, 1, 1],
    numbers: halves(rows),
  });

/** Texts by width, and whatever else shapes them: writing one takes longer than launching it. */
function remembered<Key extends string | number>(
  write: (key: Key) => string,
): (key: Key) => string {
  const known = new Map<Key, string>();
  return (key) => {
    const code = known.get(key) ?? write(key);
    known.set(key, code);
    return code;
  };
}

/**
 * Code for each element of a row that a thread has: `i` is its column, `k` a constant number of the
 * element.
 */
const each = (width: number, code: (k: number) => string): string =>
  upTo(Math.ceil(width / threadsFor(width)))
    .map((k) => {
      const i = `let i = t + ${k * threadsFor(width)}u;`;
      const inside = (k + 1) * threadsFor(width) <= width ? "" : `if (i < ${width}u) `;
      return `{ ${i} ${inside}{ ${code(k)} } }`;
    })
    .join("\n");

const rowGroups = (rows: number): number => Math.min(rows, 65535);

/** An array with one axis moved to the end, row-major in memory. */
function axisLast(executor: Executor, x: DeviceArray, axis: number): DeviceArray {
  const order = [...x.shape.keys()].filter((k) => k !== axis).concat(axis);
  return whole(executor, {
    ...x,
    shape: order.map((k) => x.shape[k]!),
    stride: order.map((k) => x.stride[k]!),
  });
}

/** Row-major memory whose last axis belongs at `axis`. */
function axisBack(memory: Memory, shape: Shape, axis: number): DeviceArray {
  const dense = rowMajor(memory, [...shape.toSpliced(axis, 1), shape[axis]!], "float32");
  const last = dense.stride.at(-1)!;
  return { ...dense, shape, stride: dense.stride.slice(0, -1).toSpliced(axis, 0, last) };
}

/** Releases copies made of inputs. */
const releaseMade = (
  executor: Executor,
  given: readonly DeviceArray[],
  used: readonly DeviceArray[],
): void => {
  for (const [k, x] of used.entries())
    if (x.memory !== given[k]!.memory) executor.release(x.memory);
};

/** Declares variables for each element of a row that a thread has. */
const held = (width: number, ...names: readonly string[]): string =>
  upTo(Math.ceil(width / threadsFor(width)))
    .map((k) => names.map((name) => `var ${name}${k} = 0.0;`).join(" "))
    .join(" ");

/** A function of a value, NaN where that is: drivers' exponentials and logarithms drop it. */
const orNaN = (f: "exp" | "log", v: string): string => `select(${v}, ${f}(${v}), ${v} == ${v})`;

/**
 * Both passes of softmax, or of its logarithm. The largest element is taken off first: what is left
 * of its size is exact.
 */
export function softmaxKernels(executor: Executor, launcher: WgslLauncher, logarithm: boolean) {
  const sizes = (shape: Shape, axis: number) => ({
    width: shape[axis]!,
    rows: sizeOf(shape.toSpliced(axis, 1)),
  });
  const result = (v: string) => (logarithm ? v : orNaN("exp", v));
  const forward = remembered((width: number) =>
    rowKernel(width, ["x"], ["y", "sums"], {
      before: held(width, "v"),
      body:
        "var top = x[at];\n" +
        `${each(width, (k) => `let v = x[at + i]; v${k} = v; top = max(top, v);`)}\n` +
        "top = foldMax(top, t);\n" +
        "var part = 0.0;\n" +
        `${each(width, (k) => `v${k} -= top; part += ${orNaN("exp", `v${k}`)};`)}\n` +
        `let total = foldSum(part, t); let sum = ${orNaN("log", "total")};\n` +
        `${each(width, (k) => `v${k} -= sum; y[at + i] = ${result(`v${k}`)};`)}\n` +
        "if (t == 0u) { sums[row] = top + sum; }",
    }),
  );
  const inner = logarithm ? "c[at + i]" : "c[at + i] * y[at + i]";
  const bar = logarithm
    ? `c[at + i] - ${orNaN("exp", "y[at + i]")} * inner`
    : "y[at + i] * (c[at + i] - inner)";
  const backward = remembered((width: number) =>
    rowKernel(width, ["c", "y"], ["bar"], {
      body:
        `var inner = 0.0;\n${each(width, () => `inner += ${inner};`)}\n` +
        `inner = foldSum(inner, t);\n${each(width, () => `bar[at + i] = ${bar};`)}`,
    }),
  );
  return {
    forward: ([x]: readonly DeviceArray[], axis: number): DeviceArray[] => {
      const { width, rows } = sizes(x!.shape, axis);
      const rest = x!.shape.toSpliced(axis, 1);
      if (rows * width === 0)
        return [x!.shape, rest].map((s) =>
          rowMajor(executor.upload(new Float32Array(sizeOf(s))), s, "float32"),
        );
      const from = axisLast(executor, x!, axis);
      const [y, sums] = launchRows(
        launcher,
        forward(width),
        rows,
        rowGroups(rows),
        [from],
        [rows * width, rows],
      );
      releaseMade(executor, [x!], [from]);
      return [axisBack(y!, x!.shape, axis), rowMajor(sums!, rest, "float32")];
    },
    backward: ([ct, x, y]: readonly DeviceArray[], axis: number): DeviceArray[] => {
      const { width, rows } = sizes(x!.shape, axis);
      if (rows * width === 0)
        return [rowMajor(executor.upload(new Float32Array(0)), x!.shape, "float32")];
      const used = [axisLast(executor, ct!, axis), axisLast(executor, y!, axis)];
      const [result] = launchRows(launcher, backward(width), rows, rowGroups(rows), used, [
        rows * width,
      ]);
      releaseMade(executor, [ct!, y!], used);
      return [axisBack(result!, x!.shape, axis)];
    },
  };
}

/** Both passes of layer norm (`centred`, with a bias) or RMS norm over the last axis. */
export function normKernels(executor: Executor, launcher: WgslLauncher, centred: boolean) {
  const zeros = (shape: Shape): DeviceArray =>
    rowMajor(executor.upload(new Float32Array(sizeOf(shape))), shape, "float32");
  const forward = remembered((key: `${number},${number}`) => {
    const [width, epsilon] = key.split(",").map(Number) as [number, number];
    const read = each(width, (k) => `v${k} = x[at + i];`);
    const mean =
      `var total = 0.0;\n${each(width, (k) => `total += v${k};`)}\n` +
      `let mu = foldSum(total, t) / ${width}.0;`;
    const squares = each(width, (k) => `let d = v${k}${centred ? " - mu" : ""}; squares += d * d;`);
    const normal = (k: number) =>
      `${centred ? `(v${k} - mu)` : `v${k}`} * scale * weight[i]${centred ? " + bias[i]" : ""}`;
    return rowKernel(
      width,
      centred ? ["x", "weight", "bias"] : ["x", "weight"],
      centred ? ["y", "means", "scales"] : ["y", "scales"],
      {
        before: held(width, "v"),
        body:
          `${read}\n${centred ? mean : ""}\nvar squares = 0.0;\n${squares}\n` +
          `let scale = inverseSqrt(foldSum(squares, t) / ${width}.0 + ${number(epsilon)});\n` +
          `${each(width, (k) => `y[at + i] = ${normal(k)};`)}\nif (t == 0u) { ` +
          `${centred ? "means[row] = mu; " : ""}scales[row] = scale; }`,
      },
    );
  });
  const backward = remembered((width: number) =>
    rowKernel(
      width,
      ["ct", "x", "weight", ...(centred ? ["means"] : []), "scales"],
      ["bar", "weights", ...(centred ? ["biases"] : [])],
      {
        before: held(width, "g", "h", "w", "b"),
        body:
          `${centred ? "let mu = means[row]; " : ""}let scale = scales[row]; ` +
          "var total = 0.0; var inner = 0.0;\n" +
          each(
            width,
            (k) =>
              `let c = ct[at + i]; let h = (x[at + i]${centred ? " - mu" : ""}) * scale; ` +
              "let g = c * weight[i]; " +
              `g${k} = g; h${k} = h; total += g; inner += g * h; w${k} += c * h; b${k} += c;`,
          ) +
          `\n${centred ? "total = foldSum(total, t); " : ""}inner = foldSum(inner, t);\n` +
          each(
            width,
            (k) =>
              `bar[at + i] = scale * (g${k} - (${centred ? "total + " : ""}h${k} * inner) ` +
              `/ ${width}.0);`,
          ),
        after: each(
          width,
          (k) =>
            `weights[w.x * ${width}u + i] = ` +
            `w${k};${centred ? ` biases[w.x * ${width}u + i] = b${k};` : ""}`,
        ),
      },
    ),
  );
  return {
    forward: (inputs: readonly DeviceArray[], epsilon: number): DeviceArray[] => {
      const { shape } = inputs[0]!;
      const [width, lead] = [shape.at(-1)!, shape.slice(0, -1)];
      const rows = sizeOf(lead);
      if (rows * width === 0) return [shape, ...(centred ? [lead, lead] : [lead])].map(zeros);
      const used = inputs.map((x) => whole(executor, x));
      const lengths = [rows * width, ...(centred ? [rows] : []), rows];
      const [y, ...saved] = launchRows(
        launcher,
        forward(`${width},${epsilon}`),
        rows,
        rowGroups(rows),
        used,
        lengths,
      );
      releaseMade(executor, inputs, used);
      return [rowMajor(y!, shape, "float32"), ...saved.map((m) => rowMajor(m, lead, "float32"))];
    },
    backward: (inputs: readonly DeviceArray[]): DeviceArray[] => {
      const [ct, x, weight] = inputs as [DeviceArray, DeviceArray, DeviceArray];
      const { shape } = x;
      const [width, rows] = [shape.at(-1)!, sizeOf(shape.slice(0, -1))];
      if (rows * width === 0)
        return [shape, ...(centred ? [[width], [width]] : [[width]])].map(zeros);
      const given = [ct, x, weight, ...inputs.slice(centred ? -2 : -1)];
      const used = given.map((a) => whole(executor, a));
      const groups = Math.min(rows, persistent);
      const lengths = [rows * width, groups * width, ...(centred ? [groups * width] : [])];
      const [bar, ...parts] = launchRows(launcher, backward(width), rows, groups, used, lengths);
      releaseMade(executor, given, used);
      const bars = parts.map((part) => {
        if (groups === 1) return rowMajor(part, [width], "float32");
        const sum = sumOver(executor, rowMajor(part, [groups, width], "float32"), [0], [width]);
        executor.release(part);
        return sum;
      });
      return [rowMajor(bar!, shape, "float32"), ...bars];
    },
  };
}

/** A number as WGSL writes it. */
const number = (value: number): string => (Number.isInteger(value) ? `${value}.0` : `${value}`);
