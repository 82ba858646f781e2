/** @file Element-wise ops as nodes. */
import {
  abs,
  add,
  ceil,
  cos,
  type DType,
  div,
  equal,
  exp,
  expm1,
  floor,
  greater,
  greaterEqual,
  log,
  log1p,
  logicalAnd,
  logicalOr,
  maximum,
  minimum,
  mul,
  neg,
  notEqual,
  pow,
  relu,
  round,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
} from "@spm/core";
import {
  type BinaryOp,
  castOp,
  type Spec,
  sameShape,
  type UnaryOp,
  whereOp,
} from "@spm/core/extend";
import { asinh, cosh, erf, log2, log10, sinh } from "@spm/numeric";
import type { Emitters } from "./emitters.ts";
import type { Graph, Value } from "./graph.ts";
import { typeNumber } from "./model-file.ts";

/** The ops that are one node of the same operands. */
const binary: readonly (readonly [op: BinaryOp, node: string])[] = [
  [add, "Add"],
  [sub, "Sub"],
  [mul, "Mul"],
  [div, "Div"],
  [pow, "Pow"],
  [maximum, "Max"],
  [minimum, "Min"],
  [equal, "Equal"],
  [greater, "Greater"],
  [greaterEqual, "GreaterOrEqual"],
];

const unary: readonly (readonly [op: UnaryOp, node: string])[] = [
  [neg, "Neg"],
  [sign, "Sign"],
  [floor, "Floor"],
  [ceil, "Ceil"],
  [round, "Round"],
  [abs, "Abs"],
  [sqrt, "Sqrt"],
  [exp, "Exp"],
  [log, "Log"],
  [sin, "Sin"],
  [cos, "Cos"],
  [tanh, "Tanh"],
  [sigmoid, "Sigmoid"],
  [softplus, "Softplus"],
  [relu, "Relu"],
  [erf, "Erf"],
  [sinh, "Sinh"],
  [cosh, "Cosh"],
  [asinh, "Asinh"],
];

/** Registers them. */
export function emitElementwise(emitters: Emitters): void {
  const { graph } = emitters;
  for (const [{ primitive }, node] of unary) emitters.node(primitive, node);
  for (const [{ primitive }, node] of binary)
    emitters.on(primitive, (inputs, _, [spec]) => [
      graph.one(node, unrepeated(graph, inputs, spec), spec),
    ]);
  for (const [op, node] of [
    [logicalAnd, "And"],
    [logicalOr, "Or"],
  ] as const)
    emitters.on(op.primitive, (inputs, _, [spec]) => {
      const masks = inputs.map((x) => cast(graph, x, "bool"));
      return [graph.one(node, unrepeated(graph, masks, spec), spec)];
    });
  emitters.on(notEqual.primitive, (inputs, _, [spec]) => [
    graph.one("Not", [graph.one("Equal", unrepeated(graph, inputs, spec), spec)], spec),
  ]);
  emitters.on(whereOp.primitive, (inputs, _, [spec]) => [
    graph.one("Where", unrepeated(graph, inputs, spec), spec),
  ]);
  emitters.on(castOp.primitive, ([x], dtype) => [cast(graph, x, dtype)]);
  emitters.node(
    square.primitive,
    "Mul",
    () => ({}),
    ([x]) => [x, x],
  );
  around(emitters, expm1, "Exp", { after: -1 });
  around(emitters, log1p, "Log", { before: 1 });
  around(emitters, log2, "Log", { times: Math.LOG2E });
  around(emitters, log10, "Log", { times: Math.LOG10E });
}

/** f(x + before) · times + after, each number where it is given. */
function around(
  emitters: Emitters,
  { primitive }: UnaryOp,
  node: string,
  numbers: { readonly before?: number; readonly times?: number; readonly after?: number },
): void {
  const { graph } = emitters;
  emitters.on(primitive, ([x], _, [spec]) => {
    const by = (op: string, v: Value, number: number | undefined): Value =>
      number === undefined ? v : graph.one(op, [v, graph.numbers([number], spec.dtype)], spec);
    const inner = graph.one(node, [by("Add", x, numbers.before)], spec);
    return [by("Add", by("Mul", inner, numbers.times), numbers.after)];
  });
}

/** The value in another dtype. */
const cast = (graph: Graph, x: Value, dtype: DType): Value =>
  x.dtype === dtype
    ? x
    : graph.one("Cast", [x], { shape: x.shape, dtype }, { to: typeNumber(dtype) });

/**
 * Operands of a node that broadcasts, without an Expand before it where the result has its shape
 * all the same.
 */
function unrepeated(graph: Graph, inputs: readonly Value[], { shape }: Spec): readonly Value[] {
  const bare = inputs.map((x) => graph.source(x, "Expand") ?? x);
  const rank = shape.length;
  const reached = shape.map((_, k) =>
    Math.max(...bare.map((x) => x.shape[k - rank + x.shape.length] ?? 1)),
  );
  return sameShape(reached, shape) ? bare : inputs;
}
