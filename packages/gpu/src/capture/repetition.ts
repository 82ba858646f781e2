/**
 * @file A repeated step: its launches on fixed buffers, recorded into commands and submitted,
 * without a tape and without shapes.
 */
import type { Parameter } from "@spm/core";
import type { Storage } from "@spm/core/extend";
import { bindGroup } from "../bindings.ts";
import type { PooledBuffer } from "../buffer-pool.ts";
import type { DeviceArray } from "../device-array.ts";
import { floatsOf } from "../exact-integers.ts";
import type { Grid, Memory } from "../executor.ts";
import type { Roles } from "./match.ts";
import { type MemoryPlan, planMemory } from "./memory-plan.ts";
import { Numbers } from "./numbers.ts";
import type { LaunchEvent, MemoryId, Recording, UploadEvent } from "./recording.ts";

/** What a repetition needs of the executor. */
export interface Host {
  readonly device: GPUDevice;
  take(length: number): PooledBuffer;
  release(memory: PooledBuffer): void;
  /** Submits what was recorded before. */
  submit(): void;
  /** Submits commands of a repetition. */
  submitCommands(encoder: GPUCommandEncoder): void;
}

/** Launches after which the commands are submitted, so that the device starts. */
const launchesPerSubmit = 128;

/** One launch, ready to be recorded. */
interface Prepared {
  readonly event: LaunchEvent;
  readonly workgroups: Grid;
  readonly offset: readonly [number] | null;
  /** The bind group; null where its buffers change from call to call. */
  readonly group: GPUBindGroup | null;
}

/** The bind groups for one state of the buffers that change. */
interface Variant {
  readonly ids: readonly number[];
  readonly groups: readonly (GPUBindGroup | null)[];
}
/** Variants that are kept: two captured steps on the same weights need six. */
const mostVariants = 8;

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
  readonly #memory: MemoryPlan;
  readonly #results: readonly MemoryId[];
  readonly #numbers: Numbers;
  readonly #prepared: readonly Prepared[];
  readonly #written: readonly UploadEvent[];
  /** Memory whose buffer may be another at each call: from outside, or kept. */
  readonly #changing: readonly PooledBuffer[];
  readonly #watched: readonly Watched[];
  readonly #storages: readonly Storage[];
  #variants: Variant[] = [];
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
    this.#memory = planMemory(recording, new Set(results), host.take);
    const launches = recording.events.filter((event) => "reads" in event);
    this.#numbers = new Numbers(host.device, launches);
    const own = (id: MemoryId): boolean => this.#fixed(id);
    this.#prepared = launches.map((event) => {
      const at = this.#numbers.offsetOf(event);
      const fixed = event.reads.every(own) && event.results.every(own);
      return {
        event,
        workgroups: event.workgroups,
        offset: at === undefined ? null : [at],
        group: fixed ? this.#group(event) : null,
      };
    });
    this.#written = this.#writeUploads();
    this.#changing = [
      ...this.#located.values(),
      ...this.#memory.kept.map(({ id }) => this.#bufferOf(id)),
    ];
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
    const bytes = owned.reduce((total, { buffer }) => total + buffer.size, 0);
    return { count: owned.length, bytes: bytes + this.#numbers.buffer.size };
  }

  get launches(): number {
    return this.#prepared.length;
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
   * Repeats the step on other arguments, once {@link renew} has the numbers.
   * @returns memory of the caller's with each result
   */
  run(inputs: readonly DeviceArray[]): PooledBuffer[] {
    const { device } = this.#host;
    const drawn = this.#written.map(({ draw, values }) => (draw ? floatsOf(draw.again()) : values));
    this.#host.submit();
    for (const [k, { upload }] of this.#written.entries())
      device.queue.writeBuffer(this.#bufferOf(upload).buffer, 0, drawn[k] ?? new Float32Array(0));
    this.#numbers.write();
    const results = this.#results.map((id) =>
      this.#host.take(this.#recording.memories[id]?.length ?? 0),
    );
    this.#encode(inputs, results);
    this.#exchange();
    return results;
  }

  /** Advances the host's counts and the parameters' versions, as the step did. */
  advance(): void {
    for (const advance of this.#recording.advancing) advance();
    for (const { parameter, assigned } of this.#watched) parameter.version += assigned;
  }

  dispose(): void {
    this.#intact = false;
    for (const buffer of this.#memory.owned) this.#host.release(buffer);
    this.#numbers.buffer.destroy();
  }

  /** Records and submits the launches. */
  #encode(inputs: readonly DeviceArray[], results: readonly PooledBuffer[]): void {
    const { device } = this.#host;
    const { groups } = this.#variant();
    let encoder = device.createCommandEncoder();
    for (const [k, { memory, shape }] of inputs.entries()) {
      const size = 4 * shape.reduce((a, b) => a * b, 1);
      if (size > 0) copy(encoder, memory as PooledBuffer, this.#bufferOf(k), size);
    }
    let pass = encoder.beginComputePass();
    for (const [k, { event, workgroups, offset, group }] of this.#prepared.entries()) {
      if (k > 0 && k % launchesPerSubmit === 0) {
        pass.end();
        this.#host.submitCommands(encoder);
        encoder = device.createCommandEncoder();
        pass = encoder.beginComputePass();
      }
      pass.setPipeline(event.pipeline);
      if (offset === null) pass.setBindGroup(0, group ?? groups[k]);
      else pass.setBindGroup(0, group ?? groups[k], offset);
      pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
    }
    pass.end();
    for (const [k, id] of this.#results.entries()) {
      const target = results[k];
      const size = 4 * (this.#recording.memories[id]?.length ?? 0);
      if (target && size > 0) copy(encoder, this.#bufferOf(id), target, size);
    }
    this.#host.submitCommands(encoder);
  }

  /** The bind groups for the buffers as they are now. */
  #variant(): Variant {
    const found = this.#variants.find(({ ids }) =>
      this.#changing.every(({ id }, k) => id === ids[k]),
    );
    if (found) return found;
    const made = {
      ids: this.#changing.map(({ id }) => id),
      groups: this.#prepared.map(({ event, group }) => (group ? null : this.#group(event))),
    };
    this.#variants = [made, ...this.#variants.slice(0, mostVariants - 1)];
    return made;
  }

  #group(event: LaunchEvent): GPUBindGroup {
    const buffers = [...event.reads, ...event.results].map((id) => this.#bufferOf(id));
    return bindGroup(this.#host.device, event.layout, this.#numbers.buffer, buffers);
  }

  #bufferOf(id: MemoryId): PooledBuffer {
    const buffer = this.#memory.buffers.get(id) ?? this.#located.get(id);
    if (buffer === undefined) throw new RangeError(`no memory ${id}`);
    return buffer;
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
      if (!changes(event) && event.values.length > 0)
        this.#host.device.queue.writeBuffer(this.#bufferOf(event.upload).buffer, 0, event.values);
    return uploads.filter(changes);
  }

  /** What is kept now lies where the repetition wrote it. */
  #exchange(): void {
    for (const { id, memory } of this.#memory.kept) {
      const written = this.#bufferOf(id);
      [memory.buffer, written.buffer] = [written.buffer, memory.buffer];
      [memory.id, written.id] = [written.id, memory.id];
    }
  }
}

function copy(
  encoder: GPUCommandEncoder,
  from: PooledBuffer,
  to: PooledBuffer,
  size: number,
): void {
  encoder.copyBufferToBuffer(from.buffer, 0, to.buffer, 0, size);
}
