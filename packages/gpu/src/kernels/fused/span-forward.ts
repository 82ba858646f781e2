/** @file The mixer's forward pass by spans, one launch each. */

import { bindings, upTo } from "../wgsl.ts";
import { type FusedBlocks, mixRound } from "./blocks.ts";
import { copyElements, declareElements, inputType, loadInput, storeOutput, storeStage } from "./forward.ts";
import { coordinate, type Round, rowLoop } from "./plan.ts";
import { fromShared, type SpanPlan, spanHead, toShared } from "./span-plan.ts";

/** The element type of what a span begins with: x, or z. */
export const startType = (plan: SpanPlan): string => (plan.first ? inputType(plan) : "f32");

/** Loads z at the beginning of a span. */
export const loadStart = (plan: SpanPlan, into: string, row: string): string =>
  plan.first
    ? loadInput(plan, into, row)
    : upTo(plan.held)
        .map((e) => `${into}${e} = x[${row} * ${plan.n}u + ${coordinate(plan.begin, e)}];`)
        .join(" ");

/** Loads what the loop over rows begins with. */
export const startRow = ({ rowsPerGroup }: SpanPlan, load: string): string =>
  `{ let row = min(w.x * ${rowsPerGroup}u + sub, rows - 1u); ${load} }\n`;

/** z through the rounds of a span, from the layout of the first to that of the last. */
export const mixForward = (plan: SpanPlan, region: string, mix: (round: Round) => string): string =>
  plan.rounds
    .map((round, r) => {
      const before = plan.rounds[r - 1];
      if (before === undefined) return mix(round);
      return (
        `${toShared(plan, before, "z", region)} workgroupBarrier(); ` +
        `${fromShared(plan, round, "z", region)} ${mix(round)}`
      );
    })
    .join("\n");

/** Reads: x or z, the coefficients, then d_in if it is the first span, d_out and bias if the last. Result: z after it, or y. */
export function spanForward(plan: SpanPlan, blocks: FusedBlocks): string {
  const { first, last, rounds } = plan;
  const { head, guard, next } = rowLoop(plan);
  const reads = [
    `x: array<${startType(plan)}>`,
    "blocks: array<vec4f>",
    ...(first ? [`dIn: array<${startType(plan)}>`] : []),
    ...(last ? ["dOut: array<f32>", "bias: array<f32>"] : []),
  ];
  return (
    `${bindings(reads, ["y: array<f32>"], 2)}${spanHead(plan, 2)}${rounds.map((round) => blocks.load(plan, round)).join("\n")}\n` +
    `${declareElements(plan, "z", "f")}\n${startRow(plan, loadStart(plan, "f", "row"))}` +
    // Two regions in turn: a thread that is a row ahead does not write over what others still read.
    `var turn = 0u;\n${head}${copyElements(plan, "z", "f")}\n{ let next = ${next}; ${loadStart(plan, "f", "next")} }\n` +
    `${mixForward(plan, "turn", (round) => mixRound(blocks, plan, round, "z"))}\n` +
    `${guard} { ${last ? storeOutput(plan, "z") : storeStage(plan, plan.end, "y", "z")} }\nturn = 1u - turn;\n}\n}`
  );
}
