/** @file docs/results-cpu.md and its pictures, from one run of the bench. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { seriesChart } from "@spm/report";
import { machine } from "@spm/trainer/node";
import { bandwidthFloor, fraction, type Row, trainFraction } from "./cpu-compare.ts";
import type { DenseRows } from "./cpu-dense.ts";
import type { StepTime } from "./cpu-training.ts";
import type { DenseTimes } from "./openblas.ts";

/** The measurements of a run. */
export interface CpuResults {
  readonly peak: number;
  readonly bandwidth: number;
  readonly rows: readonly Row[];
  readonly headline: Row;
  readonly inCache: Row;
  readonly threads: DenseTimes;
  readonly torch: (DenseTimes & { version: string }) | null;
  readonly dense: DenseRows;
  readonly steps: readonly StepTime[];
  /** Share of the rotation step outside of kernels. */
  readonly overhead: number;
}

const ms = (seconds: number): string => (1000 * seconds).toPrecision(3);
const x = (ratio: number): string => `${ratio.toPrecision(3)}×`;
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** A Markdown table. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Smallest n from which on training is faster than dense at this batch; null if none. */
function crossover(
  rows: readonly Row[],
  batch: number,
  ratio: "train" | "generalTrain",
): number | null {
  const slower = rows.filter((r) => r.batch === batch && r.ratios[ratio] <= 1).map((r) => r.n);
  const faster = rows
    .filter((r) => r.batch === batch && r.n > Math.max(0, ...slower))
    .map((r) => r.n);
  return faster.length === 0 ? null : Math.min(...faster);
}

function pictures(rows: readonly Row[], docs: string): void {
  mkdirSync(`${docs}images`, { recursive: true });
  const batches = [...new Set(rows.map((r) => r.batch))];
  for (const [file, title, ratio] of [
    [
      "cpu-rotation",
      "Rotation mixer: forward + backward, times faster than dense in OpenBLAS",
      "train",
    ],
    [
      "cpu-general",
      "General mixer: forward + backward, times faster than dense in OpenBLAS",
      "generalTrain",
    ],
  ] as const) {
    const series = batches.map((batch) => ({
      name: `batch ${batch}`,
      points: rows.filter((r) => r.batch === batch).map((r) => ({ x: r.n, y: r.ratios[ratio] })),
    }));
    const chart = {
      title,
      x: { label: "width n", scale: "log" as const, ticks: [16, 64, 256, 1024, 4096] },
      y: { label: "time of dense / time of the mixer", scale: "log" as const },
      level: { y: 1, name: "as fast as dense" },
    };
    writeFileSync(`${docs}images/${file}.svg`, seriesChart({ ...chart, series }));
  }
}

/** Rows on the perceptron's step. */
function steps({ steps: [dense, ...others], overhead }: CpuResults): string[][] {
  const aim = (name: string): string => (name === "rotation" || name === "general" ? "12×" : "");
  return [
    ...others
      .filter(({ name }) => aim(name) !== "")
      .map(({ name, toDense }) => [
        `perceptron's step, ${name}, against our dense`,
        x(1 / toDense),
        aim(name),
      ]),
    ...others
      .filter(({ name }) => aim(name) === "")
      .map(({ name, toDense }) => [
        `perceptron's step, our ${dense!.name}, against ${name}`,
        x(toDense),
        "1×",
      ]),
    ["perceptron's step, rotation, outside of kernels", percent(overhead), "below 15 %"],
  ];
}

/** Writes the page and its pictures into a folder, whose path ends with a slash. */
export function writeResults(results: CpuResults, docs: string): void {
  const { peak, bandwidth, rows, headline, inCache, threads, torch, dense } = results;
  pictures(rows, docs);
  const { cpu, node, cores, platform } = machine();
  const { version } = JSON.parse(
    readFileSync(new URL("../packages/wasm/package.json", import.meta.url), "utf8"),
  );
  const floor = bandwidthFloor(headline, bandwidth);
  const { ratios } = headline;
  const target = (name: string, reached: string, aim: string): string[] => [name, reached, aim];
  const single = rows.find((r) => r.n === 4096 && r.batch === 1);
  const crossed = (ratio: "train" | "generalTrain"): string =>
    `n = ${crossover(rows, 256, ratio) ?? "none"}`;
  const page = `# Speed on the CPU

Written by \`npm run bench:cpu\`; not edited. ${cpu}, ${cores} cores, ${platform}, Node ${node},
@spm/wasm ${version}, OpenBLAS on one thread in a C program of ours. float32. Times are medians,
ratios the medians of the ratios within alternating rounds; forward + backward means the gradients
by the input and all parameters, with coefficients made anew as after a training step. Through the
public functions, with diagonals and bias, on one thread if not stated otherwise.

## n = 4096, batch 256

${table(
  ["", "reached", "aim"],
  [
    target("rotation, forward", x(ratios.forward), "60×"),
    target("rotation, forward + backward", x(ratios.train), "50×"),
    target("general, forward", x(ratios.generalForward), "50×"),
    target("general, forward + backward", x(ratios.generalTrain), "30×"),
    target("share of the peak, rotation forward", percent(fraction(headline, peak)), "35 %"),
    target("the same at n = 256, batch 32", percent(fraction(inCache, peak)), "50 %"),
    target(
      "two threads, forward / forward + backward",
      `${x(threads.forward)} / ${x(threads.train)}`,
      "1.5×",
    ),
    ...(single === undefined
      ? []
      : [target("batch 1, rotation, forward", x(single.ratios.forward), "300×")]),
    target("faster from, rotation, batch 256", crossed("train"), "n ≤ 64"),
    target("faster from, general, batch 256", crossed("generalTrain"), "n ≤ 64"),
    target("our matrix product, share of the peak", percent(dense.gemm.gflops / peak), "60 %"),
    ...Object.entries(dense.gemm.ratios).map(([name, ratio]) =>
      target(
        `our matrix product, against ${name}`,
        x(ratio),
        name.startsWith("tfjs") ? "1.7×" : "",
      ),
    ),
    ...steps(results),
  ],
)}

${table(
  ["", "forward, ms", "forward + backward, ms"],
  [
    ["dense, OpenBLAS", ms(headline.dense.forward), ms(headline.dense.train)],
    ...(torch === null
      ? []
      : [
          [
            `dense, PyTorch ${torch.version} nn.Linear, one thread`,
            ms(torch.forward),
            ms(torch.train),
          ],
        ]),
    ...dense.rows.map(({ name, forward, forwardRatio, train, trainRatio }) => [
      `dense, ${name}`,
      `${ms(forward)}, ${x(forwardRatio)} the rotation's`,
      train === null || trainRatio === null ? "" : `${ms(train)}, ${x(trainRatio)} the rotation's`,
    ]),
    ["rotation", ms(headline.rotation.forward), ms(headline.rotation.train)],
    ["general", ms(headline.general.forward), ms(headline.general.train)],
    ["floor: memory, at the speed of a copy", ms(floor.forward), ms(floor.train)],
    [
      "floor: arithmetic of the rotation at the peak",
      ms(headline.rotation.forward * fraction(headline, peak)),
      ms(headline.rotation.train * trainFraction(headline, peak)),
    ],
  ],
)}

Peak of f32x4 multiplication and addition: ${peak.toFixed(1)} GFLOP/s. OpenBLAS reaches
${headline.denseGflops.toFixed(0)} GFLOP/s with the processor's widest vectors; WebAssembly has four
lanes and no fused multiply-add, so that the ratio cannot exceed that of the work done times that of
the peaks. A copy moves ${(bandwidth / 1e9).toFixed(1)} GB/s. What limits the mixer is in
[design/wasm-mixer.md](design/wasm-mixer.md), what limits calls and matrix products in
[design/cpu-calls-and-products.md](design/cpu-calls-and-products.md).

## A training step of the MNIST perceptron

784-1024-1024-10, batch 128, Adam, one thread: forward, backward and update; the last layer is
dense. The other frameworks' dense models start from the same weights, and are checked to have the
same losses in the first steps.

${table(
  ["", "ms a step", "our dense step is"],
  results.steps.map(({ name, seconds, toDense }, i) =>
    i === 0
      ? ["dense, ours", ms(seconds), ""]
      : [name, ms(seconds), toDense <= 1 ? `${x(1 / toDense)} slower` : `${x(toDense)} faster`],
  ),
)}

Outside of WebAssembly the rotation step spends ${percent(results.overhead)} of its time: the
samples that V8's profiler takes, every 0.2 ms, anywhere but in kernels. That is tape, dispatch,
bookkeeping, garbage collection, and what of the arithmetic JavaScript does.

## All sizes

Dense and mixer: forward / forward + backward, in ms; ratios likewise.

${table(
  ["n", "batch", "dense", "rotation", "ratio", "general", "ratio"],
  rows.map((r) => [
    `${r.n}`,
    `${r.batch}`,
    `${ms(r.dense.forward)} / ${ms(r.dense.train)}`,
    `${ms(r.rotation.forward)} / ${ms(r.rotation.train)}`,
    `${x(r.ratios.forward)} / ${x(r.ratios.train)}`,
    `${ms(r.general.forward)} / ${ms(r.general.train)}`,
    `${x(r.ratios.generalForward)} / ${x(r.ratios.generalTrain)}`,
  ]),
)}

![Rotation mixer against dense](images/cpu-rotation.svg)

![General mixer against dense](images/cpu-general.svg)
`;
  writeFileSync(`${docs}results-cpu.md`, page);
  console.log(`${docs}results-cpu.md`);
}
