/**
 * @file The kernels of free blocks: four numbers a pair; the backward computes the stages again.
 */
import { sizeOf } from "@spm/core/extend";
import { generalMixer } from "@spm/mixer";
import { eachPair, eachUnpaired } from "@spm/mixer/extend";
import { type ButterflyPlan, GROUP, PASS } from "./butterfly-plan.ts";
import { backwardParts, ROWS } from "./mixer-fused.ts";
import { backwardByTable } from "./mixer-pairs.ts";
import { COLUMN, type MixerKernels, PairList } from "./mixer-state.ts";
import { contiguous } from "./plain.ts";

/**
 * Bytes of scratch of the fused backward: g, the input of each group, and its levels; eight rows.
 */
const scratchOf = ({ chunk, pad, groups, levels }: ButterflyPlan, n: number): number =>
  (groups.length / GROUP) * ((n / 4 / chunk) * (chunk * 16 * ROWS + pad) + 1088) +
  levels * 16 * ROWS;

export const generalKernels: MixerKernels = {
  op: generalMixer.op,
  fromAngles: false,
  sums: { lane: 2, third: 2, radix4: 4 }, // D and O

  listPairs: (schedule) => {
    const list = new PairList();
    for (let l = 0; l < schedule.stages; l++) {
      eachPair(schedule, l, (i, j, p) => list.add(i, j, p));
      // with the extra column, which is zero
      eachUnpaired(schedule, l, (i, r) => list.add(i, schedule.n, -1 - r));
      list.endStage();
    }
    return list;
  },

  /** Unpaired coordinates are blocks [s, 0; 0, 1]. */
  tableBlocks: ({ state, tables, source, others: [scales] }) => {
    const { memory } = state.machine;
    const blocks = contiguous(state.machine, source);
    if (scales === undefined || sizeOf(scales.shape) === 0) return blocks;
    const { sources } = tables;
    const all = memory.scratch(16 * sources.length);
    const to = memory.float32(all, 4 * sources.length);
    const from = memory.float32(blocks, sizeOf(source.shape));
    const factors = memory.float32(contiguous(state.machine, scales), sizeOf(scales.shape));
    sources.forEach((at, k) => {
      if (at >= 0) to.set(from.subarray(4 * at, 4 * at + 4), 4 * k);
      else to.set([factors[-1 - at]!, 0, 0, 1], 4 * k);
    });
    return all;
  },

  backwardByTable: (call, blocks, back) => {
    const { state, schedule, tables, inputs, dIn } = call;
    const { run } = state.machine;
    const { n, stages } = schedule;
    const { pairs, ranges } = tables;
    const backwards = ranges.toReversed();
    const width = COLUMN * (n + 1);
    const { sums, totals } = backwardByTable(call, back, {
      perPair: 4,
      levels: stages + 1,
      enter: ({ x, few, z }) => {
        let last = z;
        run.pairsEnter(x, few, inputs, n, dIn, z);
        for (const { from, to } of ranges) {
          const next = last + width;
          run.pairsForward(pairs + 8 * from, pairs + 8 * to, blocks + 16 * from, last, next);
          last = next;
        }
        return last;
      },
      stages: ({ g, lanes }, last) => {
        let z = last;
        for (const { from, to } of backwards) {
          z -= width;
          run.pairsBackward(
            pairs + 8 * from,
            pairs + 8 * to,
            blocks + 16 * from,
            z,
            g,
            lanes + 64 * from,
          );
        }
      },
    });
    const [gBlocks, gScales] = back.gradients;
    tables.sources.forEach((at, k) => {
      if (at >= 0) gBlocks?.data.set(totals.subarray(4 * k, 4 * k + 4), 4 * at);
      else gScales?.data.set(totals.subarray(4 * k, 4 * k + 1), -1 - at);
    });
    return sums;
  },

  backwardFused: (call, scaled, back) => {
    const { state, schedule, tables, inputs, outputs, dIn, dOut } = call;
    const { memory, run } = state.machine;
    const { n, stages } = schedule;
    const { coefficients, scales, scale, plan } = scaled;
    const bytes = 4 * n + scratchOf(plan, n);
    const { raw, sums } = backwardParts(call, scaled, back, bytes, (run, part) =>
      run.butterflyGeneralBackward(
        part.x,
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
        part.stages,
        part.ends,
        part.scratch,
      ),
    );
    const count = plan.passes.length / PASS;
    run.generalSums(raw, tables.passes, count, n, coefficients, scale, dOut, sums.out);
    const [gBlocks] = back.gradients; // a butterfly pairs all coordinates
    if (gBlocks)
      run.generalGradient(raw, tables.stages, stages, n, scales, memory.address(gBlocks));
    run.scaleVector(sums.out, sums.out, scale, 1, 4 * n);
    return sums;
  },
};
