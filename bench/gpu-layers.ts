/**
 * @file A mixer layer on a device by its public functions: forward alone, and forward with the
 * gradients by x and all parameters.
 */
import {
  broadcastTo,
  type Differentiable,
  mul,
  normal,
  ones,
  type Rng,
  reshape,
  rng,
  scope,
  setBackend,
  slice,
  type Tensor,
  uniform,
  vjp,
  zeros,
} from "@spm/core";
import type { GpuBackend } from "@spm/gpu";
import { butterfly, generalMixer, rotationMixer } from "@spm/mixer";
import type { Timer } from "./gpu-time.ts";
import type { Times } from "./torch-peer.ts";

/** Random rows; beyond 2¹⁸ elements they repeat, since only the first ones are drawn on the CPU. */
export function randomRows(random: Rng, rows: number, width: number): Tensor {
  const drawn = Math.min(rows, Math.max(1, Math.floor(2 ** 18 / width)));
  const times = Math.ceil(rows / drawn);
  return scope(() => {
    const first = normal(random, [1, drawn, width]);
    const all = reshape(mul(broadcastTo(first, [times, drawn, width]), 1), [times * drawn, width]);
    return times * drawn === rows ? all : mul(slice(all, [{ stop: rows }]), 1);
  });
}

/** Milliseconds of a mixer layer of n → n with both diagonals and a bias. */
export async function mixerTimes(
  device: GpuBackend,
  time: Timer,
  kind: "rotation" | "general",
  n: number,
  batch: number,
): Promise<Times> {
  setBackend(device);
  const random = rng(1);
  const schedule = butterfly(n);
  const pairs = schedule.first.length;
  const [x, ct] = [randomRows(random, batch, n), randomRows(random, batch, n)];
  const around = [ones([n]), ones([n]), zeros([n])];
  const parameters =
    kind === "rotation"
      ? [uniform(random, [pairs], 0, 2 * Math.PI)]
      : [normal(random, [pairs, 4], 0, Math.SQRT1_2), zeros([0])];
  const layer: Differentiable = (input, dIn, dOut, bias, stages, scales) =>
    kind === "rotation"
      ? rotationMixer(input, stages, { schedule, dIn, dOut, bias })
      : generalMixer(input, stages, scales, { schedule, dIn, dOut, bias });
  const inputs = [x, ...around, ...parameters];
  const forward = await time(() => scope(() => void layer(...inputs)));
  const train = await time(() => scope(() => void vjp(layer, ...inputs).pullback(ct)));
  for (const t of [x, ct, ...parameters, ...around]) t.dispose();
  return { forward, train };
}
