/** @file Two lists as one of pairs. */

/** [a₀, b₀], [a₁, b₁], … up to the end of the shorter list. */
export function zip<A, B>(as: readonly A[], bs: readonly B[]): [A, B][] {
  const pairs: [A, B][] = [];
  const others = bs.values();
  for (const a of as) {
    const other = others.next();
    if (other.done) break;
    pairs.push([a, other.value]);
  }
  return pairs;
}
