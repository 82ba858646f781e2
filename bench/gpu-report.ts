/** @file The page about the GPU, written from the measurements. */
import type { FlatSteps } from "./gpu-training.ts";
import type { EagerCompiled, Times } from "./torch-peer.ts";

/** The headline's figures, in milliseconds; null where it was not measured. */
export type Headline = {
  readonly adapter: string;
  readonly n: number;
  readonly batch: number;
} & Readonly<Record<`${string}Ms`, number | null>>;

/** One cell of the table. */
export interface Row {
  readonly n: number;
  readonly batch: number;
  /** Of a device copy of x. */
  readonly copy: number;
  readonly fused: Times | null;
  readonly general: Times | null;
  /** The rotation mixer in gpu.js. */
  readonly kernels: Times | null;
  readonly dense: { readonly fp32?: Times; readonly tf32?: Times; readonly bf16?: Times };
}

/** One model's step. */
export interface TrainingRow {
  readonly model: string;
  readonly kind: string;
  readonly batch: number;
  readonly own: number;
  readonly peer: EagerCompiled<number>;
}

/** All measurements of a run. */
export interface Measured {
  readonly headline: Headline;
  readonly torch: string;
  readonly rows: readonly Row[];
  readonly training: readonly TrainingRow[];
  readonly flat: FlatSteps;
}

const ms = (value: number | null | undefined): string =>
  value === undefined || value === null || Number.isNaN(value) ? "–" : value.toPrecision(3);
const pair = (times: Times | null | undefined): string =>
  times ? `${ms(times.forward)} / ${ms(times.train)}` : "–";
const line = (...cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
const lines = (titles: readonly string[], rows: readonly string[]): string =>
  [line(...titles), line(...titles.map(() => "---")), ...rows].join("\n");

/** A time as a multiple of the floor, and compared with a target. */
function headlineTable(h: Headline): string {
  const copy = h.copyMs;
  const row = (
    name: string,
    value: number | null | undefined,
    copies: number,
    target: number | null,
  ): string => {
    const floor = copy == null ? null : copies * copy;
    const over = floor === null || value == null ? "–" : `${(value / floor).toFixed(1)}×`;
    const verdict =
      target === null
        ? ""
        : value != null && value <= target
          ? `≤ ${target}: met`
          : `≤ ${target}: missed`;
    const against = (dense: number | null | undefined): string =>
      dense == null || value == null ? "–" : `${(dense / value).toFixed(1)}×`;
    const way = name.includes("backward") ? "Train" : "Forward";
    return line(
      name,
      ms(value),
      ms(floor),
      over,
      verdict,
      ...(["denseFp32", "denseTf32", "denseBf16", "eager", "compiled"] as const).map((p) =>
        against(h[`${p}${way}Ms`]),
      ),
    );
  };
  return lines(
    [
      "",
      "ms",
      "floor",
      "of it",
      "target",
      "dense fp32",
      "tf32",
      "bf16",
      "eager SPM",
      "compiled SPM",
    ],
    [
      row("rotation, fused, forward", h.fusedForwardMs, 1, 0.1),
      row("rotation, fused, forward and backward", h.fusedTrainMs, 2.5, 0.45),
      row("rotation, gpu.js, forward", h.gpujsForwardMs, 1, 0.75),
      row("rotation, gpu.js, forward and backward", h.gpujsTrainMs, 2.5, 2.6),
      row("general, fused, forward", h.generalForwardMs, 1, null),
      row("general, fused, forward and backward", h.generalTrainMs, 2.5, null),
      row("general, gpu.js, forward", h.gpujsGeneralForwardMs, 1, null),
      row("general, gpu.js, forward and backward", h.gpujsGeneralTrainMs, 2.5, null),
    ],
  );
}

/** The least n from which on a fused mixer is faster, for each batch. */
function crossovers(rows: readonly Row[], kind: "fused" | "general"): string {
  const batches = [...new Set(rows.map((r) => r.batch))];
  const least = (batch: number, precision: "fp32" | "tf32" | "bf16", way: keyof Times): string => {
    const column = rows.filter(
      (r) => r.batch === batch && r[kind] !== null && r.dense[precision] !== undefined,
    );
    if (column.length === 0) return "–";
    const slow = column.findLastIndex((r) => r[kind]![way] >= r.dense[precision]![way]);
    return slow === column.length - 1 ? `> ${column.at(-1)!.n}` : `${column[slow + 1]!.n}`;
  };
  const cells = (batch: number): string[] =>
    (["fp32", "tf32", "bf16"] as const).map(
      (p) => `${least(batch, p, "forward")} / ${least(batch, p, "train")}`,
    );
  return lines(
    ["batch", "dense fp32", "tf32", "bf16"],
    batches.map((batch) => line(batch, ...cells(batch))),
  );
}

/** docs/results-gpu.md. */
export function report({ headline: h, torch, rows, training, flat }: Measured): string {
  const peers = {
    "dense, fp32": "denseFp32",
    "dense, tf32": "denseTf32",
    "dense, bf16": "denseBf16",
    "rotation mixer, eager": "eager",
    "rotation mixer, torch.compile": "compiled",
  } as const;
  const size = ({ live, pooled, bytes }: FlatSteps["before"]): string =>
    `${live} live and ${pooled} pooled buffers, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `# Results on a GPU

Written by \`npm run bench:gpu\` in one run:
${h.adapter}; ${torch}.
Times in milliseconds, float32, \`forward / forward and backward\` where a cell has two; backward
means the gradients by x and by every parameter. Floors are the bytes that must move at the speed of
a device copy: x in and y out (one copy of x), and for training x and ȳ in and x̄ out beside (2.5
copies). Each of our times is that of the whole call in JavaScript, coefficients from angles
included; PyTorch's are by CUDA events. What limits each figure is in
[design/gpu.md](design/gpu.md).

## n = ${h.n}, batch ${h.batch}

${headlineTable(h)}

${lines(
  ["PyTorch", "forward", "forward and backward"],
  Object.entries(peers).map(([name, p]) =>
    line(name, ms(h[`${p}ForwardMs`]), ms(h[`${p}TrainMs`])),
  ),
)}

A device copy of x takes ${ms(h.copyMs)} ms.

## Over n and batch

${lines(
  [
    "n",
    "batch",
    "copy",
    "rotation",
    "× floor",
    "general",
    "rotation, gpu.js",
    "dense fp32",
    "dense tf32",
    "dense bf16",
  ],
  rows.map(({ n, batch, copy, fused, general, kernels, dense }) =>
    line(
      n,
      batch,
      ms(copy),
      pair(fused),
      fused
        ? `${(fused.forward / copy).toFixed(1)} / ${(fused.train / copy / 2.5).toFixed(1)}`
        : "–",
      pair(general),
      pair(kernels),
      pair(dense.fp32),
      pair(dense.tf32),
      pair(dense.bf16),
    ),
  ),
)}

The least n from which on the rotation mixer is faster than the dense layer, forward / forward and
backward:

${crossovers(rows, "fused")}

The same of the general mixer:

${crossovers(rows, "general")}

## A whole training step

Forward, backward and Adam, everything on the device.

${lines(
  ["model", "linear maps", "batch", "ours", "PyTorch eager", "PyTorch compiled"],
  training.map(({ model, kind, batch, own, peer }) =>
    line(model, kind, batch, ms(own), ms(peer.eager), ms(peer.compiled)),
  ),
)}

${flat.steps} steps of the rotation perceptron in a row took ${flat.seconds.toFixed(1)} s; before
them ${size(flat.before)}, after them ${size(flat.after)}.
`;
}
