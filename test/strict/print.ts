/** @file Prints the digests as JSON, and whether strings may be compiled here. */
import { wasm } from "@spm/wasm";
import { ofModules, onReference } from "./digests.ts";

let strings = true;
try {
  new Function("");
} catch {
  strings = false;
}
const backend = await wasm({ threads: 2, bytes: 2 ** 26 });
const [reference, onWasm] = [await onReference(), await ofModules(backend)];
await backend.dispose();
console.log(JSON.stringify({ strings, reference, wasm: onWasm }));
