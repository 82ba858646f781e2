/** @file A module: fields that hold parameters and other modules, and a forward. Nothing is registered; the fields are walked. */
import { Parameter, ShapeError, showShape, type Tensor } from "@spm/core";

/** Parameters by path, e.g. `"layers.0.weight"`. */
export type StateDict = Record<string, Tensor>;

/**
 * A model or a part of one. Every {@link Parameter} and Module in its fields (also inside arrays and plain objects) belongs to it.
 * @example
 * class Scale extends Module {
 *   readonly gain = parameter(ones([8]));
 *   forward(x: Tensor): Tensor { return mul(x, this.gain); }
 * }
 */
export abstract class Module {
  abstract forward(...inputs: Tensor[]): Tensor;

  /** All parameters with their paths, in the order of the fields; one that is reached twice (tied weights) appears once. */
  namedParameters(): Map<string, Parameter> {
    const found = new Map<string, Parameter>();
    const seen = new Set<object>();
    const walk = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || seen.has(value)) return;
      seen.add(value);
      if (value instanceof Parameter) found.set(path, value);
      else if (value instanceof Module || Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)
        for (const [key, inner] of Object.entries(value)) walk(inner, path === "" ? key : `${path}.${key}`);
    };
    walk(this, "");
    return found;
  }

  /** All parameters, in the order of the fields. */
  parameters(): Parameter[] {
    return [...this.namedParameters().values()];
  }

  /** Number of trainable values. */
  parameterCount(): number {
    return this.parameters().reduce((total, p) => total + p.shape.reduce((a, b) => a * b, 1), 0);
  }

  /** The parameters by path: what a checkpoint stores. */
  stateDict(): StateDict {
    return Object.fromEntries(this.namedParameters());
  }

  /**
   * Assigns every parameter. Nothing is assigned unless everything fits.
   * @throws ShapeError naming the first path that is missing, unknown or of another shape or dtype
   */
  loadStateDict(state: StateDict): void {
    const mine = this.namedParameters();
    for (const path of Object.keys(state))
      if (!mine.has(path)) throw new ShapeError("loadStateDict", "only parameters of this model", `"${path}"`);
    for (const [path, p] of mine) {
      const value = state[path];
      if (value === undefined) throw new ShapeError("loadStateDict", `a value for "${path}"`, "none");
      const [expected, got] = [`${p.dtype}${showShape(p.shape)}`, `${value.dtype}${showShape(value.shape)}`];
      if (expected !== got) throw new ShapeError("loadStateDict", `${expected} for "${path}"`, got);
    }
    for (const [path, p] of mine) p.assign(state[path]!);
  }
}
