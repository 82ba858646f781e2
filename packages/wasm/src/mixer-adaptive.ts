/**
 * @file The kernels of the adaptive mixer, pairs by table: angles that are given for each row, or
 * computed from the pair's two inputs. Angles from a whole stage are the reference's.
 */
import type { NdArray } from "@spm/core";
import type { KernelTable } from "@spm/core/extend";
import { adaptiveOp } from "@spm/mixer/extend";
import { NOT_FLOAT32, register } from "./machine.ts";
import { constant, makeCall, padded } from "./mixer-call.ts";
import { ROWS } from "./mixer-fused.ts";
import { backwardByTable, type TableBackward } from "./mixer-pairs.ts";
import { COLUMN, type MixerCall, type MixerState } from "./mixer-state.ts";
import { contiguous } from "./plain.ts";

/** The reason of a fallback for angles that are products with all inputs of a stage. */
const WHOLE_STAGE = "angles from a whole stage";

/** The angles of a call, in scratch: of each pair, or of each pair and row [pairs + 1][8]. */
class CallAngles {
  readonly #call: MixerCall;
  readonly #given: number;
  /** Address of the weights, 0 where angles are given. */
  readonly #weights: number;
  readonly #angles: number;
  readonly #ones: number;
  readonly #zeros: number;

  constructor(call: MixerCall, weights: NdArray | undefined) {
    const { state, source, tables } = call;
    const { machine } = state;
    const pairs = tables.sources.length;
    this.#call = call;
    this.#given = contiguous(machine, source);
    this.#weights = weights === undefined ? 0 : contiguous(machine, weights);
    this.#angles =
      weights === undefined ? machine.memory.scratch(COLUMN * (pairs + 1)) : this.#given;
    this.#ones = constant(machine, pairs, 1);
    this.#zeros = constant(machine, pairs, 0);
  }

  /** Reads the angles of the rows, where they are given. */
  enter(row: number, few: number): void {
    const { state, tables } = this.#call;
    const pairs = tables.sources.length;
    if (this.#weights !== 0) return;
    const { run } = state.machine;
    run.pairsEnter(this.#given + 4 * pairs * row, few, pairs, pairs, this.#ones, this.#angles);
  }

  /** Writes δ of the rows to where they belong in [rows, pairs], where angles are given. */
  leave(to: number, row: number, few: number): void {
    const { state, tables } = this.#call;
    const pairs = tables.sources.length;
    if (this.#weights !== 0) return;
    const { run } = state.machine;
    const at = to + 4 * pairs * row;
    run.pairsLeave(this.#angles, at, few, pairs, this.#ones, this.#zeros);
  }

  /** Addresses of the angles and weights of the pairs from one on. */
  at(pair: number): readonly [angle: number, weight: number] {
    if (this.#weights === 0) return [this.#angles + COLUMN * pair, 0];
    return [this.#angles + 4 * pair, this.#weights + 8 * pair];
  }
}

/**
 * Adds the adaptive mixer's kernels.
 * @param state - that of rotations, whose tables are the same
 */
export function registerAdaptive(table: KernelTable<NdArray>, state: MixerState): void {
  const { machine } = state;
  const { memory, run } = machine;
  register(
    table,
    machine,
    adaptiveOp.primitive,
    ([x, dIn, dOut, bias, angles = x, weights], { schedule, source }) => {
      if (!(x.data instanceof Float32Array)) return NOT_FLOAT32; // all are of one dtype
      if (source === "stage") return WHOLE_STAGE;
      const call = makeCall(state, schedule, x, dIn, dOut, angles, []);
      const { rows, inputs, outputs, tables } = call;
      const { n } = schedule;
      const y = memory.array("float32", x.shape.with(-1, outputs));
      const own = new CallAngles(call, weights);
      const shift = padded(machine, bias, n);
      const s = memory.scratch(COLUMN * (n + 1));
      for (let row = 0; row < rows; row += ROWS) {
        const few = Math.min(ROWS, rows - row);
        run.pairsEnter(call.x + 4 * inputs * row, few, inputs, n, call.dIn, s);
        own.enter(row, few);
        const { pairs, sources } = tables;
        run.adaptiveForward(pairs, pairs + 8 * sources.length, ...own.at(0), 0, s, s);
        const to = memory.address(y) + 4 * outputs * row;
        run.pairsLeave(s, to, few, outputs, call.dOut, shift);
      }
      return [y];
    },
  );
  registerBackward(table, state);
}

function registerBackward(table: KernelTable<NdArray>, state: MixerState): void {
  const { machine } = state;
  const { memory } = machine;
  register(
    table,
    machine,
    adaptiveOp.backward,
    ([ct, , x, dIn, dOut, , angles = x, weights], { schedule, source }) => {
      if (!(ct.data instanceof Float32Array)) return NOT_FLOAT32; // all are of one dtype
      if (source === "stage") return WHOLE_STAGE;
      const call = makeCall(state, schedule, x, dIn, dOut, angles, []);
      const gx = memory.array("float32", x.shape);
      const gAngles = memory.array("float32", angles.shape);
      const gWeights = weights && memory.array("float32", weights.shape);
      const back = {
        ct: contiguous(machine, ct),
        gx: memory.address(gx),
        residual: undefined,
        gradients: [],
      };
      const own = new CallAngles(call, weights);
      const stages = stagesOf(call, own, memory.address(gAngles));
      const { sums, totals } = backwardByTable(call, back, stages);
      if (gWeights !== undefined)
        for (const p of call.tables.sources) {
          gAngles.data.set(totals.subarray(3 * p, 3 * p + 1), p);
          gWeights.data.set(totals.subarray(3 * p + 1, 3 * p + 3), 2 * p);
        }
      const vector = (from: number, size: number): NdArray => {
        const result = memory.array("float32", [size]);
        memory.copy(memory.address(result), from, 4 * size);
        return result;
      };
      return [
        gx,
        vector(sums.in, call.inputs),
        vector(sums.out, call.outputs),
        vector(sums.bias, call.outputs),
        gAngles,
        ...(gWeights ? [gWeights] : []),
      ];
    },
  );
}

/** The backward over a block of rows: forward again, with the stages' inputs kept, and back. */
function stagesOf(call: MixerCall, own: CallAngles, gAngles: number): TableBackward {
  const { state, schedule, tables, inputs, dIn } = call;
  const { memory, run } = state.machine;
  const { pairs, ranges } = tables;
  const backwards = ranges.toReversed();
  const width = COLUMN * (schedule.n + 1);
  const turns = memory.scratch(2 * COLUMN * tables.sources.length); // [pairs][2][8]
  return {
    perPair: 3,
    levels: schedule.stages + 1,
    enter: ({ row, few, x, z }) => {
      let last = z;
      run.pairsEnter(x, few, inputs, schedule.n, dIn, z);
      own.enter(row, few);
      for (const { from, to } of ranges) {
        const next = last + width;
        if (schedule.unpaired.length > 0) memory.copy(next, last, width); // those stay
        const [begin, end] = [pairs + 8 * from, pairs + 8 * to];
        run.adaptiveForward(begin, end, ...own.at(from), turns + 64 * from, last, next);
        last = next;
      }
      return last;
    },
    stages: ({ row, few, g, lanes }, last) => {
      let z = last;
      for (const { from, to } of backwards) {
        const [begin, end] = [pairs + 8 * from, pairs + 8 * to];
        const [angle, weight] = own.at(from);
        const turn = turns + 64 * from;
        run.adaptiveBackward(begin, end, angle, weight, turn, z - width, z, g, lanes + 48 * from);
        z -= width;
      }
      own.leave(gAngles, row, few);
    },
  };
}
