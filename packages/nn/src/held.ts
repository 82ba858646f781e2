/** @file The items that objects and containers hold, and walks over them. */
import { Rng } from "@spm/core/extend";

/** An item of an object, array, Map or Set. */
export interface Held {
  /** Its name in a path: the key where that is text or a number, otherwise its place. */
  readonly key: string;
  readonly item: unknown;
  /** Puts another item into its place. */
  replace(by: unknown): void;
}

/** The values in the fields of an object, or the elements of an array, a Map or a Set, in order. */
export function heldBy(owner: object): Held[] {
  if (owner instanceof Map)
    return [...owner].map(([key, item], k) => ({
      key: typeof key === "string" || typeof key === "number" ? String(key) : String(k),
      item,
      replace: (by) => void owner.set(key, by),
    }));
  if (owner instanceof Set)
    return [...owner].map((item, k) => ({
      key: String(k),
      item,
      replace(by) {
        const items = [...owner].with(k, by);
        owner.clear();
        for (const one of items) owner.add(one);
      },
    }));
  if (Array.isArray(owner) && typeof owner[0] === "number") return []; // of numbers
  return Object.entries(owner).map(([key, item]) => ({
    key,
    item,
    replace: (by) => void Reflect.set(owner, key, by),
  }));
}

/** Whether a value is an array, a Map, a Set or a plain object. */
export function isContainer(value: object): boolean {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Every value of a class in the fields of an object, through objects, arrays, Maps and Sets of any
 * kind, once and by path.
 * @example [...instancesIn(new Dropout(0.5, { random: rng(1) }), Rng).keys()][0]; // "random"
 */
export function instancesIn<T>(
  owner: unknown,
  kind: abstract new (...args: never[]) => T,
): Map<string, T> {
  const found = new Map<string, T>();
  const seen = new Set<unknown>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null || seen.has(value) || ArrayBuffer.isView(value))
      return;
    seen.add(value);
    if (value instanceof kind) found.set(path, value);
    else
      for (const { key, item } of heldBy(value)) walk(item, path === "" ? key : `${path}.${key}`);
  };
  walk(owner, "");
  return found;
}

/**
 * Every generator in a model's fields, once and by path: what a checkpoint saves.
 * @example generatorsOf(new Dropout(0.5, { random: rng(1) })).size; // 1
 */
export const generatorsOf = (model: unknown): Map<string, Rng> => instancesIn(model, Rng);
