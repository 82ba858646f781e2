/** @file The numbers of a repetition's launches, in one buffer of uniforms. */
import { slotBytes } from "../bindings.ts";
import { usage } from "../buffer-pool.ts";
import type { LaunchEvent } from "./recording.ts";

/** The numbers of launches, of which some are computed anew at each call. */
export class Numbers {
  readonly buffer: GPUBuffer;
  readonly #device: GPUDevice;
  readonly #block: ArrayBuffer;
  /** By launch. */
  readonly #offsets: ReadonlyMap<LaunchEvent, number>;
  readonly #renewed: readonly LaunchEvent[];

  constructor(device: GPUDevice, launches: readonly LaunchEvent[]) {
    this.#device = device;
    const numbered = launches.filter(({ numbers }) => numbers !== null);
    this.#renewed = numbered.filter(({ renew }) => renew !== undefined);
    // those that are computed anew lie in front, so that one write has them all
    const slots = [...this.#renewed, ...numbered.filter(({ renew }) => renew === undefined)];
    this.#offsets = new Map(slots.map((event, k) => [event, k * slotBytes]));
    this.#block = new ArrayBuffer(Math.max(1, slots.length) * slotBytes);
    for (const [k, { numbers }] of slots.entries())
      new Uint8Array(this.#block, k * slotBytes).set(numbers ?? []);
    const size = this.#block.byteLength;
    this.buffer = device.createBuffer({ size, usage: usage.uniform | usage.copyTarget });
    device.queue.writeBuffer(this.buffer, 0, this.#block);
  }

  /** The offset of a launch's numbers; undefined where it has none. */
  offsetOf(event: LaunchEvent): number | undefined {
    return this.#offsets.get(event);
  }

  /** Computes the numbers of the next call. @returns false where another kernel would run */
  renew(): boolean {
    for (const [k, { renew, places }] of this.#renewed.entries()) {
      const values = renew?.();
      if (!values) return false;
      const floats = new Float32Array(this.#block, k * slotBytes, slotBytes / 4);
      for (const [i, place] of places.entries()) floats[place / 4] = values[i] ?? 0;
    }
    return true;
  }

  /** Whether a launch would have these numbers at the next call. */
  agrees(event: LaunchEvent, numbers: Uint8Array): boolean {
    const at = this.#offsets.get(event);
    if (at === undefined) return false;
    return new Uint8Array(this.#block, at, slotBytes).every((byte, k) => byte === numbers[k]);
  }

  /** Writes them to the device. */
  write(): void {
    const size = this.#renewed.length * slotBytes;
    if (size > 0) this.#device.queue.writeBuffer(this.buffer, 0, this.#block, 0, size);
  }
}
