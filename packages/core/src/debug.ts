/** @file Debugging: the first op that makes a NaN, and the tape as text. */
import { elements, isFloating } from "./array.ts";
import { BackendError, ValueError } from "./errors.ts";
import { scope, synchronous } from "./scope.ts";
import { showShape, stridesOf } from "./shape.ts";
import { type Call, type Dynamic, during, withTape } from "./tape.ts";
import { showSpec, type Tensor } from "./tensor.ts";

/** Sees one call of a primitive. */
type Visit = (op: string, inputs: readonly Tensor[], outputs: readonly Tensor[]) => void;
const visitor: Dynamic<Visit | null> = { value: null };
const place: Dynamic<string> = { value: "" };

/** Tells the visitor of {@link inspectCalls} of a call. */
export const inspect: Visit = (op, xs, ys) => visitor.value?.(op, xs, ys);

/**
 * Runs `f`; `visit` sees the name, the operands and the results [...] of each primitive that runs.
 * @param op - the function that asks, for the message (default `inspectCalls`)
 * @throws TapeError when `f` returns a promise
 * @example inspectCalls((op) => console.log(op), () => square(tensor([3]))); // [9]
 */
export const inspectCalls = <T>(visit: Visit, f: () => T, op = "inspectCalls"): T =>
  during(visitor, visit, () => synchronous(op, f));

/**
 * Runs `f` and throws at the first op whose result has a NaN, or an infinity, that no operand had.
 * It reads every result, on CPU backends only.
 * @throws ValueError with the op, its shapes and the first bad index, whose stack shows the call;
 * BackendError for tensors on a device; TapeError when `f` returns a promise
 * @example detectAnomaly(() => valueAndGrad(loss, parameters));
 */
export const detectAnomaly = <T>(f: () => T): T => inspectCalls(checkFinite, f, "detectAnomaly");

/** Runs one primitive's vjp under its name, which messages of {@link detectAnomaly} have. */
export const inVjpOf = <T>(name: string, f: () => T): T =>
  during(place, ` in the vjp of ${name}`, f);

const badness = (v: number): number => (Number.isNaN(v) ? 2 : Number.isFinite(v) ? 0 : 1);
const firstBad = (t: Tensor, held: number): number =>
  isFloating(t.dtype) ? elements(t.ndarray()).findIndex((v: number) => badness(v) > held) : -1;

/** Checks the results of one call. */
const checkFinite: Visit = (op, inputs, outputs) => {
  const away = [...inputs, ...outputs].find(({ backend }) => backend.arrayOf === undefined);
  if (away !== undefined) {
    const [expected, got] = [`${op} on tensors in CPU memory`, `one on ${away.backend.name}`];
    throw new BackendError("detectAnomaly", expected, got, "run it again on the reference backend");
  }
  const held = [1, 0].findLast((level) => inputs.every((t) => firstBad(t, level) < 0)) ?? 2;
  for (const t of outputs) {
    const bad = firstBad(t, held);
    if (bad < 0) continue;
    const index = stridesOf(t.shape).map((step, k) => Math.floor(bad / step) % t.shape[k]!);
    const got = `${elements(t.ndarray())[bad]} at ${showShape(index)} of ${showShape(t.shape)}`;
    const from = `(${inputs.map((x) => showShape(x.shape)).join(", ")})${place.value}`;
    throw new ValueError(op, "finite results (anomaly mode)", `${got} from ${from}`);
  }
};

/**
 * Runs `f` and lists every primitive that ran, also those of derivatives: result, operands, and the
 * bytes of its new storages (0 for a view).
 * @returns a line each
 * @throws TapeError when `f` returns a promise
 * @example console.log(printTape(() => grad(loss)(x)));
 */
export function printTape(f: () => unknown): string {
  const show = (ts: readonly Tensor[]) => ts.map(showSpec).join(" ");
  const line = ({ name, inputs, outputs, residual }: Call) => {
    const made = [...outputs, ...(residual?.holders ?? [])];
    const storages = new Set(made.map(({ storage }) => storage));
    for (const { storage } of inputs) storages.delete(storage);
    const bytes = [...storages].reduce((total, storage) => total + storage.bytes, 0);
    return `${show(outputs)} = ${name}(${show(inputs)})  ${bytes} B`;
  };
  const { tape } = scope(() => withTape(null, () => synchronous("printTape", f)));
  return tape.nodes.map(({ call }) => line(call)).join("\n");
}
