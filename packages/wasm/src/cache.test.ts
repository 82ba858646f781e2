/** @file The cache: who makes room for whom, and what is forgotten. */
import { expect, test } from "vitest";
import { Cache } from "./cache.ts";

/** A memory that only counts. */
class Counter {
  calls = 0;
  used = 0;
  block(bytes: number): number {
    this.used += bytes;
    return this.used;
  }
  free(_address: number, bytes: number): void {
    this.used -= bytes;
  }
}

/** A key, whose value is its name. */
interface Key {
  readonly name: string;
}
const key = (name: string): Key => ({ name });

function filled(most?: number): { memory: Counter; cache: Cache<Key, string>; keys: Key[] } {
  const memory = new Counter();
  const cache = new Cache<Key, string>(memory, most);
  const keys = ["a", "b", "c", "d"].map(key);
  for (const k of keys) {
    cache.add(k, 10, () => k.name);
    memory.calls++;
  }
  return { memory, cache, keys };
}

test("what was used least recently makes room, and none that this call uses", () => {
  const { memory, cache, keys } = filled();
  const [a, b, c, d] = keys.map((k) => () => cache.get(k));
  expect([memory.used, a?.(), d?.()]).toEqual([40, "a", "d"]); // used by this call
  expect(cache.makeRoom()).toBe(true);
  expect([memory.used, b?.(), c?.()]).toEqual([30, undefined, "c"]);
  expect([cache.makeRoom(), memory.used]).toEqual([false, 30]);
  memory.calls++;
  while (cache.makeRoom());
  expect([memory.used, a?.(), c?.(), d?.()]).toEqual([0, undefined, undefined, undefined]);
});

test("beyond its share it makes room for itself; what is larger than that has it alone", () => {
  const { memory, cache, keys } = filled(25);
  expect(memory.used).toBe(20);
  expect(keys.map((k) => cache.get(k))).toEqual([undefined, undefined, "c", "d"]);
  memory.calls++;
  const large = key("large");
  cache.add(large, 100, () => "large");
  expect([memory.used, cache.get(large)]).toEqual([100, "large"]);
});

test("a key has one value; deleted, none; failed, none", () => {
  const { memory, cache, keys } = filled();
  for (const [i, k] of keys.entries()) cache.add(k, 20, () => `${k.name}${i}`);
  expect([memory.used, ...keys.map((k) => cache.get(k))]).toEqual([80, "a0", "b1", "c2", "d3"]);
  for (const k of keys) {
    cache.delete(k);
    cache.delete(k);
  }
  expect(memory.used).toBe(0);
  const failed = key("failed");
  const fail = () =>
    cache.add(failed, 10, () => {
      throw new Error("no room for more");
    });
  expect(fail).toThrow("no room for more");
  expect([memory.used, cache.get(failed)]).toEqual([0, undefined]);
});
