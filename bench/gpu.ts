/**
 * @file Claim: on a GPU a mixer layer that never leaves the device is many times faster than
 * PyTorch's dense layer at n = 4096.
 *
 * Writes docs/results-gpu.md (elsewhere with `--out FILE`). `--headline` measures n = 4096, batch
 * 4096 alone and prints one JSON line last. `--quick` takes every second width and batch, and
 * leaves out the peer's language model, which takes its compiler minutes. `--software` takes a
 * software adapter, with sizes to match: its times mean nothing, but everything runs.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { reference, setBackend } from "@spm/core";
import { BackendError } from "@spm/core/extend";
import { type GpuBackend, gpu } from "@spm/gpu";
import { mixerTimes } from "./gpu-layers.ts";
import { type Headline, type Row, report, type TrainingRow } from "./gpu-report.ts";
import { copyTimes, type Timer, timerOf } from "./gpu-time.ts";
import { flatSteps, gptTime, mlpTime } from "./gpu-training.ts";
import { startTorch, type Times, type Torch } from "./torch-peer.ts";

const { values: options } = parseArgs({
  options: {
    headline: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    software: { type: "boolean", default: false },
    out: {
      type: "string",
      default: fileURLToPath(new URL("../docs/results-gpu.md", import.meta.url)),
    },
  },
});
const { software, quick } = options;

async function open(wgsl: boolean): Promise<GpuBackend> {
  try {
    return await gpu({ mode: "webgpu", adapter: software ? "software" : "hardware", wgsl });
  } catch (cause) {
    if (!(cause instanceof BackendError)) throw cause;
    console.error(`bench:gpu measures a GPU, and there is none: ${cause.message}`);
    process.exit(1);
  }
}

/** Calls a function with a device of its own: two open at once would share the machine. */
async function on<T>(
  wgsl: boolean,
  run: (device: GpuBackend, time: Timer) => Promise<T>,
  pace = 40,
): Promise<T> {
  const device = await open(wgsl);
  const result = await run(
    device,
    timerOf(device, software ? { rounds: 1, milliseconds: 1 } : { milliseconds: pace }),
  );
  setBackend(reference);
  await device.dispose();
  return result;
}

let peer: Promise<Torch> | null = null;

/** The peer, started at the first question: until then it takes no time of the machine. */
function torch(): Promise<Torch> {
  peer ??= startTorch().then((started) => {
    console.log(started.label);
    return started;
  });
  return peer;
}

/** Prints a line of measurements, with the time. */
const log = (found: object): void =>
  console.log(`${(performance.now() / 1000).toFixed(1)} s ${JSON.stringify(found)}`);

interface Cell {
  readonly n: number;
  readonly batch: number;
}

const known = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : Number(value.toPrecision(4));

async function headline(n: number, batch: number): Promise<Headline> {
  const both = async (device: GpuBackend, time: Timer) => ({
    name: device.name,
    rotation: await mixerTimes(device, time, "rotation", n, batch),
    general: await mixerTimes(device, time, "general", n, batch),
  });
  const fused = await on(true, both);
  const kernels = await on(false, both);
  const [copy] = await copyTimes([n * batch], software);
  const dense = await torch().then((t) => t.ask("dense", { n, batch }));
  const peer = await torch().then((t) => t.ask("mixer", { n, batch }));
  return {
    adapter: fused.name,
    n,
    batch,
    gpujsForwardMs: known(kernels.rotation.forward),
    gpujsTrainMs: known(kernels.rotation.train),
    fusedForwardMs: known(fused.rotation.forward),
    fusedTrainMs: known(fused.rotation.train),
    generalForwardMs: known(fused.general.forward),
    generalTrainMs: known(fused.general.train),
    gpujsGeneralForwardMs: known(kernels.general.forward),
    gpujsGeneralTrainMs: known(kernels.general.train),
    copyMs: known(dense.copy ?? copy), // WebGPU's own copy is slower on some drivers
    denseFp32ForwardMs: known(dense.fp32?.forward),
    denseFp32TrainMs: known(dense.fp32?.train),
    denseTf32ForwardMs: known(dense.tf32?.forward),
    denseTf32TrainMs: known(dense.tf32?.train),
    denseBf16ForwardMs: known(dense.bf16?.forward),
    denseBf16TrainMs: known(dense.bf16?.train),
    eagerForwardMs: known(peer.eager?.forward),
    eagerTrainMs: known(peer.eager?.train),
    compiledForwardMs: known(peer.compiled?.forward),
    compiledTrainMs: known(peer.compiled?.train),
  };
}

/** Times of a mixer in every cell; null where the device has too little memory. */
async function cellTimes(
  device: GpuBackend,
  time: Timer,
  kind: "rotation" | "general",
  cells: readonly Cell[],
): Promise<(Times | null)[]> {
  const found: (Times | null)[] = [];
  for (const { n, batch } of cells) {
    try {
      found.push(await mixerTimes(device, time, kind, n, batch));
      log({ kind, n, batch, ...found.at(-1) });
    } catch (cause) {
      if (!(cause instanceof BackendError)) throw cause;
      console.log(`n ${n}, batch ${batch}: ${cause.message}`);
      found.push(null);
    }
  }
  return found;
}

async function table(cells: readonly Cell[]): Promise<Row[]> {
  const all = (kind: "rotation" | "general", wgsl: boolean) =>
    on(wgsl, (device, time) => cellTimes(device, time, kind, cells), 20);
  const fused = await all("rotation", true);
  const general = await all("general", true);
  const kernels = await all("rotation", false);
  const peer = await torch();
  // With a peer the floor is its copy, which is the faster one.
  const sizes = peer.missing ? cells.map(({ n, batch }) => n * batch) : [];
  const copies = await copyTimes(sizes, software);
  const rows: Row[] = [];
  for (const [k, { n, batch }] of cells.entries()) {
    const dense = await peer.ask("dense", { n, batch });
    const copy = dense.copy ?? copies[k]!;
    rows.push({
      n,
      batch,
      copy,
      fused: fused[k]!,
      general: general[k]!,
      kernels: kernels[k]!,
      dense,
    });
    log(rows.at(-1)!);
  }
  return rows;
}

/** Every model's step: first here, then on the peer, never both at once. */
async function training(): Promise<TrainingRow[]> {
  const hidden = software ? 64 : 4096;
  const gpt = software
    ? { vocabulary: 11, context: 8, width: 64, heads: 2, layers: 1, batch: 2 }
    : { vocabulary: 256, context: 256, width: 1024, heads: 8, layers: 4, batch: 16 };
  const mlps = (software ? [8] : [4096, 128]).flatMap((batch) =>
    (["rotation", "general", "dense"] as const).map((kind) => ({ kind, hidden, batch })),
  );
  const gpts = (["rotation", "dense"] as const).map((kind) => ({ kind, ...gpt }));
  const own = await on(true, async (device, time) => {
    const found: number[] = [];
    for (const { kind, ...sizes } of mlps) found.push(await mlpTime(device, time, kind, sizes));
    for (const { kind, ...sizes } of gpts) found.push(await gptTime(device, time, kind, sizes));
    return found;
  });
  const peer = await torch();
  const rows: TrainingRow[] = [];
  for (const [k, request] of [...mlps, ...gpts].entries()) {
    const { kind, batch } = request;
    const model =
      "hidden" in request
        ? `MLP 784-${hidden}-${hidden}-10`
        : `GPT, ${gpt.layers} layers, width ${gpt.width}, context ${gpt.context}`;
    const ask = async () => {
      if (kind === "general") return {};
      if ("hidden" in request) return peer.ask("mlp", request);
      return quick ? {} : peer.ask("gpt", request);
    };
    rows.push({ model, kind, batch, own: own[k]!, peer: await ask() });
    log(rows.at(-1)!);
  }
  return rows;
}

const found = software ? await headline(256, 64) : await headline(4096, 4096);
if (!options.headline) {
  const all = [256, 512, 1024, 2048, 4096, 8192, 16384];
  const widths = software ? [64, 256] : all.filter((_, k) => !quick || k % 2 === 0);
  const batches = software ? [1, 8] : [1, 128, 4096, 16384].filter((_, k) => !quick || k % 2 === 0);
  const rows = await table(widths.flatMap((n) => batches.map((batch) => ({ n, batch }))));
  const flat = await on(true, (device) =>
    flatSteps(
      device,
      software ? 20 : 10_000,
      software ? { hidden: 64, batch: 8 } : { hidden: 1024, batch: 128 },
    ),
  );
  const steps = await training();
  writeFileSync(
    options.out,
    report({ headline: found, torch: (await torch()).label, rows, training: steps, flat }),
  );
  console.log(`${options.out} is written`);
}
(await torch()).stop();
console.log(JSON.stringify(found));
