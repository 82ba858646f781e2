/**
 * @file The mixer as nodes. Its blocks are constants, so stages that follow each other are
 * multiplied out at export, as far as the products stay small.
 *
 * - A mixer over few coordinates is its matrix: one MatMul.
 * - Stages that pair i with i XOR 2^k turn bits of the index. An axis for each group of bits,
 *   [rows, …, 2^t, …], makes the t stages of a group one MatMul by matrices [2^t, 2^t], one for
 *   each index of the other axes; a Transpose between groups brings the next axis to the end.
 * - Of any other schedule a stage is y = c ⊙ x + d ⊙ x[partner]: Gather, two Mul and an Add.
 */
import { elements, sizeOf } from "@spm/core/extend";
import { generalMixer, type Schedule } from "@spm/mixer";
import { eachPair, eachUnpaired } from "@spm/mixer/extend";
import type { Emitters } from "./emitters.ts";
import type { Graph, Value } from "./graph.ts";
import { fixed, slice } from "./places.ts";
import { refuseOp } from "./tracing-backend.ts";

/** Bits of a group turn by one product, hence at most 64 × 64 matrices. */
const MOST_BITS = 6;

/** One stage as y[i] = own[i] x[i] + other[i] x[partner[i]]. */
interface StageTable {
  readonly own: Float64Array;
  readonly other: Float64Array;
  readonly partner: Int32Array;
}

/** Indices that differ by multiples of `step` below step · size: an axis of the index. */
interface IndexAxis {
  readonly step: number;
  readonly size: number;
}

/** Stages in a row that mix along the same axis. */
interface StageRun {
  readonly axis: IndexAxis;
  readonly stages: readonly StageTable[];
}

/** The numbers of a mixer, all constant. */
interface MixerNumbers {
  readonly dIn: ArrayLike<number>;
  readonly dOut: ArrayLike<number>;
  readonly stages: readonly StageTable[];
}

/**
 * Registers the mixer of free blocks, to which the other kinds are lowered.
 * @param largestMatrix - the most coordinates of a mixer that is written as its matrix
 */
export function emitMixer(emitters: Emitters, largestMatrix: number): void {
  const { graph } = emitters;
  const { op } = generalMixer;
  emitters.on(op.primitive, ([x, ...operands], { schedule }, [spec]) => {
    const constants = operands.map(({ constant }) => {
      if (constant) return elements(constant);
      return refuseOp("a mixer whose parameters depend on an input");
    });
    const absent = (): never => refuseOp("a mixer without parameters");
    const [dIn = absent(), dOut = absent(), bias = absent()] = constants;
    const [blocks = absent(), scales = absent()] = constants.slice(3);
    const numbers = { dIn, dOut, stages: stagesOf(schedule, blocks, scales) };
    const axes = axesOf(schedule);
    const mixed =
      schedule.n <= largestMatrix
        ? byMatrix(graph, x, numbers)
        : axes === null
          ? stageByStage(graph, x, numbers)
          : byAxes(graph, x, numbers, axes, schedule.strides ?? []);
    if (bias.every((v: number) => v === 0)) return [mixed];
    const shift = graph.numbers(bias, x.dtype, [bias.length]);
    return [graph.one("Add", [mixed, shift], spec)];
  });
  emitters.on(op.backward, () => refuseOp(op.backward.name));
}

function stagesOf(
  schedule: Schedule,
  blocks: ArrayLike<number>,
  scales: ArrayLike<number>,
): StageTable[] {
  const { n } = schedule;
  return Array.from({ length: schedule.stages }, (_, l) => {
    const [own, other] = [new Float64Array(n), new Float64Array(n)];
    const partner = Int32Array.from({ length: n }, (__, i) => i);
    eachPair(schedule, l, (i, j, p) => {
      own[i] = blocks[4 * p] ?? 0;
      other[i] = blocks[4 * p + 1] ?? 0;
      other[j] = blocks[4 * p + 2] ?? 0;
      own[j] = blocks[4 * p + 3] ?? 0;
      partner[i] = j;
      partner[j] = i;
    });
    eachUnpaired(schedule, l, (i, q) => {
      own[i] = scales[q] ?? 1;
    });
    return { own, other, partner };
  });
}

/** The axes of the index that the stages mix along, from the fastest; null where there are none. */
function axesOf({ n, strides }: Schedule): IndexAxis[] | null {
  if (strides === null) return null;
  const bits = 1 + Math.log2(Math.max(...strides));
  const groups = Math.ceil(bits / MOST_BITS);
  const starts = Array.from({ length: groups + 1 }, (_, k) => 2 ** Math.round((bits * k) / groups));
  const axes = starts.slice(1).map((end, k) => {
    const step = starts[k] ?? 1;
    return { step, size: end / step };
  });
  const used = 2 ** bits;
  return used === n ? axes : [...axes, { step: used, size: n / used }];
}

/** z through a stage. */
const through = (z: Float64Array, { own, other, partner }: StageTable): Float64Array =>
  z.map((v, i) => (own[i] ?? 0) * v + (other[i] ?? 0) * (z[partner[i] ?? i] ?? 0));

/**
 * The product of stages along an axis, as columns: element i of column c is the entry [c, i's place
 * on the axis] of the matrix at i's place on the other axes.
 */
function columns(
  stages: readonly StageTable[],
  { step, size }: IndexAxis,
  before: ArrayLike<number>,
  n: number,
): Float64Array[] {
  return Array.from({ length: size }, (_, c) => {
    const unit = Float64Array.from({ length: n }, (__, i) =>
      Math.floor(i / step) % size === c ? (before[i] ?? 0) : 0,
    );
    return stages.reduce(through, unit);
  });
}

/** x [..., in] by the whole matrix [in, out]. */
function byMatrix(graph: Graph, x: Value, { dIn, dOut, stages }: MixerNumbers): Value {
  const [n, into] = [stages[0]?.own.length ?? 0, dOut.length];
  const rows = columns(stages, { step: 1, size: n }, dIn, n).slice(0, dIn.length);
  const entries = rows.flatMap((row) =>
    [...row.subarray(0, into)].map((v, o) => v * (dOut[o] ?? 1)),
  );
  const matrix = graph.numbers(entries, x.dtype, [dIn.length, into]);
  return graph.one("MatMul", [x, matrix], { shape: x.shape.with(-1, into), dtype: x.dtype });
}

/** Stage by stage, along the last axis; the diagonals are in the first and the last stage. */
function stageByStage(graph: Graph, x: Value, { dIn, dOut, stages }: MixerNumbers): Value {
  const n = stages[0]?.own.length ?? 0;
  const last = stages.length - 1;
  const spec = { shape: x.shape.with(-1, n), dtype: x.dtype };
  const start = widen(graph, x, n);
  const end = stages.reduce((z, { own, other, partner }, l) => {
    const factors = (of: Float64Array, from: (i: number) => number): Value => {
      const before = (i: number): number => (l === 0 ? (dIn[from(i)] ?? 0) : 1);
      const after = (i: number): number => (l === last ? (dOut[i] ?? 0) : 1);
      return graph.numbers(
        of.map((v, i) => v * before(i) * after(i)),
        x.dtype,
        [n],
      );
    };
    const index = graph.numbers(partner, "int32", [n]);
    const partners = graph.one("Gather", [z, index], spec, { axis: x.shape.length - 1 });
    return graph.one(
      "Add",
      [
        graph.one("Mul", [z, factors(own, (i) => i)], spec),
        graph.one("Mul", [partners, factors(other, (i) => partner[i] ?? i)], spec),
      ],
      spec,
    );
  }, start);
  return narrow(graph, end, dOut.length);
}

/** IndexAxis by axis, each run of stages one product. */
function byAxes(
  graph: Graph,
  x: Value,
  { dIn, dOut, stages }: MixerNumbers,
  axes: readonly IndexAxis[],
  strides: readonly number[],
): Value {
  const n = stages[0]?.own.length ?? 0;
  const lead = x.shape.slice(0, -1);
  const slowestFirst = axes.toReversed();
  const rows = sizeOf(lead);
  let z = graph.reshape(widen(graph, x, n), [rows, ...slowestFirst.map(({ size }) => size)]);
  // the axes of z in their order; null: the rows
  let order: readonly (IndexAxis | null)[] = [null, ...slowestFirst];
  const turn = (to: readonly (IndexAxis | null)[]): void => {
    z = graph.transpose(
      z,
      to.map((axis) => order.indexOf(axis)),
    );
    order = to;
  };
  const runs = runsOf(stages, strides, axes);
  for (const [k, { axis, stages: own }] of runs.entries()) {
    const others = slowestFirst.filter((other) => other !== axis);
    turn([...others, null, axis]);
    const [first, last] = [k === 0, k === runs.length - 1];
    const kept =
      last && axis.step * axis.size === n ? Math.ceil(dOut.length / axis.step) : axis.size;
    const before = first ? dIn : new Float64Array(n).fill(1);
    const after = last ? dOut : new Float64Array(n).fill(1);
    const matrices = graph.numbers(
      entriesOf(columns(own, axis, before, n), axis, others, kept, after),
      x.dtype,
      [...others.map(({ size }) => size), axis.size, kept],
    );
    const shape = [...others.map(({ size }) => size), rows, kept];
    z = graph.one("MatMul", [z, matrices], { shape, dtype: x.dtype });
  }
  turn([null, ...slowestFirst]);
  const width = sizeOf(z.shape.slice(1));
  return narrow(graph, graph.reshape(z, [...lead, width]), dOut.length);
}

/** Stages in a row along the same axis. */
function runsOf(
  stages: readonly StageTable[],
  strides: readonly number[],
  axes: readonly IndexAxis[],
): readonly StageRun[] {
  const runs: { readonly axis: IndexAxis; readonly stages: StageTable[] }[] = [];
  for (const [l, stage] of stages.entries()) {
    const axis = axes.findLast(({ step }) => step <= (strides[l] ?? 1));
    const last = runs.at(-1);
    if (last !== undefined && last.axis === axis) last.stages.push(stage);
    else if (axis !== undefined) runs.push({ axis, stages: [stage] });
  }
  return runs;
}

/** The entries of the matrices [...others, from, to], of which `kept` columns are kept. */
function entriesOf(
  rows: readonly Float64Array[],
  axis: IndexAxis,
  others: readonly IndexAxis[],
  kept: number,
  after: ArrayLike<number>,
): Float64Array {
  // the first index of each matrix, in the order of the other axes
  const bases = others.reduce<readonly number[]>(
    (all, { step, size }) =>
      all.flatMap((base) => Array.from({ length: size }, (_, k) => base + k * step)),
    [0],
  );
  const entries = new Float64Array(bases.length * rows.length * kept);
  let at = 0;
  for (const base of bases)
    for (const row of rows)
      for (let a = 0; a < kept; a++) {
        const i = base + a * axis.step;
        entries[at++] = (row[i] ?? 0) * (after[i] ?? 0);
      }
  return entries;
}

/** x [..., in] with zeros up to [..., n]. */
function widen(graph: Graph, x: Value, n: number): Value {
  const width = x.shape.at(-1) ?? 0;
  if (width === n) return x;
  const none = x.shape.map(() => 0);
  const pads = fixed([...none, ...none.with(-1, n - width)]);
  const zero = graph.numbers([0], x.dtype);
  return graph.one("Pad", [x, pads, zero], { shape: x.shape.with(-1, n), dtype: x.dtype });
}

/** The first numbers of x [..., n]. */
function narrow(graph: Graph, x: Value, count: number): Value {
  const start = x.shape.map(() => 0);
  return slice(graph, x, { shape: x.shape.with(-1, count), start, step: x.shape.map(() => 1) });
}
