/**
 * @file The arguments and the result of a step: tensors, alone or in arrays and plain objects, and
 * values that stay the same from call to call.
 */
import { Parameter, Tensor } from "@spm/core";
import { showSpec } from "@spm/core/extend";

/** A value whose tensors are apart: `text` says all else. */
export interface Dissected {
  /** Equal for values of one form: the same structure, specs and other values. */
  readonly text: string;
  readonly tensors: readonly Tensor[];
  /** The same value with other tensors in their places. */
  rebuild(tensors: readonly Tensor[]): unknown;
}

/**
 * Takes the tensors, [...] each, out of a value; a text says what can't be compared with another
 * call's.
 * @example dissect([ones([2]), 3]); // { text: "[float32 [2],3]", tensors: [1, 1], … }
 */
export function dissect(value: unknown): Dissected | string {
  const tensors: Tensor[] = [];
  const refused: string[] = [];
  const text = (part: unknown): string => {
    if (part instanceof Parameter) refused.push("a parameter");
    else if (part instanceof Tensor) {
      tensors.push(part);
      return showSpec(part);
    } else if (Array.isArray(part)) return `[${part.map(text).join()}]`;
    else if (typeof part === "function" || typeof part === "symbol")
      refused.push(`a ${typeof part}`);
    else if (typeof part !== "object" || part === null)
      return typeof part === "string" ? JSON.stringify(part) : showNumber(part);
    else if (isPlain(part)) {
      const entries = Object.entries(part).map(([key, v]) => `${JSON.stringify(key)}:${text(v)}`);
      return `{${entries.join()}}`;
    } else refused.push(`an object of ${part.constructor?.name}`);
    return "";
  };
  const whole = text(value);
  const [first] = refused;
  return first ?? { text: whole, tensors, rebuild: (given) => rebuilt(value, given) };
}

const showNumber = (value: unknown): string => (Object.is(value, -0) ? "-0" : String(value));

const isPlain = (part: object): boolean =>
  [Object.prototype, null].includes(Object.getPrototypeOf(part) as object | null);

/** The value with other tensors, in the order in which {@link dissect} found its own. */
function rebuilt(value: unknown, tensors: readonly Tensor[]): unknown {
  let next = 0;
  const walk = (part: unknown): unknown => {
    if (part instanceof Tensor) return tensors[next++];
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, v]) => [key, walk(v)]));
  };
  return walk(value);
}
