/** @file The frames of the experiment: sampled once, saved, reused; cut into sets and batches. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { rng, type Tensor, tensor, zeros } from "@spm/core";
import { elements } from "@spm/core/extend";
import { edgesWithin } from "@spm/models";
import { makeFolder, readSafetensors, writeSafetensors } from "@spm/trainer/node";
import { type Frames, type Sampling, sampleTrimers } from "./sampler.ts";
import { ATOMS, COORDINATES, type WaterForces, waterEnergy } from "./water.ts";

/** Å; the atoms of a trimer are up to 8 apart. */
export const CUTOFF = 6;

/** Where positions come from. */
export interface Source {
  readonly trimers: number;
  readonly sampling: Sampling;
  readonly seed: number;
  /** The folder of the saved positions; nothing is saved for "". */
  readonly folder: string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Positions of all frames, [trimers · snapshots · 27]: read, or sampled and saved. */
export async function positionsOf(source: Source): Promise<Float64Array> {
  const { trimers, sampling, seed, folder, log, signal } = source;
  const origin = JSON.stringify({ trimers, ...sampling, seed });
  const path = join(folder, `water-trimers-${seed}.safetensors`);
  if (folder !== "" && existsSync(path)) {
    const file = readSafetensors(path);
    if (file.metadata.origin === origin)
      return Float64Array.from(elements(file.tensor("positions").ndarray()));
  }
  const drawBar = progressBar("trimers", trimers, log);
  const { positions } = await sampleTrimers("pairs", trimers, sampling, rng(seed), async (done) => {
    drawBar(done);
    await new Promise(setImmediate);
    return !signal.aborted;
  });
  if (folder !== "" && !signal.aborted) {
    makeFolder(folder);
    writeSafetensors(
      path,
      { positions: tensor(positions, { shape: [positions.length / COORDINATES, ATOMS, 3] }) },
      { origin },
    );
  }
  return positions;
}

/** Draws a bar that fills: on a terminal one line, elsewhere a line a quarter. */
function progressBar(
  name: string,
  total: number,
  log: (line: string) => void,
): (done: number) => void {
  const { stdout } = process;
  let quarter = 0;
  return (done) => {
    const full = Math.round((20 * done) / total);
    const line = `${name} ${"█".repeat(full)}${"░".repeat(20 - full)} ${done} of ${total}`;
    const passed = Math.floor((4 * done) / total);
    if (stdout.isTTY && done < total) stdout.write(`\r${line}`);
    else if (passed > quarter) log(stdout.isTTY ? `\r${line}` : line);
    quarter = passed;
  };
}

/** Energies and forces of positions. */
export function labelled(kind: WaterForces, positions: Float64Array): Frames {
  const count = positions.length / COORDINATES;
  const frames = {
    positions,
    energies: new Float64Array(count),
    forces: new Float64Array(positions.length),
  };
  const gradient = new Float64Array(COORDINATES);
  for (let i = 0; i < count; i++) {
    const from = i * COORDINATES;
    const x = positions.slice(from, from + COORDINATES);
    frames.energies[i] = waterEnergy(kind, x, gradient);
    for (const [k, g] of gradient.entries()) frames.forces[from + k] = -g;
  }
  return frames;
}

/** Frames of three disjoint groups of trimers: three quarters, a tenth, the rest. */
export function splitFrames(
  trimers: number,
  snapshots: number,
): Readonly<Record<"train" | "validation" | "test", readonly number[]>> {
  const ends = [0.75, 0.85, 1].map((share) => Math.round(share * trimers) * snapshots);
  const [a = 0, b = 0, c = 0] = ends;
  const range = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, i) => from + i);
  return { train: range(0, a), validation: range(a, b), test: range(b, c) };
}

/** Frames as tensors, on the current backend. */
export interface Batch {
  /** [9 · frames, 3] */
  readonly positions: Tensor;
  readonly species: Tensor;
  readonly edges: Tensor;
  readonly molecules: Tensor;
  readonly charges: Tensor;
  /** [frames] */
  readonly energies: Tensor;
  /** [9 · frames, 3] */
  readonly forces: Tensor;
}

/** The frames of a batch, turned by a rotation for each where one is given, [3 · 3]. */
export function batchOf(
  { positions, energies, forces }: Frames,
  frames: readonly number[],
  turn?: () => readonly number[],
): Batch {
  const [count, atoms] = [frames.length, frames.length * ATOMS];
  const turns = frames.map(() => turn?.());
  const gathered = (from: Float64Array): Tensor => {
    const out = new Float32Array(count * COORDINATES);
    for (const [i, frame] of frames.entries()) {
      const own = from.subarray(frame * COORDINATES, (frame + 1) * COORDINATES);
      out.set(turned(own, turns[i]), i * COORDINATES);
    }
    return tensor(out, { shape: [atoms, 3] });
  };
  const at = gathered(positions);
  const molecules = tensor(Int32Array.from({ length: atoms }, (_, i) => Math.floor(i / ATOMS)));
  return {
    positions: at,
    species: tensor(Int32Array.from({ length: atoms }, (_, i) => Number(i % 3 > 0))),
    edges: edgesWithin(at, CUTOFF, { molecules }),
    molecules,
    charges: zeros([count]),
    energies: tensor(Float32Array.from(frames, (frame) => energies[frame] ?? 0)),
    forces: gathered(forces),
  };
}

/** Vectors turned by a rotation, row-major [3 · 3]. */
function turned(vectors: Float64Array, rotation: readonly number[] | undefined): Float64Array {
  if (rotation === undefined) return vectors;
  return vectors.map((_, at) => {
    const k = at % 3;
    const vector = vectors.subarray(at - k, at - k + 3);
    return vector.reduce((sum, v, m) => sum + (rotation[3 * k + m] ?? 0) * v, 0);
  });
}
