/**
 * @file The mixer's backward pass by spans, one launch each: z forward through the span again, then
 * g back, and z with it where blocks can be undone; every parameter's gradient is added up in
 * registers and written once.
 */

import { bindings, upTo } from "../wgsl.ts";
import { type FusedBlocks, sumsOf } from "./blocks.ts";
import { copyElements, declareElements, storeStage } from "./forward.ts";
import { coordinate, isContiguous, type Round, rowLoop } from "./plan.ts";
import { loadStart, mixForward, startRow, startType } from "./span-forward.ts";
import { fromShared, type SpanPlan, spanHead, toShared } from "./span-plan.ts";
import { sumLengths, total } from "./span-sums.ts";

/**
 * Lengths of a backward launch's results on so many row slots: g before the span or x̄, and the
 * sums.
 */
export const backwardResults = (
  plan: SpanPlan,
  blocks: FusedBlocks,
  rows: number,
  slots: number,
): [g: number, sums: number] => [
  rows * (plan.first ? plan.fanIn : plan.n),
  slots * total(sumLengths(plan, blocks)),
];

/** Loads g at the end of a span, or ȳ. */
function loadCotangents(plan: SpanPlan, into: string, row: string): string {
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
 * g from what was loaded; at the end of the mixer through d_out, with the gradients of d_out and
 * bias.
 */
function takeCotangents(plan: SpanPlan): string {
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

/** g back through the rounds of a span. */
const turnBackward = (blocks: FusedBlocks, plan: SpanPlan): string =>
  plan.rounds
    .map((round, r) => {
      const through = (move: typeof toShared, layout: Round): string =>
        blocks.carried.map((name, region) => move(plan, layout, name, `${region}u`)).join(" ");
      const before = plan.rounds[r - 1];
      const move =
        before === undefined
          ? ""
          : `${through(toShared, round)} workgroupBarrier(); ${through(fromShared, before)}`;
      const back = upTo(round.k)
        .toReversed()
        // The first stage's z is not needed any more once it is turned back.
        .map((j) => blocks.turnBack(plan, round, j, plan.first || r > 0 || j > 0));
      return `${back.join(" ")} ${move}`;
    })
    .toReversed()
    .join("\n");

/**
 * Writes g before the span; at the beginning of the mixer x̄ through d_in, with the gradient of
 * d_in.
 */
function storeCotangents(plan: SpanPlan): string {
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
 * What a thread adds up: declarations, and the statements that write it to its row slot's place in
 * `sums`.
 */
function accumulators(plan: SpanPlan, blocks: FusedBlocks): { declare: string; write: string } {
  const { n, begin, end, rowsPerGroup, fanIn, fanOut, first, last } = plan;
  const lengths = sumLengths(plan, blocks);
  const pairs = sumsOf(plan).map(({ name, pair }) => {
    const at = `(${pair} - ${(begin.stage * n) / 2}u)`;
    return { declare: blocks.declareSum(name), write: blocks.writeSum(name, at) };
  });
  const vector = (name: string, round: Round, from: number, limit: number) =>
    upTo(plan.held).map((e) => {
      const i = coordinate(round, e);
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
      `let base = (w.x * ${rowsPerGroup}u + sub) * ${total(lengths)}u;\n` +
      `${all.map(({ write }) => write).join("\n")}`,
  };
}

/**
 * Reads: g after the span or ȳ, z before it or x, the coefficients, then d_in if it is the first
 * span, d_out if the last. Results: g before the span, or x̄; and the sums of each row slot.
 */
export function spanBackward(plan: SpanPlan, blocks: FusedBlocks): string {
  const { first, last, held, rounds } = plan;
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
    `${spanHead(plan, 3)}` +
    `${rounds.map((round) => blocks.load(plan, round)).join("\n")}\n` +
    `${declare}\n${declareElements(plan, "z", "g", "c", "fz", "fc")}\n` +
    `${startRow(plan, `${loadStart(plan, "fz", "row")} ${loadCotangents(plan, "fc", "row")}`)}` +
    `${head}${copyElements(plan, "z", "fz")} ${guard} { ` +
    `${copyElements(plan, "c", "fc")} } ${idle}\n` +
    `{ let next = ${next}; ` +
    `${loadStart(plan, "fz", "next")} ${loadCotangents(plan, "fc", "next")} }\n` +
    // Regions 0 and 1 carry z and g back, region 2 carries z forward: each barrier also frees what
    // the one before it guarded.
    `${mixForward(plan, "2u", (round) => blocks.mixAgain(plan, round))}\n` +
    `${takeCotangents(plan)}\n${turnBackward(blocks, plan)}\n` +
    `${guard} { ${storeCotangents(plan)} }\n}\n${write}\n}`
  );
}
