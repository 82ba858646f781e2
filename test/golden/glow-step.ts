/**
 * @file The whole step of a flow in `cdflow.json`: squeeze, norm, circulant-diagonal mixing, affine
 * coupling; its output, ln|det|, bits a number, and the way back.
 */
import { at, concat, type Rng, reshape, rng, slice, type Tensor, transpose } from "@spm/core";

import { bitsPerDimension, ImageFlow } from "@spm/models";
import { functionalCall, Linear, Module } from "@spm/nn";
import { rfft } from "@spm/numeric";
import { compare, type GoldenCase } from "./case.ts";
import { goldenTensor, toTensor } from "./golden-tensor.ts";
import { asNumber, type JsonObject } from "./python-json.ts";

const flat = (x: Tensor): Tensor => reshape(x, [-1]);

/** z, ln|det|, ln p and the image again of a flow with one step, flat. */
class OneStep extends Module {
  readonly flow: ImageFlow;
  constructor(shape: readonly [number, number, number]) {
    super();
    const coupling = (inChannels: number, outChannels: number, random: Rng): Linear =>
      new Linear(inChannels, outChannels, { random });
    this.flow = new ImageFlow({ shape, levels: 1, steps: 1, coupling, random: rng(1) });
  }
  forward(x: Tensor): Tensor {
    const { z, volume } = this.flow.encode(x);
    return concat([z, volume, this.flow.forward(x), this.flow.decode(z)].map(flat));
  }
}

/** The case of the file. @throws MalformedError */
export function glowStepCase(fields: JsonObject, where: string): GoldenCase {
  const read = (key: string) => goldenTensor(fields[key], `${where}.${key}`);
  const number = (key: string) => ({
    shape: [],
    data: [asNumber(fields[key], `${where}.${key}`)],
  });
  const [x, output] = [read("x"), read("output")];
  const [, channels = 0, height = 0, width = 0] = x.shape;
  return {
    name: "a step of flow: squeeze, norm, circulant between diagonals, coupling",
    run: (precision) => {
      const given = (key: string): Tensor => toTensor(read(key), precision);
      const pairs = rfft(given("c"));
      const n = output.shape[1] ?? 0;
      const imaginary = { start: 1, stop: Math.ceil(n / 2) };
      const step = "flow.levels.0.steps.0";
      const state = {
        [`${step}.norm.bias`]: given("actnorm_bias"),
        [`${step}.norm.logScale`]: given("actnorm_logs"),
        [`${step}.mixing.left`]: given("d1"),
        [`${step}.mixing.right`]: given("d2"),
        [`${step}.mixing.spectrum`]: concat([
          at(pairs, "...", 0),
          slice(at(pairs, "...", 1), [imaginary]),
        ]),
        [`${step}.coupling.net.weight`]: reshape(given("coupling_kernel"), [n, n / 2]),
        [`${step}.coupling.net.bias`]: given("coupling_bias"),
      };
      const image = toTensor(x, precision);
      const all = functionalCall(new OneStep([channels, height, width]), state, image);
      const size = channels * height * width;
      const part = (start: number, stop: number) => slice(all, [{ start, stop }]);
      const z = reshape(part(0, size), [1, height / 2, width / 2, n]);
      const scalar = (k: number) => reshape(part(k, k + 1), []);
      return [
        compare("output", transpose(z, [0, 3, 1, 2]), output),
        compare("log |det|", scalar(size), number("logdet")),
        compare("bits", bitsPerDimension(scalar(size + 1), size), number("bits_per_dim")),
        compare("decoded", reshape(part(size + 2, 2 * size + 2), image.shape), x),
      ];
    },
  };
}
