import {
  mean,
  mul,
  type Parameter,
  parameter,
  reference,
  rng,
  scope,
  setBackend,
  square,
  sub,
  type Tensor,
  tensor,
  valueAndGrad,
} from "@spm/core";
import { Linear } from "@spm/nn";
import { adam } from "@spm/optim";
import { expect, test } from "vitest";
import { trainStep } from "./train-step.ts";

const build = () => {
  const x = tensor([
    [1, 2],
    [3, 5],
  ]);
  const layer = new Linear(2, 2, { random: rng(1) });
  const optimizer = adam(layer.parameters(), { learningRate: 0.1 });
  return { layer, optimizer, loss: () => mean(square(sub(layer.forward(x), x))) };
};
const values = (parameters: readonly Parameter[]): number[][] =>
  parameters.map((p) => [...p.ndarray().data]);

test("a step is loss, gradients and update, to the bit", () => {
  const [ours, byHand] = [build(), build()];
  for (let step = 0; step < 5; step++) {
    const loss = trainStep(ours.optimizer, ours.loss);
    const { value, grads } = valueAndGrad(byHand.loss, byHand.optimizer.parameters);
    byHand.optimizer.step(grads);
    expect(loss.ndarray().get()).toBe(value.ndarray().get());
  }
  expect(values(ours.optimizer.parameters)).toEqual(values(byHand.optimizer.parameters));
  expect(ours.loss().ndarray().get()).toBeLessThan(build().loss().ndarray().get());
});

test("gradients are changed before the update", () => {
  const p = parameter(tensor([3]));
  const seen: number[] = [];
  const optimizer = {
    parameters: [p],
    learningRate: 1,
    step: ([grad]: readonly Tensor[]) => void seen.push(grad?.ndarray().get(0) ?? Number.NaN),
  };
  trainStep(optimizer, () => mean(square(p)), {
    gradients: (grads) => grads.map((grad) => mul(grad, 0.5)),
  });
  expect(seen).toEqual([3]); // half of 2p
});

test("a step keeps its loss alone", () => {
  const live = { storages: 0, bytes: 0 };
  setBackend({ ...reference, live, collected: false }); // all is counted until it is released
  try {
    const { optimizer, loss } = build();
    trainStep(optimizer, loss).dispose(); // the optimizer's state is there from now on
    const before = live.storages;
    const kept = trainStep(optimizer, loss);
    expect(live.storages).toBe(before + 1);
    kept.dispose();
    scope(() => void trainStep(optimizer, loss));
    expect(live.storages).toBe(before);
  } finally {
    setBackend(reference);
  }
});
