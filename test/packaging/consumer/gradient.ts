/** @file The gradient of a function: the smallest program, whose bundle has a ceiling. */
import { grad, sum, type Tensor, tanh, tensor } from "@spm/core";

const f = (x: Tensor): Tensor => sum(tanh(x));
console.log(String(grad(f)(tensor([0, 1]))));
