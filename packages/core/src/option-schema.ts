/**
 * @file What the value of an option may be: flags, help, JSON schemas and tests are made from it.
 */

/** A number's range, as JSON Schema has it. */
interface NumberRange {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/**
 * JSON Schema of one option's value, with a line that says what the option is.
 *
 * @example
 * const momentum: OptionSchema = {
 *   description: "what remains of the velocity each step",
 *   type: "number",
 *   minimum: 0,
 *   exclusiveMaximum: 1,
 *   default: 0,
 * };
 */
export interface OptionSchema extends NumberRange {
  readonly description: string;
  /** An array is one of numbers. */
  readonly type: "string" | "integer" | "number" | "boolean" | "array";
  /** The words that a string may be; any unless given. */
  readonly enum?: readonly string[];
  /** What each number of an array may be. */
  readonly items?: NumberRange & { readonly type: "integer" | "number" };
  readonly minItems?: number;
  readonly maxItems?: number;
  /** What holds where nothing is given; an option without one is left out then. */
  readonly default?: string | number | boolean | readonly number[];
}
