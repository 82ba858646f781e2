/**
 * @file The kernels of free blocks in gpu.js: four sums a pair, and one for each unpaired
 * coordinate.
 */
import { generalMixer } from "@spm/mixer";
import { generalBlocks } from "../fused/general-blocks.ts";
import { overRoles, pairOfRole } from "./call.ts";
import { gatherPairs, gatherUnpaired, sumStage } from "./gradients.ts";
import type { MixerKernels } from "./kernels.ts";
import { rangeOf } from "./tables.ts";

export const generalKernels: MixerKernels = {
  op: generalMixer.op,

  coefficients: (executor, tables, [{ memory: blocks }, scales]) => {
    const arrays = [blocks, tables.roles];
    const factors = scales === undefined || scales.memory.length === 0 ? [] : [scales.memory];
    const unpaired = factors.length === 0 ? "1" : "a2[-1 - r]";
    return {
      alpha: overRoles(
        executor,
        tables,
        [...arrays, ...factors],
        `if (r < 0) { return ${unpaired}; } ${pairOfRole} return a0[4 * p + 3 * second];`,
      ),
      beta: overRoles(
        executor,
        tables,
        arrays,
        `if (r < 0) { return 0; } ${pairOfRole} return a0[4 * p + 1 + second];`,
      ),
    };
  },

  // The outer product of g after the stage and z before it.
  stageSums: (call, l, { from, to }, { before: z }, { after: g }, chunks) => {
    const pairs = sumStage(call, l, "pairs", 4, chunks, ({ program, i, j, read }) => {
      const before = (c: typeof i) => program.forward("z", from, l, c, read("a3"));
      const after = (c: typeof i) => program.backward("g", to, l + 1, c, read("a4"));
      const [gi, gj, u, v] = [after(i), after(j), before(i), before(j)];
      const sum = `(this.thread.z < 2 ? ${gi} : ${gj}) * ((this.thread.z & 1) > 0 ? ${v} : ${u})`;
      return { sum, z, g };
    });
    if (rangeOf(call.tables.schedule.unpairedStarts, l).count === 0) return [pairs];
    const unpaired = sumStage(call, l, "unpaired", 1, chunks, ({ program, i, read }) => {
      const before = program.forward("z", from, l, i, read("a3"));
      return { sum: `${before} * ${program.backward("g", to, l + 1, i, read("a4"))}`, z, g };
    });
    return [pairs, unpaired];
  },

  gather: (call, stages, chunks) => [
    gatherPairs(
      call,
      4,
      stages.flatMap(([pairs]) => pairs ?? []),
      chunks,
    ),
    gatherUnpaired(
      call,
      stages.flatMap(([, unpaired]) => unpaired ?? []),
      chunks,
    ),
  ],

  fusedBlocks: () => generalBlocks,
};
