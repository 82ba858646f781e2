/**
 * @file The bindings of launches. Bind groups are expensive to make, so each is remembered by its
 * buffers; numbers that change from call to call lie in one buffer that never changes, at an offset
 * of the launch's own.
 */
import { BackendError } from "@spm/core/extend";
import { type PooledBuffer, sizeFor, usage } from "./buffer-pool.ts";

/** Bytes between the numbers of two launches: WebGPU's granularity of offsets. */
export const slotBytes = 256;
/** Bind groups that a layout remembers: training steps bind the same buffers again and again. */
const rememberedGroups = 8192;

/**
 * The layout of kernels with so many buffers to read and to write, behind their numbers if any, and
 * the bind groups made for it.
 */
export interface KernelLayout {
  readonly pipeline: GPUPipelineLayout;
  readonly hasNumbers: boolean;
  readonly group: GPUBindGroupLayout;
  readonly groups: Map<string, GPUBindGroup>;
}

/** A bind group of buffers, behind numbers that lie in `numbers` at the launch's offset. */
export function bindGroup(
  device: GPUDevice,
  { hasNumbers, group: layout }: Pick<KernelLayout, "hasNumbers" | "group">,
  numbers: GPUBuffer | null,
  buffers: readonly PooledBuffer[],
): GPUBindGroup {
  const resources = [
    ...(hasNumbers && numbers ? [{ buffer: numbers, size: slotBytes }] : []),
    ...buffers.map(({ buffer, offset, arena, length }) =>
      arena === null ? { buffer } : { buffer, offset, size: sizeFor(length) },
    ),
  ];
  const entries = resources.map((resource, binding) => ({ binding, resource }));
  return device.createBindGroup({ layout, entries });
}

/** Bind groups, and the numbers of the launches between two submits. */
export class Bindings {
  readonly #device: GPUDevice;
  readonly #layouts: Map<string, KernelLayout> = new Map();
  readonly #numbers: GPUBuffer;
  readonly #block: ArrayBuffer;
  #launches = 0;

  /** @param launches - the most between two submits */
  constructor(device: GPUDevice, launches: number) {
    this.#device = device;
    this.#block = new ArrayBuffer(launches * slotBytes);
    this.#numbers = device.createBuffer({
      size: launches * slotBytes,
      usage: usage.uniform | usage.copyTarget,
    });
  }

  /** The layout of kernels with so many buffers. */
  layout(hasNumbers: boolean, reads: number, writes: number): KernelLayout {
    const key = `${hasNumbers},${reads},${writes}`;
    let layout = this.#layouts.get(key);
    if (layout === undefined) {
      const types: GPUBufferBindingLayout[] = [
        ...(hasNumbers ? [{ type: "uniform", hasDynamicOffset: true } as const] : []),
        ...Array<GPUBufferBindingLayout>(reads).fill({ type: "read-only-storage" }),
        ...Array<GPUBufferBindingLayout>(writes).fill({ type: "storage" }),
      ];
      const entries = types.map((buffer, binding) => ({ binding, visibility: compute, buffer }));
      const group = this.#device.createBindGroupLayout({ entries });
      const pipeline = this.#device.createPipelineLayout({ bindGroupLayouts: [group] });
      layout = { pipeline, hasNumbers, group, groups: new Map() };
      this.#layouts.set(key, layout);
    }
    return layout;
  }

  /** The bind group of these buffers, in the order of the kernel's bindings. */
  group(
    { hasNumbers, group: layout, groups }: KernelLayout,
    buffers: readonly PooledBuffer[],
  ): GPUBindGroup {
    let key = "";
    for (const { id } of buffers) key += `,${id}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = bindGroup(this.#device, { hasNumbers, group: layout }, this.#numbers, buffers);
      if (groups.size >= rememberedGroups) groups.clear();
      groups.set(key, group);
    }
    return group;
  }

  /** Room for the next launch's numbers, which is zeroed, and its offset. */
  numbers(bytes: number): { readonly block: ArrayBuffer; readonly offset: number } {
    if (bytes > slotBytes)
      throw new BackendError("gpu", `at most ${slotBytes} bytes of numbers`, `${bytes}`);
    const offset = slotBytes * this.#launches++;
    new Uint8Array(this.#block, offset, slotBytes).fill(0);
    return { block: this.#block, offset };
  }

  /**
   * Writes the numbers of the launches since the last submit; it is called right before the next
   * one.
   */
  writeNumbers(): void {
    if (this.#launches > 0)
      this.#device.queue.writeBuffer(this.#numbers, 0, this.#block, 0, this.#launches * slotBytes);
    this.#launches = 0;
  }

  /** Forgets all bind groups, whose buffers may be destroyed. */
  forget(): void {
    for (const { groups } of this.#layouts.values()) groups.clear();
  }
}

/**
 * The number that the WebGPU specification gives to `GPUShaderStage.COMPUTE`; Node has no such
 * global.
 */
const compute = 4;
