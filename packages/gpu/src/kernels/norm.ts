/** @file Layer norm and RMS norm in WGSL, over the last axis. */
import { type Each, type Places, type Result, sizeOf } from "@spm/core/extend";
import { type DeviceArray, rowMajor, vector, zeros } from "../device-array.ts";
import type { Executor, Memory, SumsBeside, WgslLauncher } from "../executor.ts";
import { withWhole } from "./elementwise.ts";
import { each, held, launchRows, remembered, rowKernel, rowWorkgroups } from "./row-kernels.ts";
import { bindings, halves, joined, rounded } from "./wgsl.ts";

/**
 * Workgroups that take row after row of a backward, each adding up its own rows' sums of columns.
 */
const persistent = 264;

/** The kernels of a norm of x, a weight and, if the norm has one, a bias, whose place is `B`. */
interface NormKernels<B extends Places> {
  /**
   * Keeps the mean of each row, where that is subtracted, with what its rounding left out, and its
   * scale, 1/√(mean square + ε).
   */
  forward(
    inputs: Each<[x: 1, weight: 1, ...B], DeviceArray>,
    epsilon: number,
    recorded: boolean,
  ): Result<[y: 1], DeviceArray>;
  backward(
    ct: DeviceArray,
    inputs: Each<[x: 1, weight: 1, ...B], DeviceArray>,
    residual: readonly DeviceArray[],
  ): Each<[x: 1, weight: 1, ...B], DeviceArray>;
}

/** The kernels of layer norm (`centred`, with a bias) or RMS norm over the last axis. */
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
  const forward = remembered((epsilon: number) =>
    remembered((width) => withSums(true, (sums) => forwardText(centred, epsilon, width, sums))),
  );
  const backward = remembered((width) =>
    withSums(false, (sums) => backwardText(centred, width, sums)),
  );
  const results = centred ? ["weight", "bias"] : ["weight"];
  const columns = results.length;
  const add = remembered((width: number) => sumsText(results, width));
  return {
    forward: (inputs, epsilon, recorded) => {
      const [{ shape }] = inputs;
      if (sizeOf(shape) === 0)
        return { outputs: [zeros(executor, shape, "float32")], residual: [] };
      const [width, rows] = [shape.at(-1) ?? 1, sizeOf(shape.slice(0, -1))];
      const lengths = [rows * width, (centred ? 3 : 1) * rows] as const;
      const { code, sums: more } = forward(epsilon)(width);
      const [y, kept] = withWhole(executor, inputs, (used) =>
        launchRows(launcher, code, rows, rowWorkgroups(rows), used, lengths, more),
      );
      const outputs = [rowMajor(y, shape, "float32")] as const;
      if (recorded) return { outputs, residual: [vector(kept)] };
      executor.release(kept);
      return outputs;
    },
    backward: (ct, [x, weight, ...bias], residual) => {
      const { shape } = x;
      if (sizeOf(shape) === 0) {
        const zerosOf = (like: DeviceArray) => zeros(executor, like.shape, "float32");
        return [zerosOf(x), zerosOf(weight), ...bias.map(zerosOf)];
      }
      const [width, rows] = [shape.at(-1) ?? 1, sizeOf(shape.slice(0, -1))];
      const workgroups = Math.min(rows, persistent);
      const lengths = [rows * width, workgroups * columns * width] as const;
      const { code, sums: more } = backward(width);
      const [bar, sums] = withWhole(executor, [ct, x, weight, ...residual], (used) =>
        launchRows(launcher, code, rows, workgroups, used, lengths, more),
      );
      const [weightBar, ...biasBar] = launcher.launch(add(width), {
        reads: [sums],
        results: [width, ...bias.map(() => width)] as const,
        workgroups: [Math.ceil((columns * width) / columnsEach), 1, 1],
        numbers: halves(workgroups),
      });
      executor.release(sums);
      const summed = (m: Memory): DeviceArray => rowMajor(m, [width], "float32");
      return [rowMajor(bar, shape, "float32"), summed(weightBar), ...biasBar.map(summed)];
    },
  };
}

/** Whether a text has the sum before it, and the one behind it. */
interface Beside {
  readonly before: boolean;
  readonly behind: boolean;
}

/** A text, and the same with sums beside it. */
function withSums(
  writes: boolean,
  text: (sums: Beside) => string,
): { readonly code: string; readonly sums: SumsBeside } {
  return {
    code: text({ before: false, behind: false }),
    sums: { writes, text: (before, behind) => text({ before, behind }) },
  };
}

/** The operands of a text with sums beside it. */
const operands = ([first = "", ...more]: readonly string[], { before, behind }: Beside) => [
  ...(before ? [first, "other"] : [first]),
  ...more,
  ...(behind ? ["more"] : []),
];

/** Columns that a workgroup adds up, and threads that share the rows of each. */
const columnsEach = 32;
const shares = 8;

/** Adds up what the workgroups of a backward wrote, rows of the sums of each result. */
function sumsText(results: readonly string[], width: number): string {
  const columns = results.length * width;
  const write = results.map(
    (name, k) =>
      `if (c >= ${k * width}u && c < ${(k + 1) * width}u) { ${name}[c - ${k * width}u] = total; }`,
  );
  return (
    bindings(
      ["sums: array<f32>"],
      results.map((name) => `${name}: array<f32>`),
      2,
    ) +
    `var<workgroup> parts: array<f32, ${columnsEach * shares}>;\n` +
    `@compute @workgroup_size(${columnsEach * shares}) fn main(` +
    "@builtin(workgroup_id) w: vec3u, @builtin(local_invocation_index) t: u32) {\n" +
    `let rows = ${joined}; let c = w.x * ${columnsEach}u + t % ${columnsEach}u; ` +
    `let share = t / ${columnsEach}u; var total = 0.0;\n` +
    `if (c < ${columns}u) { for (var r = share; r < rows; r += ${shares}u) { ` +
    `total += sums[r * ${columns}u + c]; } }\n` +
    "parts[t] = total; workgroupBarrier();\n" +
    `if (share == 0u) { for (var k = 1u; k < ${shares}u; k++) { ` +
    `total += parts[k * ${columnsEach}u + t]; }\n${write.join("\n")} }\n}`
  );
}

/**
 * The residual of a row: the mean, where that is subtracted, as two numbers whose sum it is, and
 * the scale. Of elements close to each other the mean's own rounding is a large share of each
 * deviation from it.
 */
const kept = { mu: "kept[3u * row]", rest: "kept[3u * row + 1u]" };
const keptScale = (centred: boolean): string => (centred ? "kept[3u * row + 2u]" : "kept[row]");

/** Reads x, weight and, if `centred`, bias; results y and what is kept. */
function forwardText(centred: boolean, epsilon: number, width: number, sums: Beside): string {
  const read = each(width, (k) =>
    sums.before ? `v${k} = x[at + i] + other[at + i]; sum[at + i] = v${k};` : `v${k} = x[at + i];`,
  );
  const sum = each(width, (k) => `total += v${k};`);
  const mean =
    `var total = 0.0;\n${sum}\nlet mu = foldSum(total, t) / ${width}.0;\n` +
    `total = 0.0;\n${each(width, (k) => `v${k} -= mu; total += v${k};`)}\n` +
    `let rest = foldSum(total, t) / ${width}.0;`;
  const squares = each(
    width,
    (k) => `${centred ? `v${k} -= rest; ` : ""}squares += v${k} * v${k};`,
  );
  const normal = (k: number) => `v${k} * scale * weight[i]${centred ? " + bias[i]" : ""}`;
  return rowKernel(
    width,
    operands(centred ? ["x", "weight", "bias"] : ["x", "weight"], sums),
    ["y", "kept", ...(sums.before ? ["sum"] : [])],
    {
      before: held(width, "v"),
      body:
        `${read}\n${centred ? mean : ""}\nvar squares = 0.0;\n${squares}\n` +
        `let scale = inverseSqrt(foldSum(squares, t) / ${width}.0 + ${number(epsilon)});\n` +
        each(width, (k) => `y[at + i] = ${plusMore(normal(k), sums)};`) +
        `\nif (t == 0u) { ${centred ? `${kept.mu} = mu; ${kept.rest} = rest; ` : ""}` +
        `${keptScale(centred)} = scale; }`,
    },
  );
}

/**
 * Reads ȳ, x, weight and what was kept; results x̄, and for each workgroup its rows' sums of the
 * cotangents of weight and, if `centred`, bias, one behind the other.
 */
function backwardText(centred: boolean, width: number, sums: Beside): string {
  const reads = operands(["ct", "x", "weight", "kept"], sums);
  const bar = (k: number) =>
    `scale * (g${k} - (${centred ? "total + " : ""}h${k} * inner) / ${width}.0)`;
  return rowKernel(width, reads, ["bar", "sums"], {
    before: held(width, "g", "h", "w", "b"),
    body:
      (centred ? `let mu = ${kept.mu}; let rest = ${kept.rest}; ` : "") +
      `let scale = ${keptScale(centred)}; ` +
      "var total = 0.0; var inner = 0.0;\n" +
      each(
        width,
        (k) =>
          `let c = ct[at + i]${sums.before ? " + other[at + i]" : ""}; ` +
          `let h = (x[at + i]${centred ? " - mu - rest" : ""}) * scale; ` +
          "let g = c * weight[i]; " +
          `g${k} = g; h${k} = h; total += g; inner += g * h; w${k} += c * h; b${k} += c;`,
      ) +
      `\n${centred ? "total = foldSum(total, t); " : ""}inner = foldSum(inner, t);\n` +
      each(width, (k) => `bar[at + i] = ${plusMore(bar(k), sums)};`),
    after: each(
      width,
      (k) =>
        `sums[w.x * ${(centred ? 2 : 1) * width}u + i] = w${k};` +
        `${centred ? ` sums[w.x * ${2 * width}u + ${width}u + i] = b${k};` : ""}`,
    ),
  });
}

/** A result with the last operand added to it, if there is a sum behind. */
const plusMore = (result: string, { behind }: Beside): string =>
  behind ? `${rounded(result)} + more[at + i]` : result;

/** A number as WGSL writes it. */
const number = (value: number): string => (Number.isInteger(value) ? `${value}.0` : `${value}`);
