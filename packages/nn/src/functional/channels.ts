/** @file Weights and biases of the channels of [batch, channels, ...space]. */
import { add, mul, reshape, type Tensor } from "@spm/core";

/** [channels] → [channels, 1, …], which broadcasts over so many axes of space. */
export const ofChannels = (p: Tensor, axes: number): Tensor =>
  reshape(p, [p.shape[0] ?? 1, ...new Array<number>(axes).fill(1)]);

/** y ⊙ weight + bias of each channel, y [batch, channels, ...space]. */
export function scaleChannels(y: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  const axes = y.shape.length - 2;
  const scaled = weight === null ? y : mul(y, ofChannels(weight, axes));
  return bias === null ? scaled : add(scaled, ofChannels(bias, axes));
}
