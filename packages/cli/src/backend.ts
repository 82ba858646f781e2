/** @file The backends that `--backend` names. */
import { availableParallelism } from "node:os";

/** The values of `--backend`. */
export type BackendName = "wasm" | "reference" | "gpu";

/** All of them, the default first. */
export const BACKENDS: readonly [BackendName, ...BackendName[]] = ["wasm", "reference", "gpu"];

let leave = async (): Promise<void> => {};

/** The help of `--threads`. */
export const THREADS =
  "threads of the wasm backend (default: the cores); the same bits for any number";

/**
 * Creates tensors on a backend from now on.
 *
 * @param threads - of the wasm backend (default: as many as cores)
 * @throws BackendError for `gpu` without a GPU, or without the optional package @spm/gpu
 */
export async function useBackend(
  name: BackendName,
  threads: number = availableParallelism(),
): Promise<void> {
  const { reference, setBackend } = await import("@spm/core");
  const { BackendError } = await import("@spm/core/extend");
  const backend =
    name === "reference"
      ? reference
      : name === "wasm"
        ? await import("@spm/wasm").then(({ wasm }) => wasm({ threads }))
        : await import("@spm/gpu")
            .catch((error: Error) => {
              const advice = "npm install @spm/gpu gpu.js@2.24.1 webgpu@0.6.2";
              throw new BackendError("gpu", "the package @spm/gpu", error.message, advice);
            })
            .then(({ gpu }) => gpu());
  setBackend(backend);
  if (name === "gpu") leave = () => backend.dispose();
}

/** Releases the GPU, which would keep the process alive. */
export const leaveBackend = (): Promise<void> => leave();
