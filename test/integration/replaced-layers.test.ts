/** @file A model whose layers were replaced, and the optimizer that does not know. */
import { normal, rng, sum, valueAndGrad } from "@spm/core";
import { elements } from "@spm/core/extend";
import { Mlp } from "@spm/models";
import { replaceLinear } from "@spm/nn";
import { adam } from "@spm/optim";
import { assert, expect, test } from "vitest";

test("an optimizer of parameters that left the model throws at its next step, unwritten", () => {
  const model = new Mlp({ sizes: [8, 16, 4], random: rng(1) });
  const optimizer = adam(model.parameters(), { learningRate: 0.1 });
  const x = normal(rng(3), [5, 8]);
  replaceLinear(model, "general", { random: rng(2), where: (_, path) => path === "layers.0" });
  const bias = model.layers[1]?.bias;
  assert(bias);
  const before = [...elements(bias.ndarray())];
  const { grads } = valueAndGrad(() => sum(model.forward(x)), optimizer.parameters);
  expect(() => optimizer.step(grads)).toThrow(
    new RegExp(
      /expected a live tensor of shape \[16, 8\], got a released one/.source +
        /\nhelp: if its layer was replaced/.source,
    ),
  );
  expect([...elements(bias.ndarray())]).toEqual(before);

  const fresh = adam(model.parameters(), { learningRate: 0.1 });
  fresh.step(valueAndGrad(() => sum(model.forward(x)), fresh.parameters).grads);
  expect([...elements(bias.ndarray())]).not.toEqual(before);
});
