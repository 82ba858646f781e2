/**
 * @file The page around it: chooses where to train, draws what the network says of every point,
 * writes down the loss.
 */
import { type Backend, noGrad, reference, setBackend, slice, tensor } from "@spm/core";
import type { Mlp } from "@spm/models";
import { type LinearKind, softmax } from "@spm/nn";
import { train } from "./spirals.ts";

const backends: Readonly<Record<string, () => Promise<Backend>>> = {
  reference: async () => reference,
  wasm: async () => (await import("@spm/wasm")).wasm({ bytes: 2 ** 28 }),
  webgpu: async () => (await import("@spm/gpu")).gpu({ mode: "webgpu" }),
  "webgpu, software": async () =>
    (await import("@spm/gpu")).gpu({ mode: "webgpu", adapter: "software" }),
  webgl2: async () => (await import("@spm/gpu")).gpu({ mode: "webgl2" }),
};
const canvas = document.querySelector("canvas")!;
const text = document.querySelector("pre")!;
const form = document.querySelector("form")!;
const button = document.querySelector("button")!;
const side = canvas.width;

/**
 * The network's probability of the second arm at the centre of every pixel, from orange to blue.
 */
async function draw(model: Mlp): Promise<void> {
  const centre = (i: number): number => (2 * i + 1) / side - 1;
  const probability = noGrad(() => {
    const pixels = Array.from({ length: side * side }, (_, i) => [
      centre(i % side),
      -centre(Math.floor(i / side)),
    ]);
    return slice(softmax(model.forward(tensor(pixels))), [{}, { start: 1 }]);
  });
  const values = await probability.data();
  probability.dispose();
  const image = new ImageData(side, side);
  values.forEach(
    (p, i) => void image.data.set([230 - 170 * p, 130 + 10 * p, 50 + 170 * p, 255], 4 * i),
  );
  canvas.getContext("2d")!.putImageData(image, 0, 0);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const chosen = new FormData(form);
  text.textContent = "";
  const say = (line: string): void => text.append(`${line}\n`);
  button.disabled = true;
  let backend: Backend = reference;
  try {
    backend = await backends[chosen.get("on") as string]!();
    setBackend(backend);
    await train(
      chosen.get("layers") as LinearKind,
      Number(chosen.get("steps")),
      async (step, loss, model) => {
        say(`step ${step}  loss ${loss.toFixed(6)}`);
        await draw(model);
        await new Promise(requestAnimationFrame);
      },
    );
    say(`ran on ${JSON.stringify(backend.report(), null, 1)}`);
    say("done");
  } catch (cause) {
    say(String(cause));
  } finally {
    setBackend(reference);
    await backend.dispose();
    button.disabled = false;
  }
});
