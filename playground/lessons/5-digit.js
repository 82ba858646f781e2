/**
 * @file A digit that you draw
 *
 * This network was trained before: two mixers of rotations and a dense layer, on the 60,000 digits
 * of MNIST. Its file is read by the package's own loader, and says how many of the 10,000 digits of
 * the test set it names rightly.
 *
 * Draw a digit on the pad, with the mouse, a finger, or by keys: arrows move the pen, Space
 * puts it down and lifts it. The network sees what you drew as MNIST has it, 28 × 28 pixels with
 * the mass in the middle.
 *
 * Try it: what does it make of a letter? What happens without `softmax`?
 */
import { rng } from "@spm/core";
import { Mlp } from "@spm/models";
import { softmax } from "@spm/nn";
import { file, onDrawing, plot, show } from "@spm/playground";
import { parseSafetensors } from "@spm/trainer";

const saved = parseSafetensors(await file("models/digits.safetensors"));
const { sizes, linear, accuracy } = saved.metadata;
const model = new Mlp({ sizes: JSON.parse(sizes), linear, random: rng(1) });
model.loadStateDict(
  Object.fromEntries(saved.entries.map(({ name }) => [name, saved.tensor(name)])),
);
console.log(model);
console.log(`right on the test set: ${(100 * Number(accuracy)).toFixed(2)} %`);

onDrawing(async (image) => {
  const scores = softmax(model.forward(image.reshape([1, 784])));
  const chances = await scores.data();
  const best = chances.indexOf(Math.max(...chances));
  console.log(`That is a ${best}, I think: ${(100 * chances[best]).toFixed(1)} %`);
  plot({ probability: chances }, { title: "What it could be", x: "digit", joined: false });
  show(image, { title: "What the network sees" });
});
