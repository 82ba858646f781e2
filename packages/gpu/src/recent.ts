/** @file A cache of a number of values, of which the least recently used is forgotten first. */

/** Values by key. */
export class Recent<Value> {
  readonly #most: number;
  readonly #drop: (value: Value) => void;
  /** The map's order is the order of use. */
  readonly #values: Map<string, Value> = new Map();

  /** @param drop - called with each value that is forgotten */
  constructor(most: number, drop: (value: Value) => void = () => {}) {
    this.#most = most;
    this.#drop = drop;
  }

  /** The value of a key, which is made if it is missing. */
  get(key: string, make: () => Value): Value {
    let value = this.#values.get(key);
    if (value === undefined) {
      value = make();
      if (this.#values.size >= this.#most) this.#dropOldest();
    } else this.#values.delete(key); // and in again, as the latest
    this.#values.set(key, value);
    return value;
  }

  clear(): void {
    this.#values.clear();
  }

  /** Forgets all values, and calls `drop` with each. */
  drop(): void {
    for (const value of this.#values.values()) this.#drop(value);
    this.#values.clear();
  }

  #dropOldest(): void {
    for (const [key, value] of this.#values) {
      this.#values.delete(key);
      this.#drop(value);
      return;
    }
  }
}
