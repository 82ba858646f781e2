/** @file A peer: jax-js on its wasm backend. */
import { type Framework, labelOf, mlpShapes, mlpWeights, uniform } from "./framework.ts";
import { importPeer, peerVersion } from "./peers.ts";

/** `.ref` keeps an array that an op would consume. */
interface JaxArray {
  readonly ref: JaxArray;
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray | number): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  div(other: JaxArray | number): JaxArray;
  sum(): JaxArray;
  transpose(): JaxArray;
  item(): number;
  dispose(): void;
}

type Arrays = readonly JaxArray[];

/** The part of its interface that is used. */
interface Jax {
  init(...devices: string[]): Promise<unknown>;
  defaultDevice(device: string): string;
  blockUntilReady<T>(tree: T): Promise<T>;
  numpy: {
    array(values: Float32Array, options?: { shape?: number[] }): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    sqrt(x: JaxArray): JaxArray;
  };
  nn: { relu(x: JaxArray): JaxArray; logSoftmax(x: JaxArray, axis: number): JaxArray };
  jit<Args extends readonly unknown[], T>(f: (...args: Args) => T): (...args: Args) => T;
  vjp(
    f: (...x: JaxArray[]) => JaxArray,
    x: Arrays,
  ): [JaxArray, ((ct: JaxArray) => Arrays) & { dispose(): void }];
  valueAndGrad(f: (x: Arrays) => JaxArray): (x: Arrays) => [JaxArray, Arrays];
}

const RATE = 1e-3;
const [FADE_MEAN, FADE_SQUARE, EPSILON] = [0.9, 0.999, 1e-8];

/** Loads it. */
export async function startJaxWasm(): Promise<Framework> {
  const j = await importPeer<Jax>("jax");
  const { array, matmul, sqrt } = j.numpy;
  await j.init("wasm");
  j.defaultDevice("wasm");

  /** One step of Adam, compiled as a whole; `rate` has the corrections of both averages. */
  const mlpStep: Framework["mlpStep"] = ({ hidden, batch }) => {
    const loss = (parameters: Arrays, x: JaxArray, labels: JaxArray): JaxArray => {
      let h = x;
      for (let i = 0; i < parameters.length; i += 2)
        h = matmul(i > 0 ? j.nn.relu(h) : h, parameters[i]!).add(parameters[i + 1]!);
      return labels
        .mul(j.nn.logSoftmax(h, -1))
        .sum()
        .mul(-1 / batch);
    };
    const step = j.jit(
      (p: Arrays, mean: Arrays, square: Arrays, x: JaxArray, labels: JaxArray, rate: JaxArray) => {
        const [value, slopes] = j.valueAndGrad((q) => loss(q, x.ref, labels.ref))(
          p.map((v) => v.ref),
        );
        const nextMean = mean.map((m, i) =>
          m.mul(FADE_MEAN).add(slopes[i]!.ref.mul(1 - FADE_MEAN)),
        );
        const nextSquare = square.map((s, i) =>
          s.mul(FADE_SQUARE).add(slopes[i]!.ref.mul(slopes[i]!).mul(1 - FADE_SQUARE)),
        );
        const next = p.map((v, i) =>
          v.sub(rate.ref.mul(nextMean[i]!.ref).div(sqrt(nextSquare[i]!.ref).add(EPSILON))),
        );
        return [value, next, nextMean, nextSquare] as const;
      },
    );
    const zeros = (): JaxArray[] =>
      mlpShapes(hidden).flatMap(([fanIn, fanOut]) => [
        array(new Float32Array(fanIn * fanOut), { shape: [fanIn, fanOut] }),
        array(new Float32Array(fanOut)),
      ]);
    let parameters: Arrays = mlpShapes(hidden).flatMap(([fanIn, fanOut]) => [
      array(mlpWeights(fanIn, fanOut), { shape: [fanIn, fanOut] }),
      array(new Float32Array(fanOut)),
    ]);
    let [mean, square]: Arrays[] = [zeros(), zeros()];
    const x = array(uniform(batch * 784, 1), { shape: [batch, 784] });
    const oneHot = Float32Array.from({ length: 10 * batch }, (_, k) =>
      Number(labelOf(Math.floor(k / 10)) === k % 10),
    );
    const labels = array(oneHot, { shape: [batch, 10] });
    let steps = 0;
    return async () => {
      steps++;
      const corrected = (RATE * Math.sqrt(1 - FADE_SQUARE ** steps)) / (1 - FADE_MEAN ** steps);
      const rate = array(Float32Array.of(corrected));
      let value: JaxArray;
      [value, parameters, mean, square] = step(parameters, mean!, square!, x.ref, labels.ref, rate);
      await j.blockUntilReady([parameters, mean, square]);
      return value.item();
    };
  };

  return {
    name: peerVersion("jax").replace("jax", "jax-js wasm"),
    async dense(n, batch) {
      const x = array(uniform(batch * n, 1), { shape: [batch, n] });
      const w = array(uniform(n * n, 1), { shape: [n, n] });
      const bias = array(uniform(n, 1));
      const layer = (...[a, b, c]: JaxArray[]): JaxArray => matmul(a!, b!.transpose()).add(c!);
      return {
        forward: async () => drop(await j.blockUntilReady([layer(x.ref, w.ref, bias.ref)])),
        train: async () => {
          const [y, pullback] = j.vjp(layer, [x.ref, w.ref, bias.ref]);
          drop(await j.blockUntilReady([y, ...pullback(x.ref)]));
          pullback.dispose();
        },
      };
    },
    mlpStep,
  };
}

/** Releases arrays. */
function drop(arrays: Arrays): void {
  for (const a of arrays) a.dispose();
}
