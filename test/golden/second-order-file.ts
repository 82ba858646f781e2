/**
 * @file `second_order.json` and its likes for core and numeric: a scalar function, its gradient,
 * and the gradient of the sum of squares of that gradient.
 */
import {
  arange,
  exp,
  grad,
  matmul,
  mul,
  square,
  sum,
  type Tensor,
  tanh,
  transpose,
} from "@spm/core";
import { softmax } from "@spm/nn";
import { cumprod } from "@spm/numeric";
import { type Comparison, compare, type GoldenCase } from "./case.ts";
import { coreFunctions } from "./core-table.ts";
import { goldenTensor, type Precision, toTensor } from "./golden-tensor.ts";
import { unaryOps } from "./numeric-table.ts";
import { asList, asObject, asString, type JsonObject } from "./python-json.ts";

const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  tanh_softmax: (x) => sum(mul(softmax(tanh(x)), arange(x.shape.at(-1)!, { dtype: x.dtype }))),
  mul_exp: (x) => sum(mul(x, exp(x))),
  matmul_quad: (x) => sum(square(matmul(x, transpose(x)))),
  numeric_cumprod: (x) => sum(cumprod(x, 0)),
  ...Object.fromEntries(
    Object.entries(coreFunctions).map(([name, f]) => [name, (x: Tensor) => sum(f(x))]),
  ),
  ...Object.fromEntries(
    Object.entries(unaryOps).map(([name, f]) => [`numeric_${name}`, (x: Tensor) => sum(f(x))]),
  ),
};

/** The cases of the file. @throws MalformedError */
export function secondOrderCases(file: JsonObject, where: string): GoldenCase[] {
  return asList(file.cases, `${where}.cases`).map((item, i) => {
    const at = `${where}.cases[${i}]`;
    const fields = asObject(item, at);
    const name = asString(fields.name, `${at}.name`);
    const [point, y, slope, second] = ["x", "y", "grad", "grad_of_sum_sq_grad"].map((key) =>
      goldenTensor(fields[key], `${at}.${key}`),
    );
    const f = functions[name];
    if (f === undefined) return { name, run: undefined };
    const run = (precision: Precision): Comparison[] => {
      const x = toTensor(point!, precision);
      const sumOfSquares = (t: Tensor) => sum(square(grad(f)(t)));
      return [
        compare("value", f(x), y!),
        compare("gradient", grad(f)(x), slope!),
        compare("second derivative", grad(sumOfSquares)(x), second!),
      ];
    };
    return { name, run };
  });
}
