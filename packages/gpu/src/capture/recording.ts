/**
 * @file A recording of one call of a step: its launches and uploads in order, the memory that they
 * read and make, and what the host must do anew at each repetition.
 */
import { type NdArray, Parameter, type Rng, type Tensor } from "@spm/core";
import { drawing, drawnFrom, inspectCalls, type Storage } from "@spm/core/extend";
import { recorder, type StepRecorder } from "@spm/optim/extend";
import type { Grid, Memory, Renewal, SumsBeside } from "../executor.ts";
import type { Pipeline } from "../pipelines.ts";

/** A number for each piece of memory of a recording, in the order in which they appear. */
export type MemoryId = number;

/** Whence memory is: an argument of the step, from before the call, or made in it. */
export type Origin = "argument" | "outside" | "upload" | "launch";

/** A launch, with copies of its numbers. */
export interface LaunchEvent extends Pipeline {
  readonly reads: readonly MemoryId[];
  readonly results: readonly MemoryId[];
  readonly workgroups: Grid;
  /** The bytes of the uniforms; null where the kernel has none. */
  readonly numbers: Uint8Array | null;
  /** Byte offsets of those numbers that {@link renew} computes. */
  readonly places: readonly number[];
  readonly renew?: Renewal | undefined;
  /** Whether element i of each result is a function of element i of each operand. */
  readonly byElement?: boolean;
  /** See `KernelSource`. */
  readonly gathers?: Float32Array | undefined;
  /** See `KernelSource`. */
  readonly adds?: boolean | undefined;
  readonly sums?: SumsBeside;
}

/** Numbers drawn at random, and the function that draws the next. */
export interface Draw {
  readonly random: Rng;
  readonly again: () => NdArray;
}

/** An upload of numbers from the host. */
export interface UploadEvent {
  readonly upload: MemoryId;
  readonly values: Float32Array;
  readonly draw: Draw | undefined;
}

/** A launch as the executor makes it. */
export interface Launched extends Omit<LaunchEvent, "reads" | "results"> {
  readonly reads: readonly Memory[];
  readonly results: readonly Memory[];
}

/** A call's launches and uploads, and the memory that this took. */
export type Noted = Pick<Recording, "events" | "memories" | "origins" | "released">;

/** One recorded call. */
export class Recording implements StepRecorder {
  readonly events: (LaunchEvent | UploadEvent)[] = [];
  readonly memories: Memory[] = [];
  readonly origins: Origin[] = [];
  /** The number of events before the memory was released. */
  readonly released: Map<Memory, number> = new Map();
  /** Parameters that the step read, and their versions before. */
  readonly parameters: Map<Parameter, number> = new Map();
  readonly storages: Map<Memory, Storage> = new Map();
  readonly advancing: (() => void)[] = [];
  /** Why the step can't be repeated; null if nothing stands against it. */
  refusal: string | null = null;
  readonly #ids: Map<Memory, MemoryId> = new Map();
  readonly #renewals: Map<object, () => object> = new Map();
  readonly #draws: WeakMap<NdArray, Draw> = new WeakMap();

  /** @param inputs - the memory of the arguments */
  constructor(inputs: readonly Memory[]) {
    for (const memory of inputs) this.#add(memory, "argument");
  }

  /** Runs `f` while those who keep numbers on the host tell this recording of them. */
  run<T>(f: () => T): T {
    const [recorded, drawn] = [recorder.value, drawing.value];
    recorder.value = this;
    drawing.value = (random, draw) => {
      const { result } = drawnFrom(draw);
      this.#draws.set(result, { random, again: draw });
      return result;
    };
    try {
      const { result, generators } = drawnFrom(() =>
        inspectCalls((_, inputs, outputs) => this.#visit(inputs, outputs), f, "capture"),
      );
      if (generators.length > 0) this.refuse("random numbers that become no tensor");
      return result;
    } finally {
      [recorder.value, drawing.value] = [recorded, drawn];
    }
  }

  renews(options: object, again: () => object): void {
    this.#renewals.set(options, again);
  }

  advances(advance: () => void): void {
    this.advancing.push(advance);
  }

  refuse(reason: string): void {
    this.refusal ??= reason;
  }

  /** The function that computes these options anew; undefined where they stay as they are. */
  renewalOf(options: object): (() => object) | undefined {
    return this.#renewals.get(options);
  }

  /** The number of a piece of memory; what is not known yet is from outside. */
  idOf(memory: Memory): MemoryId {
    return this.#ids.get(memory) ?? this.#add(memory, "outside");
  }

  /** The number of a piece of memory that this recording knows. */
  find(memory: Memory): MemoryId | undefined {
    return this.#ids.get(memory);
  }

  launched({ reads, results, ...launch }: Launched): void {
    this.events.push({
      ...launch,
      reads: reads.map((memory) => this.idOf(memory)),
      results: results.map((memory) => this.#add(memory, "launch")),
    });
  }

  uploaded(memory: Memory, values: Float32Array, array?: NdArray): void {
    const draw = array && this.#draws.get(array);
    this.events.push({ upload: this.#add(memory, "upload"), values: values.slice(), draw });
  }

  releases(memory: Memory): void {
    this.released.set(memory, this.events.length);
  }

  #add(memory: Memory, origin: Origin): MemoryId {
    const id = this.memories.length;
    this.memories.push(memory);
    this.origins.push(origin);
    this.#ids.set(memory, id);
    return id;
  }

  #visit(inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
    for (const x of inputs)
      if (x instanceof Parameter && !this.parameters.has(x)) this.parameters.set(x, x.version);
    for (const { storage } of [...inputs, ...outputs])
      this.storages.set(storage.memory as Memory, storage);
  }
}
