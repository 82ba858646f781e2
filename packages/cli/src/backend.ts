/** @file The backends that `--backend` names. */

/** What `--backend` takes. */
export type BackendName = "wasm" | "reference";

/** All of them, the default first. */
export const BACKENDS: readonly [BackendName, ...BackendName[]] = ["wasm", "reference"];

/** Creates tensors on a backend from now on. */
export async function useBackend(name: BackendName): Promise<void> {
  const { reference, setBackend } = await import("@spm/core");
  if (name === "reference") return setBackend(reference);
  const { wasm } = await import("@spm/wasm");
  setBackend(await wasm());
}
