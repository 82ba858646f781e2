/** @file The dense matrix of a Paramixer as a picture. */
import { at, matmul, noGrad, scope, type Tensor } from "@spm/core";
import type { Paramixer } from "@spm/models";
import { matrixPicture } from "@spm/report";

/**
 * The n×n matrix of the product of all blocks' factors, for the first of the sequences x
 * [batch, n, features]: row i is what position i gets from each position. A block's g is left out.
 * @example mixingPicture(model, x, "CDIL, n = 128");
 */
export const mixingPicture = (model: Paramixer, x: Tensor, title: string): string =>
  scope(() =>
    noGrad(() =>
      matrixPicture(
        at(
          model.toDense(x).reduce((product, block) => matmul(block, product)),
          0,
        ),
        { title },
      ),
    ),
  );
