/** @file The check of a backend, apart from those that know tensors: backend.ts has need of it. */
import { BackendError } from "../errors.ts";
import { showValue } from "../prints-as.ts";

/** The backend itself. @throws BackendError for another value, such as a name or a promise */
export function checkBackend<B extends { upload: unknown }>(op: string, backend: B): B {
  if (typeof backend?.upload === "function") return backend;
  const promised = (backend as unknown) instanceof Promise;
  const help = promised ? "wait for it: await wasm()" : "open one: await wasm(), await gpu()";
  throw new BackendError(op, "a backend", promised ? "a promise" : showValue(backend), help);
}
