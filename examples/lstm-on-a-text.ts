/**
 * @file An LSTM learns to write as a text of your own does, character by character.
 *
 *     node --import tsx --conditions=@spm/source examples/lstm-on-a-text.ts FILE.txt STEPS
 */
import { readFileSync } from "node:fs";
import type { Tensor } from "@spm/core";
import * as c from "@spm/core";
import { drawToken } from "@spm/models";
import { crossEntropy, Embedding, Linear, Lstm, type LstmState, Module } from "@spm/nn";
import { adam, clipByGlobalNorm } from "@spm/optim";
import { wasm } from "@spm/wasm";

const [file = "README.md", steps = "150"] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
const characters = [...new Set(text)].sort();
const codes = Int32Array.from(text, (character) => characters.indexOf(character));
const [batch, time, random] = [16, 32, c.rng(1)];
c.setBackend(await wasm());

class Writer extends Module {
  readonly embedding = new Embedding(characters.length, 16, { random });
  readonly lstm = new Lstm(16, 64, { random });
  readonly head = new Linear(64, characters.length, { random });

  /** tokens [batch, time] → logits [batch, time, characters] and the state after them. */
  read(tokens: Tensor, before?: LstmState): { logits: Tensor; state: LstmState } {
    const given = before ? { state: before } : {};
    const { output, state } = this.lstm.scan(this.embedding.forward(tokens), given);
    return { logits: this.head.forward(output), state };
  }
  forward(tokens: Tensor): Tensor {
    return this.read(tokens).logits;
  }
}

const [model, int32] = [new Writer(), { dtype: "int32" } as const];
const optimizer = adam(model.parameters(), { learningRate: 0.01 });
const whole = c.tensor(codes);
for (let step = 0; step <= Number(steps); step++) {
  const starts = Array.from({ length: batch }, () => [random.integer(codes.length - time - 1)]);
  const loss = c.scope(() => {
    const places = c.add(c.tensor(starts, int32), c.arange(time, int32));
    const [x, y] = [c.take(whole, places, 0), c.take(whole, c.add(places, 1), 0)];
    const lossOf = () => crossEntropy(model.forward(x), y);
    const { value, grads } = c.valueAndGrad(lossOf, model.parameters());
    optimizer.step(clipByGlobalNorm(grads, 1).grads);
    return value;
  });
  if (step % 25 === 0) console.log(`step ${step}  ${(await loss.item()).toFixed(2)} nats`);
}

const written = [codes[0] ?? 0];
for (let state: LstmState | undefined; written.length < 200; ) {
  const last = written.at(-1) ?? 0;
  const next = c.noGrad(() => model.read(c.tensor([[last]], int32), state));
  state = next.state;
  written.push(await drawToken(await next.logits.data(), { random, temperature: 0.5 }));
}
console.log(written.map((code) => characters[code]).join(""));
