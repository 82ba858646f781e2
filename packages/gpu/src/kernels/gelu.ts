/** @file GELU: a launch forward, and one back. */
import type { GeluForm } from "@spm/nn/extend";
import type { DeviceArray } from "../device-array.ts";
import type { Executor } from "../executor.ts";
import { elementwise } from "./elementwise.ts";
import { setErf, setTanh } from "./functions.ts";

/** Statements that set `s` to 2Φ(x) − 1, and `d` to 2 dΦ/dx. */
const shares = (x: string): Readonly<Record<GeluForm, string>> => ({
  none:
    `const z = 0.7071067811865476 * ${x}; ${setErf("s", "z")}` +
    "const d = 0.7978845608028654 * Math.exp(-z * z); ",
  tanh:
    `const q = 0.044715 * ${x} * ${x}; const z = 0.7978845608028654 * ${x} * (1 + q); ` +
    `${setTanh("s", "z")}const d = (1 - s * s) * 0.7978845608028654 * (1 + 3 * q); `,
});

/** y = x Φ(x). */
export const geluForward = (executor: Executor, x: DeviceArray, form: GeluForm): DeviceArray =>
  elementwise(
    executor,
    x.shape,
    x.dtype,
    [x],
    `${shares("x0")[form]}return x0 === x0 ? 0.5 * x0 * (1 + s) : x0;`,
  );

/** x̄ = ȳ (Φ(x) + x Φ′(x)). */
export const geluBackward = (
  executor: Executor,
  ct: DeviceArray,
  x: DeviceArray,
  form: GeluForm,
): DeviceArray =>
  elementwise(
    executor,
    x.shape,
    x.dtype,
    [ct, x],
    `${shares("x1")[form]}return x1 === x1 ? 0.5 * x0 * (1 + s + x1 * d) : x1;`,
  );
