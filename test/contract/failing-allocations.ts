/**
 * @file Allocations that fail on purpose, and what must be left then: nothing. The n-th request of
 * a call is refused in the memory of wasm or in the pool of the GPU's buffers, beneath all of ours
 * that could catch it.
 */
import type { Backend } from "@spm/core";
import { BackendError } from "@spm/core/extend";
import type { GpuBackend } from "@spm/gpu";
import { assert, expect } from "vitest";
import { BufferPool } from "../../packages/gpu/src/buffer-pool.ts";
import { Arena } from "../../packages/wasm/src/arena.ts";
import { backendOn } from "../../packages/wasm/src/backend.ts";
import { compileKernelsSync } from "../../packages/wasm/src/kernel-exports.ts";
import { Machine } from "../../packages/wasm/src/machine.ts";

/** What the requests of a call came to. */
interface Asked {
  /** The bytes of each request. */
  readonly requests: readonly number[];
  readonly error: unknown;
}

/** A backend with the bytes or buffers that are in use, and calls of which one request fails. */
export interface Place {
  readonly backend: Backend;
  used(): number;
  /** Runs `f` and refuses its n-th request, from 1; none for Infinity. */
  refusing(n: number, f: () => void): Asked;
}

/** Runs `f`. @returns what it threw */
function thrownBy(f: () => void): unknown {
  try {
    f();
  } catch (error) {
    return error ?? new Error("threw nothing");
  }
  return undefined;
}

/**
 * A wasm backend of its own memory.
 * @param once - the request is refused once: caches make room, and it is granted; otherwise it is
 * refused until it gives up
 */
export function wasmPlace(bytes: number, threads: number, once = false): Place {
  const machine = new Machine(compileKernelsSync(threads > 1), bytes, threads);
  const { memory } = machine;
  return {
    backend: backendOn(machine, "wasm"),
    used() {
      // a request that nothing can grant empties the caches
      expect(() => memory.block(memory.capacity + 1)).toThrow(BackendError);
      return memory.used;
    },
    refusing(n, f) {
      const { take, full } = Arena.prototype;
      const requests: number[] = [];
      let refused = false;
      Arena.prototype.take = function (bytes) {
        if (refused) return null;
        if (requests.push(bytes) === n) {
          refused = !once;
          return null;
        }
        return take.call(this, bytes);
      };
      Arena.prototype.full = function (op, bytes) {
        refused = false;
        return full.call(this, op, bytes);
      };
      try {
        return { error: thrownBy(f), requests };
      } finally {
        Object.assign(Arena.prototype, { take, full });
      }
    },
  };
}

/** A GPU, whose buffers are counted. */
export function gpuPlace(backend: GpuBackend): Place {
  return {
    backend,
    used: () => backend.report().buffers.live,
    refusing(n, f) {
      const { take } = BufferPool.prototype;
      const requests: number[] = [];
      BufferPool.prototype.take = function (length) {
        if (requests.push(4 * length) === n)
          throw new BackendError("gpu", "a free buffer", "none, on purpose");
        return take.call(this, length);
      };
      try {
        return { error: thrownBy(f), requests };
      } finally {
        Object.assign(BufferPool.prototype, { take });
      }
    },
  };
}

/** A call whose requests are refused one by one. */
export interface Trial {
  /** The call; everything that it keeps is read and undone by `finish`. */
  act(): void;
  /** The numbers that a call has come to. Afterwards all is as before it. */
  finish(): Promise<unknown>;
  /** The numbers that a failed call must leave alone. */
  kept(): Promise<unknown>;
}

/**
 * Refuses requests of a call, those that `pick` chooses of so many: it throws, memory in use, live
 * storages and kept numbers are as before, and the same call then comes to the same bits.
 * @returns the number of requests of the call
 */
export async function refuseEach(
  { backend, used, refusing }: Place,
  { act, finish, kept }: Trial,
  pick: (count: number) => readonly number[],
): Promise<number> {
  const state = async () => ({ live: { ...backend.live }, kept: await kept() });
  act();
  const right = await finish();
  const before = await state();
  const bytes = used();
  const { requests, error } = refusing(Number.POSITIVE_INFINITY, act);
  const count = requests.length;
  assert(error === undefined, String(error));
  expect(await finish()).toEqual(right);
  for (const n of pick(count)) {
    used();
    const failed = refusing(n, act);
    assert(failed.error instanceof BackendError, `request ${n} of ${count}: ${failed.error}`);
    expect(await state(), `after request ${n} of ${count}`).toEqual(before);
    expect(used(), `after request ${n} of ${count}`).toBeLessThanOrEqual(bytes);
    act();
    expect(await finish(), `after request ${n} of ${count}, again`).toEqual(right);
  }
  expect(await state()).toEqual(before);
  expect(used()).toBeLessThanOrEqual(bytes); // less: tables of what is garbage by now
  return count;
}

/** Every request, or in a sample the first, the last and some between. */
export const every = (count: number): number[] => Array.from({ length: count }, (_, k) => k + 1);
export const some =
  (most: number) =>
  (count: number): number[] => [
    ...new Set(
      Array.from({ length: most }, (_, k) => 1 + Math.round((k * (count - 1)) / (most - 1))),
    ),
  ];
