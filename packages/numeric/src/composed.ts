/** @file Functions of one tensor that are made of others, and refuse in their own name. */
import type { Tensor } from "@spm/core";
import { checkDTypes } from "@spm/core/extend";

/** The function itself, once x is known to be float32 or float64. */
export const floating =
  (name: string, f: (x: Tensor) => Tensor): ((x: Tensor) => Tensor) =>
  (x) => {
    checkDTypes(name, [x]);
    return f(x);
  };
