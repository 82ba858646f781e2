/** @file A cache in wasm memory, of values that can be made again and make room for others. */

/** A memory that blocks come from. */
export interface Lender {
  /** The kernel call that runs. */
  readonly calls: number;
  /** @throws BackendError when the memory is full */
  block(bytes: number): number;
  free(address: number, bytes: number): void;
}

/** A block, and when it was used last. */
interface CachedBlock {
  readonly address: number;
  readonly bytes: number;
  /** The kernel call that used it last: it stays while that runs. */
  call: number;
  /** Whether the memory was taken back. */
  gone: boolean;
}

/**
 * Values by key, whose bytes lie in blocks. A block is free again when its key is deleted or
 * collected as garbage. The collector runs late, and never while JavaScript runs on, so blocks also
 * make room for others, the least recently used first.
 */
export class Cache<K extends WeakKey, T> {
  readonly #lender: Lender;
  readonly #most: number;
  readonly #values = new WeakMap<K, { readonly value: T; readonly block: CachedBlock }>();
  readonly #blocks = new Set<CachedBlock>();
  readonly #collected = new FinalizationRegistry<CachedBlock>((block) => this.#free(block));
  #bytes = 0;

  /** @param most - bytes beyond which blocks make room for each other */
  constructor(lender: Lender, most: number = Number.POSITIVE_INFINITY) {
    this.#lender = lender;
    this.#most = most;
  }

  /** The value of a key, if it is still there. It stays for this kernel call. */
  get(key: K): T | undefined {
    const found = this.#values.get(key);
    if (found === undefined || found.block.gone) return undefined;
    found.block.call = this.#lender.calls;
    return found.value;
  }

  /**
   * A new value in place of the key's last; `make` writes its bytes.
   * @throws BackendError when the memory is full
   */
  add(key: K, bytes: number, make: (address: number) => T): T {
    this.delete(key);
    while (this.#bytes + bytes > this.#most && this.makeRoom());
    const address = this.#lender.block(bytes);
    const block: CachedBlock = { address, bytes, call: this.#lender.calls, gone: false };
    this.#blocks.add(block);
    this.#bytes += bytes;
    try {
      const value = make(address);
      this.#values.set(key, { value, block });
      this.#collected.register(key, block, key);
      return value;
    } catch (error) {
      this.#free(block);
      throw error;
    }
  }

  /** Forgets the value of a key. */
  delete(key: K): void {
    const found = this.#values.get(key);
    if (found === undefined) return;
    this.#values.delete(key);
    this.#collected.unregister(key);
    this.#free(found.block);
  }

  /**
   * Frees the older half of the blocks that this kernel call does not use. @returns whether there
   * were any
   */
  makeRoom(): boolean {
    const idle = [...this.#blocks].filter(({ call }) => call < this.#lender.calls);
    idle.sort((a, b) => a.call - b.call);
    for (const block of idle.slice(0, Math.ceil(idle.length / 2))) this.#free(block);
    return idle.length > 0;
  }

  #free(block: CachedBlock): void {
    if (block.gone) return;
    block.gone = true;
    this.#blocks.delete(block);
    this.#bytes -= block.bytes;
    this.#lender.free(block.address, block.bytes);
  }
}
