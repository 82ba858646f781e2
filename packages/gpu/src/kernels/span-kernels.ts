/**
 * @file The rotation mixer by spans, for training: forward leaves z at the ends of the spans, which is what backward starts from.
 * Backward takes z forward through its span again, then z and g back, and adds up every parameter's gradient in registers.
 */
import type { WgslSource } from "../executor.ts";
import {
  bindings,
  copyElements,
  declareElements,
  inputType,
  loadInput,
  rotateRound,
  storeOutput,
  storeStage,
} from "./fused-forward.ts";
import { coordinate, isContiguous, loadRotations, pairsOf, rotationOf, rowLoop, upTo } from "./fused-plan.ts";
import { fromShared, type SpanPlan, spanHead, toShared } from "./span-plan.ts";

/** Loads z at the beginning of a span. */
const loadStart = (plan: SpanPlan, into: string, row: string): string =>
  plan.first
    ? loadInput(plan, into, row)
    : upTo(plan.held)
        .map((e) => `${into}${e} = x[${row} * ${plan.n}u + ${coordinate(plan, 0, e)}];`)
        .join(" ");

/** Loads what the loop over rows begins with. */
const startRow = ({ rowsPerGroup, rows }: SpanPlan, load: string): string =>
  `{ let row = min(w.x * ${rowsPerGroup}u + sub, ${rows - 1}u); ${load} }\n`;

const coefficientsOf = (plan: SpanPlan): string => plan.rounds.map((_, r) => loadRotations(plan, r)).join("\n");

const startType = (plan: SpanPlan): string => (plan.first ? inputType(plan) : "f32");

/** z through the rounds of a span, from the layout of the first to that of the last. */
const mixForward = (plan: SpanPlan, region: string): string =>
  plan.rounds
    .map((_, r) => {
      if (r === 0) return rotateRound(plan, 0, "z");
      const move = `${toShared(plan, r - 1, "z", region)} workgroupBarrier(); ${fromShared(plan, r, "z", region)}`;
      return `${move} ${rotateRound(plan, r, "z")}`;
    })
    .join("\n");

/** Reads: x or z, cos and sin, then d_in if it is the first span, d_out and bias if the last. Result: z after it, or y. */
export function spanForward(plan: SpanPlan): WgslSource {
  const { first, last, n, fanOut, rows, rounds, groups, slices } = plan;
  const { head, guard, next } = rowLoop(plan);
  const end = rounds.length - 1;
  const reads = [
    `x: array<${startType(plan)}>`,
    "cs: array<vec4f>",
    ...(first ? [`dIn: array<${startType(plan)}>`] : []),
    ...(last ? ["dOut: array<f32>", "bias: array<f32>"] : []),
  ];
  const code =
    `${bindings(reads, ["y: array<f32>"])}${spanHead(plan, 2)}${coefficientsOf(plan)}\n` +
    `${declareElements(plan, "z", "f")}\n${startRow(plan, loadStart(plan, "f", "row"))}` +
    // Two regions in turn: a thread that is a row ahead does not write over what others still read.
    `var turn = 0u;\n${head}${copyElements(plan, "z", "f")}\n{ let next = ${next}; ${loadStart(plan, "f", "next")} }\n` +
    `${mixForward(plan, "turn")}\n${guard} { ${last ? storeOutput(plan, end, "z") : storeStage(plan, end, "y", "z")} }\nturn = 1u - turn;\n}\n}`;
  return { code, reads: reads.length, results: [rows * (last ? fanOut : n)], groups: [groups, slices, 1] };
}

/** Lengths of what a span adds up for each row slot: its angles, d_in where x is, d_out and bias where y is. */
const spanSums = ({ n, stages, first, last, fanIn, fanOut }: SpanPlan): number[] => [
  (stages * n) / 2,
  first ? fanIn : 0,
  last ? fanOut : 0,
  last ? fanOut : 0,
];

/**
 * Reads: g after the span or ȳ, z before it or x, cos and sin, then d_in if it is the first span, d_out if the last. Results: g before
 * the span, or x̄; and the sums of each row slot.
 */
export function spanBackward(plan: SpanPlan): WgslSource {
  const { first, last, held, n, fanIn, fanOut, rows, rounds, rowsPerGroup, groups, slices } = plan;
  const { head, guard, next } = rowLoop(plan);
  const end = rounds.length - 1;
  const elements = upTo(held);
  const lengths = spanSums(plan) as [number, number, number, number];
  const total = lengths.reduce((a, b) => a + b, 0);
  const stage0 = rounds[0]!.stage;

  const cotangents = elements
    .map((e) => {
      const i = coordinate(plan, end, e);
      if (!last) return `g${e} = c${e};`;
      const take = `bias${e} += c${e}; out${e} += c${e} * z${e}; g${e} = c${e} * dOut[${i}];`;
      return fanOut === n ? take : `if (${i} < ${fanOut}u) { ${take} } else { g${e} = 0.0; }`;
    })
    .join(" ");
  const loadCotangents = (into: string, row: string): string =>
    elements
      .map((e) => {
        const i = coordinate(plan, end, e);
        const width = last ? fanOut : n;
        const read = `${into}${e} = ct[${row} * ${width}u + ${i}];`;
        return width === n ? read : `if (${i} < ${width}u) { ${read} }`;
      })
      .join(" ");
  const turnBack = (r: number): string =>
    upTo(rounds[r]!.k)
      .toReversed()
      .flatMap((j) =>
        pairsOf(plan, r, j).map(({ a, b }, i) => {
          const name = `${rounds[r]!.stage + j}_${a}`;
          const { c, s } = rotationOf(plan, r, j, i);
          const back = (v: string) =>
            `{ let p = ${v}${a}; let q = ${v}${b}; ${v}${a} = ${c} * p + ${s} * q; ${v}${b} = ${c} * q - ${s} * p; }`;
          // The first stage's z is not needed any more once it is turned back.
          const z = first || r > 0 || j > 0 ? back("z") : "";
          return `angle${name} += z${a} * g${b} - z${b} * g${a}; ${z} ${back("g")}`;
        }),
      )
      .join(" ");
  const backward = rounds
    .map((_, r) => {
      const move =
        r === 0
          ? ""
          : `${toShared(plan, r, "z", "0u")} ${toShared(plan, r, "g", "1u")} workgroupBarrier(); ${fromShared(plan, r - 1, "z", "0u")} ${fromShared(plan, r - 1, "g", "1u")}`;
      return `${turnBack(r)} ${move}`;
    })
    .toReversed()
    .join("\n");
  const vector = startType(plan) === "vec4f" && isContiguous(plan, 0);
  const store = !first
    ? storeStage(plan, 0, "gOut", "g")
    : vector
      ? upTo(held / 4)
          .map((h) => {
            const at = `(${coordinate(plan, 0, 4 * h)} >> 2u)`;
            const g = `vec4f(${upTo(4).map((i) => `g${4 * h + i}`)})`;
            const sums = ["x", "y", "z", "w"].map((p, i) => `in${4 * h + i} += s.${p};`).join(" ");
            return `{ let g = ${g}; let at = row * ${n / 4}u + ${at}; let s = g * x[at]; ${sums} gOut[at] = g * dIn[${at}]; }`;
          })
          .join(" ")
      : elements
          .map((e) => {
            const i = coordinate(plan, 0, e);
            const write = `in${e} += g${e} * x[row * ${fanIn}u + ${i}]; gOut[row * ${fanIn}u + ${i}] = g${e} * dIn[${i}];`;
            return fanIn === n ? write : `if (${i} < ${fanIn}u) { ${write} }`;
          })
          .join(" ");

  const sumsOf = (name: string, r: number, from: number, limit: number) =>
    elements.map((e) => ({ name: `${name}${e}`, at: coordinate(plan, r, e), from, limit }));
  const [angles, ins, outs] = lengths;
  const accumulators = [
    ...rounds.flatMap((round, r) =>
      upTo(round.k).flatMap((j) =>
        pairsOf(plan, r, j).map(({ a, pair }) => ({
          name: `angle${round.stage + j}_${a}`,
          at: `(${pair} - ${(stage0 * n) / 2}u)`,
          from: 0,
          limit: n,
        })),
      ),
    ),
    ...(first ? sumsOf("in", 0, angles, fanIn) : []),
    ...(last ? [...sumsOf("out", end, angles + ins, fanOut), ...sumsOf("bias", end, angles + ins + outs, fanOut)] : []),
  ];
  const write = accumulators
    .map(({ name, at, from, limit }) => {
      const text = `sums[base + ${from}u + ${at}] = ${name};`;
      return limit === n ? text : `if (${at} < ${limit}u) { ${text} }`;
    })
    .join("\n");

  const type = startType(plan);
  const reads = [
    "ct: array<f32>",
    `x: array<${type}>`,
    "cs: array<vec4f>",
    ...(first ? [`dIn: array<${type}>`] : []),
    ...(last ? ["dOut: array<f32>"] : []),
  ];
  // A row slot beyond the last row adds nothing: its cotangent is zero.
  const idle = guard === "" ? "" : `else { ${elements.map((e) => `c${e} = 0.0;`).join(" ")} }`;
  const code =
    `${bindings(reads, [`gOut: array<${first ? type : "f32"}>`, "sums: array<f32>"])}${spanHead(plan, 3)}${coefficientsOf(plan)}\n` +
    `${accumulators.map(({ name }) => `var ${name} = 0.0;`).join(" ")}\n${declareElements(plan, "z", "g", "c", "fz", "fc")}\n` +
    `${startRow(plan, `${loadStart(plan, "fz", "row")} ${loadCotangents("fc", "row")}`)}` +
    `${head}${copyElements(plan, "z", "fz")} ${guard} { ${copyElements(plan, "c", "fc")} } ${idle}\n` +
    `{ let next = ${next}; ${loadStart(plan, "fz", "next")} ${loadCotangents("fc", "next")} }\n` +
    // Regions 0 and 1 carry z and g back, region 2 carries z forward: each barrier also frees what the one before it guarded.
    `${mixForward(plan, "2u")}\n${cotangents}\n${backward}\n${guard} { ${store} }\n}\n` +
    `let base = (w.x * ${rowsPerGroup}u + sub) * ${total}u;\n${write}\n}`;
  return {
    code,
    reads: reads.length,
    results: [rows * (first ? fanIn : n), groups * rowsPerGroup * total],
    groups: [groups, slices, 1],
  };
}

/** Adds up the sums of all spans: reads one array for each, writes the gradients of angles, d_in, d_out, bias. */
export function addSpanSums(plans: readonly SpanPlan[]): WgslSource {
  const { n, fanIn, fanOut, groups, rowsPerGroup } = plans[0]!;
  const lengths = [(plans.reduce((sum, p) => sum + p.stages, 0) * n) / 2, fanIn, fanOut, fanOut];
  let thread = 0;
  const cases: string[] = [];
  plans.forEach((plan, k) => {
    const parts = spanSums(plan);
    const total = parts.reduce((a, b) => a + b, 0);
    let from = 0;
    parts.forEach((length, which) => {
      if (length === 0) return;
      const to = which === 0 ? (plan.rounds[0]!.stage * n) / 2 : 0;
      cases.push(
        `if (i < ${thread + length}u) { var s = 0.0; for (var k = 0u; k < ${groups * rowsPerGroup}u; k++) { s += s${k}[k * ${total}u + i - ${thread}u + ${from}u]; } ` +
          `r${which}[i - ${thread}u + ${to}u] = s; return; }`,
      );
      thread += length;
      from += length;
    });
  });
  const code =
    bindings(
      plans.map((_, k) => `s${k}: array<f32>`),
      lengths.map((_, k) => `r${k}: array<f32>`),
    ) +
    `@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { let i = id.x;\n${cases.join("\n")}\n}`;
  return { code, reads: plans.length, results: lengths, groups: [Math.ceil(thread / 64), 1, 1] };
}
