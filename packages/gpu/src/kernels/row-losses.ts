/** @file Cross-entropy in WGSL: a launch for the losses of the rows, and one for their mean. */
import { sizeOf } from "@spm/core/extend";
import { type DeviceArray, rowMajor, vector } from "../device-array.ts";
import type { Executor } from "../executor.ts";
import { each, held, orNaN, rowKernel, rowWorkgroups } from "./row-kernels.ts";
import { bindings, halves, joined } from "./wgsl.ts";

/** Settings of the op. */
export interface CrossEntropySettings {
  readonly labelSmoothing: number;
  readonly ignoreIndex: number;
}

/**
 * The largest logit of each row and Σ e^(x − it), apart, since their sum would lose digits; and the
 * number of rows that count.
 */
export type CrossEntropyResidual = readonly [
  top: DeviceArray,
  total: DeviceArray,
  count: DeviceArray,
];

/** The mean loss and its residual. */
export interface CrossEntropyLoss {
  readonly loss: DeviceArray;
  readonly residual: CrossEntropyResidual;
}

/** Classes of a row that threads hold, and rows that one workgroup adds up. */
const mostClasses = 8192;
const mostRows = 2 ** 17;
/** Threads that take the mean. */
const threads = 256;

/** Texts by classes and settings: to write one takes longer than to launch it. */
const texts = new Map<string, string>();

/**
 * The losses of rows [classes], which `label` and the numbers 0 < k < classes pick from; a label
 * out of range gets the third number, NaN, which WGSL has no word for.
 */
function rowsText(classes: number, { labelSmoothing, ignoreIndex }: CrossEntropySettings): string {
  const smooth =
    labelSmoothing === 0
      ? ""
      : `var below = 0.0;\n${each(classes, (k) => `below += v${k};`)}\n` +
        `loss -= ${labelSmoothing}f * foldSum(below, t) / ${classes}.0;`;
  return rowKernel(classes, ["x", "y"], ["losses", "tops", "totals"], {
    before: held(classes, "v"),
    body:
      "var top = x[at];\n" +
      each(classes, (k) => `let v = x[at + i]; v${k} = v; top = max(top, v);`) +
      "\ntop = foldMax(top, t);\nvar part = 0.0;\n" +
      each(classes, (k) => `v${k} -= top; part += ${orNaN("exp", `v${k}`)};`) +
      `\nlet total = foldSum(part, t); let label = y[row];\n` +
      `let known = label >= 0.0 && label < ${classes}.0;\n` +
      "let hit = x[at + select(0u, u32(label), known)];\n" +
      `var loss = ${orNaN("log", "total")} - ${1 - labelSmoothing}f * (hit - top);\n${smooth}\n` +
      "if (t == 0u) { tops[row] = top; totals[row] = total; " +
      `losses[row] = select(select(numbers[0].z, loss, known), 0.0, label == ${ignoreIndex}f); }`,
  });
}

/** The sum of the losses over the number of labels that count, and that number. */
const meanText = (ignoreIndex: number): string =>
  bindings(["losses: array<f32>", "y: array<f32>"], ["mean: array<f32>", "count: array<f32>"], 2) +
  `var<workgroup> folded: array<vec2f, ${threads}>;\n` +
  `@compute @workgroup_size(${threads}) fn main(@builtin(local_invocation_index) t: u32) {\n` +
  `var both = vec2f(); for (var r = t; r < ${joined}; r += ${threads}u) { ` +
  `both += vec2f(losses[r], select(1.0, 0.0, y[r] == ${ignoreIndex}f)); }\n` +
  `folded[t] = both; workgroupBarrier();\nfor (var half = ${threads / 2}u; half > 0u; ` +
  "half >>= 1u) { if (t < half) { folded[t] += folded[t + half]; } workgroupBarrier(); }\n" +
  "if (t == 0u) { mean[0] = folded[0].x / folded[0].y; count[0] = folded[0].y; }\n}";

function remembered(key: string, write: () => string): string {
  const text = texts.get(key) ?? write();
  texts.set(key, text);
  return text;
}

/** The mean loss and its residual; null where WGSL doesn't run, or for many classes or rows. */
export function lossInTwoLaunches(
  executor: Executor,
  x: DeviceArray,
  y: DeviceArray,
  settings: CrossEntropySettings,
): CrossEntropyLoss | null {
  const { wgsl } = executor;
  const [classes, rows] = [x.shape.at(-1) ?? 0, sizeOf(y.shape)];
  if (wgsl === null || rows === 0 || rows > mostRows || classes === 0 || classes > mostClasses)
    return null;
  const { labelSmoothing, ignoreIndex } = settings;
  const code = remembered(`${classes},${labelSmoothing},${ignoreIndex}`, () =>
    rowsText(classes, settings),
  );
  const [losses, top, total] = wgsl.launch(code, {
    reads: [x.memory, y.memory],
    results: [rows, rows, rows],
    workgroups: [rowWorkgroups(rows), 1, 1],
    numbers: [...halves(rows), Number.NaN],
  });
  const [mean, count] = wgsl.launch(
    remembered(`${ignoreIndex}`, () => meanText(ignoreIndex)),
    {
      reads: [losses, y.memory],
      results: [1, 1],
      workgroups: [1, 1, 1],
      numbers: halves(rows),
    },
  );
  executor.release(losses);
  const scalar = (memory: DeviceArray["memory"]) => rowMajor(memory, [], "float32");
  return { loss: scalar(mean), residual: [vector(top), vector(total), scalar(count)] };
}
