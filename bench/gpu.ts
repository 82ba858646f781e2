/**
 * @file Claim: on a GPU a mixer layer that never leaves the device is many times faster than PyTorch's dense layer at n = 4096.
 *
 * Writes docs/results-gpu.md (elsewhere with `--out FILE`). `--headline` measures n = 4096, batch 4096 alone and prints one JSON line last.
 * `--software` takes a software adapter, with sizes to match: its times mean nothing, but everything runs.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { BackendError } from "@spm/core";
import { type GpuBackend, gpu } from "@spm/gpu";
import { mixerTimes } from "./gpu-layers.ts";
import { type Headline, type Row, report, type TrainingRow } from "./gpu-report.ts";
import { copyTimes, timerOf } from "./gpu-time.ts";
import { flatSteps, gptTime, type Kind, mlpTime } from "./gpu-training.ts";
import { startTorch } from "./torch-peer.ts";

const { values: options } = parseArgs({
  options: {
    headline: { type: "boolean", default: false },
    software: { type: "boolean", default: false },
    out: { type: "string", default: fileURLToPath(new URL("../docs/results-gpu.md", import.meta.url)) },
  },
});
const { software } = options;

async function open(wgsl: boolean): Promise<GpuBackend> {
  try {
    return await gpu({ mode: "webgpu", adapter: software ? "software" : "hardware", wgsl });
  } catch (cause) {
    if (!(cause instanceof BackendError)) throw cause;
    console.error(`bench:gpu measures a GPU, and there is none: ${cause.message}`);
    process.exit(1);
  }
}

const [fused, plain] = [await open(true), await open(false)];
const effort = software ? { rounds: 1, milliseconds: 1 } : {};
const [timeFused, timePlain] = [timerOf(fused, effort), timerOf(plain, effort)];
const torch = await startTorch();
console.log(`${fused.name}; ${torch.label}`);

const known = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : Number(value.toPrecision(4));

async function headline(n: number, batch: number): Promise<Headline> {
  const own = await mixerTimes(fused, timeFused, "rotation", n, batch);
  const kernels = await mixerTimes(plain, timePlain, "rotation", n, batch);
  const general = await mixerTimes(fused, timeFused, "general", n, batch);
  const generalKernels = await mixerTimes(plain, timePlain, "general", n, batch);
  const [copy] = await copyTimes([n * batch], software);
  const dense = await torch.ask("dense", { n, batch });
  const peer = await torch.ask("mixer", { n, batch });
  return {
    adapter: fused.name,
    n,
    batch,
    gpujsForwardMs: known(kernels.forward),
    gpujsTrainMs: known(kernels.train),
    fusedForwardMs: known(own.forward),
    fusedTrainMs: known(own.train),
    generalForwardMs: known(general.forward),
    generalTrainMs: known(general.train),
    gpujsGeneralForwardMs: known(generalKernels.forward),
    gpujsGeneralTrainMs: known(generalKernels.train),
    copyMs: known(copy),
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

/** Times, or null where the device has not enough memory. */
async function timesOrNull(device: GpuBackend, n: number, batch: number) {
  try {
    return await mixerTimes(device, device === fused ? timeFused : timePlain, "rotation", n, batch);
  } catch (cause) {
    if (!(cause instanceof BackendError)) throw cause;
    return null;
  }
}

async function table(widths: readonly number[], batches: readonly number[]): Promise<Row[]> {
  const cells = widths.flatMap((n) => batches.map((batch) => ({ n, batch })));
  const copies = await copyTimes(
    cells.map(({ n, batch }) => n * batch),
    software,
  );
  const rows: Row[] = [];
  for (const [k, { n, batch }] of cells.entries()) {
    const row: Row = {
      n,
      batch,
      copy: copies[k]!,
      fused: await timesOrNull(fused, n, batch),
      kernels: await timesOrNull(plain, n, batch),
      dense: await torch.ask("dense", { n, batch }),
    };
    rows.push(row);
    console.log(JSON.stringify(row));
  }
  return rows;
}

async function training(): Promise<TrainingRow[]> {
  const rows: TrainingRow[] = [];
  const hidden = software ? 64 : 4096;
  for (const batch of software ? [8] : [4096, 128])
    for (const kind of ["rotation", "general", "dense"] as const) {
      const sizes = { hidden, batch };
      const own = await mlpTime(fused, timeFused, kind, sizes);
      const peer: TrainingRow["peer"] = kind === "general" ? {} : await torch.ask("mlp", { kind, ...sizes });
      rows.push({ model: `MLP 784-${hidden}-${hidden}-10`, kind, batch, own, peer });
      console.log(JSON.stringify(rows.at(-1)));
    }
  const sizes = software
    ? { vocabulary: 11, context: 8, width: 64, heads: 2, layers: 1, batch: 2 }
    : { vocabulary: 256, context: 256, width: 1024, heads: 8, layers: 4, batch: 16 };
  for (const kind of ["rotation", "dense"] as readonly Kind[]) {
    const own = await gptTime(fused, timeFused, kind, sizes);
    const peer = await torch.ask("gpt", { kind, ...sizes });
    const { layers, width, context, batch } = sizes;
    rows.push({ model: `GPT, ${layers} layers, width ${width}, context ${context}`, kind, batch, own, peer });
    console.log(JSON.stringify(rows.at(-1)));
  }
  return rows;
}

const found = software ? await headline(256, 64) : await headline(4096, 4096);
if (!options.headline) {
  const widths = software ? [64, 256] : [256, 512, 1024, 2048, 4096, 8192, 16384];
  const rows = await table(widths, software ? [1, 8] : [1, 16, 128, 1024, 4096, 16384]);
  const flat = await flatSteps(
    fused,
    software ? 20 : 10_000,
    software ? { hidden: 64, batch: 8 } : { hidden: 1024, batch: 128 },
  );
  const text = report({ headline: found, torch: torch.label, rows, training: await training(), flat });
  writeFileSync(options.out, text);
  console.log(`${options.out} is written`);
}
torch.stop();
await Promise.all([fused.dispose(), plain.dispose()]);
console.log(JSON.stringify(found));
