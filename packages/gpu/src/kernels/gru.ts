/**
 * @file The step of a gated recurrent unit: h′ = (1 − z) ⊙ n + z ⊙ h in one kernel, its backward
 * pass in three.
 */
import { sizeOf } from "@spm/core";
import { type DeviceArray, rowMajor } from "../device-array.ts";
import type { Executor } from "../executor.ts";
import { parameters, whole } from "./elementwise.ts";
import { setSigmoid, setTanh } from "./functions.ts";

/**
 * Statements that set r, z, n, the state h and n's share of the state, `un`, of the unit at a
 * column, each with `suffix`; the arrays from `a{first}` on are x's gates, h's gates and h.
 */
function gates(first: number, width: number, unit: string, suffix: string): string {
  const at = (array: number, gate: number): string =>
    `a${first + array}[this.thread.y * ${3 * width} + ${unit} + ${gate * width}]`;
  const [r, z, n] = ["r", "z", "n"].map((name) => name + suffix);
  return (
    `const at${r} = ${at(0, 0)} + ${at(1, 0)}; const at${z} = ${at(0, 1)} + ${at(1, 1)}; ` +
    `${setSigmoid(r!, `at${r}`)}${setSigmoid(z!, `at${z}`)}` +
    `const u${n} = ${at(1, 2)}; ` +
    `const at${n} = ${at(0, 2)} + ${r} * u${n}; ${setTanh(n!, `at${n}`)}` +
    `const h${suffix} = a${first + 2}[this.thread.y * ${width} + ${unit}]; `
  );
}

/** Runs a kernel of `columns` × rows over dense copies of its inputs. */
function run(
  executor: Executor,
  inputs: readonly DeviceArray[],
  columns: number,
  body: string,
): DeviceArray {
  const { shape } = inputs.at(-1)!;
  const used = inputs.map((x) => whole(executor, x));
  const source = `function (${parameters(inputs.length)}) { ${body} }`;
  const rows = sizeOf(shape.slice(0, -1));
  const memory = executor.run(
    { source, output: [columns, rows], arrays: inputs.length, scalars: 0 },
    used.map((x) => x.memory),
    [],
  );
  for (const [k, x] of used.entries()) if (x !== inputs[k]) executor.release(x.memory);
  return rowMajor(memory, shape.with(-1, columns), "float32");
}

/** h′ from x's gates, h's gates and h. */
export function gruForward(executor: Executor, inputs: readonly DeviceArray[]): DeviceArray {
  const width = inputs[2]!.shape.at(-1)!;
  return run(
    executor,
    inputs,
    width,
    `${gates(0, width, "this.thread.x", "")}return (1 - z) * n + z * h;`,
  );
}

/** The cotangents of x's gates, h's gates and h, from that of h′ and the step's inputs. */
export function gruBackward(executor: Executor, inputs: readonly DeviceArray[]): DeviceArray[] {
  const width = inputs[3]!.shape.at(-1)!;
  /** What a branch returns where the gate that its columns belong to is the `gate`-th. */
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
      inputs,
      3 * width,
      ofGates((s) => `b${s}`),
    ),
    run(
      executor,
      inputs,
      3 * width,
      ofGates((s) => `b${s} * r${s}`),
    ),
    run(
      executor,
      inputs,
      width,
      branch(0, (s) => `g${s} * z${s}`),
    ),
  ];
}
