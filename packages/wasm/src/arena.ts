/** @file Memory by size classes: blocks are cut from one end of a fixed region and reused by later requests of their class. */
import { BackendError } from "@spm/core";

const LINE = 64; // blocks start at cache lines
const SLACK = 16; // bytes behind what was asked for: the last vector of a row may be written past its end
const STEPS = 8; // classes between a power of two and the next: at most an eighth of a block is unused

const COLOUR = 2112; // bytes added to large blocks: those cut in turn then start at different places of a page
const LARGE = 16384;

/** The class of a request, and the bytes that its blocks have. */
function classOf(bytes: number): { index: number; size: number } {
  const lines = Math.ceil((bytes + SLACK) / LINE);
  if (lines <= STEPS) return { index: lines, size: lines * LINE };
  const exponent = 31 - Math.clz32(lines - 1);
  const step = 2 ** exponent / STEPS;
  const multiple = Math.ceil(lines / step);
  const size = multiple * step * LINE;
  return { index: exponent * STEPS + multiple, size: size < LARGE ? size : size + COLOUR };
}

/** Hands out and takes back blocks of the bytes in [start, end). */
export class Arena {
  readonly #start: number;
  readonly #end: number;
  #top: number;
  readonly #free: number[][] = [];
  #used = 0;

  constructor(start: number, end: number) {
    this.#start = Math.ceil(start / LINE) * LINE;
    this.#top = this.#start;
    this.#end = end;
  }

  /** Bytes of the blocks that are out. */
  get used(): number {
    return this.#used;
  }

  /** Bytes ever cut from the region. */
  get reached(): number {
    return this.#top;
  }

  /** The address of a block of at least `bytes`, whose contents are arbitrary; null where there is no room. */
  take(bytes: number): number | null {
    const { index, size } = classOf(bytes);
    const block = this.#free[index]?.pop() ?? this.#cut(size);
    if (block !== null) this.#used += size;
    return block;
  }

  #cut(size: number): number | null {
    if (this.#top + size > this.#end) return null;
    const block = this.#top;
    this.#top += size;
    return block;
  }

  /** Takes a block back; `bytes` is what was asked for. */
  give(block: number, bytes: number): void {
    const { index, size } = classOf(bytes);
    this.#free[index] ??= [];
    this.#free[index].push(block);
    this.#used -= size;
  }

  /** @returns the error for a request that found no room */
  full(op: string, bytes: number): BackendError {
    return new BackendError(
      op,
      `${bytes} bytes free in wasm memory`,
      `${this.#used} in use of ${this.#end - this.#start}`,
      "run each step in a scope, use smaller batches, or ask for more: wasm({ bytes })",
    );
  }
}
