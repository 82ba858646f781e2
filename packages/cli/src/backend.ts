/** @file The backends that `--backend` names. */
import { reference, setBackend } from "@spm/core";
import { wasm } from "@spm/wasm";

/** What `--backend` takes; the first is the default. */
export type BackendName = "wasm" | "reference";

/** Creates tensors on a backend from now on. */
export async function useBackend(name: BackendName): Promise<void> {
  setBackend(name === "wasm" ? await wasm() : reference);
}
