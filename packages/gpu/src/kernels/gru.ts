/**
 * @file The step of a gated recurrent unit: h′ = (1 − z) ⊙ n + z ⊙ h in one kernel, its backward
 * pass in three.
 */
import type { Shape } from "@spm/core";
import { sizeOf } from "@spm/core/extend";
import { type DeviceArray, rowMajor } from "../device-array.ts";
import type { Executor } from "../executor.ts";
import { parameters, withWhole } from "./elementwise.ts";
import { setSigmoid, setTanh } from "./functions.ts";

/**
 * Statements that set r, z, n, the state h and n's share of the state, `un`, of the unit at a
 * column, each with `suffix`; the arrays from `a{first}` on are x's gates, h's gates and h.
 */
function gates(first: number, width: number, unit: string, suffix: string): string {
  const at = (array: number, gate: number): string =>
    `a${first + array}[this.thread.y * ${3 * width} + ${unit} + ${gate * width}]`;
  const [r, z, n] = [`r${suffix}`, `z${suffix}`, `n${suffix}`];
  return (
    `const at${r} = ${at(0, 0)} + ${at(1, 0)}; const at${z} = ${at(0, 1)} + ${at(1, 1)}; ` +
    `${setSigmoid(r, `at${r}`)}${setSigmoid(z, `at${z}`)}` +
    `const u${n} = ${at(1, 2)}; ` +
    `const at${n} = ${at(0, 2)} + ${r} * u${n}; ${setTanh(n, `at${n}`)}` +
    `const h${suffix} = a${first + 2}[this.thread.y * ${width} + ${unit}]; `
  );
}

/** Runs a kernel on dense inputs, a thread for each element of the result. */
const run = (
  executor: Executor,
  inputs: readonly DeviceArray[],
  shape: Shape,
  body: string,
): DeviceArray =>
  withWhole(executor, inputs, (dense) => {
    const source = `function (${parameters(inputs.length)}) { ${body} }`;
    const output = [shape.at(-1) ?? 1, sizeOf(shape.slice(0, -1))] as const;
    const memories = dense.map((x) => x.memory);
    const kernel = { source, output, arrays: inputs.length, scalars: 0 };
    return rowMajor(executor.run(kernel, memories, []), shape, "float32");
  });

type GruInputs = readonly [x: DeviceArray, u: DeviceArray, h: DeviceArray];

/** h′ from x's gates, h's gates and h. */
export function gruForward(executor: Executor, inputs: GruInputs): DeviceArray {
  const [, , { shape }] = inputs;
  const width = shape.at(-1) ?? 1;
  const body = `${gates(0, width, "this.thread.x", "")}return (1 - z) * n + z * h;`;
  return run(executor, inputs, shape, body);
}

/** The cotangents of x's gates, h's gates and h, from that of h′ and the step's inputs. */
export function gruBackward(
  executor: Executor,
  ct: DeviceArray,
  inputs: GruInputs,
): [xBar: DeviceArray, uBar: DeviceArray, hBar: DeviceArray] {
  const [{ shape: gatesShape }, , { shape }] = inputs;
  const width = shape.at(-1) ?? 1;
  const operands = [ct, ...inputs];
  /** The statements of the columns of gate number `gate`. */
  const branch = (gate: number, value: (suffix: string) => string): string => {
    const unit = gate === 0 ? "this.thread.x" : `(this.thread.x - ${gate * width})`;
    const suffix = `${gate}`;
    return (
      gates(1, width, unit, suffix) +
      `const g${suffix} = a0[this.thread.y * ${width} + ${unit}]; ` +
      `const b${suffix} = g${suffix} * (1 - z${suffix}) * (1 - n${suffix} * n${suffix}); ` +
      `return ${value(suffix)};`
    );
  };
  const ofGates = (ofN: (suffix: string) => string): string =>
    `if (this.thread.x < ${width}) { ` +
    `${branch(0, (s) => `b${s} * un${s} * r${s} * (1 - r${s})`)} } ` +
    `if (this.thread.x < ${2 * width}) { ` +
    `${branch(1, (s) => `g${s} * (h${s} - n${s}) * z${s} * (1 - z${s})`)} } ${branch(2, ofN)}`;
  return [
    run(
      executor,
      operands,
      gatesShape,
      ofGates((s) => `b${s}`),
    ),
    run(
      executor,
      operands,
      gatesShape,
      ofGates((s) => `b${s} * r${s}`),
    ),
    run(
      executor,
      operands,
      shape,
      branch(0, (s) => `g${s} * z${s}`),
    ),
  ];
}
