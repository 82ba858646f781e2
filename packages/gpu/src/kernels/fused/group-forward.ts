/** @file The mixer's forward pass by groups, one launch each. */

import { bindings, upTo } from "../wgsl.ts";
import { type FusedBlocks, mixPass } from "./blocks.ts";
import {
  copyElements,
  declareElements,
  inputType,
  loadInput,
  storeOutput,
  storeStage,
} from "./forward.ts";
import { fromShared, type GroupPlan, groupHead, toShared } from "./group-plan.ts";
import { coordinate, type FusedPass, rowLoop } from "./plan.ts";

/** The element type of a group's input: x, or z. */
export const startType = (plan: GroupPlan): string => (plan.first ? inputType(plan) : "f32");

/** Loads z at the beginning of a group. */
export const loadStart = (plan: GroupPlan, into: string, row: string): string =>
  plan.first
    ? loadInput(plan, into, row)
    : upTo(plan.held)
        .map((e) => `${into}${e} = x[${row} * ${plan.n}u + ${coordinate(plan.begin, e)}];`)
        .join(" ");

/** Loads the first row, before the loop over rows. */
export const startRow = ({ rowsPerWorkgroup }: GroupPlan, load: string): string =>
  `{ let row = min(w.x * ${rowsPerWorkgroup}u + sub, rows - 1u); ${load} }\n`;

/** z through the passes of a group, from the layout of the first to that of the last. */
export const mixForward = (
  plan: GroupPlan,
  region: string,
  mix: (pass: FusedPass) => string,
): string =>
  plan.passes
    .map((pass, r) => {
      const before = plan.passes[r - 1];
      if (before === undefined) return mix(pass);
      return (
        `${toShared(plan, before, "z", region)} workgroupBarrier(); ` +
        `${fromShared(plan, pass, "z", region)} ${mix(pass)}`
      );
    })
    .join("\n");

/**
 * Reads: x or z, the coefficients, then d_in if it is the first group, d_out and bias if the last.
 * Result: z after it, or y.
 */
export function groupForward(plan: GroupPlan, blocks: FusedBlocks): string {
  const { first, last, passes } = plan;
  const { head, guard, next } = rowLoop(plan);
  const reads = [
    `x: array<${startType(plan)}>`,
    "blocks: array<vec4f>",
    ...(first ? [`dIn: array<${startType(plan)}>`] : []),
    ...(last ? ["dOut: array<f32>", "bias: array<f32>"] : []),
  ];
  return (
    `${bindings(reads, ["y: array<f32>"], 2)}` +
    `${blocks.functions}${groupHead(plan, 2)}` +
    `${passes.map((pass) => blocks.load(plan, pass)).join("\n")}\n` +
    `${declareElements(plan, "z", "f")}\n${startRow(plan, loadStart(plan, "f", "row"))}` +
    // Two regions in turn: a thread that is a row ahead does not write over what others still read.
    `var turn = 0u;\n${head}${copyElements(plan, "z", "f")}\n` +
    `{ let next = ${next}; ${loadStart(plan, "f", "next")} }\n` +
    `${mixForward(plan, "turn", (pass) => mixPass(blocks, plan, pass, "z"))}\n` +
    `${guard} { ${last ? storeOutput(plan, "z") : storeStage(plan, plan.end, "y", "z")} }\n` +
    "turn = 1u - turn;\n}\n}"
  );
}
