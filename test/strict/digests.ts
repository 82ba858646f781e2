/**
 * @file The bits of every primitive, of its first and second derivatives, and of trained weights:
 * for runs that are to agree bit by bit. It runs in Node, in pages and in workers.
 */
import {
  type Backend,
  grad,
  noGrad,
  reference,
  rng,
  scope,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  vjp,
  withBackend,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { Gpt } from "@spm/models";
import { crossEntropy } from "@spm/nn";
import { adamw } from "@spm/optim";
import { rows } from "../contract/derivative-table.ts";
import { moduleRows } from "../contract/module-table.ts";
import { valueAndGradients } from "../contract/value-and-gradients.ts";

/** Digests by what they are of. */
type Digests = Readonly<Record<string, string>>;

/** FNV-1a of the bytes of arrays, in hexadecimal. */
function digest(arrays: readonly ArrayBufferView[]): string {
  let hash = 0x811c9dc5;
  for (const { buffer, byteOffset, byteLength } of arrays)
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength))
      hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16);
}

const bits = (tensors: readonly Tensor[]): string =>
  digest(tensors.map((t) => elements(t.ndarray())));

const eachOf = <T>(all: readonly T[], every: number): T[] => all.filter((_, i) => i % every === 0);

/** Primitives of core, numeric, linalg, mixer, nn and optim, on the reference. */
function ofPrimitives(every: number): Digests {
  const found: Record<string, string> = {};
  for (const { name, calls, none } of eachOf(rows, every))
    for (const [k, { f, inputs }] of calls.entries()) {
      const whole = `${name} ${k}`;
      if (none !== undefined) found[whole] = bits([noGrad(() => f(...inputs))]);
      else {
        const { value, pullback } = vjp(f, ...inputs);
        const slope = grad((ct) => sum(pullback(ct)[0] ?? ct));
        found[whole] = bits([value, ...pullback(value), slope(value)]);
      }
    }
  return found;
}

/** Modules on a backend, and the weights of a small Transformer after some steps. */
async function ofModules(backend: Backend, every: number): Promise<Digests> {
  const found: Record<string, string> = {};
  for (const { name, make, inputs } of eachOf(moduleRows, every))
    found[name] = digest(await valueAndGradients(make(), inputs(), backend));
  const sizes = { vocabulary: 11, context: 8, width: 16, heads: 2, layers: 1 };
  const model = withBackend(
    backend,
    () => new Gpt({ ...sizes, linear: "rotation", random: rng(1) }),
  );
  const optimizer = adamw(model.parameters(), { learningRate: 1e-2 });
  const tokens = tensor([[1, 2, 3, 4, 5, 6, 7, 8]], { dtype: "int32", backend });
  for (let step = 0; step < 5; step++)
    scope(() => {
      const loss = () => crossEntropy(model.forward(tokens), tokens);
      optimizer.step(valueAndGrad(loss, model.parameters()).grads);
    });
  found["trained weights"] = digest(
    await Promise.all(model.parameters().map((parameter) => parameter.data())),
  );
  return found;
}

/** What is computed in one place. */
export interface Computed {
  /** Whether strings may be compiled there. */
  readonly compilesStrings: boolean;
  /** From core to optim, on the reference. */
  readonly reference: Digests;
  /** The same modules on wasm; nothing where that is not asked for. */
  readonly wasm: Digests;
  /** What the backend says that it is; "" where none was asked for. */
  readonly backend: string;
}

/** What is to be computed. */
export interface Asked {
  /** Threads of wasm; 0: not on wasm, which is loaded only for it. */
  readonly threads: number;
  /** Of so many primitives and modules one. */
  readonly every: number;
}

export async function computed({ threads, every }: Asked): Promise<Computed> {
  let found: Digests = {};
  let name = "";
  if (threads > 0) {
    const { wasm } = await import("@spm/wasm");
    const backend = await wasm({ threads, bytes: 2 ** 26 });
    found = await ofModules(backend, every);
    ({ name } = backend.report());
    await backend.dispose();
  }
  const whole = { ...ofPrimitives(every), ...(await ofModules(reference, every)) };
  return { compilesStrings: compilesStrings(), reference: whole, wasm: found, backend: name };
}

function compilesStrings(): boolean {
  try {
    return new Function("return true")();
  } catch {
    return false;
  }
}
