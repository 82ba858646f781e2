/** @file What the backward pass adds up: each row slot of a span its own sums, and the kernel that adds those up. */
import type { FusedBlocks } from "./fused-blocks.ts";
import type { SpanPlan } from "./span-plan.ts";
import { bindings, joined } from "./wgsl.ts";

/** Lengths of what a span adds up for each row slot: its pairs, d_in where x is, d_out and bias where y is. */
export const sumLengths = (
  { n, stages, first, last, fanIn, fanOut }: SpanPlan,
  { components }: FusedBlocks,
): number[] => [(components * stages * n) / 2, first ? fanIn : 0, last ? fanOut : 0, last ? fanOut : 0];

/** Their sum. */
export const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The kernel that adds up the sums of all spans: reads one array for each, writes the gradients of the pairs, d_in, d_out, bias. */
export interface SumsKernel {
  readonly code: string;
  readonly results: readonly number[];
  readonly groups: readonly [number, number, number];
}

export function addSpanSums(plans: readonly SpanPlan[], blocks: FusedBlocks): SumsKernel {
  const { n, fanIn, fanOut } = plans[0]!;
  const results = [(blocks.components * total(plans.map(({ stages }) => stages)) * n) / 2, fanIn, fanOut, fanOut];
  let thread = 0;
  const cases: string[] = [];
  for (const [k, plan] of plans.entries()) {
    const parts = sumLengths(plan, blocks);
    let from = 0;
    for (const [which, length] of parts.entries()) {
      if (length === 0) continue;
      const to = which === 0 ? (blocks.components * plan.rounds[0]!.stage * n) / 2 : 0;
      cases.push(
        `if (i < ${thread + length}u) { var s = 0.0; for (var k = 0u; k < slots; k++) { s += s${k}[k * ${total(parts)}u + i - ${thread}u + ${from}u]; } ` +
          `r${which}[i - ${thread}u + ${to}u] = s; return; }`,
      );
      thread += length;
      from += length;
    }
  }
  const code =
    bindings(
      plans.map((_, k) => `s${k}: array<f32>`),
      results.map((_, k) => `r${k}: array<f32>`),
      2,
    ) +
    `@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { let i = id.x; let slots = ${joined};\n${cases.join("\n")}\n}`;
  return { code, results, groups: [Math.ceil(thread / 64), 1, 1] };
}
