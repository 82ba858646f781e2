/** @file The functions of a tensor that files know by name. */
import { abs, cos, exp, relu, sigmoid, sin, softplus, square, type Tensor, tanh } from "@spm/core";
import {
  celu,
  elu,
  gelu,
  hardswish,
  hardtanh,
  leakyRelu,
  mish,
  selu,
  silu,
  softsign,
} from "../functional/activation.ts";
import { logSoftmax, softmax } from "../functional/softmax.ts";

/** By name. */
export const namedFunctions: ReadonlyMap<string, (x: Tensor) => Tensor> = new Map(
  Object.entries<(x: Tensor) => Tensor>({
    ...{ abs, cos, exp, relu, sigmoid, sin, softplus, square, tanh },
    ...{ celu, elu, gelu, hardswish, hardtanh, leakyRelu, mish, selu, silu, softsign },
    ...{ logSoftmax, softmax },
  }),
);
