/** @file The machine of a run, for its report. */

import { availableParallelism, cpus, totalmem } from "node:os";
import type { MachineRecord } from "./run-record.ts";

/**
 * This machine: Node's version, platform, processor, usable cores, memory in GiB.
 *
 * @example
 * ```ts
 * import { machine } from "@spm/trainer/node";
 * console.log(machine().node); // e.g. "v20.20.2"
 * ```
 */
export function machine(): MachineRecord {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
  };
}
