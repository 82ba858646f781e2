/** @file Anomaly mode: names the first op that makes a NaN or an infinity, instead of letting it travel. */
import { elements } from "./array.ts";
import { ValueError } from "./errors.ts";
import { showShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

let watching = false;
let differentiating: string | null = null;

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
  if (!watching) return f();
  const before = differentiating;
  differentiating = name;
  try {
    return f();
  } finally {
    differentiating = before;
  }
}

/** Looks at the results of one call, when someone watches. */
export function inspect(op: string, inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
  if (!watching) return;
  for (const output of outputs) {
    const bad = firstBad(
      output,
      inputs.some((t) => firstBad(t, false) >= 0),
    );
    if (bad < 0) continue;
    const shapes = inputs.map((t) => showShape(t.shape)).join(", ");
    const where = differentiating === null ? "" : ` in the vjp of ${differentiating}`;
    const value = elements(output.ndarray())[bad];
    throw new ValueError(
      op,
      "finite results (anomaly mode)",
      `${value} at ${showIndex(bad, output)} of ${showShape(output.shape)} from (${shapes})${where}`,
    );
  }
}

function firstBad(t: Tensor, nanOnly: boolean): number {
  if (t.dtype !== "float32" && t.dtype !== "float64") return -1;
  return elements(t.ndarray()).findIndex((v) => Number.isNaN(v) || (!nanOnly && !Number.isFinite(v)));
}

function showIndex(flat: number, { shape }: Tensor): string {
  const index = [...shape];
  let rest = flat;
  for (let k = shape.length - 1; k >= 0; k--) {
    index[k] = rest % shape[k]!;
    rest = Math.floor(rest / shape[k]!);
  }
  return showShape(index);
}
