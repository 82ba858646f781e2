/** @file Asynchronous sources as streams: in groups, mapped, read ahead. */
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";

/**
 * Groups of `size` items, of which the last may be smaller.
 *
 * @throws ValueError for a size that isn't a whole number of at least 1; any error of the source
 * @example
 * ```ts
 * import { inGroups } from "@spm/data";
 * for await (const group of inGroups([1, 2, 3], 2)) console.log(group); // [1, 2], then [3]
 * ```
 */
export async function* inGroups<Item>(
  source: AsyncIterable<Item> | Iterable<Item>,
  size: number,
): AsyncGenerator<Item[], void> {
  if (!Number.isInteger(size) || size < 1)
    throw new ValueError("inGroups", "a whole size of at least 1", size);
  let group: Item[] = [];
  for await (const item of source) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** Options of {@link prefetch}. */
export interface PrefetchOptions {
  /**
   * Results that are computed before they are asked for, at least 1.
   * @defaultValue 2
   */
  readonly ahead?: number;
}

const names: OptionNames<PrefetchOptions> = { ahead: true };

/**
 * Maps each item by `f`, in order, and computes the next results before they are asked for: the
 * next batch loads while this one is trained on.
 *
 * Memory: `ahead` results. A consumer that leaves early ends the source.
 *
 * @throws ValueError for an `ahead` out of range; OptionError for an unknown option; any error of
 * the source or of `f`, in the place of its result
 * @example
 * ```ts
 * import { prefetch } from "@spm/data";
 * for await (const text of prefetch(["a", "b"], async (name) => name.toUpperCase()))
 *   console.log(text); // "A", then "B"
 * ```
 */
export async function* prefetch<Item, Result>(
  source: AsyncIterable<Item> | Iterable<Item>,
  f: (item: Item) => Result | Promise<Result>,
  options: PrefetchOptions = {},
): AsyncGenerator<Awaited<Result>, void> {
  checkOptions("prefetch", options, names);
  const { ahead = 2 } = options;
  if (!Number.isInteger(ahead) || ahead < 1)
    throw new ValueError("prefetch", "a whole ahead of at least 1", ahead);
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const waiting: Promise<IteratorResult<Awaited<Result>>>[] = [];
  let asked: Promise<unknown> = Promise.resolve();
  const ask = (): void => {
    // one after the other: a source may not support two calls at once
    const item = asked.then(() => iterator.next());
    asked = item;
    const result = item.then(async ({ done, value }) =>
      done
        ? { done: true as const, value: undefined }
        : { done: false as const, value: await f(value) },
    );
    result.catch(() => {}); // awaited when its turn comes
    waiting.push(result);
  };
  try {
    for (let k = 0; k < ahead; k++) ask();
    for (;;) {
      const { done, value } = await (waiting.shift() as Promise<IteratorResult<Awaited<Result>>>);
      if (done) return;
      ask();
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
