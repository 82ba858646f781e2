/**
 * @file Edmonds' blossoms in their primal-dual form (Edmonds 1965; O(n³) after Gabow 1976): duals
 * fall until an edge is tight, alternating trees grow along tight edges from all free vertices at
 * once, odd circles shrink to blossoms.
 */
import { LeastSlack } from "./least-slack.ts";

/** The place of a node in the alternating trees. */
const [FREE, OUTER, INNER] = [0, 1, 2] as const;

/**
 * The state of the search. Nodes are vertices 1 … n and blossoms n + 1 … 2n; 0 is none. A node is
 * on top unless it lies in a blossom.
 */
export class Blossoms {
  readonly #n: number;
  readonly #edges: LeastSlack;
  /** Those of the edges. */
  readonly #dual: Float64Array;
  /** The vertex that a node on top is matched with. */
  readonly mate: Int32Array;
  /** The node on top that a node lies in, itself included. */
  readonly #top: Int32Array;
  readonly #label: Int8Array;
  /** The vertex outside that a node's tree edge leads to. */
  readonly #parent: Int32Array;
  /** The outer vertex whose edge to this node has the least slack. */
  readonly #nearest: Int32Array;
  /** The parts of a blossom, along its circle from its base. */
  readonly #parts: number[][];
  /** The part of blossom n + 1 + b that holds vertex 1 + u: [b, u] row-major. */
  readonly #partOf: Int32Array;
  /** The last node in use. */
  #last: number;
  /** Outer vertices whose edges are still to be read. */
  #queue: number[] = [];
  readonly #seen: Int32Array;
  #visit = 0;

  /**
   * @param n - vertices
   * @param weight - of vertices i < j from 0 on, a whole number ≥ 1
   */
  constructor(n: number, weight: (i: number, j: number) => number) {
    const size = 2 * n + 1;
    this.#n = this.#last = n;
    this.#edges = new LeastSlack(size);
    this.#dual = this.#edges.dual;
    this.mate = new Int32Array(size);
    this.#top = new Int32Array(size);
    this.#label = new Int8Array(size);
    this.#parent = new Int32Array(size);
    this.#nearest = new Int32Array(size);
    this.#seen = new Int32Array(size);
    this.#partOf = new Int32Array(n * n);
    this.#parts = Array.from({ length: size }, () => []);
    let most = 0;
    for (let v = 1; v <= n; v++) {
      this.#top[v] = v;
      for (let u = 1; u < v; u++) {
        const own = weight(u - 1, v - 1);
        this.#edges.set(u, v, own);
        most = Math.max(most, own);
      }
    }
    this.#dual.fill(most, 1, n + 1);
    while (this.#phase());
  }

  #offer(u: number, x: number): void {
    const nearest = this.#nearest[x] ?? 0;
    if (nearest === 0 || this.#edges.slack(u, x) < this.#edges.slack(nearest, x))
      this.#nearest[x] = u;
  }

  #findNearest(x: number): void {
    this.#nearest[x] = 0;
    for (let u = 1; u <= this.#n; u++) {
      const top = this.#top[u] ?? 0;
      if (top !== x && this.#label[top] === OUTER && this.#edges.has(u, x)) this.#offer(u, x);
    }
  }

  /** Visits the vertices of a node. */
  #eachVertex(x: number, visit: (u: number) => void): void {
    if (x <= this.#n) visit(x);
    else for (const part of this.#parts[x] ?? []) this.#eachVertex(part, visit);
  }

  #setTop(x: number, top: number): void {
    this.#top[x] = top;
    if (x > this.#n) for (const part of this.#parts[x] ?? []) this.#setTop(part, top);
  }

  #partWith(b: number, u: number): number {
    return this.#partOf[(b - this.#n - 1) * this.#n + u - 1] ?? 0;
  }

  /** The even number of steps from the base to a part; turns the circle round if need be. */
  #stepsTo(b: number, part: number): number {
    const parts = this.#parts[b] ?? [];
    const steps = parts.indexOf(part);
    if (steps % 2 === 0) return steps;
    const [base = 0, ...rest] = parts;
    this.#parts[b] = [base, ...rest.reverse()];
    return parts.length - steps;
  }

  /** Matches node x along its edge to y, and what lies in it along its circle. */
  #match(x: number, y: number): void {
    this.mate[x] = this.#edges.to(x, y);
    if (x <= this.#n) return;
    const entry = this.#partWith(x, this.#edges.from(x, y));
    const steps = this.#stepsTo(x, entry);
    const parts = this.#parts[x] ?? [];
    for (let k = 0; k < steps; k++) this.#match(parts[k] ?? 0, parts[k ^ 1] ?? 0);
    this.#match(entry, y);
    this.#parts[x] = [...parts.slice(steps), ...parts.slice(0, steps)]; // the entry is the base
  }

  /** Flips the path from node x to its root, with x matched to y. */
  #flip(x: number, y: number): void {
    for (let [here, there] = [x, y]; ; ) {
      const before = this.#top[this.mate[here] ?? 0] ?? 0;
      this.#match(here, there);
      if (before === 0) return;
      const next = this.#top[this.#parent[before] ?? 0] ?? 0;
      this.#match(before, next);
      [here, there] = [next, before];
    }
  }

  /** The first common node of the paths from two outer nodes to their roots; 0 for two trees. */
  #meeting(x: number, y: number): number {
    this.#visit++;
    for (let [here, other] = [x, y]; here !== 0 || other !== 0; [here, other] = [other, here]) {
      if (here === 0) continue;
      if (this.#seen[here] === this.#visit) return here;
      this.#seen[here] = this.#visit;
      here = this.#top[this.mate[here] ?? 0] ?? 0;
      if (here !== 0) here = this.#top[this.#parent[here] ?? 0] ?? 0;
    }
    return 0;
  }

  /** Shrinks the circle that the edge between u and v closes in one tree. */
  #shrink(u: number, base: number, v: number): void {
    const b = this.#unused();
    this.#label[b] = OUTER;
    this.#dual[b] = 0;
    this.mate[b] = this.mate[base] ?? 0;
    const arc = (start: number): number[] => {
      const nodes: number[] = [];
      for (let x = start; x !== base; ) {
        const inner = this.#top[this.mate[x] ?? 0] ?? 0;
        nodes.push(x, inner);
        this.#eachVertex(inner, (vertex) => this.#queue.push(vertex));
        x = this.#top[this.#parent[inner] ?? 0] ?? 0;
      }
      return nodes;
    };
    const parts = [base, ...arc(u).reverse(), ...arc(v)];
    this.#parts[b] = parts;
    this.#setTop(b, b);
    this.#edges.join(b, parts, this.#last);
    const row = (b - this.#n - 1) * this.#n;
    for (const part of parts)
      this.#eachVertex(part, (vertex) => {
        this.#partOf[row + vertex - 1] = part;
      });
    this.#findNearest(b);
  }

  /** A number for a new blossom. */
  #unused(): number {
    let b = this.#n + 1;
    while (b <= this.#last && this.#top[b] !== 0) b++;
    this.#last = Math.max(this.#last, b);
    return b;
  }

  /** Opens an inner blossom whose dual is 0: half of its circle stays in the tree. */
  #open(b: number): void {
    const parent = this.#parent[b] ?? 0;
    for (const part of this.#parts[b] ?? []) this.#setTop(part, part);
    const entry = this.#partWith(b, this.#edges.from(b, parent));
    const steps = this.#stepsTo(b, entry);
    const parts = this.#parts[b] ?? [];
    for (let k = 0; k < steps; k += 2) {
      const [inner, outer] = [parts[k] ?? 0, parts[k + 1] ?? 0];
      this.#parent[inner] = this.#edges.from(outer, inner);
      this.#label[inner] = INNER;
      this.#label[outer] = OUTER;
      this.#nearest[inner] = 0;
      this.#findNearest(outer);
      this.#eachVertex(outer, (vertex) => this.#queue.push(vertex));
    }
    this.#label[entry] = INNER;
    this.#parent[entry] = parent;
    for (const part of parts.slice(steps + 1)) {
      this.#label[part] = FREE;
      this.#findNearest(part);
    }
    this.#top[b] = 0;
  }

  /** Takes a tight edge out of an outer node. @returns whether the matching grew */
  #takeEdge(from: number, to: number): boolean {
    const [x, y] = [this.#top[from] ?? 0, this.#top[to] ?? 0];
    if (this.#label[y] === FREE) {
      this.#parent[y] = from;
      this.#label[y] = INNER;
      this.#nearest[y] = 0;
      const next = this.#top[this.mate[y] ?? 0] ?? 0;
      this.#nearest[next] = 0;
      this.#label[next] = OUTER;
      this.#eachVertex(next, (vertex) => this.#queue.push(vertex));
    } else if (this.#label[y] === OUTER) {
      const base = this.#meeting(x, y);
      if (base === 0) {
        this.#flip(x, y);
        this.#flip(y, x);
        return true;
      }
      this.#shrink(x, base, y);
    }
    return false;
  }

  /** Reads the edges of all outer vertices in the queue. @returns whether the matching grew */
  #grow(): boolean {
    for (let u = this.#queue.pop(); u !== undefined; u = this.#queue.pop()) {
      if (this.#label[this.#top[u] ?? 0] === INNER) continue;
      for (let v = 1; v <= this.#n; v++) {
        if (this.#top[u] === this.#top[v]) continue;
        if (this.#edges.slack(u, v) > 0) this.#offer(u, this.#top[v] ?? 0);
        else if (this.#takeEdge(u, v)) return true;
      }
    }
    return false;
  }

  /** Grows trees from all free nodes. @returns whether the matching has one more pair */
  #phase(): boolean {
    this.#label.fill(FREE);
    this.#nearest.fill(0);
    this.#queue = [];
    for (let x = 1; x <= this.#last; x++)
      if (this.#top[x] === x && this.mate[x] === 0) {
        this.#parent[x] = 0;
        this.#label[x] = OUTER;
        this.#eachVertex(x, (u) => this.#queue.push(u));
      }
    if (this.#queue.length === 0) return false;
    for (;;) {
      if (this.#grow()) return true;
      if (!this.#lowerDuals()) return false;
      if (this.#takeTightEdges()) return true;
      for (let b = this.#n + 1; b <= this.#last; b++)
        if (this.#top[b] === b && this.#label[b] === INNER && this.#dual[b] === 0) this.#open(b);
    }
  }

  /** The largest step of duals that keeps all slacks ≥ 0. @returns false once a free dual is 0 */
  #lowerDuals(): boolean {
    let step = Number.POSITIVE_INFINITY;
    for (let x = 1; x <= this.#last; x++) {
      if (this.#top[x] !== x) continue;
      if (x > this.#n && this.#label[x] === INNER) step = Math.min(step, (this.#dual[x] ?? 0) / 2);
      const nearest = this.#nearest[x] ?? 0;
      if (nearest === 0 || this.#label[x] === INNER) continue;
      const slack = this.#edges.slack(nearest, x);
      step = Math.min(step, this.#label[x] === FREE ? slack : slack / 2);
    }
    for (let u = 1; u <= this.#n; u++) {
      const label = this.#label[this.#top[u] ?? 0];
      if (label === OUTER && (this.#dual[u] ?? 0) <= step) return false;
      this.#dual[u] = (this.#dual[u] ?? 0) + (label === OUTER ? -step : label === INNER ? step : 0);
    }
    for (let b = this.#n + 1; b <= this.#last; b++)
      if (this.#top[b] === b && this.#label[b] !== FREE)
        this.#dual[b] = (this.#dual[b] ?? 0) + (this.#label[b] === OUTER ? 2 : -2) * step;
    return true;
  }

  /** Takes the edges that a step of duals made tight. @returns whether the matching grew */
  #takeTightEdges(): boolean {
    for (let x = 1; x <= this.#last; x++) {
      const nearest = this.#nearest[x] ?? 0;
      if (this.#top[x] !== x || nearest === 0 || this.#top[nearest] === x) continue;
      if (this.#edges.slack(nearest, x) !== 0) continue;
      if (this.#takeEdge(this.#edges.from(nearest, x), this.#edges.to(nearest, x))) return true;
    }
    return false;
  }
}
