/** @file The values that an option may have: the source of flags, help, JSON schemas and tests. */

/**
 * The JSON Schema of one option's value, with a line of description.
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
  /**
   * The values that a string may have.
   * @defaultValue any
   */
  readonly enum?: readonly string[];
  /** The schema of each number of an array. */
  readonly items?: Omit<OptionSchema, "description" | "default">;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** The value where none is given; an option without a default is left out then. */
  readonly default?: string | number | boolean | readonly number[];
}
