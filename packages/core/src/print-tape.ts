/** @file The tape as text. */
import { scope, synchronous } from "./scope.ts";
import { type Call, withTape } from "./tape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Runs `f` and lists every primitive that ran, those of derivatives too: operands, result, bytes
 * that it took (views: 0).
 * @returns a line each
 * @throws TapeError when `f` returns a promise
 * @example console.log(printTape(() => grad(loss)(x)));
 */
export function printTape(f: () => unknown): string {
  const show = (ts: readonly Tensor[]) => ts.map((t) => `${t.dtype}[${t.shape}]`).join(" ");
  const line = ({ name, inputs, outputs, residual }: Call) => {
    const storages = new Set(
      [...outputs, ...(residual?.views ?? [])].map(({ storage }) => storage),
    );
    for (const { storage } of inputs) storages.delete(storage);
    const bytes = [...storages].reduce((total, storage) => total + storage.bytes, 0);
    return `${show(outputs)} = ${name}(${show(inputs)})  ${bytes} B`;
  };
  const { tape } = scope(() => withTape(null, () => synchronous("printTape", f())));
  return tape.nodes.map(({ call }) => line(call)).join("\n");
}
