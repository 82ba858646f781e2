/**
 * @file What the mixer keeps between calls: tables by schedule, coefficients by parameter array.
 */
import { isContiguous, type NdArray, sizeOf, type TypedArray } from "@spm/core";
import type { Schedule } from "@spm/mixer";
import { type ButterflyPlan, GROUP, isFusedButterfly, planButterfly } from "./butterfly-plan.ts";
import type { Machine } from "./machine.ts";
import { plain } from "./plain.ts";

/** Bytes of a column of eight rows. */
export const COLUMN = 32;

/** A schedule's tables in wasm memory. */
export interface Tables {
  readonly plan: ButterflyPlan | null;
  /**
   * Address of what the fused kernels are told: n, three, passes, groups, their number, chunk, pad.
   */
  readonly layout: number;
  readonly passes: number;
  readonly stages: number;
  /**
   * For the kernels by table: two words for each pair and, in the general variant, each leftover.
   */
  readonly pairs: number;
  /** First pair of each stage, and their number at the end. */
  readonly starts: readonly number[];
  /** For each pair of the table, where its parameters are: a pair's index, or −1 − a leftover's. */
  readonly sources: Int32Array;
}

/** Scaled coefficients of the stages, made from parameters. */
export interface Scaled {
  readonly schedule: Schedule;
  readonly bytes: number;
  readonly coefficients: number;
  /** [L + 1, n]: ones, then the scales that each stage makes. */
  readonly scales: number;
  /** The last row: the product of all. */
  readonly scale: number;
  /** Whether all ratios and scales are within range. */
  readonly fits: boolean;
  /** A power of two that brings the last scales near one. */
  readonly unit: number;
}

/** Everything that a variant keeps between calls. */
export class MixerState {
  readonly machine: Machine;
  readonly general: boolean;
  readonly #tables = new WeakMap<Schedule, Tables>();
  readonly #prepared = new WeakMap<TypedArray, Scaled>();
  readonly #freed = new FinalizationRegistry<Scaled>(({ coefficients, bytes }) =>
    this.machine.memory.free(coefficients, bytes),
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

  #storePlan({ three, passes, groups, stages, chunk, pad }: ButterflyPlan, n: number) {
    const [passesAt, groupsAt] = [this.#store(passes), this.#store(groups)];
    const words = [n, three ? 1 : 0, passesAt, groupsAt, groups.length / GROUP, chunk, pad];
    return {
      layout: this.#store(Int32Array.from(words)),
      passes: passesAt,
      stages: this.#store(stages),
    };
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
      ...(plan === null ? { layout: 0, passes: 0, stages: 0 } : this.#storePlan(plan, n)),
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
   * Scaled coefficients for a fused butterfly, made once for each parameter array. Null where they
   * are not within range.
   */
  scaled(parameters: NdArray, schedule: Schedule): Scaled | null {
    const { data, shape } = parameters;
    const { memory } = this.machine;
    const whole = data.length === sizeOf(shape) && isContiguous(parameters);
    let scaled = whole ? this.#prepared.get(data) : undefined;
    if (scaled !== undefined && scaled.schedule !== schedule) {
      this.release(data);
      scaled = undefined;
    }
    if (scaled === undefined) {
      scaled = this.#make(parameters, schedule, whole);
      if (whole) {
        this.#prepared.set(data, scaled);
        // otherwise its release is told
        if (!memory.owns(data)) this.#freed.register(data, scaled, data);
      }
    }
    return scaled.fits ? scaled : null;
  }

  /** @param lasting - beyond this kernel call */
  #make(parameters: NdArray, schedule: Schedule, lasting: boolean): Scaled {
    const { memory, run } = this.machine;
    const { plan, stages: table } = this.tables(schedule);
    const { n, stages } = schedule;
    const bytes = 4 * (plan!.coefficients + n * (stages + 1) + 4);
    const coefficients = lasting ? memory.block(bytes) : memory.scratch(bytes);
    // the identity pads a pass
    if (plan!.coefficients > n * stages) memory.zero(coefficients, 4 * plan!.coefficients);
    const scales = coefficients + 4 * plan!.coefficients;
    const scale = scales + 4 * n * stages;
    const source = plain(this.machine, parameters);
    run.scaleStages(source, !this.general, table, stages, n, coefficients, scales);
    const end = scale + 4 * n;
    const fits = memory.word(end) === 1;
    return {
      schedule,
      bytes,
      coefficients,
      scales,
      scale,
      fits,
      unit: fits ? 2 ** -memory.word(end + 4) : 1,
    };
  }

  /** Forgets what was made from an array whose memory is free again. */
  release(data: TypedArray): void {
    const scaled = this.#prepared.get(data);
    if (scaled === undefined) return;
    this.#prepared.delete(data);
    this.machine.memory.free(scaled.coefficients, scaled.bytes);
    if (!this.machine.memory.owns(data)) this.#freed.unregister(data);
  }
}
