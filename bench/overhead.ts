/**
 * @file Claim: tape and dispatch cost less for each op than in tfjs (its CPU backend) and in
 * jax-js.
 *
 * The same graph everywhere: ten times tanh(x ⊙ w) on 2 × 2 numbers, where arithmetic takes almost
 * no time, forward alone and with the gradient by x; the result is read each time. Runs the built
 * packages, as users do. Exits with 1 if this framework's is not the lowest.
 */
import { mul, scope, sum, type Tensor, tanh, tensor, vjp } from "@spm/core";
import { candidate, type Measured, measure, speedup } from "../experiments/parts/harness.ts";
import { importPeer } from "./peers.ts";

const ROUNDS = 10;
const OPS = 2 * ROUNDS;
const X = [
  [0.1, 0.2],
  [0.3, 0.4],
];
const W = [
  [1.01, 1.02],
  [1, 0.99],
];

/** A framework on the graph; both functions return numbers, so that no work is deferred. */
interface Contender {
  readonly name: string;
  readonly forward: () => ArrayLike<number>;
  readonly gradient: () => ArrayLike<number>;
}

function ours(): Contender {
  const [x, w] = [tensor(X), tensor(W)];
  const chain = (t: Tensor): Tensor => {
    let y = t;
    for (let i = 0; i < ROUNDS; i++) y = tanh(mul(y, w));
    return y;
  };
  const one = tensor(1);
  return {
    name: "spm",
    forward: () => scope(() => chain(x).ndarray().data.slice()),
    gradient: () =>
      scope(() =>
        vjp((t) => sum(chain(t)), x)
          .pullback(one)[0]
          .ndarray()
          .data.slice(),
      ),
  };
}

/** The part of tfjs that is used. */
interface Tf {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  env(): { set(flag: string, value: boolean): void };
  tensor(values: number[][]): TfTensor;
  mul(a: TfTensor, b: TfTensor): TfTensor;
  tanh(x: TfTensor): TfTensor;
  sum(x: TfTensor): TfTensor;
  tidy<T>(f: () => T): T;
  valueAndGrad(f: (x: TfTensor) => TfTensor): (x: TfTensor) => { value: TfTensor; grad: TfTensor };
}
interface TfTensor {
  dataSync(): Float32Array;
}

async function tf(): Promise<Contender> {
  const module = await importPeer<Tf & { default?: Tf }>("tf");
  const t = module.default ?? module;
  t.env().set("IS_NODE", false); // suppresses its advertisement
  await t.setBackend("cpu");
  await t.ready();
  const [x, w] = [t.tensor(X), t.tensor(W)];
  const chain = (v: TfTensor): TfTensor => {
    let y = v;
    for (let i = 0; i < ROUNDS; i++) y = t.tanh(t.mul(y, w));
    return y;
  };
  const slope = t.valueAndGrad((v) => t.sum(chain(v)));
  return {
    name: "tfjs cpu",
    forward: () => t.tidy(() => chain(x).dataSync()),
    gradient: () => t.tidy(() => slope(x).grad.dataSync()),
  };
}

/** The part of jax-js that is used; `.ref` keeps an array that an op would consume. */
interface Jax {
  init(): Promise<unknown>;
  numpy: { array(values: number[][]): JaxArray; tanh(x: JaxArray): JaxArray };
  valueAndGrad(f: (x: JaxArray) => JaxArray): (x: JaxArray) => [JaxArray, JaxArray];
}
interface JaxArray {
  readonly ref: JaxArray;
  mul(other: JaxArray): JaxArray;
  sum(): JaxArray;
  dataSync(): Float32Array;
}

async function jax(): Promise<Contender> {
  const j = await importPeer<Jax>("jax");
  await j.init();
  const [x, w] = [j.numpy.array(X), j.numpy.array(W)];
  const chain = (v: JaxArray): JaxArray => {
    let y = v;
    for (let i = 0; i < ROUNDS; i++) y = j.numpy.tanh(y.mul(w.ref));
    return y;
  };
  const slope = j.valueAndGrad((v) => chain(v).sum());
  return {
    name: "jax-js",
    forward: () => chain(x.ref).dataSync(),
    gradient: () => {
      const [value, grad] = slope(x.ref);
      value.dataSync();
      return grad.dataSync();
    },
  };
}

/** @throws where two contenders don't compute the same */
function checkAgreement(contenders: readonly Contender[]): void {
  const [first, ...rest] = contenders;
  for (const part of ["forward", "gradient"] as const)
    for (const other of rest) {
      const [a, b] = [first![part](), other[part]()];
      const off = Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!)));
      if (!(a.length === b.length && off < 1e-5))
        throw new Error(`${other.name}: another ${part}, off by ${off}`);
    }
}

const contenders = [ours(), await tf(), await jax()];
checkAgreement(contenders);
let lowest = true;
for (const part of ["forward", "gradient"] as const) {
  const candidates = contenders.map((c) => candidate(c.name, c[part]));
  const measured = await measure(candidates, { rounds: 9, seconds: 0.25 });
  const [mine] = measured as [Measured];
  console.log(`${part}: µs for each of ${OPS} ops, median of 9 alternating rounds`);
  for (const m of measured) {
    const microseconds = ((m.seconds / OPS) * 1e6).toFixed(2).padStart(10);
    console.log(
      `  ${m.name.padEnd(10)}${microseconds} ` +
        `µs${m === mine ? "" : `${speedup(m, mine).toFixed(1)}×`.padStart(9)}`,
    );
    if (m !== mine && speedup(m, mine) <= 1) lowest = false;
  }
}
if (!lowest) {
  console.error("overhead: expected ours to be the lowest, got another");
  process.exitCode = 1;
}
