/**
 * @file The rotation mixer's forward pass in one launch: a workgroup takes a row through all stages, in registers, with exchanges
 * through shared memory between groups of stages. The rotations' coefficients stay in registers from row to row.
 */
import type { WgslSource } from "../executor.ts";
import {
  coordinate,
  declareBases,
  type FusedPlan,
  isContiguous,
  pairsOf,
  readShared,
  spreadBanks,
  upTo,
  writeShared,
} from "./fused-plan.ts";

/** How a kernel is made. */
export interface FusedStyle {
  /** Whether coefficients are loaded once and kept (as long as registers last), or again for each row. */
  readonly resident: boolean;
  /** Two halves of shared memory in turn, one barrier an exchange; or one, two barriers. */
  readonly halves: 1 | 2;
}

/** Loads the coefficients of a round into `c{stage}_{a}`, as (cos, sin). */
export const loadCoefficients = (plan: FusedPlan, r: number): string =>
  upTo(plan.rounds[r]!.k)
    .flatMap((j) => pairsOf(plan, r, j).map(({ a, pair }) => `let c${plan.rounds[r]!.stage + j}_${a} = cs[${pair}];`))
    .join(" ");

/** Rotates the elements `v0 …` through the stages of a round. */
export const rotateRound = (plan: FusedPlan, r: number, v: string): string =>
  upTo(plan.rounds[r]!.k)
    .flatMap((j) =>
      pairsOf(plan, r, j).map(({ a, b }) => {
        const c = `c${plan.rounds[r]!.stage + j}_${a}`;
        return `{ let p = ${v}${a}; let q = ${v}${b}; ${v}${a} = ${c}.x * p - ${c}.y * q; ${v}${b} = ${c}.y * p + ${c}.x * q; }`;
      }),
    )
    .join(" ");

/** Loads the row's input, scaled by d_in, into `v0 …`; zeros beyond its width. */
export function loadInput(plan: FusedPlan, into: string, row: string): string {
  const { fanIn, n, held } = plan;
  if (fanIn === n && isContiguous(plan, 0))
    return upTo(held / 4)
      .map((h) => {
        const at = `(${coordinate(plan, 0, 4 * h)} >> 2u)`;
        const parts = ["x", "y", "z", "w"].map((p, i) => `${into}${4 * h + i} = l.${p};`).join(" ");
        return `{ let l = x[${row} * ${n / 4}u + ${at}] * dIn[${at}]; ${parts} }`;
      })
      .join(" ");
  return upTo(held)
    .map((e) => {
      const i = coordinate(plan, 0, e);
      const read = `${into}${e} = x[${row} * ${fanIn}u + ${i}] * dIn[${i}];`;
      return fanIn === n ? read : `if (${i} < ${fanIn}u) { ${read} } else { ${into}${e} = 0.0; }`;
    })
    .join(" ");
}

/** The element type of x and d_in: four at once where a thread's elements lie side by side. */
export const inputType = (plan: FusedPlan): string =>
  plan.fanIn === plan.n && isContiguous(plan, 0) ? "vec4f" : "f32";

/** What every fused kernel begins with. */
const prelude = (plan: FusedPlan, sharedLength: number): string =>
  `var<workgroup> sh: array<f32, ${sharedLength}>;\n` +
  `fn place(i: u32) -> u32 { return ${spreadBanks}; }\n` +
  `@compute @workgroup_size(${plan.threads * plan.rowsPerGroup}) fn main(@builtin(workgroup_id) w: vec3u, @builtin(local_invocation_id) id: vec3u) {\n` +
  (plan.rowsPerGroup === 1
    ? "let t = id.x; let sub = 0u;"
    : `let t = id.x % ${plan.threads}u; let sub = id.x / ${plan.threads}u;`) +
  `\n${declareBases(plan)}\n`;

/** Binding 0 x, 1 d_in, 2 (cos, sin) of each pair, 3 d_out, 4 bias; result y. */
export function fusedForward(plan: FusedPlan, { resident, halves }: FusedStyle): WgslSource {
  const { rounds, held, n, rows, fanOut, rowsPerGroup, groups } = plan;
  const size = n;
  const last = rounds.length - 1;
  const exchange = (r: number): string => {
    const offset = halves === 2 ? "half" : "own";
    const after = halves === 2 ? `half = 2u * own + ${size}u - half;` : "workgroupBarrier();";
    return `${writeShared(plan, r, "v", offset)} workgroupBarrier(); ${readShared(plan, r + 1, "v", offset)} ${after}`;
  };
  const rowsCode = rounds
    .map(
      (_, r) =>
        `${resident ? "" : loadCoefficients(plan, r)} ${rotateRound(plan, r, "v")} ${r === last ? "" : exchange(r)}`,
    )
    .map((code) => `{ ${code} }`)
    .join("\n");
  const store = upTo(held)
    .map((e) => {
      const i = coordinate(plan, last, e);
      const write = `y[row * ${fanOut}u + ${i}] = v${e} * dOut[${i}] + bias[${i}];`;
      return fanOut === n ? write : `if (${i} < ${fanOut}u) { ${write} }`;
    })
    .join(" ");
  const step = groups * rowsPerGroup;
  const turns = Math.ceil(rows / step);
  const exact = turns * step === rows;
  const type = inputType(plan);
  const code =
    `@group(0) @binding(0) var<storage, read> x: array<${type}>;\n@group(0) @binding(1) var<storage, read> dIn: array<${type}>;\n` +
    "@group(0) @binding(2) var<storage, read> cs: array<vec2f>;\n@group(0) @binding(3) var<storage, read> dOut: array<f32>;\n" +
    "@group(0) @binding(4) var<storage, read> bias: array<f32>;\n@group(0) @binding(5) var<storage, read_write> y: array<f32>;\n" +
    prelude(plan, size * halves * rowsPerGroup) +
    `let own = sub * ${size}u${halves === 2 ? " * 2u" : ""}; ${halves === 2 ? "var half = own;" : ""}\n` +
    (resident ? rounds.map((_, r) => loadCoefficients(plan, r)).join("\n") : "") +
    `\n${upTo(held)
      .map((e) => `var v${e}: f32; var f${e} = 0.0;`)
      .join(" ")}\n` +
    `var row = w.x * ${rowsPerGroup}u + sub;\n` +
    `${exact ? "" : `if (row < ${rows}u)`} { ${loadInput(plan, "f", "row")} }\n` +
    `for (var turn = 0u; turn < ${turns}u; turn++) {\n` +
    `${upTo(held)
      .map((e) => `v${e} = f${e};`)
      .join(" ")}\n` +
    // The next row is on its way while this one is mixed.
    `let next = row + ${step}u; if (next < ${rows}u) { ${loadInput(plan, "f", "next")} }\n` +
    `${rowsCode}\n` +
    `${exact ? "" : `if (row < ${rows}u)`} { ${store} }\nrow = next;\n}\n}`;
  return { code, reads: 5, results: [rows * fanOut], groups: [groups, 1, 1] };
}
