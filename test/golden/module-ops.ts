/**
 * @file Which module of ours answers to which case of `ops.json`: called with the case's tensors
 * for its parameters.
 */
import { reshape, rng, type Tensor } from "@spm/core";
import * as nn from "@spm/nn";
import { goldenTensor, toIntegers } from "./golden-tensor.ts";
import { asNumber, type JsonObject } from "./python-json.ts";

type ModuleOp = (options: JsonObject, ...inputs: Tensor[]) => Tensor;

const random = rng(1);
const number = (options: JsonObject, key: string): number =>
  asNumber(options[key], `options.${key}`);
const size = (x: Tensor, axis: number): number => x.shape.at(axis)!;

export const moduleOps: Readonly<Record<string, ModuleOp>> = {
  embedding: (options, weight) =>
    nn.functionalCall(
      new nn.Embedding(size(weight, 0), size(weight, 1), { random }),
      { weight },
      toIntegers(goldenTensor(options.index, "options.index")),
    ),
  linear: (_, x, weight, bias) =>
    nn.functionalCall(
      new nn.Linear(size(weight, 1), size(weight, 0), { random }),
      { weight, bias },
      x,
    ),
  layer_norm: (options, x, weight, bias) => {
    const layer = new nn.LayerNorm(size(x, -1), { epsilon: number(options, "eps") });
    return nn.functionalCall(layer, { weight, bias }, x);
  },
  rms_norm: (options, x, weight) => {
    const layer = new nn.RmsNorm(size(x, -1), { epsilon: number(options, "eps") });
    return nn.functionalCall(layer, { weight }, x);
  },
  conv1d: (options, x, weight, bias) => convolution(nn.Conv1d, options, x, weight, bias),
  conv2d: (options, x, weight, bias) => convolution(nn.Conv2d, options, x, weight, bias),
  max_pool2d: (options, x) => new nn.MaxPool2d(number(options, "size")).forward(x),
  avg_pool2d: (options, x) => new nn.AvgPool2d(number(options, "size")).forward(x),
};

function convolution(
  Layer: typeof nn.Conv1d | typeof nn.Conv2d,
  options: JsonObject,
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
): Tensor {
  const [out, channels, ...kernel] = weight.shape as [number, number, ...number[]];
  const [stride, padding] = [number(options, "stride"), number(options, "padding")];
  const layer = new Layer(channels, out, { kernel, stride, padding, random });
  return nn.functionalCall(
    layer,
    { "map.weight": reshape(weight, [out, -1]), "map.bias": bias },
    x,
  );
}
