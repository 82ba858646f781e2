/**
 * @file Trains in a worker, so that the thread that started it, a server's or a page's, does
 * nothing but listen.
 *
 * A worker wants one file of JavaScript, and a bundler makes it:
 *
 *     npx esbuild examples/training-in-a-worker.ts --bundle --platform=node --format=esm \
 *       --conditions=@spm/source --outfile=/tmp/train.mjs
 *     node /tmp/train.mjs
 *
 * In a browser the worker's half works with `postMessage` and `onmessage`; nothing here but
 * `node:worker_threads` needs Node.
 */
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { rng } from "@spm/core";
import { DataLoader, gaussianClusters } from "@spm/data";
import { Mlp } from "@spm/models";
import { adam } from "@spm/optim";
import { classification, fit } from "@spm/trainer";

/** What the worker says. */
type Message =
  | { readonly step: number; readonly accuracy: number }
  | { readonly weights: Record<string, Float32Array> };

/** The worker's half: trains until it is done or told to stop, and sends its weights. */
async function train(port: NonNullable<typeof parentPort>): Promise<void> {
  const stop = new AbortController();
  port.once("message", () => stop.abort());
  const data = gaussianClusters({ count: 600, features: 16, classes: 4, seed: 1 });
  const model = new Mlp({ sizes: [16, 32, 4], linear: "rotation", random: rng(1) });
  const say = (message: Message): void => port.postMessage(message);
  await fit(model, new DataLoader(data, { batchSize: 50, seed: 1 }), {
    loss: classification,
    optimizer: adam(model.parameters(), { learningRate: 1e-2 }),
    epochs: 1000,
    callbacks: [{ onLog: ({ step, metrics }) => say({ step, accuracy: metrics.accuracy ?? 0 }) }],
    signal: stop.signal,
    yieldAfter: 20, // how long a stop may go unheard, in milliseconds
  });
  const weights = Object.entries(model.stateDict()).map(
    async ([path, value]) => [path, await value.data()] as const,
  );
  say({ weights: Object.fromEntries(await Promise.all(weights)) as Record<string, Float32Array> });
  port.close();
}

/** The other half: shows how far it is, and stops it when that is far enough. */
function listen(): void {
  const worker = new Worker(new URL(import.meta.url));
  let asked = false;
  worker.on("message", (message: Message) => {
    if ("weights" in message)
      console.log(`stopped; the weights of ${Object.keys(message.weights).join(", ")} are here`);
    else if (!asked) {
      console.log(`step ${message.step}  accuracy ${message.accuracy.toFixed(2)}`);
      asked = message.accuracy > 0.95;
      if (asked) worker.postMessage("stop");
    }
  });
  worker.on("error", (error) => {
    throw error;
  });
}

if (isMainThread || parentPort === null) listen();
else await train(parentPort);
