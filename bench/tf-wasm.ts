/** @file A peer: tfjs on its wasm backend. */
import { type Framework, labelOf, mlpShapes, mlpWeights, uniform } from "./framework.ts";
import { importPeer, peerVersion } from "./peers.ts";

interface TfTensor {
  dataSync(): Float32Array;
  dispose(): void;
}

/** The part of its interface that is used. */
interface Tf {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor(values: Float32Array | Int32Array, shape: number[], dtype?: string): TfTensor;
  variable(initial: TfTensor): TfTensor;
  add(a: TfTensor, b: TfTensor): TfTensor;
  matMul(a: TfTensor, b: TfTensor): TfTensor;
  relu(x: TfTensor): TfTensor;
  oneHot(indices: TfTensor, depth: number): TfTensor;
  losses: { softmaxCrossEntropy(labels: TfTensor, logits: TfTensor): TfTensor };
  train: {
    adam(learningRate: number): { minimize(loss: () => TfTensor, returnCost: true): TfTensor };
  };
  tidy<T>(f: () => T): T;
  grads(f: (...x: TfTensor[]) => TfTensor): (x: TfTensor[], dy: TfTensor) => TfTensor[];
}

const unwrap = <Module extends object>(module: Module & { default?: Module }): Module =>
  module.default ?? module;

/** Loads it. */
export async function startTfWasm(): Promise<Framework> {
  const t = unwrap(await importPeer<Tf>("tf"));
  const wasm = unwrap(await importPeer<{ setThreadsCount(count: number): void }>("tfWasm"));
  wasm.setThreadsCount(1);
  if (!(await t.setBackend("wasm"))) throw new Error("tfjs: expected its wasm backend, got none");
  await t.ready();
  return {
    name: `tfjs wasm ${peerVersion("tfWasm").split(" ")[1]}`,
    async dense(n, batch) {
      const [x, w, bias] = [
        t.tensor(uniform(batch * n, 1), [batch, n]),
        t.tensor(uniform(n * n, 1), [n, n]),
        t.tensor(uniform(n, 1), [n]),
      ];
      // W as [in, out]: its transposed products are slow
      const layer = (...[a, b, c]: TfTensor[]): TfTensor => t.add(t.matMul(a!, b!), c!);
      const slopes = t.grads(layer);
      return {
        forward: () => t.tidy(() => void layer(x, w, bias)),
        train: () => t.tidy(() => void slopes([x, w, bias], x)),
      };
    },
    mlpStep({ hidden, batch }) {
      const layers = mlpShapes(hidden).map(([fanIn, fanOut]) => ({
        w: t.variable(t.tensor(mlpWeights(fanIn, fanOut), [fanIn, fanOut])),
        bias: t.variable(t.tensor(new Float32Array(fanOut), [fanOut])),
      }));
      const x = t.tensor(uniform(batch * 784, 1), [batch, 784]);
      const labels = t.oneHot(
        t.tensor(
          Int32Array.from({ length: batch }, (_, i) => labelOf(i)),
          [batch],
          "int32",
        ),
        10,
      );
      const optimizer = t.train.adam(1e-3);
      const loss = (): TfTensor => {
        const out = layers.reduce(
          (h, { w, bias }, i) => t.add(t.matMul(i > 0 ? t.relu(h) : h, w), bias),
          x,
        );
        return t.losses.softmaxCrossEntropy(labels, out);
      };
      return () => {
        const cost = optimizer.minimize(loss, true);
        const value = cost.dataSync()[0]!;
        cost.dispose();
        return value;
      };
    },
  };
}
