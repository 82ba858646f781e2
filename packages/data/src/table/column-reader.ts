/** @file A column while its cells are read. */
import type { Cell } from "./rows.ts";
import type { TableColumn } from "./table.ts";

/** The kind of a column. */
export type ColumnKind = "number" | "category";

/** The format of a column's cells. */
export interface ColumnFormat {
  readonly name: string;
  /** The index of its cells in a row. */
  readonly place: number;
  /** Texts that stand for a missing value. */
  readonly missing: ReadonlySet<string>;
  /** Whether numbers have a decimal comma. */
  readonly comma: boolean;
  /** Whether a missing value makes a row bad. */
  readonly required: boolean;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** The largest number of float32, which models compute in. */
export const LARGEST: number = (2 - 2 ** -23) * 2 ** 127;
/** The share of numbers that makes a column one of numbers. */
const MOSTLY = 0.9;

/** Reads a cell, and keeps it once the whole row is good. */
export class ColumnReader {
  readonly #format: ColumnFormat;
  readonly #kind: ColumnKind;
  readonly #codes = new Map<string, number>();
  #values: Float64Array | Int32Array;
  #length = 0;
  #latest = 0;
  /** Of the latest cell, where it is a category. */
  #text: string | undefined;

  constructor(format: ColumnFormat, kind: ColumnKind) {
    this.#format = format;
    this.#kind = kind;
    this.#values = kind === "number" ? new Float64Array(1024) : new Int32Array(1024);
  }

  /** The kind of a column with these cells. */
  static kindOf(cells: readonly Cell[], format: ColumnFormat): ColumnKind {
    const there = cells.filter((cell) => !isMissing(cell, format.missing));
    const numbers = there.filter((cell) => !Number.isNaN(numberOf(cell, format.comma)));
    return numbers.length >= MOSTLY * there.length ? "number" : "category";
  }

  /** Reads the cell of a row. @returns what is wrong with it */
  read(cells: readonly Cell[]): string | undefined {
    const { name, place, missing, comma, required } = this.#format;
    const cell = cells[place];
    this.#text = undefined;
    if (isMissing(cell, missing)) {
      this.#latest = this.#kind === "number" ? Number.NaN : -1;
      return required ? `a value for "${name}", got ${JSON.stringify(cell ?? null)}` : undefined;
    }
    if (this.#kind === "category") {
      this.#text = String(cell);
      return undefined;
    }
    this.#latest = numberOf(cell, comma);
    if (Math.abs(this.#latest) <= LARGEST) return undefined;
    const expected = Number.isNaN(this.#latest) ? "a number" : "a number of float32, to ±3.4e38,";
    const got = typeof cell === "number" ? cell : JSON.stringify(cell);
    return `${expected} for "${name}", got ${got}`;
  }

  /** Keeps the cell that was read. */
  keep(): void {
    if (this.#length === this.#values.length) {
      const larger = new (this.#kind === "number" ? Float64Array : Int32Array)(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    if (this.#text !== undefined) this.#latest = this.#code(this.#text);
    this.#values[this.#length++] = this.#latest;
  }

  #code(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    this.#codes.set(text, this.#codes.size);
    return this.#codes.size - 1;
  }

  /** The column of what was kept. */
  column(length: number): TableColumn {
    const { name } = this.#format;
    const values = this.#values.slice(0, length);
    return values instanceof Float64Array
      ? { name, kind: "number", values }
      : { name, kind: "category", values, categories: [...this.#codes.keys()] };
  }
}

const isMissing = (cell: Cell, missing: ReadonlySet<string>): boolean =>
  cell === null ||
  cell === undefined ||
  Number.isNaN(cell) ||
  (typeof cell === "string" && missing.has(cell));

/** The number of a cell; NaN where it isn't one. */
function numberOf(cell: Cell, comma: boolean): number {
  if (typeof cell === "number") return cell;
  if (typeof cell !== "string") return Number.NaN;
  const text = comma ? cell.replace(",", ".") : cell;
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}
