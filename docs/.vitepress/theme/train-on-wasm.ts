/** @file The training of `<train-here>`, which a page loads when its button is pressed. */
import { reference, setBackend } from "@spm/core";
import type { LinearKind } from "@spm/nn";
import { wasm } from "@spm/wasm";
import { train } from "../../../examples/train-in-the-browser/spirals.ts";

/** Trains on wasm. @param watch - gets every tenth loss @returns the seconds that it took */
export async function trainOnWasm(
  kind: LinearKind,
  steps: number,
  watch: (loss: number) => Promise<void>,
): Promise<number> {
  const backend = await wasm({ bytes: 2 ** 28 });
  setBackend(backend);
  try {
    const begin = performance.now();
    await train(kind, steps, (_, loss) => watch(loss));
    return (performance.now() - begin) / 1000;
  } finally {
    setBackend(reference);
    await backend.dispose();
  }
}
