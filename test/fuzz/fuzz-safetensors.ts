/**
 * @file Feeds damaged files to the safetensors reader: each must be read or refused, at once and in
 * little memory.
 */
import { readFileSync } from "node:fs";
import { normal, rng, SpmError, tensor, zeros } from "@spm/core";
import { encodeSafetensors, parseSafetensors } from "@spm/trainer";
import { mutated } from "./mutate.ts";

/** What came of the files. */
export interface FuzzReport {
  readonly read: number;
  readonly refused: number;
  /**
   * What must not happen: another error, a file that took long, more memory than the file explains.
   */
  readonly failures: readonly string[];
  readonly slowest: number;
}

const SLOW = 2000;
/** A byte becomes an int32, the widest growth there is. */
const GROWTH = 4;

/** Reads so many damaged files; the same seed gives the same files. */
export function fuzzSafetensors(files: number, seed: number): FuzzReport {
  const random = rng(seed);
  const originals = [
    readFileSync(new URL("../golden/pytorch.safetensors", import.meta.url)),
    encodeSafetensors(
      { weight: normal(random, [3, 2]), bias: zeros([2]), index: tensor(Int32Array.of(1)) },
      { step: "1" },
    ),
    encodeSafetensors({}),
  ].map((file) => Uint8Array.from(file));
  const failures: string[] = [];
  let [read, slowest] = [0, 0];
  for (let k = 0; k < files; k++) {
    const file = mutated(originals[k % originals.length]!, random);
    const begun = performance.now();
    try {
      const { entries, tensor: get } = parseSafetensors(file);
      const bytes = entries.reduce((sum, { name }) => sum + get(name).storage.bytes, 0);
      if (bytes > GROWTH * file.length)
        failures.push(`file ${k}: ${bytes} bytes from ${file.length}`);
      read++;
    } catch (error) {
      if (!(error instanceof SpmError)) failures.push(`file ${k}: ${error}`);
    }
    const took = performance.now() - begun;
    if (took > SLOW) failures.push(`file ${k}: ${took} ms`);
    slowest = Math.max(slowest, took);
  }
  return { read, refused: files - read, failures, slowest };
}
