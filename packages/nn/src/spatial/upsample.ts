/** @file Another size as a layer. */

import type { Tensor } from "@spm/core";
import { checkOptions } from "@spm/core/extend";
import { describe } from "../description/module-kind.ts";
import {
  type InterpolateOptions,
  interpolate,
  interpolateOptions,
} from "../functional/interpolate.ts";
import { Module } from "../module.ts";

/**
 * A signal or image in another size, as torch.nn.Upsample and {@link interpolate}.
 * x [batch, channels, ...space] → [batch, channels, ...size].
 * @throws ShapeError for another rank or sizes out of range; ValueError for both or neither of size
 * and scaleFactor, and a mode that does not fit the axes
 * @example new Upsample({ scaleFactor: 2 }).forward(ones([1, 3, 4, 4])).shape; // [1, 3, 8, 8]
 */
export class Upsample extends Module {
  readonly #options: InterpolateOptions;

  constructor(options: InterpolateOptions) {
    super();
    checkOptions("Upsample", options, interpolateOptions);
    const { size = null, scaleFactor = null, mode = "nearest", alignCorners = null } = options;
    describe(this, { size, scaleFactor, mode, alignCorners });
    this.#options = options;
  }

  forward(x: Tensor): Tensor {
    return interpolate(x, this.#options);
  }
}
