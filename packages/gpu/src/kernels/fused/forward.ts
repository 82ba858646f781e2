/**
 * @file The mixer's forward in one launch, a group of all passes: a workgroup takes a row through
 * all stages, in registers, with exchanges through shared memory between passes. The blocks'
 * coefficients stay in registers from row to row. Figures 6 and 7 of docs/design/memory-layout.md
 * show the exchanges.
 */

import { bindings, upTo } from "../wgsl.ts";
import { type FusedBlocks, mixPass } from "./blocks.ts";
import {
  coordinate,
  declareBases,
  type FusedPass,
  type FusedPlan,
  isContiguous,
  mainHead,
  readShared,
  rowLoop,
  spreadBanks,
  writeShared,
} from "./plan.ts";

/** Loads the row's input, scaled by d_in, into `v0 …`; zeros beyond its width. */
export function loadInput(plan: FusedPlan, into: string, row: string): string {
  const { fanIn, n, held } = plan;
  if (fanIn === n && isContiguous(plan.begin))
    return upTo(held / 4)
      .map((h) => {
        const at = `(${coordinate(plan.begin, 4 * h)} >> 2u)`;
        const parts = ["x", "y", "z", "w"].map((p, i) => `${into}${4 * h + i} = l.${p};`).join(" ");
        return `{ let l = x[${row} * ${n / 4}u + ${at}] * dIn[${at}]; ${parts} }`;
      })
      .join(" ");
  return upTo(held)
    .map((e) => {
      const i = coordinate(plan.begin, e);
      const read = `${into}${e} = x[${row} * ${fanIn}u + ${i}] * dIn[${i}];`;
      return fanIn === n ? read : `if (${i} < ${fanIn}u) { ${read} } else { ${into}${e} = 0.0; }`;
    })
    .join(" ");
}

/** The element type of x and d_in: four at once where a thread's elements lie side by side. */
export const inputType = (plan: FusedPlan): string =>
  plan.fanIn === plan.n && isContiguous(plan.begin) ? "vec4f" : "f32";

/** Declares variables `name0 …`, one for each element of a thread. */
export const declareElements = ({ held }: FusedPlan, ...names: readonly string[]): string =>
  names.flatMap((name) => upTo(held).map((e) => `var ${name}${e} = 0.0;`)).join(" ");

/** Copies one set of elements to another. */
export const copyElements = ({ held }: FusedPlan, to: string, from: string): string =>
  upTo(held)
    .map((e) => `${to}${e} = ${from}${e};`)
    .join(" ");

/** Statements that write y from `v0 …` in the layout of the last pass. */
export const storeOutput = (plan: FusedPlan, v: string): string =>
  upTo(plan.held)
    .map((e) => {
      const i = coordinate(plan.end, e);
      const write = `y[row * ${plan.fanOut}u + ${i}] = ${v}${e} * dOut[${i}] + bias[${i}];`;
      return plan.fanOut === plan.n ? write : `if (${i} < ${plan.fanOut}u) { ${write} }`;
    })
    .join(" ");

/** Statements that write z in the layout of a pass. */
export const storeStage = (plan: FusedPlan, pass: FusedPass, array: string, v: string): string =>
  upTo(plan.held)
    .map((e) => `${array}[row * ${plan.n}u + ${coordinate(pass, e)}] = ${v}${e};`)
    .join(" ");

/**
 * Reads x, the coefficients, d_in, d_out, bias; results y, then z before the stages `kept`, the
 * residual.
 */
export function fusedForward(
  plan: FusedPlan,
  blocks: FusedBlocks,
  kept: readonly number[],
): string {
  const { passes, n, threads, rowsPerWorkgroup } = plan;
  const { head, guard, next } = rowLoop(plan);
  const type = inputType(plan);
  const mixed = passes.map((pass, r) => {
    const place = kept.indexOf(pass.stage);
    const keep = place < 0 ? "" : `${guard} { ${storeStage(plan, pass, `z${place}`, "v")} }`;
    const following = passes[r + 1];
    const move =
      following === undefined
        ? ""
        : `${writeShared(plan, pass, "v", "own")} workgroupBarrier(); ` +
          `${readShared(plan, following, "v", "own")} workgroupBarrier();`;
    return `${keep} ${mixPass(blocks, plan, pass, "v")} ${move}`;
  });
  const reads = [
    `x: array<${type}>`,
    "blocks: array<vec4f>",
    `dIn: array<${type}>`,
    "dOut: array<f32>",
    "bias: array<f32>",
  ];
  return (
    bindings(reads, ["y: array<f32>", ...kept.map((_, k) => `z${k}: array<f32>`)], 2) +
    `var<workgroup> sh: array<f32, ${n * rowsPerWorkgroup}>;\n` +
    `${blocks.functions}fn place(i: u32) -> u32 { return ${spreadBanks}; }\n` +
    mainHead(plan, threads * rowsPerWorkgroup) +
    (rowsPerWorkgroup === 1
      ? "let t = id.x; let sub = 0u;"
      : `let t = id.x % ${threads}u; let sub = id.x / ${threads}u;`) +
    `\nlet own = sub * ${n}u;\n${declareBases(plan)}\n` +
    `${passes.map((pass) => blocks.load(plan, pass)).join("\n")}\n` +
    `${declareElements(plan, "v", "f")}\n{ ` +
    `let row = min(w.x * ${rowsPerWorkgroup}u + sub, rows - 1u); ` +
    `${loadInput(plan, "f", "row")} }\n` +
    // The next row is loaded while this one is mixed.
    `${head}${copyElements(plan, "v", "f")}\n{ ` +
    `let next = ${next}; ${loadInput(plan, "f", "next")} }\n` +
    `${mixed.join("\n")}\n${guard} { ${storeOutput(plan, "v")} }\n}\n}`
  );
}
