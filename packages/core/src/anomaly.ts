/** @file Anomaly mode: names the first op that makes a NaN or an infinity, instead of letting it travel. */
import { elements } from "./array.ts";
import { ValueError } from "./errors.ts";
import { showShape, stridesOf } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

let watching = false;
let inside = "";

/**
 * Runs `f` and throws at the first op whose result holds a NaN, or an infinity that no operand held.
 * Costs a read of every result: for debugging. CPU backends only.
 * @throws ValueError naming the op, its shapes, the first bad index; its stack shows the call
 * @example detectAnomaly(() => valueAndGrad(loss, parameters));
 */
export function detectAnomaly<T>(f: () => T): T {
  const before = watching;
  watching = true;
  try {
    return f();
  } finally {
    watching = before;
  }
}

/** Runs one primitive's vjp under its name, so that a message can say in whose derivative it went wrong. */
export function inVjpOf<T>(name: string, f: () => T): T {
  const before = inside;
  inside = ` in the vjp of ${name}`;
  try {
    return f();
  } finally {
    inside = before;
  }
}

/** Looks at the results of one call, when someone watches. */
export function inspect(op: string, inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
  if (!watching) return;
  const infinite = inputs.some((t) => firstBad(t, false) >= 0);
  for (const output of outputs) {
    const bad = firstBad(output, infinite);
    if (bad < 0) continue;
    const place = stridesOf(output.shape).map((stride, k) => Math.floor(bad / stride) % output.shape[k]!);
    const from = inputs.map((t) => showShape(t.shape)).join(", ");
    const got = `${elements(output.ndarray())[bad]} at ${showShape(place)} of ${showShape(output.shape)} from (${from})${inside}`;
    throw new ValueError(op, "finite results (anomaly mode)", got);
  }
}

function firstBad(t: Tensor, nanOnly: boolean): number {
  const bad = nanOnly ? Number.isNaN : (v: number) => !Number.isFinite(v);
  return elements(t.ndarray()).findIndex(bad);
}
