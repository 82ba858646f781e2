/**
 * @file Trains the net that names drawn digits, and writes `digits.safetensors` beside this file:
 *
 *     node --import tsx --conditions=@spm/source playground/models/train-digits.ts
 */
import { rng, scope, setBackend, type Tensor, tensor, valueAndGrad } from "@spm/core";
import { epochOrder, type LabelledImages } from "@spm/data";
import { loadMnist } from "@spm/data/mnist";
import { Mlp } from "@spm/models";
import { crossEntropy } from "@spm/nn";
import { adam, oneCycle } from "@spm/optim";
import { wasm } from "@spm/wasm";
import { writeModel } from "./write-model.ts";

const [seed, epochs, batchSize, learningRate, side] = [1, 12, 128, 0.01, 28];
/** The most pixels that an image is shifted by in either direction: who draws is less exact. */
const SHIFT = 2;
const sizes = [784, 512, 512, 10];

/** Images [count, 784] in 0 … 1 and their classes [count]; shifted where a generator is given. */
function batchOf(
  { pixels, labels }: LabelledImages,
  indices: readonly number[],
  draw?: () => number,
): { readonly x: Tensor; readonly y: Tensor } {
  const x = new Float32Array(indices.length * side * side);
  const shift = (): number => (draw ? Math.floor(draw() * (2 * SHIFT + 1)) - SHIFT : 0);
  for (const [row, image] of indices.entries()) {
    const [down, right] = [shift(), shift()];
    for (let r = Math.max(0, down); r < Math.min(side, side + down); r++)
      for (let c = Math.max(0, right); c < Math.min(side, side + right); c++) {
        const from = (image * side + r - down) * side + c - right;
        x[(row * side + r) * side + c] = (pixels[from] ?? 0) / 255;
      }
  }
  const y = Int32Array.from(indices, (image) => labels[image] ?? 0);
  return { x: tensor(x, { shape: [indices.length, side * side] }), y: tensor(y) };
}

/** The share of images that the model names rightly. */
async function accuracy(model: Mlp, images: LabelledImages): Promise<number> {
  let right = 0;
  for (let from = 0; from < images.count; from += 1000) {
    const indices = Array.from({ length: 1000 }, (_, k) => from + k);
    const guesses = scope(() => model.forward(batchOf(images, indices).x).argmax({ axis: 1 }));
    right += (await guesses.data()).filter((guess, k) => guess === images.labels[from + k]).length;
    guesses.dispose();
  }
  return right / images.count;
}

const { train, test } = await loadMnist();
const backend = await wasm();
setBackend(backend);
const random = rng(seed);
const model = new Mlp({ sizes, linear: "rotation", random });
const perEpoch = Math.floor(train.count / batchSize);
const rate = oneCycle({ learningRate, steps: epochs * perEpoch });
const optimizer = adam(model.parameters(), { learningRate: rate });
for (let epoch = 0; epoch < epochs; epoch++) {
  const order = epochOrder(train.count, epoch, seed);
  for (let step = 0; step < perEpoch; step++)
    scope(() => {
      const indices = Array.from(order.subarray(step * batchSize, (step + 1) * batchSize));
      const { x, y } = batchOf(train, indices, () => random.uniform());
      const loss = (): Tensor => crossEntropy(model.forward(x), y);
      optimizer.step(valueAndGrad(loss, model.parameters()).grads);
    });
  console.log(`epoch ${epoch + 1}: right on the test set ${await accuracy(model, test)}`);
}
const right = await accuracy(model, test);
writeModel("digits", model, {
  sizes: JSON.stringify(sizes),
  linear: "rotation",
  accuracy: `${right}`,
});
