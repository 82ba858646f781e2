/**
 * @file Text, a character at a time
 *
 * A GPT whose every projection is a mixer of rotations. It has read nine tenths of Moby Dick, and
 * says which character may come next; one is drawn, and so on. It is small, 2 blocks of width 128,
 * and was trained for minutes: expect words, seldom sense.
 *
 * A model of your own goes on below its text: `spm experiment charlm` saves GPTs, and
 * `spm quantise` one in few bits. Such a file is read on this machine, in the sandbox, and sent
 * nowhere.
 *
 * Try it: another prompt, a `temperature` of 0.2 or 1.5, `topK: 3`.
 */
import { rng, tensor, topk } from "@spm/core";
import { encodeCharacters } from "@spm/data";
import { drawToken, gptOf } from "@spm/models";
import { softmax } from "@spm/nn";
import { file, onFile, write } from "@spm/playground";
import { parseSafetensors, unpackTensors } from "@spm/trainer";

/** The GPT in the bytes of a file, whose numbers may be packed into few bits. */
function opened(bytes) {
  const saved = parseSafetensors(bytes);
  const stored = unpackTensors(saved);
  const values = Object.fromEntries(stored.entries.map(({ name }) => [name, stored.tensor(name)]));
  const gpt = gptOf({ config: JSON.parse(saved.metadata.config ?? "null"), values });
  if (gpt === undefined) throw new Error("expected a GPT of characters, got another model");
  return gpt;
}

let turn = 0;

/** Writes 300 characters, or until another model begins. */
async function sample({ model, vocabulary }, prompt) {
  const mine = ++turn;
  /** Scores of the character after a text, one for each character that there is. */
  function scoresAfter(text) {
    const tokens = [...encodeCharacters(text, vocabulary)].slice(-model.context);
    return model.forward(tensor([tokens], { dtype: "int32" })).at(0, -1);
  }

  console.log(`What may come after "${prompt}"?`);
  const { values: shares, indices } = topk(softmax(scoresAfter(prompt)), 5);
  const likely = await shares.data();
  for (const [k, token] of (await indices.data()).entries())
    console.log(`"${vocabulary[token]}" ${(100 * likely[k]).toFixed(1)} %`);

  const random = rng(1);
  let text = prompt;
  write(text);
  for (let k = 0; k < 300 && mine === turn; k++) {
    const scores = await scoresAfter(text).data();
    const next = vocabulary[drawToken(scores, { temperature: 0.7, random })];
    write(next);
    text += next;
  }
}

const bytes = await file("models/characters.safetensors");
const ours = opened(bytes);
const { nats } = parseSafetensors(bytes).metadata;
console.log(`${ours.model.parameterCount()} numbers; ${nats} nats a character on the rest`);
await sample(ours, "The whale ");

onFile(
  async (bytes, name) => {
    const yours = opened(bytes);
    console.log(`${name}: ${bytes.length} bytes, ${yours.model.parameterCount()} numbers`);
    const known = [..."The whale "].filter((character) => yours.vocabulary.includes(character));
    await sample(yours, known.join("") || yours.vocabulary[0]);
  },
  { label: "A GPT of yours, a safetensors file:" },
);
