/**
 * @file The kernels of free blocks in gpu.js: four sums a pair, and one for each unpaired
 * coordinate.
 */
import { generalMixer } from "@spm/mixer";
import { eachPair } from "@spm/mixer/extend";
import { lasting } from "../../attempts.ts";
import type { Executor, Memory } from "../../executor.ts";
import { generalBlocks } from "../fused/general-blocks.ts";
import { overRoles, pairOfRole } from "./call.ts";
import { gatherPairs, gatherUnpaired, sumStage } from "./gradients.ts";
import type { MixerKernels } from "./kernels.ts";
import { rangeOf, type ScheduleTables } from "./tables.ts";

/** The places of α, then β, of every coordinate and stage in the blocks. */
interface BlockOrder {
  readonly gathers: Float32Array;
  readonly order: Memory;
}

const orders: WeakMap<ScheduleTables, BlockOrder> = new WeakMap();

/** The order of a schedule without unpaired coordinates, made once for each device. */
function blockOrder(executor: Executor, tables: ScheduleTables): BlockOrder {
  const known = orders.get(tables);
  if (known !== undefined) return known;
  const { schedule } = tables;
  const { n, stages } = schedule;
  const gathers = new Float32Array(2 * n * stages);
  for (let l = 0; l < stages; l++)
    eachPair(schedule, l, (i, j, p) => {
      const [first, second] = [l * n + i, l * n + j];
      gathers[first] = 4 * p;
      gathers[second] = 4 * p + 3;
      gathers[n * stages + first] = 4 * p + 1;
      gathers[n * stages + second] = 4 * p + 2;
    });
  const made = { gathers, order: lasting(executor, schedule, () => executor.upload(gathers)) };
  orders.set(tables, made);
  return made;
}

export const generalKernels: MixerKernels = {
  op: generalMixer.op,

  // Of a block [a b; c d] the first coordinate has α = a and β = b, the second d and c.
  coefficients(executor, tables, [{ memory: blocks }, scales]) {
    const { schedule, roles } = tables;
    if (schedule.unpaired.length === 0) {
      const { gathers, order } = blockOrder(executor, tables);
      const source = "function (a0, a1) { const m = a1[this.thread.x]; return a0[(m | 0)]; }";
      const output = [gathers.length] as const;
      return executor.run({ source, output, arrays: 2, scalars: 0, gathers }, [blocks, order], []);
    }
    const factors = scales === undefined || scales.memory.length === 0 ? [] : [scales.memory];
    const unpaired = factors.length === 0 ? "1" : "a2[-1 - r]";
    return overRoles(
      executor,
      tables,
      [blocks, roles, ...factors],
      `if (r < 0) { if (beta > 0) { return 0; } return ${unpaired}; } ${pairOfRole} ` +
        "if (beta > 0) { return a0[4 * p + 1 + second]; } return a0[4 * p + 3 * second];",
    );
  },

  // The outer product of g after the stage and z before it.
  stageSums: (call, l, { from, to }, { before: z }, { after: g }, chunks) => {
    const pairs = sumStage(call, l, "pairs", 4, chunks, ({ program, i, j, read }) => {
      const before = (c: typeof i) => program.forward("z", from, l, c, read("a2"));
      const after = (c: typeof i) => program.backward("g", to, l + 1, c, read("a3"));
      const [gi, gj, u, v] = [after(i), after(j), before(i), before(j)];
      const sum = `(this.thread.z < 2 ? ${gi} : ${gj}) * ((this.thread.z & 1) > 0 ? ${v} : ${u})`;
      return { sum, z, g };
    });
    if (rangeOf(call.tables.schedule.unpairedStarts, l).count === 0) return [pairs];
    const unpaired = sumStage(call, l, "unpaired", 1, chunks, ({ program, i, read }) => {
      const before = program.forward("z", from, l, i, read("a2"));
      return { sum: `${before} * ${program.backward("g", to, l + 1, i, read("a3"))}`, z, g };
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
