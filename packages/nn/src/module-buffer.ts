/** @file State of a model that is no parameter. */
import { Parameter, type Tensor } from "@spm/core";

/**
 * A tensor that a module carries along and updates by itself, e.g. a running mean: a checkpoint
 * stores it, an optimizer never sees it. It is assigned as a parameter is.
 * @example readonly mean = new ModuleBuffer(zeros([8]));
 */
export class ModuleBuffer extends Parameter {
  constructor(value: Tensor) {
    super(value, false);
  }
}
