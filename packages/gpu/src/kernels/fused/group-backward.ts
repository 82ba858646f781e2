/**
 * @file The mixer's backward by groups, one launch each: z forward through the group again, then g
 * back, and z with it where blocks can be undone; every parameter's gradient is added up in
 * registers and written once.
 */

import { bindings, upTo } from "../wgsl.ts";
import { type FusedBlocks, sumsOf } from "./blocks.ts";
import { copyElements, declareElements, storeStage } from "./forward.ts";
import { loadStart, mixForward, startRow, startType } from "./group-forward.ts";
import { fromShared, type GroupPlan, groupHead, toShared } from "./group-plan.ts";
import { sumLengths, total } from "./group-sums.ts";
import { coordinate, type FusedPass, isContiguous, rowLoop } from "./plan.ts";

/**
 * Lengths of a backward launch's results on so many row slots: g before the group or x̄, and the
 * sums.
 */
export const backwardResults = (
  plan: GroupPlan,
  blocks: FusedBlocks,
  rows: number,
  slots: number,
): [g: number, sums: number] => [
  rows * (plan.first ? plan.fanIn : plan.n),
  slots * total(sumLengths(plan, blocks)),
];

/** Loads g at the end of a group, or ȳ. */
function loadCotangents(plan: GroupPlan, into: string, row: string): string {
  const { last, n, fanOut, held, end } = plan;
  const width = last ? fanOut : n;
  return upTo(held)
    .map((e) => {
      const i = coordinate(end, e);
      const read = `${into}${e} = ct[${row} * ${width}u + ${i}];`;
      return width === n ? read : `if (${i} < ${width}u) { ${read} }`;
    })
    .join(" ");
}

/**
 * Sets g to the loaded cotangents; at the end of the mixer times d_out, with the gradients of d_out
 * and bias.
 */
function takeCotangents(plan: GroupPlan): string {
  const { last, n, fanOut, held, end } = plan;
  return upTo(held)
    .map((e) => {
      const i = coordinate(end, e);
      if (!last) return `g${e} = c${e};`;
      const take = `bias${e} += c${e}; out${e} += c${e} * z${e}; g${e} = c${e} * dOut[${i}];`;
      return fanOut === n ? take : `if (${i} < ${fanOut}u) { ${take} } else { g${e} = 0.0; }`;
    })
    .join(" ");
}

/** g back through the passes of a group. */
const turnBackward = (blocks: FusedBlocks, plan: GroupPlan): string =>
  plan.passes
    .map((pass, r) => {
      const through = (move: typeof toShared, layout: FusedPass): string =>
        blocks.carried.map((name, region) => move(plan, layout, name, `${region}u`)).join(" ");
      const before = plan.passes[r - 1];
      const move =
        before === undefined
          ? ""
          : `${through(toShared, pass)} workgroupBarrier(); ${through(fromShared, before)}`;
      const back = upTo(pass.k)
        .toReversed()
        // Before a later group z is not needed.
        .map((j) => blocks.turnBack(plan, pass, j, plan.first || r > 0 || j > 0));
      return `${back.join(" ")} ${move}`;
    })
    .toReversed()
    .join("\n");

/**
 * Writes g before the group; at the beginning of the mixer x̄ through d_in, with the gradient of
 * d_in.
 */
function storeCotangents(plan: GroupPlan): string {
  const { first, n, fanIn, held, begin } = plan;
  if (!first) return storeStage(plan, begin, "gOut", "g");
  if (startType(plan) === "vec4f" && isContiguous(begin))
    return upTo(held / 4)
      .map((h) => {
        const at = `(${coordinate(begin, 4 * h)} >> 2u)`;
        const g = `vec4f(${upTo(4).map((i) => `g${4 * h + i}`)})`;
        const sums = ["x", "y", "z", "w"].map((p, i) => `in${4 * h + i} += s.${p};`).join(" ");
        return (
          `{ let g = ${g}; let at = row * ${n / 4}u + ${at}; ` +
          `let s = g * x[at]; ${sums} gOut[at] = g * dIn[${at}]; }`
        );
      })
      .join(" ");
  return upTo(held)
    .map((e) => {
      const i = coordinate(begin, e);
      const write =
        `in${e} += g${e} * x[row * ${fanIn}u + ${i}]; ` +
        `gOut[row * ${fanIn}u + ${i}] = g${e} * dIn[${i}];`;
      return fanIn === n ? write : `if (${i} < ${fanIn}u) { ${write} }`;
    })
    .join(" ");
}

/**
 * The sums of a thread: declarations, and the statements that write them to its row slot's place in
 * `sums`.
 */
function accumulators(plan: GroupPlan, blocks: FusedBlocks): { declare: string; write: string } {
  const { n, begin, end, rowsPerWorkgroup, fanIn, fanOut, first, last } = plan;
  const lengths = sumLengths(plan, blocks);
  const pairs = sumsOf(plan).map(({ name, pair }) => {
    const at = `(${pair} - ${(begin.stage * n) / 2}u)`;
    return { declare: blocks.declareSum(name), write: blocks.writeSum(name, at) };
  });
  const vector = (name: string, pass: FusedPass, from: number, limit: number) =>
    upTo(plan.held).map((e) => {
      const i = coordinate(pass, e);
      const text = `sums[base + ${from}u + ${i}] = ${name}${e};`;
      return {
        declare: `var ${name}${e} = 0.0;`,
        write: limit === n ? text : `if (${i} < ${limit}u) { ${text} }`,
      };
    });
  const [blockSums, ins, outs] = lengths;
  const all = [
    ...pairs,
    ...(first ? vector("in", begin, blockSums, fanIn) : []),
    ...(last
      ? [
          ...vector("out", end, blockSums + ins, fanOut),
          ...vector("bias", end, blockSums + ins + outs, fanOut),
        ]
      : []),
  ];
  return {
    declare: all.map(({ declare }) => declare).join(" "),
    write:
      `let base = (w.x * ${rowsPerWorkgroup}u + sub) * ${total(lengths)}u;\n` +
      `${all.map(({ write }) => write).join("\n")}`,
  };
}

/**
 * Reads: g after the group or ȳ, z before it or x, the coefficients, then d_in if it is the first
 * group, d_out if the last. Results: g before the group, or x̄; and the sums of each row slot.
 */
export function groupBackward(plan: GroupPlan, blocks: FusedBlocks): string {
  const { first, last, held, passes } = plan;
  const { head, guard, next } = rowLoop(plan);
  const { declare, write } = accumulators(plan, blocks);
  const type = startType(plan);
  const reads = [
    "ct: array<f32>",
    `x: array<${type}>`,
    "blocks: array<vec4f>",
    ...(first ? [`dIn: array<${type}>`] : []),
    ...(last ? ["dOut: array<f32>"] : []),
  ];
  // A row slot beyond the last row adds nothing: its cotangent is zero.
  const idle =
    guard === ""
      ? ""
      : `else { ${upTo(held)
          .map((e) => `c${e} = 0.0;`)
          .join(" ")} }`;
  return (
    `${bindings(reads, [`gOut: array<${first ? type : "f32"}>`, "sums: array<f32>"], 2)}` +
    `${blocks.functions}${groupHead(plan, 3)}` +
    `${passes.map((pass) => blocks.load(plan, pass)).join("\n")}\n` +
    `${declare}\n${declareElements(plan, "z", "g", "c", "fz", "fc")}\n` +
    `${startRow(plan, `${loadStart(plan, "fz", "row")} ${loadCotangents(plan, "fc", "row")}`)}` +
    `${head}${copyElements(plan, "z", "fz")} ${guard} { ` +
    `${copyElements(plan, "c", "fc")} } ${idle}\n` +
    `{ let next = ${next}; ` +
    `${loadStart(plan, "fz", "next")} ${loadCotangents(plan, "fc", "next")} }\n` +
    // Regions 0 and 1 carry z and g back, region 2 carries z forward: each barrier also frees what
    // the one before it guarded.
    `${mixForward(plan, "2u", (pass) => blocks.mixAgain(plan, pass))}\n` +
    `${takeCotangents(plan)}\n${turnBackward(blocks, plan)}\n` +
    `${guard} { ${storeCotangents(plan)} }\n}\n${write}\n}`
  );
}
