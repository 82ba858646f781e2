/**
 * @file Softmax and norms in WGSL: a workgroup takes a row, reads it once from memory, and folds it in shared memory. Without WGSL these
 * ops run composed.
 */
import { type Shape, sizeOf } from "@spm/core";
import { type DeviceArray, rowMajor } from "../device-array.ts";
import type { Executor, Memory, WgslLauncher, WgslSource } from "../executor.ts";
import { whole } from "./elementwise.ts";
import { bindings } from "./fused-forward.ts";
import { upTo } from "./fused-plan.ts";
import { sumOver } from "./reduce.ts";

/** Workgroups that stay and take row after row where columns are added up. */
const persistent = 264;

/** Threads for a row: a power of two, four elements each where the row is long enough. */
const threadsFor = (width: number): number => Math.min(256, Math.max(32, 2 ** Math.ceil(Math.log2(width / 4))));

/** A kernel whose workgroups take rows; `body` may call `fold{Sum|Max}(v, t)`, sees `row` and `t`, and `each(code)` walks the row. */
function rowKernel(
  rows: number,
  width: number,
  reads: readonly string[],
  results: readonly { readonly name: string; readonly length: number }[],
  { before = "", body, after = "", groups }: { before?: string; body: string; after?: string; groups: number },
): WgslSource {
  const threads = threadsFor(width);
  const fold = (name: string, how: string): string =>
    `fn fold${name}(v: f32, t: u32) -> f32 { workgroupBarrier(); folded[t] = v; workgroupBarrier(); ` +
    `for (var half = ${threads / 2}u; half > 0u; half >>= 1u) { if (t < half) { folded[t] = ${how}; } workgroupBarrier(); } return folded[0]; }\n`;
  const code =
    bindings(
      reads.map((name) => `${name}: array<f32>`),
      results.map(({ name }) => `${name}: array<f32>`),
    ) +
    `var<workgroup> folded: array<f32, ${threads}>;\n` +
    fold("Sum", "folded[t] + folded[t + half]") +
    fold("Max", "max(folded[t], folded[t + half])") +
    `@compute @workgroup_size(${threads}) fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) all: vec3u, @builtin(local_invocation_index) t: u32) {\n` +
    `${before}\nfor (var row = w.x; row < ${rows}u; row += all.x) { let at = row * ${width}u;\n${body}\n}\n${after}\n}`;
  return { code, reads: reads.length, results: results.map((r) => r.length), groups: [groups, 1, 1] };
}

/** Code for each element of a row that a thread has: `i` is its column, `k` a constant number of the element. */
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
const releaseMade = (executor: Executor, given: readonly DeviceArray[], used: readonly DeviceArray[]): void => {
  for (const [k, x] of used.entries()) if (x.memory !== given[k]!.memory) executor.release(x.memory);
};

/** Both passes of softmax, or of its logarithm. */
export function softmaxKernels(executor: Executor, launcher: WgslLauncher, logarithm: boolean) {
  const sizes = (shape: Shape, axis: number) => ({ width: shape[axis]!, rows: sizeOf(shape.toSpliced(axis, 1)) });
  return {
    forward: ([x]: readonly DeviceArray[], axis: number): DeviceArray[] => {
      const { width, rows } = sizes(x!.shape, axis);
      const rest = x!.shape.toSpliced(axis, 1);
      if (rows * width === 0)
        return [x!.shape, rest].map((s) => rowMajor(executor.upload(new Float32Array(sizeOf(s))), s, "float32"));
      const from = axisLast(executor, x!, axis);
      const body =
        `var top = x[at];\n${each(width, (k) => `let v = x[at + i]; v${k} = v; top = max(top, v);`)}\ntop = foldMax(top, t);\n` +
        `var total = 0.0;\n${each(width, (k) => `total += exp(v${k} - top);`)}\nlet sum = top + log(foldSum(total, t));\n` +
        `${each(width, (k) => `y[at + i] = ${logarithm ? `v${k} - sum` : `exp(v${k} - sum)`};`)}\nif (t == 0u) { sums[row] = sum; }`;
      const held = upTo(Math.ceil(width / threadsFor(width)))
        .map((k) => `var v${k} = 0.0;`)
        .join(" ");
      const source = rowKernel(
        rows,
        width,
        ["x"],
        [
          { name: "y", length: rows * width },
          { name: "sums", length: rows },
        ],
        { before: held, body, groups: rowGroups(rows) },
      );
      const [y, sums] = launcher.launch(source, [from.memory]);
      releaseMade(executor, [x!], [from]);
      return [axisBack(y!, x!.shape, axis), rowMajor(sums!, rest, "float32")];
    },
    backward: ([ct, x, y]: readonly DeviceArray[], axis: number): DeviceArray[] => {
      const { width, rows } = sizes(x!.shape, axis);
      if (rows * width === 0) return [rowMajor(executor.upload(new Float32Array(0)), x!.shape, "float32")];
      const used = [axisLast(executor, ct!, axis), axisLast(executor, y!, axis)];
      const body =
        `var inner = 0.0;\n${each(width, () => `inner += ${logarithm ? "c[at + i]" : "c[at + i] * y[at + i]"};`)}\ninner = foldSum(inner, t);\n` +
        each(
          width,
          () =>
            `bar[at + i] = ${logarithm ? "c[at + i] - exp(y[at + i]) * inner" : "y[at + i] * (c[at + i] - inner)"};`,
        );
      const source = rowKernel(rows, width, ["c", "y"], [{ name: "bar", length: rows * width }], {
        body,
        groups: rowGroups(rows),
      });
      const [bar] = launcher.launch(
        source,
        used.map((u) => u.memory),
      );
      releaseMade(executor, [ct!, y!], used);
      return [axisBack(bar!, x!.shape, axis)];
    },
  };
}

/** Both passes of layer norm (`centred`, with a bias) or RMS norm over the last axis. */
export function normKernels(executor: Executor, launcher: WgslLauncher, centred: boolean) {
  const zeros = (shape: Shape): DeviceArray =>
    rowMajor(executor.upload(new Float32Array(sizeOf(shape))), shape, "float32");
  return {
    forward: (inputs: readonly DeviceArray[], epsilon: number): DeviceArray[] => {
      const { shape } = inputs[0]!;
      const [width, lead] = [shape.at(-1)!, shape.slice(0, -1)];
      const rows = sizeOf(lead);
      if (rows * width === 0) return [shape, ...(centred ? [lead, lead] : [lead])].map(zeros);
      const used = inputs.map((x) => whole(executor, x));
      const squares = `var squares = 0.0;\n${each(width, (k) => `let d = v${k}${centred ? " - mu" : ""}; squares += d * d;`)}\n`;
      const body =
        each(width, (k) => `v${k} = x[at + i];`) +
        (centred
          ? `\nvar total = 0.0;\n${each(width, (k) => `total += v${k};`)}\nlet mu = foldSum(total, t) / ${width}.0;\n`
          : "\n") +
        `${squares}let scale = inverseSqrt(foldSum(squares, t) / ${width}.0 + ${number(epsilon)});\n` +
        each(
          width,
          (k) => `y[at + i] = ${centred ? `(v${k} - mu)` : `v${k}`} * scale * weight[i]${centred ? " + bias[i]" : ""};`,
        ) +
        `\nif (t == 0u) { ${centred ? "means[row] = mu; " : ""}scales[row] = scale; }`;
      const held = upTo(Math.ceil(width / threadsFor(width)))
        .map((k) => `var v${k} = 0.0;`)
        .join(" ");
      const results = [
        { name: "y", length: rows * width },
        ...(centred ? [{ name: "means", length: rows }] : []),
        { name: "scales", length: rows },
      ];
      const source = rowKernel(rows, width, centred ? ["x", "weight", "bias"] : ["x", "weight"], results, {
        before: held,
        body,
        groups: rowGroups(rows),
      });
      const [y, ...saved] = launcher.launch(
        source,
        used.map((u) => u.memory),
      );
      releaseMade(executor, inputs, used);
      return [rowMajor(y!, shape, "float32"), ...saved.map((m) => rowMajor(m, lead, "float32"))];
    },
    backward: (inputs: readonly DeviceArray[]): DeviceArray[] => {
      const [ct, x, weight] = inputs as [DeviceArray, DeviceArray, DeviceArray];
      const saved = inputs.slice(centred ? -2 : -1);
      const { shape } = x;
      const [width, rows] = [shape.at(-1)!, sizeOf(shape.slice(0, -1))];
      if (rows * width === 0) return [shape, ...(centred ? [[width], [width]] : [[width]])].map(zeros);
      const given = [ct, x, weight, ...saved];
      const used = given.map((a) => whole(executor, a));
      const body =
        `${centred ? "let mu = means[row]; " : ""}let scale = scales[row]; var total = 0.0; var inner = 0.0;\n` +
        each(
          width,
          (k) =>
            `let c = ct[at + i]; let h = (x[at + i]${centred ? " - mu" : ""}) * scale; let g = c * weight[i]; ` +
            `g${k} = g; h${k} = h; total += g; inner += g * h; w${k} += c * h; b${k} += c;`,
        ) +
        `\n${centred ? "total = foldSum(total, t); " : ""}inner = foldSum(inner, t);\n` +
        each(width, (k) => `bar[at + i] = scale * (g${k} - (${centred ? "total + " : ""}h${k} * inner) / ${width}.0);`);
      const count = Math.ceil(width / threadsFor(width));
      const held = upTo(count)
        .map((k) => `var g${k} = 0.0; var h${k} = 0.0; var w${k} = 0.0; var b${k} = 0.0;`)
        .join(" ");
      const groups = Math.min(rows, persistent);
      const sums = centred ? ["weights", "biases"] : ["weights"];
      const after = each(
        width,
        (k) => `weights[w.x * ${width}u + i] = w${k};${centred ? ` biases[w.x * ${width}u + i] = b${k};` : ""}`,
      );
      const source = rowKernel(
        rows,
        width,
        ["ct", "x", "weight", ...(centred ? ["means"] : []), "scales"],
        [{ name: "bar", length: rows * width }, ...sums.map((name) => ({ name, length: groups * width }))],
        { before: held, body, after, groups },
      );
      const [bar, ...parts] = launcher.launch(
        source,
        used.map((u) => u.memory),
      );
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
