/**
 * @file General blocks [a b; c d] in the fused kernels, read from the parameter as it is; a pair's
 * gradient is the outer product of g and z.
 */

import { rowMajor, zeros } from "../../device-array.ts";
import { upTo } from "../wgsl.ts";
import { type FusedBlocks, sumName } from "./blocks.ts";
import { type FusedPass, type FusedPlan, pairsOf } from "./plan.ts";

/** The coefficients of the pair whose first element is e, in stage j of a pass. */
export const pairName = ({ stage }: FusedPass, j: number, e: number): string =>
  `q${stage + j}_${e}`;

/** Statements that load four coefficients a pair, in the order of the schedule's pairs. */
export const loadPairs = (plan: FusedPlan, pass: FusedPass): string =>
  upTo(pass.k)
    .flatMap((j) =>
      pairsOf(plan, pass, j).map(({ a, pair }) => `let ${pairName(pass, j, a)} = blocks[${pair}];`),
    )
    .join(" ");

/**
 * General blocks can't be undone safely, so the backward keeps z before every stage, and its groups
 * have one pass.
 */
export const generalBlocks: FusedBlocks = {
  registers: 16,
  backwardThreads: 256,
  backwardPasses: 1,
  carried: ["g"],
  components: 4,
  functions: "",
  load: loadPairs,
  mix: (plan, pass, j, v) =>
    pairsOf(plan, pass, j)
      .map(({ a, b }) => {
        const m = pairName(pass, j, a);
        return (
          `{ let p = ${v}${a}; let q = ${v}${b}; ` +
          `${v}${a} = ${m}.x * p + ${m}.y * q; ${v}${b} = ${m}.z * p + ${m}.w * q; }`
        );
      })
      .join(" "),
  mixAgain: (plan, pass) =>
    upTo(pass.k)
      .map((j) => {
        const kept = upTo(plan.held).map((e) => `let before${j}_${e} = z${e};`);
        return `${kept.join(" ")} ${generalBlocks.mix(plan, pass, j, "z")}`;
      })
      .join(" "),
  turnBack: (plan, pass, j) =>
    pairsOf(plan, pass, j)
      .map(({ a, b }) => {
        const m = pairName(pass, j, a);
        const [u, v] = [`before${j}_${a}`, `before${j}_${b}`];
        return (
          `{ let p = g${a}; let q = g${b}; ` +
          `${sumName(pass, j, a)} += vec4f(p * ${u}, p * ${v}, q * ${u}, q * ${v}); ` +
          `g${a} = ${m}.x * p + ${m}.z * q; g${b} = ${m}.y * p + ${m}.w * q; }`
        );
      })
      .join(" "),
  declareSum: (name) => `var ${name} = vec4f();`,
  writeSum: (name, at) =>
    upTo(4)
      .map((c) => `sums[base + 4u * ${at} + ${c}u] = ${name}[${c}];`)
      .join(" "),
  coefficients: () => null,
  // All coordinates are paired: the gradient of the unpaired ones' scales is empty.
  gradients: (executor, sums, [{ shape }, ...scales]) => [
    rowMajor(sums.memory, shape, "float32"),
    ...scales.map((empty) => zeros(executor, empty.shape, "float32")),
  ],
};
