/**
 * @file Softmax and norms in WGSL: a workgroup takes a row, reads it once from memory, and folds it
 * in shared memory. Without WGSL these ops run composed.
 */
import { type Each, type Places, type Result, sizeOf } from "@spm/core/extend";
import { type DeviceArray, permuted, rowMajor, vector, zeros } from "../device-array.ts";
import type { Executor, Memory, Results, WgslLauncher } from "../executor.ts";
import { withWhole } from "./elementwise.ts";
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
const launchRows = <Lengths extends readonly number[]>(
  launcher: WgslLauncher,
  code: string,
  rows: number,
  groups: number,
  arrays: readonly DeviceArray[],
  results: readonly [...Lengths],
): Results<Lengths> => {
  const reads = arrays.map((x) => x.memory);
  return launcher.launch(code, { reads, results, groups: [groups, 1, 1], numbers: halves(rows) });
};

/** Texts by width, and whatever else shapes them: writing one takes longer than launching it. */
function remembered<Text>(write: (key: number) => Text): (key: number) => Text {
  const known = new Map<number, Text>();
  return (key) => {
    const text = known.get(key) ?? write(key);
    known.set(key, text);
    return text;
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

/** Runs a kernel along an axis of arrays of one shape; its result is of that shape, too. */
function alongAxis(
  executor: Executor,
  launcher: WgslLauncher,
  code: (width: number) => string,
  arrays: readonly [DeviceArray, ...DeviceArray[]],
  axis: number,
): DeviceArray {
  const [{ shape }] = arrays;
  const size = sizeOf(shape);
  if (size === 0) return zeros(executor, shape, "float32");
  const width = shape[axis] ?? 1;
  const rows = size / width;
  // The axis goes to the end, and in the result back to its place.
  const order = [...shape.keys()].filter((k) => k !== axis).concat(axis);
  const turned = arrays.map((x) => permuted(x, order));
  return withWhole(executor, turned, (used) => {
    const [memory] = launchRows(launcher, code(width), rows, rowGroups(rows), used, [size]);
    const result = rowMajor(memory, [...shape.toSpliced(axis, 1), width], "float32");
    return permuted(
      result,
      order.map((_, k) => order.indexOf(k)),
    );
  });
}

/** Declares variables for each element of a row that a thread has. */
const held = (width: number, ...names: readonly string[]): string =>
  upTo(Math.ceil(width / threadsFor(width)))
    .map((k) => names.map((name) => `var ${name}${k} = 0.0;`).join(" "))
    .join(" ");

/** A function of a value, NaN where that is: drivers' exponentials and logarithms drop it. */
const orNaN = (f: "exp" | "log", v: string): string => `select(${v}, ${f}(${v}), ${v} == ${v})`;

/**
 * The kernels of softmax: the backward pass reads its result, so the forward pass keeps nothing.
 */
interface SoftmaxKernels {
  forward(x: DeviceArray, axis: number): DeviceArray;
  backward(ct: DeviceArray, y: DeviceArray, axis: number): DeviceArray;
}

/**
 * Both passes of softmax, or of its logarithm. The largest element is taken off first: what is left
 * of its size is exact.
 */
export function softmaxKernels(
  executor: Executor,
  launcher: WgslLauncher,
  logarithm: boolean,
): SoftmaxKernels {
  const forward = remembered((width: number) =>
    rowKernel(width, ["x"], ["y"], {
      before: held(width, "v"),
      body:
        "var top = x[at];\n" +
        each(width, (k) => `let v = x[at + i]; v${k} = v; top = max(top, v);`) +
        "\ntop = foldMax(top, t);\nvar part = 0.0;\n" +
        each(width, (k) => `v${k} -= top; part += ${orNaN("exp", `v${k}`)};`) +
        `\nlet total = foldSum(part, t); let sum = ${orNaN("log", "total")};\n` +
        each(width, (k) => {
          const y = logarithm ? `v${k}` : orNaN("exp", `v${k}`);
          return `v${k} -= sum; y[at + i] = ${y};`;
        }),
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
    forward: (x: DeviceArray, axis: number): DeviceArray =>
      alongAxis(executor, launcher, forward, [x], axis),
    backward: (ct: DeviceArray, y: DeviceArray, axis: number): DeviceArray =>
      alongAxis(executor, launcher, backward, [ct, y], axis),
  };
}

/** The kernels of a norm of x, a weight and, where the norm has one, a bias: `B` is its place. */
interface NormKernels<B extends Places> {
  /** Keeps each row's mean, where that is taken off, and 1 / its size. */
  forward(
    inputs: Each<[x: 1, weight: 1, ...B], DeviceArray>,
    epsilon: number,
    keep: boolean,
  ): Result<[y: 1], DeviceArray>;
  backward(
    ct: DeviceArray,
    inputs: Each<[x: 1, weight: 1, ...B], DeviceArray>,
    residual: readonly DeviceArray[],
  ): Each<[x: 1, weight: 1, ...B], DeviceArray>;
}

/** Both passes of layer norm (`centred`, with a bias) or RMS norm over the last axis. */
export function normKernels(
  executor: Executor,
  launcher: WgslLauncher,
  centred: true,
): NormKernels<[bias: 1]>;
export function normKernels(
  executor: Executor,
  launcher: WgslLauncher,
  centred: false,
): NormKernels<[]>;
export function normKernels(
  executor: Executor,
  launcher: WgslLauncher,
  centred: boolean,
): NormKernels<1[]> {
  const saved = centred ? ["means", "scales"] : ["scales"];
  const forward = remembered((epsilon: number) =>
    remembered((width: number) => {
      const read = each(width, (k) => `v${k} = x[at + i];`);
      const sum = each(width, (k) => `total += v${k};`);
      const mean = `var total = 0.0;\n${sum}\nlet mu = foldSum(total, t) / ${width}.0;`;
      const squares = each(
        width,
        (k) => `let d = v${k}${centred ? " - mu" : ""}; squares += d * d;`,
      );
      const normal = (k: number) =>
        `${centred ? `(v${k} - mu)` : `v${k}`} * scale * weight[i]${centred ? " + bias[i]" : ""}`;
      return rowKernel(
        width,
        centred ? ["x", "weight", "bias"] : ["x", "weight"],
        ["y", ...saved],
        {
          before: held(width, "v"),
          body:
            `${read}\n${centred ? mean : ""}\nvar squares = 0.0;\n${squares}\n` +
            `let scale = inverseSqrt(foldSum(squares, t) / ${width}.0 + ${number(epsilon)});\n` +
            each(width, (k) => `y[at + i] = ${normal(k)};`) +
            `\nif (t == 0u) { ${centred ? "means[row] = mu; " : ""}scales[row] = scale; }`,
        },
      );
    }),
  );
  const backward = remembered((width: number) =>
    rowKernel(
      width,
      ["ct", "x", "weight", ...saved],
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
    forward: (inputs, epsilon, keep) => {
      const [{ shape }] = inputs;
      if (sizeOf(shape) === 0)
        return { outputs: [zeros(executor, shape, "float32")], residual: [] };
      const [width, rows] = [shape.at(-1) ?? 1, sizeOf(shape.slice(0, -1))];
      const lengths = [rows * width, ...saved.map(() => rows)] as const;
      const [y, ...sums] = withWhole(executor, inputs, (used) =>
        launchRows(launcher, forward(epsilon)(width), rows, rowGroups(rows), used, lengths),
      );
      const outputs = [rowMajor(y, shape, "float32")] as const;
      if (keep) return { outputs, residual: sums.map(vector) };
      for (const m of sums) executor.release(m);
      return outputs;
    },
    backward: (ct, [x, weight, ...bias], residual) => {
      const { shape } = x;
      if (sizeOf(shape) === 0) {
        const zerosOf = (like: DeviceArray) => zeros(executor, like.shape, "float32");
        return [zerosOf(x), zerosOf(weight), ...bias.map(zerosOf)];
      }
      const [width, rows] = [shape.at(-1) ?? 1, sizeOf(shape.slice(0, -1))];
      const groups = Math.min(rows, persistent);
      const columns = groups * width;
      const lengths = [rows * width, columns, ...bias.map(() => columns)] as const;
      const [bar, weights, ...biases] = withWhole(executor, [ct, x, weight, ...residual], (used) =>
        launchRows(launcher, backward(width), rows, groups, used, lengths),
      );
      const summed = (part: Memory): DeviceArray => {
        if (groups === 1) return rowMajor(part, [width], "float32");
        const sum = sumOver(executor, rowMajor(part, [groups, width], "float32"), [0], [width]);
        executor.release(part);
        return sum;
      };
      return [rowMajor(bar, shape, "float32"), summed(weights), ...biases.map(summed)];
    },
  };
}

/** A number as WGSL writes it. */
const number = (value: number): string => (Number.isInteger(value) ? `${value}.0` : `${value}`);
