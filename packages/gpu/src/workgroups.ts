/** @file The workgroups of a kernel of gpu.js. */
import { BackendError } from "@spm/core/extend";
import type { Grid, Output } from "./executor.ts";

/**
 * Workgroups along each axis; a single axis that is too long is folded over a second, as gpu.js's
 * kernels expect.
 * @param size - threads of a workgroup along x and y
 * @param most - workgroups along an axis that the device has
 * @throws BackendError for more
 */
export function workgroupCounts(
  output: Output,
  [x, y]: readonly [x: number, y: number],
  most: number,
): Grid {
  const [width, height = 1, depth = 1] = output;
  let workgroups: Grid = [Math.ceil(width / x), Math.ceil(height / y), depth];
  if (output.length === 1 && workgroups[0] > most) {
    const rows = Math.ceil(workgroups[0] / most);
    workgroups = [Math.ceil(workgroups[0] / rows), rows, 1];
  }
  const over = workgroups.findIndex((g) => g > most);
  if (over >= 0)
    throw new BackendError(
      "gpu",
      `at most ${most} workgroups along an axis`,
      `${workgroups[over]} for ${output.join(" × ")} threads`,
      "reshape to fewer, longer axes, or split the batch",
    );
  return workgroups;
}
