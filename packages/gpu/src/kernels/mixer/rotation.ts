/** @file The kernels of rotations in gpu.js: one angle a pair, one sum a pair. */
import { rotationMixer } from "@spm/mixer";
import { vector } from "../../device-array.ts";
import { rotationBlocks } from "../fused/rotation-blocks.ts";
import { returnCos, returnSin } from "../trigonometry.ts";
import { overRoles, pairOfRole } from "./call.ts";
import { gatherPairs, sumStage } from "./gradients.ts";
import type { MixerKernels } from "./kernels.ts";

export const rotationKernels: MixerKernels = {
  op: rotationMixer.op,

  coefficients: (executor, tables, [{ memory: angles }]) => {
    const of = (rest: 0 | 1, value: string) =>
      overRoles(
        executor,
        tables,
        [angles, tables.roles],
        `if (r < 0) { return ${rest}; } ${pairOfRole} const t = a0[p]; ${value}`,
      );
    return {
      alpha: of(1, returnCos("t")),
      beta: of(0, `const u = second > 0 ? t : -t; ${returnSin("u")}`),
    };
  },

  // θ̄ = Σ z_i g_j − z_j g_i, both at the same side of the stage: from the start of the pass
  // forward, or from its end back, whichever is nearer.
  stageSums: (call, l, { from, to }, z, g, chunks) => [
    sumStage(call, l, "pairs", 1, chunks, ({ program, i, j, read }) => {
      const after = to - (l + 1) < l - from ? z.after : null;
      const value = (array: string, name: string, c: typeof i) =>
        after === null
          ? program.forward(name, from, l, c, read(array))
          : program.backward(name, to, l + 1, c, read(array));
      const [zi, zj] = [value("a3", "z", i), value("a3", "z", j)];
      const [gi, gj] = [value("a4", "g", i), value("a4", "g", j)];
      const sum = `${zi} * ${gj} - ${zj} * ${gi}`;
      return after === null ? { sum, z: z.before, g: g.before } : { sum, z: after, g: g.after };
    }),
  ],

  gather: (call, stages, chunks) => [vector(gatherPairs(call, 1, stages.flat(), chunks).memory)],

  fusedBlocks: rotationBlocks,
};
