/** @file Cross-entropy, both passes. */
import type { NdArray } from "@spm/core";
import { elements, type KernelTable } from "@spm/core/extend";
import { crossEntropyOp } from "@spm/nn/extend";
import { allFloat32, type Machine, NO_RESIDUAL, NOT_FLOAT32, register } from "./machine.ts";
import { contiguous, rowsOf } from "./plain.ts";

/**
 * The reason of a fallback for labels out of range: the reference throws the error that names one.
 */
const BAD_LABEL = "a label out of range";

/** Whether all labels are classes, or ignored. */
const valid = (labels: NdArray, classes: number, ignoreIndex: number): boolean =>
  elements(labels).every((label) => label === ignoreIndex || (label >= 0 && label < classes));

/** Adds the kernels of the cross-entropy. */
export function registerCrossEntropy(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  register(table, machine, crossEntropyOp.primitive, ([logits, labels], settings, recorded) => {
    if (!allFloat32([logits])) return NOT_FLOAT32;
    const { rows, width: classes } = rowsOf(logits.shape);
    if (!valid(labels, classes, settings.ignoreIndex)) return BAD_LABEL;
    const loss = memory.array("float32", []);
    const kept = memory.statistics([...labels.shape, 2], recorded);
    loss.data[0] = run.crossEntropyForward(
      contiguous(machine, logits),
      contiguous(machine, labels),
      rows,
      classes,
      settings.ignoreIndex,
      settings.labelSmoothing,
      memory.address(kept),
      memory.scratch(4 * (classes + 4)),
    );
    return recorded ? { outputs: [loss], residual: [kept] } : [loss];
  });
  register(
    table,
    machine,
    crossEntropyOp.backward,
    ([ct, , logits, labels], settings, _, [kept] = []) => {
      if (!allFloat32([ct, logits])) return NOT_FLOAT32;
      if (kept === undefined) return NO_RESIDUAL;
      const { rows, width: classes } = rowsOf(logits.shape);
      const out = memory.array("float32", logits.shape);
      run.crossEntropyBackward(
        contiguous(machine, logits),
        contiguous(machine, labels),
        memory.address(kept),
        rows,
        classes,
        settings.ignoreIndex,
        settings.labelSmoothing,
        ct.get(),
        memory.address(out),
      );
      return [out];
    },
  );
}
