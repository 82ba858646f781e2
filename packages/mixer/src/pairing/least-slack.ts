/** @file The edge of least slack between every two nodes of a matching, and the duals. */

/**
 * Edges between nodes 1 … 2n, vertices and blossoms. The slack of an edge u–v is
 * dual(u) + dual(v) − 2 w(u, v), 0 where it is tight.
 */
export class LeastSlack {
  /** Nodes and 0, which is none. */
  readonly #size: number;
  readonly #weight: Float64Array;
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  /** The duals of nodes. */
  readonly dual: Float64Array;

  constructor(size: number) {
    this.#size = size;
    this.#weight = new Float64Array(size * size);
    this.#from = new Int32Array(size * size);
    this.#to = new Int32Array(size * size);
    this.dual = new Float64Array(size);
  }

  /** Sets the edge of vertices, in both directions. */
  set(u: number, v: number, weight: number): void {
    this.#put(u, v, u, v, weight);
    this.#put(v, u, v, u, weight);
  }

  #put(x: number, y: number, from: number, to: number, weight: number): void {
    const at = x * this.#size + y;
    this.#from[at] = from;
    this.#to[at] = to;
    this.#weight[at] = weight;
  }

  /** Whether there is an edge: weights are above 0. */
  has(x: number, y: number): boolean {
    return (this.#weight[x * this.#size + y] ?? 0) > 0;
  }

  /** The vertex in node x that its edge to y starts at. */
  from(x: number, y: number): number {
    return this.#from[x * this.#size + y] ?? 0;
  }

  /** The vertex in node y that the edge of x leads to. */
  to(x: number, y: number): number {
    return this.#to[x * this.#size + y] ?? 0;
  }

  slack(x: number, y: number): number {
    const at = x * this.#size + y;
    return (
      (this.dual[this.#from[at] ?? 0] ?? 0) +
      (this.dual[this.#to[at] ?? 0] ?? 0) -
      2 * (this.#weight[at] ?? 0)
    );
  }

  /** Gives blossom b to each node up to `last` the edge of least slack that a part of it has. */
  join(b: number, parts: readonly number[], last: number): void {
    for (let x = 1; x <= last; x++)
      this.#weight[b * this.#size + x] = this.#weight[x * this.#size + b] = 0;
    for (const part of parts)
      for (let x = 1; x <= last; x++) {
        const at = part * this.#size + x;
        const weight = this.#weight[at] ?? 0;
        if (weight === 0 || (this.has(b, x) && this.slack(part, x) >= this.slack(b, x))) continue;
        this.#put(b, x, this.#from[at] ?? 0, this.#to[at] ?? 0, weight);
        this.#put(x, b, this.#to[at] ?? 0, this.#from[at] ?? 0, weight);
      }
  }
}
