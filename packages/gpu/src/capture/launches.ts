/** @file The launches of a repetition, with their bind groups. */
import { bindGroup } from "../bindings.ts";
import type { PooledBuffer } from "../buffer-pool.ts";
import type { Numbers } from "./numbers.ts";
import type { LaunchEvent, MemoryId } from "./recording.ts";

/** Launches after which the commands are submitted, so that the device starts. */
const launchesPerSubmit = 128;
/** Variants that are kept: two captured steps on the same weights need six. */
const mostVariants = 8;

/** Buffers by memory, and those that may be others at each call. */
export interface Buffers {
  of(id: MemoryId): PooledBuffer;
  /** Whether a piece of memory has one buffer at all calls. */
  fixed(id: MemoryId): boolean;
  readonly changing: readonly PooledBuffer[];
}

/** One launch, ready to be recorded. */
interface Prepared {
  readonly event: LaunchEvent;
  readonly offset: readonly [number] | null;
  /** The bind group; null where its buffers change from call to call. */
  readonly group: GPUBindGroup | null;
}

/** The bind groups for one state of the buffers that change. */
interface Variant {
  readonly ids: readonly number[];
  readonly groups: readonly (GPUBindGroup | null)[];
}

/** Launches on fixed buffers. */
export class Launches {
  readonly #device: GPUDevice;
  readonly #numbers: Numbers;
  readonly #buffers: Buffers;
  readonly #prepared: readonly Prepared[];
  #variants: Variant[] = [];

  constructor(
    device: GPUDevice,
    launches: readonly LaunchEvent[],
    numbers: Numbers,
    buffers: Buffers,
  ) {
    this.#device = device;
    this.#numbers = numbers;
    this.#buffers = buffers;
    const fixed = (id: MemoryId): boolean => buffers.fixed(id);
    this.#prepared = launches.map((event) => {
      const at = numbers.offsetOf(event);
      const still = event.reads.every(fixed) && event.results.every(fixed);
      return {
        event,
        offset: at === undefined ? null : [at],
        group: still ? this.#group(event) : null,
      };
    });
  }

  get count(): number {
    return this.#prepared.length;
  }

  /**
   * Records the launches into commands, of which it submits all but the last.
   * @param first - the commands to begin with
   * @returns the commands to be submitted
   */
  record(
    first: GPUCommandEncoder,
    submit: (commands: GPUCommandEncoder) => void,
  ): GPUCommandEncoder {
    const { groups } = this.#variant();
    let encoder = first;
    let pass = encoder.beginComputePass();
    for (let k = 0; k < this.#prepared.length; k++) {
      const { event, offset, group } = this.#prepared[k] as Prepared;
      if (k > 0 && k % launchesPerSubmit === 0) {
        pass.end();
        submit(encoder);
        encoder = this.#device.createCommandEncoder();
        pass = encoder.beginComputePass();
      }
      pass.setPipeline(event.pipeline);
      if (offset === null) pass.setBindGroup(0, group ?? groups[k]);
      else pass.setBindGroup(0, group ?? groups[k], offset);
      const [x, y, z] = event.workgroups;
      pass.dispatchWorkgroups(x, y, z);
    }
    pass.end();
    return encoder;
  }

  /** The bind groups for the buffers as they are now. */
  #variant(): Variant {
    const { changing } = this.#buffers;
    const found = this.#variants.find(({ ids }) => changing.every(({ id }, k) => id === ids[k]));
    if (found) return found;
    const made = {
      ids: changing.map(({ id }) => id),
      groups: this.#prepared.map(({ event, group }) => (group ? null : this.#group(event))),
    };
    this.#variants = [made, ...this.#variants.slice(0, mostVariants - 1)];
    return made;
  }

  #group({ reads, results, layout }: LaunchEvent): GPUBindGroup {
    const buffers = [...reads, ...results].map((id) => this.#buffers.of(id));
    return bindGroup(this.#device, layout, this.#numbers.buffer, buffers);
  }
}
