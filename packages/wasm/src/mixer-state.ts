/**
 * @file The operands of a call of the mixer's kernels, and their state between calls: tables by
 * schedule, coefficients by parameter array.
 */
import type { NdArray, TypedArray } from "@spm/core";
import { isContiguous, sizeOf } from "@spm/core/extend";
import type { Schedule } from "@spm/mixer";
import type { MixerOp } from "@spm/mixer/extend";
import {
  type ButterflyPlan,
  GROUP,
  isFusedButterfly,
  type PassSums,
  planButterfly,
} from "./butterfly-plan.ts";
import type { Cache } from "./cache.ts";
import type { Machine } from "./machine.ts";
import { contiguous } from "./plain.ts";

/** Bytes of a column of eight rows. */
export const COLUMN = 32;

/**
 * The share of the memory that tables, and coefficients, of a kind may fill before old ones make
 * room.
 */
const TABLES_SHARE = 1 / 16;
const COEFFICIENTS_SHARE = 1 / 4;

/** The pairs of a stage: a range of the table. */
interface PairRange {
  readonly from: number;
  readonly to: number;
}

/** A schedule's tables in wasm memory, for as long as this kernel call. */
export interface Tables {
  readonly plan: ButterflyPlan | null;
  /**
   * Address of the layout that the fused kernels read: n, three, passes, groups, their number,
   * chunk, pad.
   */
  readonly layout: number;
  readonly passes: number;
  readonly stages: number;
  /**
   * For the kernels by table: two words for each pair, and for each unpaired coordinate where the
   * kind scales them.
   */
  readonly pairs: number;
  /** The pairs of each stage. */
  readonly ranges: readonly PairRange[];
  /**
   * For each pair of the table the index of its parameters, or −1 − that of an unpaired
   * coordinate's.
   */
  readonly sources: Int32Array;
}

/** Scaled coefficients of the stages, made from parameters. */
export interface Scaled {
  readonly schedule: Schedule;
  readonly plan: ButterflyPlan;
  readonly coefficients: number;
  /** [L + 1, n]: ones, then the scales after each stage. */
  readonly scales: number;
  /** The last row: the product of all. */
  readonly scale: number;
  /** Whether all ratios and scales are within range. */
  readonly fits: boolean;
  /** A power of two that brings the last scales near one. */
  readonly unit: number;
}

/** One call's operands. */
export interface MixerCall {
  readonly state: MixerState;
  readonly schedule: Schedule;
  readonly tables: Tables;
  /** The first parameter, which the pairs' coefficients are made from. */
  readonly source: NdArray;
  readonly others: readonly NdArray[];
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Address of x [rows, inputs]. */
  readonly x: number;
  /** Addresses of n floats each: the operand, then zeros. */
  readonly dIn: number;
  readonly dOut: number;
}

/** A backward call's further operands, and the parameters' gradients, to be written. */
export interface Backward {
  /** Address of ȳ [rows, outputs]. */
  readonly ct: number;
  /** Address of x̄ [rows, inputs]. */
  readonly gx: number;
  /** The residual of the forward, if it kept one: z_L [rows, n], or v_L as it lies in scratch. */
  readonly residual: NdArray | undefined;
  readonly gradients: readonly NdArray[];
}

/** Addresses of sums over the rows, n floats each. */
export interface Sums {
  readonly bias: number;
  readonly out: number;
  readonly in: number;
}

/** The part of the kernels that differs from one kind of mixer to another. */
export interface MixerKernels {
  readonly op: MixerOp;
  /** Whether coefficients are made from angles; else from blocks. */
  readonly fromAngles: boolean;
  readonly sums: PassSums;
  /** The pairs by table. */
  listPairs(schedule: Schedule): PairList;
  /** Address of the blocks of the pairs by table, for this kernel call. */
  tableBlocks(call: MixerCall): number;
  /** x̄, the parameters' gradients, and the sums over the rows. */
  backwardByTable(call: MixerCall, blocks: number, back: Backward): Sums;
  backwardFused(call: MixerCall, scaled: Scaled, back: Backward): Sums;
}

/** Pairs by table, stage by stage. */
export class PairList {
  /** Two words a pair: the byte offsets of its columns. */
  readonly pairs: number[] = [];
  readonly ranges: PairRange[] = [];
  /** The index of each pair's parameters, or −1 − that of an unpaired coordinate's. */
  readonly sources: number[] = [];

  add(first: number, second: number, source: number): void {
    this.pairs.push(first * COLUMN, second * COLUMN);
    this.sources.push(source);
  }

  /** Ends a stage. */
  endStage(): void {
    this.ranges.push({ from: this.ranges.at(-1)?.to ?? 0, to: this.sources.length });
  }
}

/** The state of a kind between calls. */
export class MixerState {
  readonly machine: Machine;
  readonly kernels: MixerKernels;
  readonly #tables: Cache<Schedule, Tables>;
  readonly #prepared: Cache<TypedArray, Scaled>;

  constructor(machine: Machine, kernels: MixerKernels) {
    const { memory } = machine;
    this.machine = machine;
    this.kernels = kernels;
    this.#tables = memory.cache(memory.capacity * TABLES_SHARE);
    this.#prepared = memory.cache(memory.capacity * COEFFICIENTS_SHARE);
  }

  tables(schedule: Schedule): Tables {
    return this.#tables.get(schedule) ?? this.#makeTables(schedule);
  }

  #makeTables(schedule: Schedule): Tables {
    const { kernels } = this;
    const plan = isFusedButterfly(schedule) ? planButterfly(schedule, kernels.sums) : null;
    const { pairs, ranges, sources } = kernels.listPairs(schedule);
    const length = pairs.length + (plan === null ? 0 : lengthOf(plan));
    return this.#tables.add(schedule, 4 * length, (address) => {
      const words = this.machine.memory.int32(address, length);
      let end = 0;
      /** Appends words. @returns their address */
      const put = (part: ArrayLike<number>): number => {
        const at = address + 4 * end;
        words.set(part, end);
        end += part.length;
        return at;
      };
      const places =
        plan === null ? { layout: 0, passes: 0, stages: 0 } : putPlan(plan, schedule.n, put);
      return { plan, ...places, pairs: put(pairs), ranges, sources: Int32Array.from(sources) };
    });
  }

  /**
   * Scaled coefficients for a fused butterfly, made once for each parameter array. Null where they
   * are not within range, and for other schedules.
   */
  scaled({ source, schedule, tables }: MixerCall): Scaled | null {
    const { plan } = tables;
    if (plan === null) return null;
    const { data, shape } = source;
    const whole = data.length === sizeOf(shape) && isContiguous(source);
    let scaled = whole ? this.#prepared.get(data) : undefined;
    if (scaled?.schedule !== schedule)
      scaled = this.#prepare(source, schedule, tables, plan, whole);
    return scaled.fits ? scaled : null;
  }

  /** @param lasting - beyond this kernel call */
  #prepare(
    source: NdArray,
    schedule: Schedule,
    tables: Tables,
    plan: ButterflyPlan,
    lasting: boolean,
  ): Scaled {
    const bytes = 4 * (plan.coefficients + schedule.n * (schedule.stages + 1) + 4);
    const make = (address: number): Scaled => this.#make(address, source, schedule, tables, plan);
    return lasting
      ? this.#prepared.add(source.data, bytes, make)
      : make(this.machine.memory.scratch(bytes));
  }

  #make(
    coefficients: number,
    parameters: NdArray,
    schedule: Schedule,
    tables: Tables,
    plan: ButterflyPlan,
  ): Scaled {
    const { memory, run } = this.machine;
    const { n, stages } = schedule;
    const size = 4 * plan.coefficients;
    if (plan.coefficients > n * stages) memory.zero(coefficients, size); // the identity pads a pass
    const scales = coefficients + size;
    const scale = scales + 4 * n * stages;
    const source = contiguous(this.machine, parameters);
    run.scaleStages(
      source,
      this.kernels.fromAngles,
      tables.stages,
      stages,
      n,
      coefficients,
      scales,
    );
    const end = scale + 4 * n;
    const fits = memory.word(end) === 1;
    return {
      schedule,
      plan,
      coefficients,
      scales,
      scale,
      fits,
      unit: fits ? 2 ** -memory.word(end + 4) : 1,
    };
  }

  /** Forgets the coefficients made from an array whose memory is freed. */
  release(data: TypedArray): void {
    this.#prepared.delete(data);
  }
}

const LAYOUT = 7; // words

/** Words of a plan. */
const lengthOf = ({ passes, groups, stages }: ButterflyPlan): number =>
  LAYOUT + passes.length + groups.length + stages.length;

function putPlan(
  { three, passes, groups, stages, chunk, pad }: ButterflyPlan,
  n: number,
  put: (part: ArrayLike<number>) => number,
): { layout: number; passes: number; stages: number } {
  const [passesAt, groupsAt] = [put(passes), put(groups)];
  const layout = put([n, three ? 1 : 0, passesAt, groupsAt, groups.length / GROUP, chunk, pad]);
  return { layout, passes: passesAt, stages: put(stages) };
}
