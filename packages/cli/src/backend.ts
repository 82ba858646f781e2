/** @file The backends that `--backend` names. */

/** What `--backend` takes. */
export type BackendName = "wasm" | "reference" | "gpu";

/** All of them, the default first. */
export const BACKENDS: readonly [BackendName, ...BackendName[]] = ["wasm", "reference", "gpu"];

let leave = async (): Promise<void> => {};

/**
 * Creates tensors on a backend from now on.
 *
 * @throws BackendError for `gpu` without a GPU, or without the optional package @spm/gpu
 */
export async function useBackend(name: BackendName): Promise<void> {
  const { BackendError, reference, setBackend } = await import("@spm/core");
  const backend =
    name === "reference"
      ? reference
      : name === "wasm"
        ? await import("@spm/wasm").then(({ wasm }) => wasm())
        : await import("@spm/gpu")
            .catch((error: Error) => {
              const advice = "npm install @spm/gpu gpu.js@2.24.1 webgpu@0.6.2";
              throw new BackendError("gpu", "the package @spm/gpu", error.message, advice);
            })
            .then(({ gpu }) => gpu());
  setBackend(backend);
  if (name === "gpu") leave = () => backend.dispose();
}

/** Lets go of a GPU, which would keep the process alive. */
export const leaveBackend = (): Promise<void> => leave();
