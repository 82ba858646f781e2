/**
 * @file The wasm memory as arrays: created at its full size, never grown, so that no view is ever
 * detached.
 */
import type { DType, NdArray, Shape, TypedArray } from "@spm/core";
import { BackendError, dtypeOf, sizeOf, wrap } from "@spm/core/extend";
import { Arena } from "./arena.ts";
import { Cache } from "./cache.ts";

const PAGE = 65536;
const STATIC = 2 * PAGE; // the module's own data, and a spare page
const SMALL = 16; // elements up to which an array from elsewhere is copied for each call, not kept
const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  bool: Uint8Array,
} as const;
const bytesPerElement = { float32: 4, float64: 8, int32: 4, bool: 1 } as const;

/**
 * Reserves the memory. @throws BackendError where there is no room, as on phones and in 32-bit
 * browsers
 */
function reserve(pages: number, shared: boolean): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BackendError(
      "wasm",
      `room for ${pages * PAGE} bytes of memory`,
      reason,
      "ask for less: wasm({ bytes })",
    );
  }
}

/** Arrays in one WebAssembly memory, and copies there of arrays from elsewhere. */
export class WasmMemory {
  readonly memory: WebAssembly.Memory;
  readonly #buffer: ArrayBufferLike;
  readonly #bytes: Uint8Array;
  readonly #arena: Arena;
  /** Copies of arrays of the JavaScript heap: their addresses. */
  readonly #copies = new Cache<TypedArray, number>(this);
  /** Whatever can be made again. */
  readonly #caches: { makeRoom(): boolean }[] = [this.#copies];
  /** Blocks that live until the kernel call ends. */
  readonly #scratch: { readonly address: number; readonly bytes: number }[] = [];
  /** Data made by the kernel call that runs: it is free again if the call fails. */
  readonly #made: TypedArray[] = [];
  #calls = 0;
  #copiedIn = 0;

  /**
   * @param bytes - the size, rounded up to pages of 64 KiB; it is reserved, and resident only where
   * it is used
   * @param shared - whether other threads see it, too
   */
  constructor(bytes: number, shared = false) {
    const pages = Math.ceil(bytes / PAGE);
    this.memory = reserve(pages, shared);
    this.#buffer = this.memory.buffer;
    this.#bytes = new Uint8Array(this.#buffer);
    // vectors read past the last block stay inside
    this.#arena = new Arena(STATIC, pages * PAGE - 256);
  }

  /** Bytes of the blocks in use. */
  get used(): number {
    return this.#arena.used;
  }

  /** Bytes that blocks are cut from. */
  get capacity(): number {
    return this.#arena.capacity;
  }

  /** The highest address ever used. */
  get reached(): number {
    return this.#arena.reached;
  }

  /** Kernel calls so far; caches keep the blocks that the current one uses. */
  get calls(): number {
    return this.#calls;
  }

  /** Arrays copied in so far. */
  get copiedIn(): number {
    return this.#copiedIn;
  }

  /** A new array with arbitrary contents. @throws BackendError when the memory is full */
  array(dtype: DType, shape: Shape): NdArray {
    return wrap(this.data(dtype, sizeOf(shape)), shape);
  }

  /** New typed data with arbitrary contents. @throws BackendError when the memory is full */
  data(dtype: DType, size: number): TypedArray {
    const address = this.#take("wasm", size * bytesPerElement[dtype]);
    const data = new constructors[dtype](this.#buffer as ArrayBuffer, address, size);
    this.#made.push(data);
    return data;
  }

  /** Bytes that live until the current kernel call ends. */
  scratch(bytes: number): number {
    const address = this.#take("wasm", bytes);
    this.#scratch.push({ address, bytes });
    return address;
  }

  /** An array with arbitrary contents that lives until the current kernel call ends. */
  scratchArray(dtype: DType, shape: Shape): NdArray {
    const size = sizeOf(shape);
    const address = this.scratch(size * bytesPerElement[dtype]);
    return wrap(new constructors[dtype](this.#buffer as ArrayBuffer, address, size), shape);
  }

  /** A float64 for each row; it outlives the current kernel call only where `recorded`. */
  statistics(rows: Shape, recorded: boolean): NdArray {
    return recorded ? this.array("float64", rows) : this.scratchArray("float64", rows);
  }

  /** A cache of at most `most` bytes; where the memory is full, its values make room for others. */
  cache<K extends WeakKey, T>(most: number): Cache<K, T> {
    const cache = new Cache<K, T>(this, most);
    this.#caches.push(cache);
    return cache;
  }

  /** Bytes that live until {@link free}. */
  block(bytes: number): number {
    return this.#take("wasm", bytes);
  }

  /** Gives a block back. */
  free(address: number, bytes: number): void {
    this.#arena.give(address, bytes);
  }

  /**
   * Ends a kernel call: its scratch is free again.
   * @param done - whether it has results; otherwise the arrays that it made are free, too
   */
  endCall(done: boolean): void {
    if (!done) for (const data of this.#made) this.release(data);
    this.#made.length = 0;
    for (let last = this.#scratch.pop(); last !== undefined; last = this.#scratch.pop())
      this.#arena.give(last.address, last.bytes);
    this.#calls++;
  }

  /**
   * Whether data lies in this memory. No block starts at 0, which is tested first: asking a small
   * array for its buffer allocates the buffer, which takes longer than a scalar's kernel.
   */
  owns(data: TypedArray): boolean {
    return data.byteOffset > 0 && data.buffer === this.#buffer;
  }

  /** Address of an array's first element, copied in first where its data is elsewhere. */
  address(array: NdArray): number {
    const { data, offset } = array;
    if (this.owns(data)) return data.byteOffset + offset * data.BYTES_PER_ELEMENT;
    if (data.length <= SMALL) return this.#lend(data) + offset * data.BYTES_PER_ELEMENT;
    return (this.#copies.get(data) ?? this.#admit(data)) + offset * data.BYTES_PER_ELEMENT;
  }

  /** Writes zeros. */
  zero(address: number, bytes: number): void {
    this.#bytes.fill(0, address, address + bytes);
  }

  /** Copies bytes. */
  copy(to: number, from: number, bytes: number): void {
    this.#bytes.copyWithin(to, from, from + bytes);
  }

  /** The 32-bit integer at an address. */
  word(address: number): number {
    return this.int32(address, 1)[0]!;
  }

  /** A view of integers, for tables and tests. */
  int32(address: number, length: number): Int32Array {
    return new Int32Array(this.#buffer as ArrayBuffer, address, length);
  }

  /** A view of float32 numbers. */
  float32(address: number, length: number): Float32Array {
    return new Float32Array(this.#buffer as ArrayBuffer, address, length);
  }

  /** Frees the memory of an array, or the copy of an array from elsewhere. */
  release(data: TypedArray): void {
    if (this.owns(data)) {
      this.#arena.give(data.byteOffset, data.byteLength);
      return;
    }
    this.#copies.delete(data);
  }

  /** A copy for this kernel call: scalars are made anew for every op, and not worth keeping. */
  #lend(data: TypedArray): number {
    const address = this.scratch(data.byteLength);
    new constructors[dtypeOf({ data })](this.#buffer as ArrayBuffer, address, data.length).set(
      data,
    );
    return address;
  }

  #admit(data: TypedArray): number {
    this.#copiedIn++;
    return this.#copies.add(data, data.byteLength, (address) => {
      new constructors[dtypeOf({ data })](this.#buffer as ArrayBuffer, address, data.length).set(
        data,
      );
      return address;
    });
  }

  /**
   * A block; where there is no room, caches make some. @throws BackendError when the memory is full
   */
  #take(op: string, bytes: number): number {
    for (let more = true; more; more = this.#makeRoom()) {
      const block = this.#arena.take(bytes);
      if (block !== null) return block;
    }
    throw this.#arena.full(op, bytes);
  }

  #makeRoom(): boolean {
    let more = false;
    for (const cache of this.#caches) more = cache.makeRoom() || more;
    return more;
  }
}
