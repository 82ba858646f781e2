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
  loadRotations,
  pairsOf,
  readShared,
  rotationOf,
  rowLoop,
  spreadBanks,
  upTo,
  writeShared,
} from "./fused-plan.ts";

/** Rotates the elements `v0 …` through the stages of a round. */
export const rotateRound = (plan: FusedPlan, r: number, v: string): string =>
  upTo(plan.rounds[r]!.k)
    .flatMap((j) =>
      pairsOf(plan, r, j).map(({ a, b }, i) => {
        const { c, s } = rotationOf(plan, r, j, i);
        return `{ let p = ${v}${a}; let q = ${v}${b}; ${v}${a} = ${c} * p - ${s} * q; ${v}${b} = ${s} * p + ${c} * q; }`;
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

/** Declares variables `name0 …`, one for each element of a thread. */
export const declareElements = ({ held }: FusedPlan, ...names: readonly string[]): string =>
  names.flatMap((name) => upTo(held).map((e) => `var ${name}${e} = 0.0;`)).join(" ");

/** Copies one set of elements to another. */
export const copyElements = ({ held }: FusedPlan, to: string, from: string): string =>
  upTo(held)
    .map((e) => `${to}${e} = ${from}${e};`)
    .join(" ");

/** Statements that write y from `v0 …` in the layout of a round. */
export const storeOutput = (plan: FusedPlan, r: number, v: string): string =>
  upTo(plan.held)
    .map((e) => {
      const i = coordinate(plan, r, e);
      const write = `y[row * ${plan.fanOut}u + ${i}] = ${v}${e} * dOut[${i}] + bias[${i}];`;
      return plan.fanOut === plan.n ? write : `if (${i} < ${plan.fanOut}u) { ${write} }`;
    })
    .join(" ");

/** Statements that write z in the layout of a round. */
export const storeStage = (plan: FusedPlan, r: number, array: string, v: string): string =>
  upTo(plan.held)
    .map((e) => `${array}[row * ${plan.n}u + ${coordinate(plan, r, e)}] = ${v}${e};`)
    .join(" ");

/**
 * Binding 0 x, 1 d_in, 2 (cos, sin) of the pairs in the kernels' order, 3 d_out, 4 bias; results y, and z before each of the rounds
 * `kept`, for the backward pass.
 */
export function fusedForward(plan: FusedPlan, kept: readonly number[]): WgslSource {
  const { rounds, n, threads, rowsPerGroup, rows, fanOut, groups } = plan;
  const { head, guard, next } = rowLoop(plan);
  const last = rounds.length - 1;
  const type = inputType(plan);
  const mixed = rounds.map((_, r) => {
    const place = kept.indexOf(r);
    const keep = place < 0 ? "" : `${guard} { ${storeStage(plan, r, `z${place}`, "v")} }`;
    const move =
      r === last
        ? ""
        : `${writeShared(plan, r, "v", "own")} workgroupBarrier(); ${readShared(plan, r + 1, "v", "own")} workgroupBarrier();`;
    return `${keep} ${rotateRound(plan, r, "v")} ${move}`;
  });
  const reads = [
    `x: array<${type}>`,
    `dIn: array<${type}>`,
    "cs: array<vec4f>",
    "dOut: array<f32>",
    "bias: array<f32>",
  ];
  const code =
    bindings(reads, ["y: array<f32>", ...kept.map((_, k) => `z${k}: array<f32>`)]) +
    `var<workgroup> sh: array<f32, ${n * rowsPerGroup}>;\nfn place(i: u32) -> u32 { return ${spreadBanks}; }\n` +
    `@compute @workgroup_size(${threads * rowsPerGroup}) fn main(@builtin(workgroup_id) w: vec3u, @builtin(local_invocation_id) id: vec3u) {\n` +
    (rowsPerGroup === 1 ? "let t = id.x; let sub = 0u;" : `let t = id.x % ${threads}u; let sub = id.x / ${threads}u;`) +
    `\nlet own = sub * ${n}u;\n${declareBases(plan)}\n${rounds.map((_, r) => loadRotations(plan, r)).join("\n")}\n` +
    `${declareElements(plan, "v", "f")}\n{ let row = min(w.x * ${rowsPerGroup}u + sub, ${rows - 1}u); ${loadInput(plan, "f", "row")} }\n` +
    // The next row is on its way while this one is mixed.
    `${head}${copyElements(plan, "v", "f")}\n{ let next = ${next}; ${loadInput(plan, "f", "next")} }\n` +
    `${mixed.join("\n")}\n${guard} { ${storeOutput(plan, last, "v")} }\n}\n}`;
  return { code, reads: reads.length, results: [rows * fanOut, ...kept.map(() => rows * n)], groups: [groups, 1, 1] };
}

/** Binding lines of a kernel, from number `from` on: what it reads, then what it writes. */
export function bindings(reads: readonly string[], writes: readonly string[], from = 0): string {
  const line = (access: string, first: number) => (text: string, i: number) =>
    `@group(0) @binding(${first + i}) var<storage, ${access}> ${text};\n`;
  return [...reads.map(line("read", from)), ...writes.map(line("read_write", from + reads.length))].join("");
}
