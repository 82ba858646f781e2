/**
 * @file Several stages of a mixer as straight-line code: the value of one coordinate from the
 * values some stages before or after.
 *
 * Coefficient form: z_l[i] = α_l[i]·z_{l−1}[i] + β_l[i]·z_{l−1}[i′], where i′ is the partner of i
 * in stage l. Its transpose takes β from the partner: g_{l−1}[i] = α_l[i]·g_l[i] + β_l[i′]·g_l[i′].
 */
import type { ScheduleTables } from "./tables.ts";

/**
 * A coordinate: an integer expression; on butterflies a base and the number that is XORed to it.
 */
export interface Coordinate {
  readonly base: string;
  readonly xor: number;
}

/** Names under which a kernel sees the coefficients and partners. */
export interface ProgramArrays {
  /** α of every coordinate and stage, then β. */
  readonly coefficients: string;
  readonly partners: string;
}

/** Writes statements, each value once. */
export class MixerProgram {
  readonly statements: string[] = [];
  readonly #tables: ScheduleTables;
  readonly #arrays: ProgramArrays;
  readonly #values: Map<string, string> = new Map();
  #count = 0;

  constructor(tables: ScheduleTables, arrays: ProgramArrays) {
    this.#tables = tables;
    this.#arrays = arrays;
  }

  /** A coordinate given by an expression. */
  at(base: string): Coordinate {
    return { base, xor: 0 };
  }

  text({ base, xor }: Coordinate): string {
    return xor === 0 ? base : `(${base} ^ ${xor})`;
  }

  /** The partner of a coordinate in stage l (counted from 0). */
  partner(l: number, c: Coordinate): Coordinate {
    const { distances, schedule } = this.#tables;
    if (distances !== null) return { base: c.base, xor: c.xor ^ (2 ** distances[l]!) };
    const index = `${this.#arrays.partners}[${l * schedule.n} + ${this.text(c)}]`;
    return { base: `(${this.#local(`p|${index}`, () => index)} | 0)`, xor: 0 };
  }

  /**
   * z after stage `to` at a coordinate, from z after stage `from` ≤ `to` (0: before the first),
   * which `read` gives.
   */
  forward(
    array: string,
    from: number,
    to: number,
    c: Coordinate,
    read: (c: string) => string,
  ): string {
    if (to === from)
      return this.#local(`${array}|${from}|${this.text(c)}`, () => read(this.text(c)));
    return this.#local(`${array}|${to}|${this.text(c)}`, () => {
      const own = this.forward(array, from, to - 1, c, read);
      const other = this.forward(array, from, to - 1, this.partner(to - 1, c), read);
      return `${this.#alpha(to - 1, c)} * ${own} + ${this.#beta(to - 1, c)} * ${other}`;
    });
  }

  /**
   * g before stage `to` + 1 at a coordinate, by the transposed blocks, from g after stage `from` ≥
   * `to`, which `read` gives.
   */
  backward(
    array: string,
    from: number,
    to: number,
    c: Coordinate,
    read: (c: string) => string,
  ): string {
    if (to === from)
      return this.#local(`${array}|${from}|${this.text(c)}`, () => read(this.text(c)));
    return this.#local(`${array}|${to}|${this.text(c)}`, () => {
      const met = this.partner(to, c);
      const own = this.backward(array, from, to + 1, c, read);
      const other = this.backward(array, from, to + 1, met, read);
      return `${this.#alpha(to, c)} * ${own} + ${this.#beta(to, met)} * ${other}`;
    });
  }

  #alpha(l: number, c: Coordinate): string {
    return `${this.#arrays.coefficients}[${l * this.#tables.schedule.n} + ${this.text(c)}]`;
  }

  #beta(l: number, c: Coordinate): string {
    return this.#alpha(this.#tables.schedule.stages + l, c);
  }

  #local(key: string, make: () => string): string {
    let name = this.#values.get(key);
    if (name === undefined) {
      const text = make();
      name = `v${this.#count++}`;
      this.statements.push(`const ${name} = ${text};`);
      this.#values.set(key, name);
    }
    return name;
  }
}
