/** @file Layer norm and RMS norm, both passes. */
import { sizeOf } from "@spm/core";
import { layerNormOp, rmsNormOp } from "@spm/nn";
import { allFloat32, type KernelTable, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { plain } from "./plain.ts";

/** Adds the kernels of the norms. */
export function registerNorms(table: KernelTable, machine: Machine): void {
  const { memory, run } = machine;
  for (const [op, centred] of [
    [layerNormOp, true],
    [rmsNormOp, false],
  ] as const) {
    register<number>(table, machine, op.primitive, (_, inputs, epsilon) => {
      if (!allFloat32(inputs)) return NOT_FLOAT32;
      const [x, weight, bias] = inputs;
      const rows = x!.shape.slice(0, -1);
      const y = memory.array("float32", x!.shape);
      // (means,) scales
      const statistics = (centred ? [0, 0] : [0]).map(() => memory.array("float64", rows));
      const [scalesAt, meansAt = 0] = statistics.map((a) => memory.address(a)).reverse();
      const biasAt = bias === undefined ? 0 : plain(machine, bias);
      const [xAt, weightAt] = [plain(machine, x!), plain(machine, weight!)];
      run.normForward(
        ...[xAt, weightAt, biasAt, memory.address(y), meansAt, scalesAt!],
        ...[sizeOf(rows), weight!.shape[0]!, epsilon],
      );
      return [y, ...statistics];
    });
    register<number>(table, machine, op.backward, (_, [ct, x, weight, ...rest]) => {
      if (!allFloat32([ct!, x!, weight!])) return NOT_FLOAT32;
      const [scalesAt, meansAt = 0] = rest
        .slice(centred ? 2 : 1)
        .map((a) => memory.address(a)) // as they were made: without gaps
        .reverse();
      const width = weight!.shape[0]!;
      const out = memory.array("float32", x!.shape);
      const bars = (centred ? [0, 0] : [0]).map(() => memory.array("float32", [width]));
      const [weightBarAt, biasBarAt = 0] = bars.map((a) => memory.address(a));
      run.normBackward(
        ...[plain(machine, ct!), plain(machine, x!), plain(machine, weight!), meansAt, scalesAt!],
        ...[memory.address(out), weightBarAt!, biasBarAt, sizeOf(x!.shape.slice(0, -1)), width],
        memory.scratch(28 * (width + 4)),
      );
      return [out, ...bars];
    });
  }
}
