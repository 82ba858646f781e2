/** @file Softmax and its logarithm in WGSL, along any axis. */
import { sizeOf } from "@spm/core/extend";
import { type DeviceArray, permuted, rowMajor, zeros } from "../device-array.ts";
import type { Executor, WgslLauncher } from "../executor.ts";
import { withWhole } from "./elementwise.ts";
import {
  each,
  held,
  launchRows,
  orNaN,
  remembered,
  rowKernel,
  rowWorkgroups,
} from "./row-kernels.ts";

/** The kernels of softmax: the backward reads the result; there is no residual. */
interface SoftmaxKernels {
  forward(x: DeviceArray, axis: number): DeviceArray;
  backward(ct: DeviceArray, y: DeviceArray, axis: number): DeviceArray;
}

/**
 * The kernels of softmax, or of its logarithm. The largest element is subtracted first, so that no
 * exponential overflows.
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

/** Runs a row kernel along an axis of arrays of one shape, which is that of the result. */
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
    const [memory] = launchRows(launcher, code(width), rows, rowWorkgroups(rows), used, [size]);
    const result = rowMajor(memory, [...shape.toSpliced(axis, 1), width], "float32");
    return permuted(
      result,
      order.map((_, k) => order.indexOf(k)),
    );
  });
}
