/** @file The mixer's kernels: fused butterfly passes where the schedule is one and its scales fit, pairs by table otherwise. */
import { isContiguous, type NdArray, sizeOf, type TypedArray } from "@spm/core";
import { generalOp, type MixerOptions, rotationOp, type Schedule } from "@spm/mixer";
import { type ButterflyPlan, isFusedButterfly, planButterfly } from "./butterfly-plan.ts";
import { allFloat32, type KernelTable, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { plain } from "./plain.ts";

const ROWS = 8; // rows that the kernels hold in scratch at a time
const COLUMN = 32; // bytes of a column of eight rows
const SPARE = 512; // bytes for the last columns of eight rows

/** A schedule's tables in wasm memory. */
interface Tables {
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

/** Coefficients made from parameters, in one direction. */
interface Prepared {
  readonly address: number;
  readonly bytes: number;
  readonly schedule: Schedule;
  readonly coefficients: number;
  /** Scales that each stage found. */
  readonly history: number;
  /** Product of all of them. */
  readonly scale: number;
  readonly fits: boolean;
}

/** One call's operands. */
interface Call {
  readonly schedule: Schedule;
  readonly tables: Tables;
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Addresses of n floats each, zero beyond what was given. */
  readonly dIn: number;
  readonly dOut: number;
}

/** Everything that the mixer keeps between calls: tables by schedule, coefficients by parameter array. */
class MixerState {
  readonly machine: Machine;
  readonly general: boolean;
  readonly #tables = new WeakMap<Schedule, Tables>();
  readonly #prepared: Record<"forward" | "backward", WeakMap<TypedArray, Prepared>> = {
    forward: new WeakMap(),
    backward: new WeakMap(),
  };
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

  /** Scaled coefficients for a direction, made once for each parameter array. */
  prepare(direction: "forward" | "backward", parameters: NdArray, schedule: Schedule): Prepared {
    const { data, shape } = parameters;
    const whole = data.length === sizeOf(shape) && isContiguous(parameters);
    const known = whole ? this.#prepared[direction].get(data) : undefined;
    if (known?.schedule === schedule) return known;
    if (!whole) return this.#make(direction, parameters, schedule, (bytes) => this.machine.memory.scratch(bytes));
    if (known !== undefined) this.release(data);
    const prepared = this.#make(direction, parameters, schedule, (bytes) => this.machine.memory.block(bytes));
    this.#prepared[direction].set(data, prepared);
    this.#freed.register(data, prepared, data);
    return prepared;
  }

  #make(
    direction: "forward" | "backward",
    parameters: NdArray,
    schedule: Schedule,
    take: (bytes: number) => number,
  ): Prepared {
    const { memory, run } = this.machine;
    const { plan, ops } = this.tables(schedule);
    const { n, stages } = schedule;
    const bytes = 4 * (plan!.coefficients + n * stages + 2 * n);
    const address = take(bytes);
    const history = address + 4 * plan!.coefficients;
    const scale = history + 4 * n * stages;
    memory.float32(address, plan!.coefficients).fill(0); // stages that pad a pass are the identity
    const blocks = this.blocks(parameters, schedule);
    const back = direction === "backward";
    const fits = run.scaleStages(
      blocks,
      ops,
      n / 2,
      stages,
      plan!.ascending,
      back,
      address,
      history,
      scale,
      scale + 4 * n,
    );
    return { address, bytes, schedule, coefficients: address, history, scale, fits: fits === 1 };
  }

  /** Forgets what was made from an array whose memory is free again. */
  release(data: TypedArray): void {
    let found = false;
    for (const direction of ["forward", "backward"] as const) {
      const prepared = this.#prepared[direction].get(data);
      if (prepared === undefined) continue;
      this.#prepared[direction].delete(data);
      this.machine.memory.free(prepared.address, prepared.bytes);
      found = true;
    }
    if (found) this.#freed.unregister(data);
  }
}

/** Blocks of the pairs by table, with the leftovers among them as [s, 0; 0, 1]. */
function tableBlocks(state: MixerState, call: Call, parameters: NdArray, scales: NdArray | null): number {
  const blocks = state.blocks(parameters, call.schedule);
  if (call.schedule.leftovers.length === 0 || scales === null) return blocks;
  const { memory } = state.machine;
  const { sources } = call.tables;
  const all = memory.scratch(16 * sources.length);
  const to = memory.float32(all, 4 * sources.length);
  const from = memory.float32(blocks, parameters.shape[0]! * 4);
  const factors = memory.float32(plain(state.machine, scales), scales.shape[0]!);
  sources.forEach((source, k) => {
    if (source >= 0) to.set(from.subarray(4 * source, 4 * source + 4), 4 * k);
    else to.set([factors[-1 - source]!, 0, 0, 1], 4 * k);
  });
  return all;
}

/** A vector padded with zeros to n floats. */
function padded({ memory }: Machine, vector: NdArray, n: number, source: number): number {
  const address = memory.scratch(4 * n);
  const size = vector.shape[0]!;
  const to = memory.float32(address, n);
  to.set(memory.float32(source, size));
  to.fill(0, size);
  return address;
}

function makeCall(state: MixerState, x: NdArray, dIn: NdArray, dOut: NdArray, schedule: Schedule): Call {
  const { machine } = state;
  const { n } = schedule;
  return {
    schedule,
    tables: state.tables(schedule),
    rows: sizeOf(x.shape.slice(0, -1)),
    inputs: dIn.shape[0]!,
    outputs: dOut.shape[0]!,
    dIn: padded(machine, dIn, n, plain(machine, dIn)),
    dOut: padded(machine, dOut, n, plain(machine, dOut)),
  };
}

/** Whether the fused kernels compute a call: forward, and, for what is kept between them to match, both ways in training. */
function isFused(state: MixerState, { schedule, tables }: Call, parameters: NdArray, both: boolean): boolean {
  if (tables.plan === null || !state.prepare("forward", parameters, schedule).fits) return false;
  return !both || state.prepare("backward", parameters, schedule).fits;
}

/** Bytes of scratch for eight rows, or four of z and g, of the fused kernels. */
const fusedScratch = ({ chunk, pad }: ButterflyPlan, n: number): number => (n / 4 / chunk) * (chunk * 16 * ROWS + pad);

/** Bytes of scratch of the general variant's fused backward: g, the input of each group, and its levels; eight rows. */
const generalScratch = ({ chunk, pad, groups, levels }: ButterflyPlan, n: number): number =>
  (groups.length / 3) * ((n / 4 / chunk) * (chunk * 16 * ROWS + pad) + 1088) + levels * 16 * ROWS;

/** y, and z where its address is not 0: by groups of four rows (fused), or [rows, n] (by table). */
function forward(
  state: MixerState,
  call: Call,
  x: number,
  parameters: NdArray,
  scales: NdArray | null,
  bias: number,
  y: number,
  z: number,
  fused: boolean,
): void {
  const { machine } = state;
  const { memory, run } = machine;
  const { schedule, tables, rows, inputs, outputs, dIn, dOut } = call;
  const { n } = schedule;
  if (rows === 0) return;
  if (fused) {
    const { plan, passes, groups } = tables;
    const { three, groups: words, chunk, pad } = plan!;
    const { coefficients, scale } = state.prepare("forward", parameters, schedule);
    const e = memory.scratch(4 * n);
    run.scaleVector(e, scale, dOut, 4 * n);
    const s = memory.scratch(fusedScratch(plan!, n));
    const spare = memory.scratch(SPARE);
    const sizes = [rows, n, inputs, outputs, three, passes, groups, words.length / 3, chunk, pad] as const;
    run.butterflyForward(x, y, z, ...sizes, dIn, coefficients, scale, e, bias, s, spare);
    return;
  }
  const blocks = tableBlocks(state, call, parameters, scales);
  const s = memory.scratch(COLUMN * (n + 1));
  const ones = constant(machine, n, 1);
  const zeros = constant(machine, n, 0);
  for (let row = 0; row < rows; row += ROWS) {
    const few = Math.min(ROWS, rows - row);
    run.pairsEnter(x + 4 * inputs * row, few, inputs, n, dIn, s);
    run.pairsForward(tables.pairs, tables.pairs + 8 * tables.sources.length, blocks, s, s);
    if (z !== 0) run.pairsLeave(s, z + 4 * n * row, few, n, ones, zeros);
    run.pairsLeave(s, y + 4 * outputs * row, few, outputs, dOut, bias);
  }
}

function constant({ memory }: Machine, n: number, value: number): number {
  const address = memory.scratch(4 * n);
  memory.float32(address, n).fill(value);
  return address;
}

/** Adds the mixer's kernels, and returns what must hear of released memory. */
export function registerMixer(table: KernelTable, machine: Machine): { release(data: TypedArray): void } {
  const rotationState = new MixerState(machine, false);
  const generalState = new MixerState(machine, true);
  registerForward(table, rotationState);
  registerForward(table, generalState);
  registerBackward(table, rotationState);
  registerBackward(table, generalState);
  return {
    release(data) {
      rotationState.release(data);
      generalState.release(data);
    },
  };
}

function registerForward(table: KernelTable, state: MixerState): void {
  const { machine, general } = state;
  const op = general ? generalOp : rotationOp;
  register<MixerOptions>(table, machine, op.primitive, (_, arrays, { schedule, backward }, keep) => {
    if (!allFloat32(arrays)) return NOT_FLOAT32;
    const [x, parameters] = arrays as [NdArray, NdArray];
    const [dIn, dOut, bias] = arrays.slice(-3) as [NdArray, NdArray, NdArray];
    const { memory } = machine;
    const { n } = schedule;
    const call = makeCall(state, x, dIn, dOut, schedule);
    const y = memory.array("float32", [...x.shape.slice(0, -1), call.outputs]);
    const kept = keep && backward !== "recompute" ? keptArray(machine, call, backward) : null;
    const z = kept !== null && backward === "reverse" ? memory.address(kept) : 0;
    const shift = padded(machine, bias, n, plain(machine, bias));
    const fused = isFused(state, call, parameters, z !== 0);
    forward(
      state,
      call,
      plain(machine, x),
      parameters,
      general ? arrays[2]! : null,
      shift,
      memory.address(y),
      z,
      fused,
    );
    return kept === null ? [y] : [y, kept];
  });
}

/**
 * What the reference would keep has the shape [groups of four rows, 1 or L + 1, 4n]. `reverse`: z_L. `stored`: nothing
 * is read from it (these kernels work the stages out again, faster than memory would give them), so one zero stands for all.
 */
function keptArray({ memory }: Machine, { rows, schedule }: Call, backward: "reverse" | "stored"): NdArray {
  const groups = Math.ceil(rows / 4);
  const { n, stages } = schedule;
  if (backward === "reverse") return memory.array("float32", [groups, 1, 4 * n]);
  const one = memory.array("float32", [1, 1, 1]);
  one.data[0] = 0;
  one.shape = [groups, stages + 1, 4 * n];
  one.stride = [0, 0, 0];
  return one;
}

function registerBackward(table: KernelTable, state: MixerState): void {
  const { machine, general } = state;
  const op = general ? generalOp : rotationOp;
  register<MixerOptions>(table, machine, op.backward, (_, arrays, { schedule, backward }) => {
    if (!allFloat32(arrays)) return NOT_FLOAT32;
    const { memory, run } = machine;
    const [ct, x, parameters] = arrays as [NdArray, NdArray, NdArray];
    const scales = general ? arrays[3]! : null;
    const [dIn, dOut, kept] = arrays.slice(general ? 4 : 3) as [NdArray, NdArray, NdArray | undefined];
    const call = makeCall(state, x, dIn, dOut, schedule);
    const { rows, inputs, outputs, tables } = call;
    const { n } = schedule;
    const results = [
      memory.array("float32", x.shape),
      memory.array("float32", parameters.shape),
      ...(scales === null ? [] : [memory.array("float32", scales.shape)]),
      memory.array("float32", [inputs]),
      memory.array("float32", [outputs]),
      memory.array("float32", [outputs]),
    ];
    const [gx, gParameters] = results.map((r) => memory.address(r)) as [number, number];
    // Sums over the rows, each with room for n: bias, dOut, dIn.
    const sums = constant(machine, 3 * n, 0);
    const [gBias, gOut, gIn] = [sums, sums + 4 * n, sums + 8 * n];
    const xAt = plain(machine, x);
    const ctAt = plain(machine, ct);
    const fused = isFused(state, call, parameters, true);
    const z = general ? null : zOf(state, call, xAt, parameters, backward === "reverse" ? kept : undefined, fused);
    if (fused && rows > 0) {
      const { plan, passes, groups, ops, places } = tables;
      const { three, groups: words, chunk, pad, sums: size } = plan!;
      const ahead = state.prepare("forward", parameters, schedule);
      const back = state.prepare("backward", parameters, schedule);
      const scale = memory.scratch(4 * n);
      run.scaleVector(scale, back.scale, call.dIn, 4 * n);
      const raw = constant(machine, size, 0);
      const spare = memory.scratch(SPARE);
      const sizes = [rows, n, inputs, outputs, three, passes, groups, words.length / 3, chunk, pad] as const;
      const into = [call.dOut, scale, raw, gBias, gOut, gIn] as const;
      const stages = [n / 2, schedule.stages] as const;
      if (general) {
        const s = memory.scratch(generalScratch(plan!, n));
        const through = [call.dIn, ahead.coefficients, back.coefficients] as const;
        run.butterflyGeneralBackward(xAt, ctAt, gx, ...sizes, ...through, ...into, s, spare);
        run.scaleVector(gOut, gOut, ahead.scale, 4 * n);
        run.generalSums(raw, passes, plan!.passes.length / 4, n, ahead.coefficients, back.coefficients);
        run.generalGradient(raw, places, ops, ...stages, ahead.history, back.history, gParameters);
      } else {
        const s = memory.scratch(fusedScratch(plan!, n));
        run.butterflyRotationBackward(xAt, z!, ctAt, gx, ...sizes, back.coefficients, ...into, s, spare);
        run.rotationGradient(raw, places, ops, ...stages, plan!.ascending, back.history, gParameters);
      }
      run.scaleVector(gIn, gIn, back.scale, 4 * n);
    } else {
      backwardByTable(state, call, { xAt, ctAt, gx, gBias, gOut, gIn, z }, parameters, scales, results);
    }
    const take = (result: NdArray, from: number, size: number): void =>
      (result.data as Float32Array).set(memory.float32(from, size));
    take(results.at(-3)!, gIn, inputs);
    take(results.at(-2)!, gOut, outputs);
    take(results.at(-1)!, gBias, outputs);
    return results;
  });
}

/** z_L as the forward kept it, or worked out again. */
function zOf(
  state: MixerState,
  call: Call,
  x: number,
  parameters: NdArray,
  kept: NdArray | undefined,
  fused: boolean,
): number {
  const { machine } = state;
  if (kept !== undefined) return plain(machine, kept);
  const { rows, schedule, outputs } = call;
  const z = machine.memory.scratch(16 * Math.ceil(rows / 4) * schedule.n);
  const y = machine.memory.scratch(4 * rows * outputs);
  forward(state, call, x, parameters, null, constant(machine, schedule.n, 0), y, z, fused);
  return z;
}

/** The backward pass with pairs by table: rotations walk z back, general blocks keep what each stage saw. */
function backwardByTable(
  state: MixerState,
  call: Call,
  at: { xAt: number; ctAt: number; gx: number; gBias: number; gOut: number; gIn: number; z: number | null },
  parameters: NdArray,
  scales: NdArray | null,
  results: readonly NdArray[],
): void {
  const { machine, general } = state;
  const { memory, run } = machine;
  const { schedule, tables, rows, inputs, outputs, dIn, dOut } = call;
  const { n, stages } = schedule;
  const { pairs, starts, sources } = tables;
  const count = sources.length;
  const blocks = tableBlocks(state, call, parameters, scales);
  const width = COLUMN * (n + 1);
  const z = memory.scratch(width * (general ? stages + 1 : 1));
  const g = memory.scratch(width);
  const perPair = general ? 16 : 4; // floats: four lanes of ā b̄ c̄ d̄, or of θ̄
  const lanes = constant(machine, perPair * count, 0);
  const ones = constant(machine, n, 1);
  const zeros = constant(machine, n, 0);
  for (let row = 0; row < rows; row += ROWS) {
    const few = Math.min(ROWS, rows - row);
    const x = at.xAt + 4 * inputs * row;
    const ct = at.ctAt + 4 * outputs * row;
    let last = z;
    if (general) {
      run.pairsEnter(x, few, inputs, n, dIn, z);
      for (let l = 0; l < stages; l++, last += width)
        run.pairsForward(
          pairs + 8 * starts[l]!,
          pairs + 8 * starts[l + 1]!,
          blocks + 16 * starts[l]!,
          last,
          last + width,
        );
    } else run.pairsEnter(at.z! + 4 * n * row, few, n, n, ones, z);
    run.pairsSum(ct, few, outputs, 0, at.gBias);
    run.pairsSum(ct, few, outputs, last, at.gOut);
    run.pairsEnter(ct, few, outputs, n, dOut, g);
    if (general)
      for (let l = stages - 1; l >= 0; l--) {
        const from = starts[l]!;
        last -= width;
        run.pairsBackward(pairs + 8 * from, pairs + 8 * starts[l + 1]!, blocks + 16 * from, last, g, lanes + 64 * from);
      }
    else run.pairsUnrotate(pairs, count, blocks, z, g, lanes);
    run.pairsSum(x, few, inputs, g, at.gIn);
    run.pairsLeave(g, at.gx + 4 * inputs * row, few, inputs, dIn, zeros);
  }
  const totals = memory.scratch(perPair * count + 16);
  run.sumFours(lanes, totals, (perPair / 4) * count);
  const sums = memory.float32(totals, (perPair / 4) * count);
  const gradient = results[1]!.data as Float32Array;
  if (!general) gradient.set(sums);
  else {
    const ofLeftovers = results[2]!.data as Float32Array;
    sources.forEach((source, k) => {
      if (source >= 0) gradient.set(sums.subarray(4 * k, 4 * k + 4), 4 * source);
      else ofLeftovers[-1 - source] = sums[4 * k]!;
    });
  }
}
