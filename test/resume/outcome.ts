/** @file What a finished run came to, as bytes. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSafetensors } from "@spm/trainer";
import { checkpointPath, checkpointSteps } from "@spm/trainer/node";

/**
 * Digests of the metric files, and of the last checkpoint's tensors: weights, optimizer and
 * average, under their names.
 */
export function outcomeOf(run: string): Record<string, string> {
  const folder = join(run, "checkpoints");
  const step = checkpointSteps(folder).at(-1) ?? 0;
  const file = readFileSync(checkpointPath(folder, step));
  const { entries, metadata } = parseSafetensors(file);
  const bytes = Math.max(...entries.map(({ end }) => end));
  return {
    step: String(step),
    tensors: digest(file.subarray(file.length - bytes)),
    layout: digest(JSON.stringify(entries)),
    numbers: metadata.numbers ?? "",
    "metrics.jsonl": digest(readFileSync(join(run, "metrics.jsonl"))),
    "metrics.csv": digest(readFileSync(join(run, "metrics.csv"))),
  };
}

const digest = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex");
