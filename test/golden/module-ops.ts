/**
 * @file Which module of ours answers to which case of `ops.json`: called with the case's tensors
 * for its parameters.
 */
import { reshape, rng, slice, type Tensor } from "@spm/core";
import * as nn from "@spm/nn";
import { goldenTensor, toIntegers } from "./golden-tensor.ts";
import { asNumber, type JsonObject } from "./python-json.ts";

type ModuleOp = (inputs: Tensor[], options: JsonObject) => Tensor;

const random = rng(1);
const number = (options: JsonObject, key: string): number =>
  asNumber(options[key], `options.${key}`);
const size = (x: Tensor | undefined, axis: number): number => x!.shape.at(axis)!;

export const moduleOps: Readonly<Record<string, ModuleOp>> = {
  embedding: ([weight], options) =>
    nn.functionalCall(
      new nn.Embedding(size(weight, 0), size(weight, 1), { random }),
      { weight: weight! },
      toIntegers(goldenTensor(options.index, "options.index")),
    ),
  linear: ([x, weight, bias]) =>
    nn.functionalCall(
      new nn.Linear(size(weight, 1), size(weight, 0), { random }),
      { weight: weight!, bias: bias! },
      x!,
    ),
  layer_norm: ([x, weight, bias], options) => {
    const layer = new nn.LayerNorm(size(x, -1), { epsilon: number(options, "eps") });
    return nn.functionalCall(layer, { weight: weight!, bias: bias! }, x!);
  },
  rms_norm: ([x, weight], options) => {
    const layer = new nn.RmsNorm(size(x, -1), { epsilon: number(options, "eps") });
    return nn.functionalCall(layer, { weight: weight! }, x!);
  },
  conv1d: (inputs, options) => convolution(nn.Conv1d, inputs, options),
  conv2d: (inputs, options) => convolution(nn.Conv2d, inputs, options),
  max_pool2d: ([x], options) => new nn.MaxPool2d(number(options, "size")).forward(x!),
  avg_pool2d: ([x], options) => new nn.AvgPool2d(number(options, "size")).forward(x!),
  gru: ([x, h, ...stacked]) => {
    const gru = new nn.Gru(size(x, -1), size(h, -1), { random });
    const state = stacked.flatMap((all, k) =>
      ["r", "z", "n"].map((gate, g) => {
        const rows = { start: g * size(h, -1), stop: (g + 1) * size(h, -1) };
        return [
          `cell.${["input", "hidden"][k % 2]}.${gate}.${k < 2 ? "weight" : "bias"}`,
          slice(all, [rows]),
        ] as const;
      }),
    );
    return nn.functionalCall(gru, Object.fromEntries(state), x!, h!);
  },
};

function convolution(
  Layer: typeof nn.Conv1d | typeof nn.Conv2d,
  [x, weight, bias]: Tensor[],
  options: JsonObject,
): Tensor {
  const [out, channels, ...kernel] = weight!.shape as [number, number, ...number[]];
  const [stride, padding] = [number(options, "stride"), number(options, "padding")];
  const layer = new Layer(channels, out, { kernel, stride, padding, random });
  return nn.functionalCall(
    layer,
    { "map.weight": reshape(weight!, [out, -1]), "map.bias": bias! },
    x!,
  );
}
