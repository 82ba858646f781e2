/**
 * @file Text, a character at a time
 *
 * A GPT whose every projection is a mixer of rotations. It has read nine tenths of Moby Dick, and
 * says which character may come next; one is drawn, and so on. It is small, 2 blocks of width 128,
 * and was trained for minutes: expect words, seldom sense.
 *
 * Try it: another prompt, a `temperature` of 0.2 or 1.5, `topK: 3`.
 */
import { rng, tensor, topk } from "@spm/core";
import { encodeCharacters } from "@spm/data";
import { drawToken, gptOf } from "@spm/models";
import { softmax } from "@spm/nn";
import { file, write } from "@spm/playground";
import { parseSafetensors } from "@spm/trainer";

const saved = parseSafetensors(await file("models/characters.safetensors"));
const values = Object.fromEntries(saved.entries.map(({ name }) => [name, saved.tensor(name)]));
const { gpt, nats } = saved.metadata;
const { model, vocabulary } = gptOf({ config: { gpt: JSON.parse(gpt) }, values });
console.log(`${model.parameterCount()} numbers; ${nats} nats a character on the rest of the book`);

/** Scores of the character after a text, one for each character that there is. */
function scoresAfter(text) {
  const tokens = [...encodeCharacters(text, vocabulary)].slice(-model.context);
  return model.forward(tensor([tokens], { dtype: "int32" })).at(0, -1);
}

const prompt = "The whale ";
console.log(`What may come after "${prompt}"?`);
const { values: shares, indices } = topk(softmax(scoresAfter(prompt)), 5);
const likely = await shares.data();
for (const [k, token] of (await indices.data()).entries())
  console.log(`"${vocabulary[token]}" ${(100 * likely[k]).toFixed(1)} %`);

const random = rng(1);
let text = prompt;
write(text);
for (let k = 0; k < 300; k++) {
  const scores = await scoresAfter(text).data();
  const next = vocabulary[drawToken(scores, { temperature: 0.7, random })];
  write(next);
  text += next;
}
