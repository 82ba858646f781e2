/**
 * @file What the backward pass adds up: each row slot of a span its own sums, and the kernel that
 * adds those up.
 */

import { bindings, joined, upTo } from "../wgsl.ts";
import type { FusedBlocks } from "./blocks.ts";
import type { SpanPlan } from "./span-plan.ts";

/**
 * Lengths of what a span adds up for each row slot: its pairs, d_in where x is, d_out and bias
 * where y is.
 */
export const sumLengths = (
  { n, stages, first, last, fanIn, fanOut }: SpanPlan,
  { components }: FusedBlocks,
): number[] => [
  (components * stages * n) / 2,
  first ? fanIn : 0,
  last ? fanOut : 0,
  last ? fanOut : 0,
];

/** Their sum. */
export const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/**
 * Results of a workgroup of the kernel that adds up, and the threads that share the row slots of
 * each.
 */
const columns = 32;
const shares = 8;

/** A kernel that adds up the sums of some spans. */
export interface SumsKernel {
  readonly code: string;
  readonly results: readonly number[];
  /**
   * Whose gradients the results are: 0 the pairs' of these spans, 1 d_in's, 2 d_out's, 3 the
   * bias's.
   */
  readonly gives: readonly number[];
  readonly groups: readonly [number, number, number];
}

/** Spans that one kernel adds up: with the four results those are eight buffers. */
export const mostSpans = 4;

/** The kernel that adds up the sums of neighbouring spans; it reads one array for each. */
export function addSpanSums(plans: readonly SpanPlan[], blocks: FusedBlocks): SumsKernel {
  const { n, rounds } = plans[0]!;
  const stage0 = rounds[0]!.stage;
  const lengths = upTo(4).map((which) =>
    total(plans.map((plan) => sumLengths(plan, blocks)[which]!)),
  );
  const gives = upTo(4).filter((which) => lengths[which]! > 0);
  // Where each span's sums lie among the threads, and what becomes of them.
  let end = 0;
  const parts = plans.flatMap((plan, k) => {
    const own = sumLengths(plan, blocks);
    return own.map((length, which) => {
      const from = total(own.slice(0, which));
      const to = which === 0 ? (blocks.components * (plan.rounds[0]!.stage - stage0) * n) / 2 : 0;
      end += length;
      return {
        length,
        end,
        read: `s${k}[k * ${total(own)}u + i - ${end - length}u + ${from}u]`,
        write: `r${which}[i - ${end - length}u + ${to}u]`,
      };
    });
  });
  const choose = (statement: (part: (typeof parts)[number]) => string): string =>
    parts
      .filter(({ length }) => length > 0)
      .map((part) => `if (i < ${part.end}u) { ${statement(part)} }`)
      .join("\nelse ");
  const code =
    bindings(
      plans.map((_, k) => `s${k}: array<f32>`),
      gives.map((which) => `r${which}: array<f32>`),
      2,
    ) +
    `var<workgroup> folded: array<f32, ${columns * shares}>;\n` +
    `@compute @workgroup_size(${columns}, ${shares}) fn main(@builtin(workgroup_id) ` +
    "w: vec3u, @builtin(local_invocation_id) id: vec3u) {\n" +
    `let i = w.x * ${columns}u + id.x; let slots = ${joined}; var s = 0.0;\n` +
    choose(({ read }) => `for (var k = id.y; k < slots; k += ${shares}u) { s += ${read}; }`) +
    "\n" +
    `folded[id.y * ${columns}u + id.x] = s; workgroupBarrier();\nif (id.y > 0u) { return; }\n` +
    `for (var p = 1u; p < ${shares}u; p++) { s += folded[p * ${columns}u + id.x]; }\n` +
    `${choose(({ write }) => `${write} = s;`)}\n}`;
  return {
    code,
    results: gives.map((which) => lengths[which]!),
    gives,
    groups: [Math.ceil(end / columns), 1, 1],
  };
}
