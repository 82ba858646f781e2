/** @file What the mixer keeps between calls: tables by schedule, coefficients by parameter array. */
import { isContiguous, type NdArray, sizeOf, type TypedArray } from "@spm/core";
import type { Schedule } from "@spm/mixer";
import { type ButterflyPlan, isFusedButterfly, planButterfly } from "./butterfly-plan.ts";
import type { Machine } from "./machine.ts";
import { plain } from "./plain.ts";
import type { KernelCall } from "./team.ts";

/** Bytes of a column of eight rows. */
export const COLUMN = 32;

/** A schedule's tables in wasm memory. */
export interface Tables {
  readonly plan: ButterflyPlan | null;
  readonly passes: number;
  readonly groups: number;
  readonly ops: number;
  readonly places: number;
  /** For the kernels by table: two words for each pair and, in the general variant, each leftover. */
  readonly pairs: number;
  /** First pair of each stage, and their number at the end. */
  readonly starts: readonly number[];
  /** For each pair of the table, where its parameters are: a pair's index, or −1 − a leftover's. */
  readonly sources: Int32Array;
}

/** Scaled coefficients of the stages in one direction. */
export interface Scaled {
  readonly coefficients: number;
  /** Scales that each stage found. */
  readonly history: number;
  /** Product of all of them. */
  readonly scale: number;
  /** Address of a word: 1 where all ratios and scales are within range. */
  readonly fits: number;
}

/** Coefficients made from parameters. */
interface Prepared {
  readonly schedule: Schedule;
  readonly address: number;
  readonly bytes: number;
  readonly forward: Scaled;
  readonly backward: Scaled;
  /** Which of them are made. */
  readonly made: { forward: boolean; backward: boolean };
}

/** Everything that a variant keeps between calls. */
export class MixerState {
  readonly machine: Machine;
  readonly general: boolean;
  readonly #tables = new WeakMap<Schedule, Tables>();
  readonly #prepared = new WeakMap<TypedArray, Prepared>();
  readonly #freed = new FinalizationRegistry<Prepared>(({ address, bytes }) =>
    this.machine.memory.free(address, bytes),
  );

  /** Blocks made from angles in a kernel call, for as long as that lasts. */
  #blocks: { readonly of: NdArray; readonly call: number; readonly address: number } | undefined;

  constructor(machine: Machine, general: boolean) {
    this.machine = machine;
    this.general = general;
  }

  tables(schedule: Schedule): Tables {
    let found = this.#tables.get(schedule);
    if (found === undefined) {
      found = this.#makeTables(schedule);
      this.#tables.set(schedule, found);
    }
    return found;
  }

  #store(words: Int32Array): number {
    const { memory } = this.machine;
    const address = memory.block(words.byteLength);
    memory.int32(address, words.length).set(words);
    return address;
  }

  #makeTables(schedule: Schedule): Tables {
    const plan = isFusedButterfly(schedule) ? planButterfly(schedule, this.general) : null;
    const { stages, starts, first, second, leftovers, leftoverStarts, n } = schedule;
    const pairs: number[] = [];
    const sources: number[] = [];
    const begins: number[] = [];
    for (let l = 0; l < stages; l++) {
      begins.push(sources.length);
      for (let p = starts[l]!; p < starts[l + 1]!; p++) {
        pairs.push(first[p]! * COLUMN, second[p]! * COLUMN);
        sources.push(p);
      }
      if (!this.general) continue;
      for (let r = leftoverStarts[l]!; r < leftoverStarts[l + 1]!; r++) {
        pairs.push(leftovers[r]! * COLUMN, n * COLUMN); // with the extra column, which is zero
        sources.push(-1 - r);
      }
    }
    begins.push(sources.length);
    return {
      plan,
      passes: plan === null ? 0 : this.#store(plan.passes),
      groups: plan === null ? 0 : this.#store(plan.groups),
      ops: plan === null ? 0 : this.#store(plan.ops),
      places: plan === null ? 0 : this.#store(plan.places),
      pairs: this.#store(Int32Array.from(pairs)),
      starts: begins,
      sources: Int32Array.from(sources),
    };
  }

  /** 2×2 blocks of all pairs, four floats each: the parameters themselves, or made from angles. */
  blocks(parameters: NdArray, schedule: Schedule): number {
    const { machine } = this;
    if (this.general) return plain(machine, parameters);
    const { memory, run } = machine;
    const made = this.#blocks;
    if (made?.of === parameters && made.call === memory.calls) return made.address;
    const count = schedule.first.length;
    const address = memory.scratch(16 * (count + 4));
    run.rotationBlocks(plain(machine, parameters), address, count);
    this.#blocks = { of: parameters, call: memory.calls, address };
    return address;
  }

  /**
   * Scaled coefficients for a fused butterfly, made once for each parameter array: forward and, for what is kept between them to
   * match, both ways in training. Null where they are not within range.
   */
  scaled(parameters: NdArray, schedule: Schedule, both: boolean): { forward: Scaled; backward: Scaled } | null {
    const prepared = this.#find(parameters, schedule);
    const { made, forward, backward } = prepared;
    const calls: KernelCall[] = [];
    if (!made.forward) calls.push(this.#make(forward, false, parameters, schedule));
    if (both && !made.backward) calls.push(this.#make(backward, true, parameters, schedule));
    if (calls.length > 0) this.machine.together(calls);
    made.forward = true;
    made.backward ||= both;
    const { memory } = this.machine;
    const fits = memory.word(forward.fits) === 1 && (!both || memory.word(backward.fits) === 1);
    return fits ? prepared : null;
  }

  #find(parameters: NdArray, schedule: Schedule): Prepared {
    const { data, shape } = parameters;
    const { memory } = this.machine;
    const whole = data.length === sizeOf(shape) && isContiguous(parameters);
    const known = whole ? this.#prepared.get(data) : undefined;
    if (known?.schedule === schedule) return known;
    if (known !== undefined) this.release(data);
    const { n, stages } = schedule;
    const { coefficients } = this.tables(schedule).plan!;
    const each = 4 * (coefficients + n * stages + 2 * n + 4);
    const address = whole ? memory.block(2 * each) : memory.scratch(2 * each);
    const at = (start: number): Scaled => {
      const history = start + 4 * coefficients;
      const scale = history + 4 * n * stages;
      return { coefficients: start, history, scale, fits: scale + 8 * n };
    };
    const prepared = {
      schedule,
      address,
      bytes: 2 * each,
      forward: at(address),
      backward: at(address + each),
      made: { forward: false, backward: false },
    };
    if (whole) {
      this.#prepared.set(data, prepared);
      if (!memory.owns(data)) this.#freed.register(data, prepared, data); // otherwise its release is told
    }
    return prepared;
  }

  #make({ coefficients, history, scale }: Scaled, back: boolean, parameters: NdArray, schedule: Schedule): KernelCall {
    const { plan, ops } = this.tables(schedule);
    const { n, stages } = schedule;
    if (plan!.coefficients > n * stages) this.machine.memory.zero(coefficients, 4 * plan!.coefficients); // the identity pads a pass
    const blocks = this.blocks(parameters, schedule);
    const sizes = [n / 2, stages, plan!.ascending, back] as const;
    return ["scaleStages", blocks, ops, ...sizes, coefficients, history, scale, scale + 4 * n];
  }

  /** Forgets what was made from an array whose memory is free again. */
  release(data: TypedArray): void {
    const prepared = this.#prepared.get(data);
    if (prepared === undefined) return;
    this.#prepared.delete(data);
    this.machine.memory.free(prepared.address, prepared.bytes);
    if (!this.machine.memory.owns(data)) this.#freed.unregister(data);
  }
}
