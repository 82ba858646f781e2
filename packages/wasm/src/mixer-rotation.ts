/** @file The kernels of rotations: one angle a pair; the backward undoes the stages from z_L. */

import type { NdArray } from "@spm/core";
import { rotationMixer } from "@spm/mixer";
import { eachPair } from "@spm/mixer/extend";
import { constant } from "./mixer-call.ts";
import { backwardParts, forwardFused, fusedScratch, ROWS } from "./mixer-fused.ts";
import { backwardByTable, forwardByTable } from "./mixer-pairs.ts";
import { type MixerCall, type MixerKernels, PairList } from "./mixer-state.ts";
import { contiguous } from "./plain.ts";

const SLOTS = 2 * ROWS; // vectors of each four columns: z and g

export const rotationKernels: MixerKernels = {
  op: rotationMixer.op,
  fromAngles: true,
  sums: { lane: 1, third: 1 / 2, radix4: 1 }, // one product of z and swapped g

  listPairs: (schedule) => {
    const list = new PairList();
    for (let l = 0; l < schedule.stages; l++) {
      eachPair(schedule, l, (i, j, p) => list.add(i, j, p));
      list.endStage();
    }
    return list;
  },

  tableBlocks: ({ state, schedule, source }) => {
    const { memory, run } = state.machine;
    const count = schedule.first.length;
    const made = memory.scratch(16 * (count + 4));
    run.rotationBlocks(contiguous(state.machine, source), made, count);
    return made;
  },

  backwardByTable: (call, blocks, back) => {
    const { state, schedule, tables } = call;
    const { run } = state.machine;
    const { n } = schedule;
    const z = lastOf(call, back.residual, (bias, y, z) => forwardByTable(call, blocks, bias, y, z));
    const ones = constant(state.machine, n, 1);
    const { sums, totals } = backwardByTable(call, back, {
      perPair: 1,
      levels: 1,
      enter: ({ row, few, z: last }) => {
        run.pairsEnter(z + 4 * n * row, few, n, n, ones, last);
        return last;
      },
      stages: ({ g, lanes }, last) =>
        run.pairsUnrotate(tables.pairs, tables.sources.length, blocks, last, g, lanes),
    });
    back.gradients[0]?.data.set(totals);
    return sums;
  },

  backwardFused: (call, scaled, back) => {
    const { state, schedule, tables, inputs, outputs, dIn, dOut } = call;
    const { memory, run } = state.machine;
    const { n, stages } = schedule;
    const { coefficients, scales, scale, unit, plan } = scaled;
    const v = lastOf(call, back.residual, (bias, y, z) => forwardFused(call, scaled, bias, y, z));
    const bytes = 12 * n + fusedScratch(plan, n, SLOTS);
    const { raw, sums } = backwardParts(call, scaled, back, bytes, (run, part) =>
      run.butterflyRotationBackward(
        part.x,
        v + 4 * n * part.from,
        part.ct,
        part.gx,
        part.few,
        tables.layout,
        inputs,
        outputs,
        dIn,
        coefficients,
        scale,
        dOut,
        unit,
        part.stages,
        part.ends,
        part.scratch,
      ),
    );
    for (const gradient of back.gradients)
      run.rotationGradient(
        raw,
        tables.stages,
        stages,
        n,
        scales,
        1 / unit ** 2,
        memory.address(gradient),
      );
    run.stretchVector(sums.in, sums.in, 1 / unit, 4 * n);
    run.scaleVector(sums.out, sums.out, scale, 1, 4 * n);
    return sums;
  },
};

/** Address of the residual, which is computed again where there is none. */
function lastOf(
  { state, rows, schedule, outputs }: MixerCall,
  residual: NdArray | undefined,
  forward: (bias: number, y: number, z: number) => void,
): number {
  const { machine } = state;
  if (residual !== undefined) return contiguous(machine, residual);
  const z = machine.memory.scratch(4 * rows * schedule.n);
  forward(constant(machine, schedule.n, 0), machine.memory.scratch(4 * rows * outputs), z);
  return z;
}
