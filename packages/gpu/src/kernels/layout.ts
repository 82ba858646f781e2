/** @file Views, and kernels that move elements: padding, concatenation, sums of windows. */
import type { Shape } from "@spm/core";
import { sizeOf, type Window } from "@spm/core/extend";
import { type Sliding, windowedShape } from "@spm/nn/extend";
import { type DeviceArray, rowMajor, zeros } from "../device-array.ts";
import type { Executor } from "../executor.ts";
import { coordinatesOf, linear } from "../threads.ts";
import { parameters } from "./elementwise.ts";

/** The view that a window opens on an array. */
export const windowOn = (x: DeviceArray, { shape, start, step }: Window): DeviceArray => ({
  ...x,
  shape,
  stride: x.stride.map((d, k) => d * step[k]!),
  offset: sizeOf(shape) === 0 ? 0 : start.reduce((at, s, k) => at + s * x.stride[k]!, x.offset),
});

/** An array of shape `into` with the elements of `x` in the window, and `value` elsewhere. */
export function place(
  executor: Executor,
  x: DeviceArray,
  window: Window,
  into: Shape,
  value: number,
): DeviceArray {
  if (sizeOf(x.shape) === 0)
    return rowMajor(executor.upload(new Float32Array(sizeOf(into)).fill(value)), into, x.dtype);
  const { output, coordinates } = coordinatesOf(into);
  // Position within the window: (coordinate − start) / step, a whole number in [0, size).
  const tests: string[] = [];
  const positions = coordinates.map((c, k) => {
    const start = window.start[k]!;
    const step = window.step[k]!;
    const n = x.shape[k]!;
    const distance = step > 0 ? (start === 0 ? c : `(${c} - ${start})`) : `(${start} - ${c})`;
    const by = Math.abs(step);
    if (step === 1 && start === 0 && n === into[k]) return c;
    tests.push(`${distance} >= 0`, `${distance} < ${n * by}`);
    if (by === 1) return distance;
    const position = `(Math.floor((${distance} + 0.5) / ${by}) | 0)`;
    tests.push(`${position} * ${by} === ${distance}`);
    return position;
  });
  const read = `return a0[${linear(x.stride, positions, x.offset)}];`;
  const body = tests.length === 0 ? read : `if (${tests.join(" && ")}) { ${read} } return s0;`;
  const scalars = tests.length === 0 ? 0 : 1;
  const source = `function (${parameters(1, scalars)}) { ${body} }`;
  const memory = executor.run(
    { source, output, arrays: 1, scalars },
    [x.memory],
    scalars === 0 ? [] : [value],
  );
  return rowMajor(memory, into, x.dtype);
}

/** Inputs that one kernel concatenates: with the result, 8 buffers. */
const mostAtOnce = 7;

/** Arrays one after another along an axis, at most seven in a launch. */
export function concatenate(
  executor: Executor,
  xs: readonly DeviceArray[],
  axis: number,
): DeviceArray {
  if (xs.length > mostAtOnce) {
    const parts = Array.from({ length: Math.ceil(xs.length / mostAtOnce) }, (_, g) =>
      concatenate(executor, xs.slice(g * mostAtOnce, (g + 1) * mostAtOnce), axis),
    );
    const result = concatenate(executor, parts, axis);
    for (const { memory } of parts) executor.release(memory);
    return result;
  }
  const along = ({ shape }: DeviceArray): number => shape[axis] ?? 1;
  const { shape: like, dtype } = xs.reduce((first) => first);
  const shape = like.with(
    axis,
    xs.reduce((n, x) => n + along(x), 0),
  );
  const full = xs.filter((x) => sizeOf(x.shape) > 0);
  if (full.length === 0) return zeros(executor, shape, dtype);
  const { output, coordinates } = coordinatesOf(shape);
  const at = `${coordinates[axis]}`;
  let end = 0;
  const body = full.map((x, i) => {
    const from = end;
    end += along(x);
    const own = coordinates.with(axis, from === 0 ? at : `(${at} - ${from})`);
    const read = `return a${i}[${linear(x.stride, own, x.offset)}];`;
    return i === full.length - 1 ? read : `if (${at} < ${end}) { ${read} }`;
  });
  const source = `function (${parameters(full.length)}) { ${body.join(" ")} }`;
  const memory = executor.run(
    { source, output, arrays: full.length, scalars: 0 },
    full.map((x) => x.memory),
    [],
  );
  return rowMajor(memory, shape, dtype);
}

/**
 * [..., ...space] as [..., ...out, ...kernel]: a view in which an element appears once for each
 * window it is in.
 */
export function windowsOn(x: DeviceArray, sliding: Sliding): DeviceArray {
  const { kernel, stride, dilation } = sliding;
  const lead = x.shape.length - kernel.length;
  const steps = x.stride.slice(lead);
  const times = (factors: Shape): number[] => steps.map((step, k) => step * factors[k]!);
  return {
    ...x,
    shape: windowedShape(x.shape, sliding),
    stride: [...x.stride.slice(0, lead), ...times(stride), ...times(dilation)],
  };
}

/**
 * The transpose of {@link windowsOn}: each element of `into` is the sum of its elements in all
 * windows.
 */
export function addWindows(
  executor: Executor,
  x: DeviceArray,
  { kernel, stride, dilation }: Sliding,
  into: Shape,
): DeviceArray {
  if (sizeOf(x.shape) === 0 || sizeOf(into) === 0) return zeros(executor, into, x.dtype);
  const { output, coordinates } = coordinatesOf(into);
  const lead = into.length - kernel.length;
  const tap = kernel.map((_, k) => (dilation[k] === 1 ? `i${k}` : `i${k} * ${dilation[k]}`));
  const place = kernel.map(
    (_, k) => `(Math.floor((${coordinates[lead + k]} - ${tap[k]} + 0.5) / ${stride[k]}) | 0)`,
  );
  const inside = kernel.flatMap((_, k) => [
    `${coordinates[lead + k]} >= ${tap[k]}`,
    `${place[k]} * ${stride[k]} === ${coordinates[lead + k]} - ${tap[k]}`,
    `${place[k]} < ${x.shape[lead + k]}`,
  ]);
  const offsets = kernel.map((_, k) => `i${k}`);
  const from = [...coordinates.slice(0, lead), ...place, ...offsets];
  const read = `a0[${linear(x.stride, from, x.offset)}]`;
  const loops = kernel
    .map((size, k) => `for (let i${k} = 0; i${k} < ${size}; i${k}++) { `)
    .join("");
  const source =
    `function (a0) { let total = 0; ${loops}if (${inside.join(" && ")}) { ` +
    `total = total + ${read}; } ${"} ".repeat(kernel.length)}return total; }`;
  return rowMajor(
    executor.run({ source, output, arrays: 1, scalars: 0 }, [x.memory], []),
    into,
    x.dtype,
  );
}
