/** @file The kernels of rotations in gpu.js: one angle a pair, one sum a pair. */
import { rotationMixer } from "@spm/mixer";
import { vector } from "../../device-array.ts";
import { rotationBlocks } from "../fused/rotation-blocks.ts";
import { returnTurned } from "../trigonometry.ts";
import { overRoles, pairOfRole } from "./call.ts";
import { gatherPairs, sumStage } from "./gradients.ts";
import type { MixerKernels } from "./kernels.ts";

export const rotationKernels: MixerKernels = {
  op: rotationMixer.op,

  coefficients: (executor, tables, [{ memory: angles }]) =>
    overRoles(
      executor,
      tables,
      [angles, tables.roles],
      `if (r < 0) { return 1 - beta; } ${pairOfRole} ` +
        "const t = beta * (1 - second) > 0 ? -a0[p] : a0[p]; " +
        returnTurned("t", "((1 - beta) | 0)"),
    ),

  // θ̄ = Σ z_i g_j − z_j g_i, both at the same side of the stage: from the start of the pass
  // forward, or from its end back, whichever is nearer.
  stageSums: (call, l, { from, to }, z, g, chunks) => [
    sumStage(call, l, "pairs", 1, chunks, ({ program, i, j, read }) => {
      const after = to - (l + 1) < l - from ? z.after : null;
      const value = (array: string, name: string, c: typeof i) =>
        after === null
          ? program.forward(name, from, l, c, read(array))
          : program.backward(name, to, l + 1, c, read(array));
      const [zi, zj] = [value("a2", "z", i), value("a2", "z", j)];
      const [gi, gj] = [value("a3", "g", i), value("a3", "g", j)];
      const sum = `${zi} * ${gj} - ${zj} * ${gi}`;
      return after === null ? { sum, z: z.before, g: g.before } : { sum, z: after, g: g.after };
    }),
  ],

  gather: (call, stages, chunks) => [vector(gatherPairs(call, 1, stages.flat(), chunks).memory)],

  fusedBlocks: rotationBlocks,
};
