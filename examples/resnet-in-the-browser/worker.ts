/**
 * @file Trains a residual network, whose 1×1 convolutions are mixers, in a worker of the browser on
 * WebAssembly, on images of stripes in four directions. The page only listens.
 */
import { argmax, rng, scope, setBackend, type Tensor, tensor, valueAndGrad } from "@spm/core";
import { ResNet } from "@spm/models";
import { crossEntropy } from "@spm/nn";
import { adam } from "@spm/optim";
import { wasm } from "@spm/wasm";

const side = 8;
const random = rng(1);

/** Images [count, 1, side, side] of waves in directions y · 45°, y [count] in 0 … 3. */
function stripes(count: number): { x: Tensor; y: Tensor } {
  const y = Int32Array.from({ length: count }, (_, n) => n % 4);
  const pixels = [...y].flatMap((direction) => {
    const [angle, phase] = [(direction * Math.PI) / 4, 7 * random.uniform()];
    return Array.from({ length: side * side }, (_, at) => {
      const [row, column] = [Math.floor(at / side), at % side];
      const wave = Math.sin(1.6 * (row * Math.cos(angle) + column * Math.sin(angle)) + phase);
      return wave + random.uniform() - 0.5;
    });
  });
  return { x: tensor(pixels, { shape: [count, 1, side, side] }), y: tensor(y) };
}

addEventListener("message", async ({ data: steps }: MessageEvent<number>) => {
  const backend = await wasm();
  setBackend(backend);
  const sizes = { channels: 1, width: 8, blocks: [1, 1], classes: 4, expansion: 2 };
  const model = new ResNet({ ...sizes, linear: "rotation", random });
  const optimizer = adam(model.parameters(), { learningRate: 0.01 });
  for (let step = 0; step < steps; step++) {
    const loss = scope(() => {
      const { x, y } = stripes(32);
      const objective = () => crossEntropy(model.forward(x), y);
      const { value, grads } = valueAndGrad(objective, model.parameters());
      optimizer.step(grads);
      return value;
    });
    if (step % 10 === 0) postMessage(`step ${step}  loss ${(await loss.item()).toFixed(4)}`);
    loss.dispose();
  }
  postMessage(`ran on ${JSON.stringify(backend.report())}`);
  const guesses = await argmax(model.eval().forward(stripes(200).x), { axis: 1 }).data();
  postMessage(`${guesses.filter((guess, n) => guess === n % 4).length} of 200 others right`);
});
