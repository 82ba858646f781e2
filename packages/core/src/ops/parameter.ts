/** @file Parameters: leaves that an optimizer replaces, one by one or all at once. */
import { isFloating } from "../array.ts";
import { DTypeError } from "../errors.ts";
import { noGrad, scope } from "../scope.ts";
import type { Storage } from "../storage.ts";
import { Parameter, Tensor } from "../tensor.ts";
import { clone } from "./cast.ts";
import { type Data, tensor } from "./create.ts";
import { checkOptions, type OptionNames } from "./options.ts";

/** Options of {@link parameter}. */
export interface ParameterOptions {
  /**
   * Whether weight decay applies.
   * @defaultValue true
   */
  readonly decay?: boolean;
}
const parameterNames: OptionNames<ParameterOptions> = { decay: "boolean" };

/**
 * A leaf that an optimizer may replace, with a copy of the value, [...] → [...]. A function that
 * makes the value runs in a scope, which releases what it makes.
 * @throws DTypeError unless it is float32 or float64
 * @example const w = parameter(tensor([[1, 2], [3, 4]]));
 * @example const b = parameter(() => zeros([3]), { decay: false });
 */
export function parameter(
  value: Tensor | Data | (() => Tensor),
  options: ParameterOptions = {},
): Parameter {
  checkOptions("parameter", options, parameterNames);
  const { decay = true } = options;
  return scope(() => {
    const made = typeof value === "function" ? value() : value;
    const source = made instanceof Tensor ? made : tensor(made);
    if (isFloating(source.dtype)) return new Parameter(source, decay);
    throw new DTypeError("parameter", "float32 or float64", source.dtype);
  });
}

/**
 * Assigns values [...] to parameters of their shapes: all of them, or none.
 * @throws ShapeError, DTypeError, TapeError as `Parameter.assign`; BackendError when there is no
 * memory for a copy. Nothing is written then.
 * @example
 * const [w, b] = [parameter([1, 2]), parameter(3)];
 * assignAll([[w, tensor([0, 0])], [b, tensor(0)]]);
 */
export function assignAll(pairs: readonly (readonly [p: Parameter, value: Tensor])[]): void {
  noGrad(() => {
    const taken = new Set<Storage>();
    const ready = pairs.map(([p, value]) => {
      const fresh = p.takes(value) && !taken.has(value.storage) ? value : clone(value);
      taken.add(fresh.storage);
      return [p, fresh] as const;
    });
    for (const [p, value] of ready) p.assign(value);
  });
}
