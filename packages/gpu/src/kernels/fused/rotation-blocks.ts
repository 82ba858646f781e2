/**
 * @file Rotations in the fused kernels: (cos θ, sin θ) of two pairs at a time; the backward undoes
 * z along with g, θ̄ = Σ zᵢgⱼ − zⱼgᵢ.
 */
import { sizeOf } from "@spm/core/extend";
import { rowMajor } from "../../device-array.ts";
import type { Executor } from "../../executor.ts";
import { whole } from "../elementwise.ts";
import { returnTurned } from "../trigonometry.ts";
import { upTo } from "../wgsl.ts";
import { type FusedBlocks, mixPass, sumName } from "./blocks.ts";
import { type FusedPass, type FusedPlan, firstsOf, pairsOf } from "./plan.ts";

/** The elements `v0 …` through stage j of a pass. */
const mix: FusedBlocks["mix"] = (plan, pass, j, v) =>
  pairsOf(plan, pass, j)
    .map(({ a, b }, i) => {
      const { c, s } = rotationOf(plan, pass, j, i);
      return (
        `{ let p = ${v}${a}; let q = ${v}${b}; ` +
        `${v}${a} = ${c} * p - ${s} * q; ${v}${b} = ${s} * p + ${c} * q; }`
      );
    })
    .join(" ");

/** The rotations of a layout. The order of its pairs is uploaded once. */
export function rotationBlocks(executor: Executor, layout: FusedPlan): FusedBlocks {
  const gathers = pairOrder(layout);
  const order = executor.upload(gathers);
  return {
    registers: 8,
    backwardThreads: 256,
    backwardPasses: 2,
    carried: ["z", "g"],
    components: 1,
    functions: "",
    load(plan, { stage, k }) {
      const each = plan.held / 4;
      return upTo(k * each)
        .map((h) => `let q${stage}_${h} = blocks[${(stage * each + h) * plan.threads}u + t];`)
        .join(" ");
    },
    mix,
    mixAgain: (plan, pass) => mixPass({ mix }, plan, pass, "z"),
    turnBack: (plan, pass, j, withZ) =>
      pairsOf(plan, pass, j)
        .map(({ a, b }, i) => {
          const { c, s } = rotationOf(plan, pass, j, i);
          const back = (v: string) =>
            `{ let p = ${v}${a}; let q = ${v}${b}; ` +
            `${v}${a} = ${c} * p + ${s} * q; ${v}${b} = ${c} * q - ${s} * p; }`;
          return (
            `${sumName(pass, j, a)} += z${a} * g${b} - z${b} * g${a}; ` +
            `${withZ ? back("z") : ""} ${back("g")}`
          );
        })
        .join(" "),
    declareSum: (name) => `var ${name} = 0.0;`,
    writeSum: (name, at) => `sums[base + ${at}] = ${name};`,
    coefficients(executor, [angles]) {
      const from = whole(executor, angles);
      // The sine at odd places, at even ones that of θ + π/2.
      const source =
        "function (a0, a1) { const t = a0[(a1[this.thread.x >> 1] | 0)]; " +
        `${returnTurned("t", "1 - (this.thread.x & 1)")} }`;
      const output = [2 * sizeOf(angles.shape)] as const;
      const kernel = { source, output, arrays: 2, scalars: 0, gathers };
      const memory = executor.run(kernel, [from.memory, order], []);
      if (from !== angles) executor.release(from.memory);
      return memory;
    },
    gradients: (_executor, sums, [{ shape }]) => [rowMajor(sums.memory, shape, "float32")],
  };
}

/**
 * The numbers of the pairs in the order of their coefficients: two pairs of a thread side by side,
 * and neighbouring threads' coefficients next to each other.
 */
function pairOrder(plan: FusedPlan): Float32Array {
  const { passes, n, threads, stages } = plan;
  const order = new Float32Array((stages * n) / 2);
  let at = 0;
  for (const { stage, k, m } of passes) {
    const slots = upTo(k).flatMap((j) => firstsOf(plan, j).map((e) => ({ j, e })));
    for (let h = 0; h < slots.length; h += 2)
      for (let t = 0; t < threads; t++)
        for (const { j, e } of slots.slice(h, h + 2)) {
          const u = t + (e >> k) * threads;
          const i = ((u >> m) << (m + k)) | (u & (2 ** m - 1)) | ((e & (2 ** k - 1)) << m);
          const d = m + j;
          order[at++] = ((stage + j) * n) / 2 + (((i >> (d + 1)) << d) | (i & (2 ** d - 1)));
        }
  }
  return order;
}

/** cos and sin of the i-th pair of stage j of a pass. */
function rotationOf(
  { held }: FusedPlan,
  { stage }: FusedPass,
  j: number,
  i: number,
): { c: string; s: string } {
  const slot = (j * held) / 2 + i;
  const both = `q${stage}_${slot >> 1}`;
  return slot % 2 === 0 ? { c: `${both}.x`, s: `${both}.y` } : { c: `${both}.z`, s: `${both}.w` };
}
