/**
 * @file What the value of an option may be: flags, help, JSON schemas and tests are made from it.
 */

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
export interface OptionSchema {
  readonly description: string;
  /** An array is one of numbers. */
  readonly type: "string" | "integer" | "number" | "boolean" | "array";
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  /** The words that a string may be; any unless given. */
  readonly enum?: readonly string[];
  /** What each number of an array may be. */
  readonly items?: Omit<OptionSchema, "description" | "default">;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** What holds where nothing is given; an option without one is left out then. */
  readonly default?: string | number | boolean | readonly number[];
}
