/** @file Asynchronous sources as streams: gathered into groups, mapped, read ahead. */
import { ValueError } from "@spm/core/extend";

/**
 * Groups of `size` items; the last may be smaller.
 *
 * @throws ValueError for a size that is not a whole number of at least 1; what the source throws
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

/**
 * What `f` makes of each item, in order, with up to `ahead` results under way before they are asked
 * for: the next batch loads while this one is trained on.
 *
 * Memory: `ahead` results. A consumer that leaves early ends the source.
 *
 * @param ahead - at least 1; 2 unless said
 * @throws ValueError for another `ahead`; what the source or `f` throws, when its turn comes
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
  ahead = 2,
): AsyncGenerator<Awaited<Result>, void> {
  if (!Number.isInteger(ahead) || ahead < 1)
    throw new ValueError("prefetch", "a whole ahead of at least 1", ahead);
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const waiting: Promise<IteratorResult<Awaited<Result>>>[] = [];
  let asked: Promise<unknown> = Promise.resolve();
  const ask = (): void => {
    // one after the other: a source need not bear more
    const item = asked.then(() => iterator.next());
    asked = item;
    const result = item.then(async ({ done, value }) =>
      done
        ? { done: true as const, value: undefined }
        : { done: false as const, value: await f(value) },
    );
    result.catch(() => {}); // told when its turn comes
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
