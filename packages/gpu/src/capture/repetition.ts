/**
 * @file A repeated step: its launches on fixed buffers, recorded into commands and submitted,
 * without a tape and without shapes.
 */
import type { Parameter, Rng } from "@spm/core";
import { type Storage, sizeOf } from "@spm/core/extend";
import { exchange, type PooledBuffer, sizeFor } from "../buffer-pool.ts";
import type { DeviceArray } from "../device-array.ts";
import { floatsOf } from "../exact-integers.ts";
import type { Memory } from "../executor.ts";
import type { Pipeline } from "../pipelines.ts";
import { JoinedCoefficients } from "./joined-coefficients.ts";
import { joinSums } from "./joined-sums.ts";
import { JoinedUpdates } from "./joined-updates.ts";
import { Launches } from "./launches.ts";
import type { Roles } from "./match.ts";
import { type MemoryPlan, planMemory } from "./memory-plan.ts";
import { Numbers } from "./numbers.ts";
import type { MemoryId, Recording, UploadEvent } from "./recording.ts";

/** The part of the executor that a repetition needs. */
export interface Host {
  readonly device: GPUDevice;
  take(length: number): PooledBuffer;
  /** Buffers one behind the other in one. */
  split(lengths: readonly number[]): PooledBuffer[];
  release(memory: PooledBuffer): void;
  /** The pipeline of a text in WGSL with numbers. */
  compile(code: string, reads: number, results: number): Pipeline;
  /** Submits what was recorded before. */
  submit(): void;
  /** Submits commands of a repetition. */
  submitCommands(encoder: GPUCommandEncoder): void;
}

/** A parameter that the step reads. */
interface Watched {
  readonly parameter: Parameter;
  readonly storage: Storage;
  /** Assignments of one call. */
  readonly assigned: number;
}

/** A recorded step on buffers of its own. */
export class Repetition {
  readonly #host: Host;
  readonly #recording: Recording;
  /** The memory from outside, of the call before that which this one left in its place. */
  readonly #located: ReadonlyMap<MemoryId, PooledBuffer>;
  readonly #joined: JoinedUpdates;
  readonly #coefficients: JoinedCoefficients;
  readonly #memory: MemoryPlan;
  readonly #results: readonly MemoryId[];
  readonly #numbers: Numbers;
  readonly #launches: Launches;
  readonly #written: readonly UploadEvent[];
  /** The numbers of {@link #written} in the last launch. */
  #uploads: readonly Float32Array[] = [];
  readonly #watched: readonly Watched[];
  readonly #storages: readonly Storage[];
  /** Whether nothing that it reads was released. */
  #intact = true;

  /** @param roles - what memory from outside stands for */
  constructor(host: Host, recording: Recording, roles: Roles, results: readonly MemoryId[]) {
    this.#host = host;
    this.#recording = recording;
    const located = (memory: Memory, from: MemoryId | null = null): PooledBuffer =>
      (from === null ? memory : recording.memories[from]) as PooledBuffer;
    this.#located = new Map(
      recording.memories.flatMap((memory, id) =>
        recording.origins[id] === "outside" ? [[id, located(memory, roles.get(id))]] : [],
      ),
    );
    this.#results = results;
    host.submit(); // what is written now would overtake commands that use the same buffers
    const call = joinSums(recording, new Set(results), host);
    this.#joined = new JoinedUpdates(call, roles, host.split);
    const events = call.events.filter((event) => "reads" in event);
    this.#coefficients = new JoinedCoefficients(
      events,
      (id) => this.#located.get(id),
      this.#joined,
      host,
    );
    const placed = new Map([...this.#joined.placed, ...this.#coefficients.placed]);
    this.#memory = planMemory(call, new Set(results), placed, host.take);
    this.#move();
    const launches = this.#coefficients.launches(this.#joined.launches(events));
    this.#numbers = new Numbers(host.device, launches);
    const changing = [
      ...this.#located.values(),
      ...this.#memory.kept.map(({ id }) => this.#bufferOf(id)),
    ];
    this.#launches = new Launches(host.device, launches, this.#numbers, {
      of: (id) => this.#bufferOf(id),
      fixed: (id) => this.#fixed(id),
      changing,
    });
    this.#written = this.#writeUploads();
    this.#watched = [...recording.parameters].map(([parameter, version]) => ({
      parameter,
      storage: parameter.storage,
      assigned: parameter.version - version,
    }));
    this.#storages = this.#memory.kept.flatMap(({ memory }) => {
      const storage = recording.storages.get(memory);
      return storage ? [storage] : [];
    });
    // a tensor that no op made can't be watched
    if (this.#storages.length < this.#memory.kept.length) this.#intact = false;
  }

  /** Buffers of its own, and their bytes. */
  get buffers(): { readonly count: number; readonly bytes: number } {
    const { owned } = this.#memory;
    const bytes = owned.reduce((total, { length }) => total + sizeFor(length), 0);
    return { count: owned.length, bytes: bytes + this.#numbers.buffer.size };
  }

  get launches(): number {
    return this.#launches.count;
  }

  /** Whether it reads the memory, or JavaScript holds it for what a call leaves. */
  get watches(): readonly PooledBuffer[] {
    return [...this.#located.values(), ...this.#memory.kept.map(({ memory }) => memory)];
  }

  /** Tells it that memory which it watches was released. */
  break(): void {
    this.#intact = false;
  }

  /**
   * Whether the weights and all that is kept are those that the last call left, with no view of
   * them beside, which would change under its reader.
   */
  get ready(): boolean {
    return (
      this.#intact &&
      this.#joined.intact &&
      this.#storages.every(({ holders }) => holders === 1) &&
      this.#watched.every(({ parameter, storage, assigned }) => {
        if (parameter.storage !== storage || parameter.invalid !== null) return false;
        return assigned === 0 || parameter.recordings === 0;
      })
    );
  }

  /**
   * The numbers of the next call.
   * @returns false where another kernel would run
   */
  renew(): boolean {
    return this.#numbers.renew();
  }

  /**
   * Launches the step on other arguments, once {@link renew} has the numbers; what it leaves counts
   * once {@link commit} is called.
   * @returns memory of the caller's with each result
   */
  launch(inputs: readonly DeviceArray[]): PooledBuffer[] {
    this.#uploads = this.#written.map(({ draw, values }) =>
      draw ? floatsOf(draw.again()) : values,
    );
    this.#host.submit();
    for (const [k, { upload }] of this.#written.entries()) {
      const values = this.#uploads[k];
      if (values?.length) this.#write(upload, values);
    }
    this.#numbers.write();
    const results = this.#results.map((id) =>
      this.#host.take(this.#recording.memories[id]?.length ?? 0),
    );
    this.#encode(inputs, results);
    return results;
  }

  /** Puts in place what the last launch left, and advances the host's counts as the step did. */
  commit(): void {
    this.#exchange();
    for (const advance of this.#recording.advancing) advance();
    for (const { parameter, assigned } of this.#watched) parameter.version += assigned;
  }

  /** The buffers of the last launch, before {@link commit}, by the order of {@link keptIds}. */
  get left(): readonly PooledBuffer[] {
    return this.#memory.kept.map(({ id }) => this.#bufferOf(id));
  }

  get keptIds(): readonly MemoryId[] {
    return this.#memory.kept.map(({ id }) => id);
  }

  /** The generators that it draws from. */
  get generators(): readonly Rng[] {
    return this.#written.flatMap(({ draw }) => (draw ? [draw.random] : []));
  }

  /** In which numbers the last launch differs from a recorded call; null: in none. */
  differenceFrom(other: Recording): string | null {
    const { events } = this.#recording;
    for (const [k, event] of events.entries()) {
      const now = other.events[k];
      if (now === undefined || "upload" in now !== "upload" in event) return "other launches";
      if ("upload" in event && "upload" in now) {
        const written = this.#uploads[this.#written.indexOf(event)] ?? event.values;
        if (written.some((v, i) => !Object.is(v, now.values[i])))
          return "an upload of other numbers";
      } else if ("renew" in event && "renew" in now && event.renew && now.numbers)
        if (!this.#numbers.agrees(this.#joined.of(event), now.numbers))
          return "a kernel with other numbers";
    }
    return null;
  }

  dispose(): void {
    this.#intact = false;
    for (const buffer of this.#memory.owned) this.#host.release(buffer);
    this.#numbers.buffer.destroy();
  }

  /** Records and submits the launches. */
  #encode(inputs: readonly DeviceArray[], results: readonly PooledBuffer[]): void {
    const first = this.#host.device.createCommandEncoder();
    for (const [k, { memory, shape }] of inputs.entries()) {
      const size = 4 * sizeOf(shape);
      if (size > 0) copy(first, memory as PooledBuffer, this.#bufferOf(k), size);
    }
    const encoder = this.#launches.record(first, this.#host.submitCommands);
    for (const [k, id] of this.#results.entries()) {
      const target = results[k];
      const size = 4 * (this.#recording.memories[id]?.length ?? 0);
      if (target && size > 0) copy(encoder, this.#bufferOf(id), target, size);
    }
    this.#host.submitCommands(encoder);
  }

  #bufferOf(id: MemoryId): PooledBuffer {
    const buffer =
      this.#memory.buffers.get(id) ??
      this.#located.get(id) ??
      this.#joined.row(id) ??
      this.#coefficients.row(id);
    if (buffer === undefined) throw new RangeError(`no memory ${id}`);
    return buffer;
  }

  #write(id: MemoryId, values: Float32Array): void {
    const { buffer, offset } = this.#bufferOf(id);
    this.#host.device.queue.writeBuffer(buffer, offset, values);
  }

  /** Whether a piece of memory has one buffer at all calls. */
  #fixed(id: MemoryId): boolean {
    return this.#memory.buffers.has(id) && !this.#memory.kept.some((kept) => kept.id === id);
  }

  /** Writes the uploads that stay, and returns those that are written at each call. */
  #writeUploads(): UploadEvent[] {
    const uploads = this.#recording.events.filter((event) => "upload" in event);
    const changes = ({ upload, draw }: UploadEvent) => draw !== undefined || !this.#fixed(upload);
    for (const event of uploads)
      if (!changes(event) && event.values.length > 0) this.#write(event.upload, event.values);
    return uploads.filter(changes);
  }

  /** Moves weights and slots to their places one behind the other. */
  #move(): void {
    const encoder = this.#host.device.createCommandEncoder();
    for (const [memory, place] of this.#joined.moves)
      copy(encoder, memory, place, 4 * memory.length);
    this.#host.submitCommands(encoder);
    for (const [memory, place] of this.#joined.moves) {
      exchange(memory, place);
      this.#host.release(place);
    }
  }

  /** Exchanges what is kept with the memory in which the repetition wrote it. */
  #exchange(): void {
    for (const { id, memory } of this.#memory.kept) {
      exchange(memory, this.#bufferOf(id));
    }
  }
}

function copy(
  encoder: GPUCommandEncoder,
  from: PooledBuffer,
  to: PooledBuffer,
  size: number,
): void {
  encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, size);
}
