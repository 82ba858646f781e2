/**
 * @file Memory by size classes: blocks are cut from a fixed region and reused by later requests of
 * their class.
 */
import { BackendError } from "@spm/core/extend";

const LINE = 64; // blocks start at cache lines
// bytes behind those of a request: the last vector of a row may be written past its end
const SLACK = 16;
// classes between a power of two and the next: at most an eighth of a block is unused
const STEPS = 8;

// bytes added to large blocks: those cut in turn then start at different places of a page
const COLOUR = 2112;
const LARGE = 16384;

/**
 * The class of a request: so many lines, and from {@link STEPS} on the next multiple of an eighth
 * of a power of two.
 */
function classOf(bytes: number): number {
  const lines = Math.ceil((bytes + SLACK) / LINE);
  if (lines <= STEPS) return lines;
  const exponent = 31 - Math.clz32(lines - 1);
  return exponent * STEPS + ((lines - 1) >>> (exponent - 3)) + 1;
}

/** The bytes that blocks of a class have. */
function bytesOf(index: number): number {
  if (index <= STEPS) return index * LINE;
  const exponent = Math.floor((index - STEPS - 1) / STEPS);
  const size = (index - exponent * STEPS) * 2 ** (exponent - 3) * LINE;
  return size < LARGE ? size : size + COLOUR;
}

/** Addresses that no block covers. */
interface Gap {
  start: number;
  readonly end: number;
}

/** Blocks of one size. */
interface SizeClass {
  readonly size: number;
  /** Addresses of those that are free. */
  readonly blocks: number[];
}

/** Hands out and takes back blocks of the bytes in [start, end). */
export class Arena {
  /** Bytes that blocks are cut from. */
  readonly capacity: number;
  /**
   * The gaps that blocks are cut from; where none is long enough, free blocks that touch become
   * gaps again.
   */
  #gaps: Gap[];
  readonly #classes: SizeClass[] = [];
  #used = 0;
  #reached: number;

  constructor(start: number, end: number) {
    const first = Math.ceil(start / LINE) * LINE;
    this.#gaps = [{ start: first, end }];
    this.capacity = end - first;
    this.#reached = first;
  }

  /** Bytes of the blocks in use. */
  get used(): number {
    return this.#used;
  }

  /** The highest address ever handed out. */
  get reached(): number {
    return this.#reached;
  }

  /**
   * The address of a block of at least `bytes`, whose contents are arbitrary; null where there is
   * no room.
   */
  take(bytes: number): number | null {
    const { size, blocks } = this.#classFor(bytes);
    const block = blocks.pop() ?? this.#cut(size) ?? this.#cutAfterMerging(size);
    if (block !== null) this.#used += size;
    return block;
  }

  #classFor(bytes: number): SizeClass {
    const index = classOf(bytes);
    this.#classes[index] ??= { size: bytesOf(index), blocks: [] };
    return this.#classes[index];
  }

  #cut(size: number): number | null {
    const gap = this.#gaps.find(({ start, end }) => start + size <= end);
    if (gap === undefined) return null;
    const block = gap.start;
    gap.start += size;
    this.#reached = Math.max(this.#reached, gap.start);
    return block;
  }

  /**
   * Blocks of other classes make room: O(b log b) for b free blocks, and only where memory is
   * short.
   */
  #cutAfterMerging(size: number): number | null {
    const parts = [...this.#gaps];
    for (const { size: length, blocks } of Object.values(this.#classes)) {
      for (const start of blocks) parts.push({ start, end: start + length });
      blocks.length = 0;
    }
    parts.sort((a, b) => a.start - b.start);
    this.#gaps = [];
    for (const { start, end } of parts) {
      const last = this.#gaps.at(-1);
      if (last !== undefined && last.end === start)
        this.#gaps[this.#gaps.length - 1] = { start: last.start, end };
      else if (end > start) this.#gaps.push({ start, end });
    }
    return this.#cut(size);
  }

  /** Takes a block back; `bytes` are those of its request. */
  give(block: number, bytes: number): void {
    const { size, blocks } = this.#classFor(bytes);
    blocks.push(block);
    this.#used -= size;
  }

  /** @returns the error for a request that found no room */
  full(op: string, bytes: number): BackendError {
    return new BackendError(
      op,
      `${bytes} bytes free in wasm memory`,
      `${this.#used} in use of ${this.capacity}`,
      "run each step in a scope, use smaller batches, or ask for more: wasm({ bytes })",
    );
  }
}
