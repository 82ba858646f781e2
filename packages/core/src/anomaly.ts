/**
 * @file Anomaly mode: names the first op that makes a NaN or an infinity, instead of letting it
 * travel.
 */
import { elements, isFloating } from "./array.ts";
import { type Dynamic, during } from "./dynamic.ts";
import { BackendError, ValueError } from "./errors.ts";
import { showShape, stridesOf } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

const watching: Dynamic<boolean> = { value: false };
const place: Dynamic<string> = { value: "" };

/**
 * Runs `f` and throws at the first op whose result holds a NaN, or an infinity, that no operand
 * held. Costs a read of every result: for debugging. CPU backends only.
 * @throws ValueError naming the op, its shapes, the first bad index; its stack shows the call;
 * BackendError for tensors on a device
 * @example detectAnomaly(() => valueAndGrad(loss, parameters));
 */
export const detectAnomaly = <T>(f: () => T): T => during(watching, true, f);

/**
 * Runs one primitive's vjp under its name, so that a message can say in whose derivative it went
 * wrong.
 */
export const inVjpOf = <T>(name: string, f: () => T): T =>
  during(place, ` in the vjp of ${name}`, f);

const badness = (v: number): number => (Number.isNaN(v) ? 2 : Number.isFinite(v) ? 0 : 1);
const firstBad = (t: Tensor, held: number): number =>
  isFloating(t.dtype) ? elements(t.ndarray()).findIndex((v: number) => badness(v) > held) : -1;

/** Looks at the results of one call, when someone watches. */
export function inspect(op: string, inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
  if (!watching.value) return;
  const away = [...inputs, ...outputs].find(({ backend }) => backend.view === undefined);
  if (away !== undefined)
    throw new BackendError(
      "detectAnomaly",
      `${op} on tensors in CPU memory`,
      `one on ${away.backend.name}`,
      "run the step again on the reference backend",
    );
  const held = [1, 0].findLast((level) => inputs.every((t) => firstBad(t, level) < 0)) ?? 2;
  for (const t of outputs) {
    const bad = firstBad(t, held);
    if (bad < 0) continue;
    const index = stridesOf(t.shape).map((step, k) => Math.floor(bad / step) % t.shape[k]!);
    const got = `${elements(t.ndarray())[bad]} at ${showShape(index)} of ${showShape(t.shape)}`;
    const from = inputs.map((x) => showShape(x.shape)).join(", ");
    throw new ValueError(
      op,
      "finite results (anomaly mode)",
      `${got} from (${from})${place.value}`,
    );
  }
}
