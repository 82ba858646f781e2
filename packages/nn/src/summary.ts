/** @file The summary of a model: its modules, shapes, parameters, FLOP. */

import { noGrad, type Shape, type Tensor } from "@spm/core";
import { checkTensors, printsAs, showShape, sizeOf, ValueError } from "@spm/core/extend";
import { withEvaluation } from "./evaluation-mode.ts";
import { checkModule, type Module, parameterBytes } from "./module.ts";
import { count, textTable } from "./text-table.ts";
import { refuseUnseen, unseenIn } from "./unseen.ts";

/** A module of the model, without the modules in its fields. */
export interface SummaryRow {
  /** "" for the model itself. */
  readonly path: string;
  readonly kind: string;
  /** Shapes of the inputs of its first call; null when it was not called. */
  readonly inputs: readonly Shape[] | null;
  readonly output: Shape | null;
  readonly parameters: number;
  /** FLOP of all calls. */
  readonly flops: number;
}

/** The result of {@link summary}, which prints as a table. */
export interface Summary {
  readonly rows: readonly SummaryRow[];
  readonly total: Cost;
}

/**
 * The modules of a model, from one forward in evaluation: shapes in and out, parameters, FLOP of
 * linear maps, attention, convolution and recurrence (without element-wise work and normalisation).
 * Tied parameters count once.
 * @param inputs - of the model's forward, [...]
 * @throws ValueError where inputs of the forward are missing, or it uses a parameter that is in no
 * field
 * @example
 * const model = new Linear(784, 10, { random: rng(1) });
 * summary(model, zeros([1, 784])).total.parameters; // 7850
 */
export function summary(model: Module, ...inputs: Tensor[]): Summary {
  checkModule("summary", model);
  if (inputs.length === 0 && model.forward.length > 0)
    throw new ValueError("summary", "the inputs of a forward, e.g. zeros([1, 784])", "none");
  checkTensors("summary", ...inputs);
  const modules = model.namedModules();
  const calls = new Map<Module, { inputs: readonly Shape[]; output: Shape; flops: number }>();
  const watch = (module: Module): (() => void) => {
    const own = Object.getOwnPropertyDescriptor(module, "forward");
    const { forward } = module;
    module.forward = (...xs) => {
      const y = forward.apply(module, xs);
      // an input that is left out has no shape
      const shapes = xs.map((x: Tensor | undefined) => x?.shape ?? []);
      const given = shapes.filter((_, k) => xs[k] !== undefined);
      const before = calls.get(module) ?? { inputs: given, output: y.shape, flops: 0 };
      calls.set(module, { ...before, flops: before.flops + module.flops(shapes) });
      return y;
    };
    return () => {
      Reflect.deleteProperty(module, "forward");
      if (own !== undefined) Object.defineProperty(module, "forward", own);
    };
  };
  const restore = [...modules.values()].map(watch);
  try {
    const { unseen } = unseenIn(model, () =>
      withEvaluation(model, () => noGrad(() => model.forward(...inputs))),
    );
    refuseUnseen("summary", unseen);
  } finally {
    for (const back of restore) back();
  }
  const own = ownParameters(model, modules);
  const rows = [...modules].map(([path, module]) => {
    const { inputs = null, output = null, flops = 0 } = calls.get(module) ?? {};
    return {
      path,
      kind: module.label,
      inputs,
      output,
      parameters: own.get(path) ?? 0,
      flops,
    };
  });
  const flops = rows.reduce((sum, row) => sum + row.flops, 0);
  const total = { parameters: model.parameterCount(), bytes: parameterBytes(model), flops };
  return printsAs({ rows, total }, () => asTable(rows, total));
}

/** The number of trainable values of each module, without those of modules in its fields. */
function ownParameters(model: Module, modules: ReadonlyMap<string, Module>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [path, p] of model.namedParameters()) {
    let owner = path;
    do owner = owner.slice(0, Math.max(0, owner.lastIndexOf(".")));
    while (!modules.has(owner));
    counts.set(owner, (counts.get(owner) ?? 0) + sizeOf(p.shape));
  }
  return counts;
}

function asTable(rows: readonly SummaryRow[], { parameters, bytes, flops }: Cost): string {
  const shapes = ({ inputs, output }: SummaryRow): string =>
    inputs === null || output === null
      ? ""
      : `${inputs.map(showShape).join(" ")} → ${showShape(output)}`;
  const some = (n: number): string => (n === 0 ? "" : count(n));
  const body = rows.map((row) => [
    row.path,
    row.kind,
    shapes(row),
    some(row.parameters),
    some(row.flops),
  ]);
  const end = ["total", `${count(bytes)} bytes`, "", count(parameters), count(flops)];
  return textTable(["path", "module", "shapes", "parameters", "FLOP"], [...body, end], 3);
}

/** Trainable values, the bytes they take, and floating-point operations. */
export interface Cost {
  readonly parameters: number;
  readonly bytes: number;
  readonly flops: number;
}
