/**
 * @file Attention on WebGPU: one launch forward, two back, which write no scores. Operands are read
 * through their strides, and results lie as theirs do, so that splitting heads and joining them
 * again costs nothing.
 */
import type { Shape } from "@spm/core";
import { type Each, each, type Result, sizeOf, stridesOf } from "@spm/core/extend";
import type { AttentionSettings } from "@spm/nn/extend";
import { broadcastStrides, type DeviceArray, vector, zeros } from "../../device-array.ts";
import type { Executor, Memory, WgslLauncher } from "../../executor.ts";
import { halves } from "../wgsl.ts";
import { type AttentionCall, forwardText, keysText, queriesText } from "./texts.ts";
import { rowsOf, tilesFor } from "./tiles.ts";

type Inputs = readonly [q: DeviceArray, k: DeviceArray, v: DeviceArray, seen?: DeviceArray];
type ArrayLayout = Pick<DeviceArray, "shape" | "stride" | "offset">;

/** Texts by all that shapes them: to write one takes longer than to launch it. */
const texts = new Map<string, string>();

function remembered(key: readonly unknown[], write: () => string): string {
  const name = JSON.stringify(key);
  const text = texts.get(name) ?? write();
  texts.set(name, text);
  return text;
}

/** Rows of four axes or fewer in the order in which those of x lie, the last axis innermost. */
function layoutLike(x: DeviceArray, shape: Shape): ArrayLayout {
  const last = shape.length - 1;
  const order = [...shape.keys()].slice(0, last);
  order.sort((a, b) => (x.stride[b] ?? 0) - (x.stride[a] ?? 0));
  order.push(last);
  const strides = stridesOf(order.map((axis) => shape[axis] ?? 1));
  const stride = shape.map((_, axis) => strides[order.indexOf(axis)] ?? 1);
  return { shape, stride, offset: 0 };
}

const placed = (memory: Memory, layout: ArrayLayout): DeviceArray => ({
  memory,
  dtype: "float32",
  ...layout,
});

const layoutOf = ({ shape, stride, offset }: ArrayLayout): ArrayLayout => ({
  shape,
  stride,
  offset,
});

/** The call as its texts have it, and what they depend on. */
function callOf([q, k, v, seen]: Inputs, settings: AttentionSettings) {
  const [time = 0, sources = 0] = [q.shape.at(-2), k.shape.at(-2)];
  const whole = [...q.shape.slice(0, -1), sources];
  const mask = seen && { ...seen, shape: whole, stride: broadcastStrides(seen, whole) };
  const call: AttentionCall = {
    q: rowsOf("q", q),
    k: rowsOf("k", k),
    v: rowsOf("v", v),
    seen: mask ? rowsOf("seen", mask) : null,
    ...settings,
  };
  const key = [...[q, k, v, ...(mask ? [mask] : [])].map(layoutOf), settings];
  return { call, key, time, sources, matrices: sizeOf(q.shape.slice(0, -2)) };
}

/** Workgroups for so many rows of each matrix. */
const grid = (rows: number, each: number, matrices: number): readonly [number, number, number] => [
  Math.ceil(rows / each),
  Math.min(matrices, 65535),
  1,
];

/** y [..., T, e]; the residual is ln Σ e^score of each token. */
export function attentionForward(
  executor: Executor,
  launcher: WgslLauncher,
  inputs: Inputs,
  settings: AttentionSettings,
  recorded: boolean,
): Result<[y: 1], DeviceArray> {
  const [q, k, v] = inputs;
  const shape = [...q.shape.slice(0, -1), v.shape.at(-1) ?? 0];
  if (sizeOf(shape) === 0 || sizeOf(k.shape) === 0)
    return { outputs: [zeros(executor, shape, "float32")], residual: [] };
  const { call, key, time, matrices } = callOf(inputs, settings);
  const widths = { own: [call.q.width], columns: Math.max(call.q.width, call.v.width) };
  const tile = tilesFor(launcher, time, widths);
  const layout = layoutLike(q, shape);
  const code = remembered(["y", tile, ...key, layout], () =>
    forwardText(call, tile, rowsOf("y", layout)),
  );
  const [y, logs] = launcher.launch(code, {
    reads: inputs.flatMap((x) => (x ? [x.memory] : [])),
    results: [sizeOf(shape), matrices * time],
    workgroups: grid(time, tile.rows, matrices),
    numbers: halves(matrices),
  });
  const outputs = [placed(y, layout)] as const;
  if (recorded) return { outputs, residual: [vector(logs)] };
  executor.release(logs);
  return outputs;
}

/** q̄, k̄ and v̄. */
export function attentionBackward(
  executor: Executor,
  launcher: WgslLauncher,
  ct: DeviceArray,
  y: DeviceArray,
  inputs: Inputs,
  settings: AttentionSettings,
  logs: DeviceArray | undefined,
): Each<[q: 1, k: 1, v: 1], DeviceArray> | string {
  const [q, k, v, seen] = inputs;
  if (sizeOf(ct.shape) === 0 || sizeOf(k.shape) === 0)
    return each([q, k, v], ({ shape }) => zeros(executor, shape, "float32"));
  if (logs === undefined) return "its forward kept nothing";
  const { call, key, time, sources, matrices } = callOf(inputs, settings);
  const columns = Math.max(call.q.width, call.v.width);
  const widths = { own: [call.q.width, call.v.width], columns };
  const [qBar, kBar, vBar] = each([q, k, v], (x) => layoutLike(x, x.shape));
  const cts = rowsOf("ct", ct);
  const all = [...key, layoutOf(ct), layoutOf(y), qBar, kBar, vBar];
  const mask = seen ? [seen.memory] : [];
  const numbers = halves(matrices);
  const byTokens = tilesFor(launcher, time, widths);
  const ofQueries = remembered(["q̄", byTokens, ...all], () =>
    queriesText(call, byTokens, { ct: cts, y: rowsOf("y", y), bar: rowsOf("bar", qBar) }),
  );
  const [bar, inners] = launcher.launch(ofQueries, {
    reads: [ct, y, q, k, v, logs].map((x) => x.memory).concat(mask),
    results: [sizeOf(q.shape), matrices * time],
    workgroups: grid(time, byTokens.rows, matrices),
    numbers,
  });
  const bySources = tilesFor(launcher, sources, widths);
  const ofKeys = remembered(["k̄", bySources, ...all], () =>
    keysText(call, bySources, { ct: cts, kBar: rowsOf("kBar", kBar), vBar: rowsOf("vBar", vBar) }),
  );
  const [byKeys, byValues] = launcher.launch(ofKeys, {
    reads: [...[ct, q, k, v, logs].map((x) => x.memory), inners, ...mask],
    results: [sizeOf(k.shape), sizeOf(v.shape)],
    workgroups: grid(sources, bySources.rows, matrices),
    numbers,
  });
  executor.release(inners);
  return [placed(bar, qBar), placed(byKeys, kBar), placed(byValues, vBar)];
}
