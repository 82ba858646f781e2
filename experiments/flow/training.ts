/** @file Trains a flow by maximum likelihood and measures it. */
import {
  abs,
  exp,
  max,
  mean,
  neg,
  noGrad,
  normal,
  type Rng,
  scope,
  sub,
  sum,
  type Tensor,
  tensor,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { adam, clipByGlobalNorm, cosine } from "@spm/optim";
import { type GradientTransform, trainStep } from "@spm/trainer";
import { steps } from "../parts/steps.ts";
import type { Flow } from "./flow-model.ts";

const number = (x: Tensor): number => Number(elements(x.ndarray())[0]);

/** Options of training a flow. */
export interface FlowTraining {
  /** `count` new points [count, n]. */
  readonly draw: (count: number) => Tensor;
  readonly steps: number;
  readonly batch: number;
  readonly rate: number;
  readonly signal: AbortSignal;
}

/** Minimises −E ln p(x) over fresh points. @returns median seconds a step */
export async function trainFlow(
  flow: Flow,
  { draw, steps: count, batch, rate, signal }: FlowTraining,
): Promise<number> {
  const learningRate = cosine({ learningRate: rate, steps: count });
  const optimizer = adam(flow.parameters(), { learningRate });
  const gradients: GradientTransform = (grads) => clipByGlobalNorm(grads, 5).grads;
  const times: number[] = [];
  for await (const _ of steps(count, signal)) {
    const started = performance.now();
    scope(() => {
      const x = draw(batch);
      trainStep(optimizer, () => neg(mean(flow.forward(x))), { gradients });
    });
    times.push((performance.now() - started) / 1000);
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
}

/** −E ln p(x) in nats. */
export const nats = (flow: Flow, points: Tensor): number =>
  noGrad(() => -number(mean(flow.forward(points))));

/** max |x − y| */
export const apart = (x: Tensor, y: Tensor): number => noGrad(() => number(max(abs(sub(x, y)))));

/** max |x − decode(encode(x))| */
export const roundTrip = (flow: Flow, points: Tensor): number =>
  noGrad(() => apart(flow.decode(flow.encode(points).z), points));

/**
 * ∫ p over the square from −reach to reach, by the midpoint rule on cells of side `cell`. For flows
 * of the plane.
 */
export function integral(flow: Flow, reach: number, cell: number): number {
  const side = Math.round((2 * reach) / cell);
  let total = 0;
  for (let row = 0; row < side; row++)
    total += noGrad(() => {
      const y = (row + 0.5) * cell - reach;
      const line = Float32Array.from({ length: 2 * side }, (_, i) =>
        i % 2 === 0 ? (i / 2 + 0.5) * cell - reach : y,
      );
      return number(sum(exp(flow.forward(tensor(line, { shape: [side, 2] })))));
    });
  return total * cell * cell;
}

/** New points from the flow, [count, n]. */
export const samplesOf = (flow: Flow, count: number, n: number, random: Rng): Tensor =>
  flow.decode(normal(random, [count, n]));
