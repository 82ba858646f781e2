/** @file Cross-entropy, both passes. */
import { elements, type NdArray, type Primitive, sizeOf } from "@spm/core";
import { crossEntropyOp } from "@spm/nn";
import { allFloat32, type KernelTable, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { plain } from "./plain.ts";

type Settings = typeof crossEntropyOp.primitive extends Primitive<infer Options> ? Options : never;

/** Labels that the reference has to complain about. */
const BAD_LABEL = "a label out of range";

/** Whether all labels are classes, or ignored. */
function valid(labels: NdArray, classes: number, { ignoreIndex }: Settings): boolean {
  return elements(labels).every(
    (label) => label === ignoreIndex || (label >= 0 && label < classes),
  );
}

/** Adds the kernels of the cross-entropy. */
export function registerCrossEntropy(table: KernelTable, machine: Machine): void {
  const { memory, run } = machine;
  register(table, machine, crossEntropyOp.primitive, (_, [logits, labels], settings) => {
    if (!allFloat32([logits!])) return NOT_FLOAT32;
    const classes = logits!.shape.at(-1)!;
    if (!valid(labels!, classes, settings)) return BAD_LABEL;
    const loss = memory.array("float32", []);
    const logSums = memory.array("float64", labels!.shape);
    const rows = sizeOf(labels!.shape);
    loss.data[0] = run.crossEntropyForward(
      plain(machine, logits!),
      plain(machine, labels!),
      rows,
      classes,
      settings.ignoreIndex,
      settings.labelSmoothing,
      memory.address(logSums),
      memory.scratch(4 * (classes + 4)),
    );
    return [loss, logSums];
  });
  register(
    table,
    machine,
    crossEntropyOp.backward,
    (_, [ct, logits, labels, , logSums], settings) => {
      if (!allFloat32([ct!, logits!])) return NOT_FLOAT32;
      const classes = logits!.shape.at(-1)!;
      const out = memory.array("float32", logits!.shape);
      run.crossEntropyBackward(
        plain(machine, logits!),
        plain(machine, labels!),
        memory.address(logSums!),
        sizeOf(labels!.shape),
        classes,
        settings.ignoreIndex,
        settings.labelSmoothing,
        elements(ct!)[0]!,
        memory.address(out),
      );
      return [out];
    },
  );
}
