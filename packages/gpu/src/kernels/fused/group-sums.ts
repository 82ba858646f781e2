/**
 * @file Sums over rows of the backward: those that each row slot of a group writes, and the kernel
 * that adds them up.
 */
import type { Grid } from "../../executor.ts";
import { bindings, joined } from "../wgsl.ts";
import type { FusedBlocks } from "./blocks.ts";
import type { GroupPlan } from "./group-plan.ts";

/**
 * Lengths of the sums of each row slot of a group: its pairs; in the first group d_in; in the last
 * d_out and bias.
 */
export const sumLengths = (
  { n, stages, first, last, fanIn, fanOut }: GroupPlan,
  { components }: FusedBlocks,
): [pairs: number, dIn: number, dOut: number, bias: number] => [
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

/** The operand whose gradient a sum is: the blocks, d_in, d_out, the bias. */
export type Summed = 0 | 1 | 2 | 3;

/** A kernel that adds up the sums of some groups. */
export interface SumsKernel {
  readonly code: string;
  readonly results: readonly { readonly of: Summed; readonly length: number }[];
  readonly workgroups: Grid;
}

/** Groups that one kernel adds up: with the four results those are eight buffers. */
export const mostGroups = 4;

/** The kernel that adds up the sums of neighbouring groups; it reads one array for each. */
export function addGroupSums(plans: readonly GroupPlan[], blocks: FusedBlocks): SumsKernel {
  // The threads of each group's sums, and the places that they read and write.
  let end = 0;
  let pairs = 0;
  const parts = plans.flatMap((plan, k) => {
    const own = sumLengths(plan, blocks);
    const firstPair = pairs;
    pairs += own[0];
    return own.map((length, which) => {
      const from = total(own.slice(0, which));
      const to = which === 0 ? firstPair : 0;
      end += length;
      return {
        which,
        length,
        end,
        read: `s${k}[k * ${total(own)}u + i - ${end - length}u + ${from}u]`,
        write: `r${which}[i - ${end - length}u + ${to}u]`,
      };
    });
  });
  const results = ([0, 1, 2, 3] as const)
    .map((of) => ({
      of,
      length: total(parts.filter(({ which }) => which === of).map(({ length }) => length)),
    }))
    .filter(({ length }) => length > 0);
  const choose = (statement: (part: (typeof parts)[number]) => string): string =>
    parts
      .filter(({ length }) => length > 0)
      .map((part) => `if (i < ${part.end}u) { ${statement(part)} }`)
      .join("\nelse ");
  const code =
    bindings(
      plans.map((_, k) => `s${k}: array<f32>`),
      results.map(({ of }) => `r${of}: array<f32>`),
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
  return { code, results, workgroups: [Math.ceil(end / columns), 1, 1] };
}
