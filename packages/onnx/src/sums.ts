/** @file Products, sums and norms as nodes. */
import { argmax, argmin, logsumexp, max, min, norm } from "@spm/core";
import {
  cumsumOp,
  matmulOp,
  type Reduction,
  showShape,
  sizeOf,
  sumOp,
  ValueError,
} from "@spm/core/extend";
import { layerNormOp, logSoftmaxOp, softmaxOp } from "@spm/nn/extend";
import { fftOp } from "@spm/numeric";
import type { Emitters } from "./emitters.ts";
import { fixed, places } from "./places.ts";
import { refuseOp } from "./tracing-backend.ts";

/** Registers them. */
export function emitSums(emitters: Emitters): void {
  const { graph } = emitters;
  emitters.node(matmulOp.primitive, "MatMul");
  emitters.on(sumOp.primitive, ([x], { axes, keepdims }, [spec]) => {
    if (axes.length === 0) return [x];
    return [graph.one("ReduceSum", [x, fixed(axes)], spec, { keepdims: Number(keepdims) })];
  });
  for (const [{ primitive }, node] of [
    [max, "ReduceMax"],
    [min, "ReduceMin"],
    [logsumexp, "ReduceLogSumExp"],
    [norm, "ReduceL2"],
  ] as const)
    emitters.node(primitive, node, over);
  for (const [{ primitive }, node] of [
    [argmax, "ArgMax"],
    [argmin, "ArgMin"],
  ] as const)
    emitters.on(primitive, ([x], { axes, keepdims }, [spec]) => {
      const [axis = 0, ...more] = axes;
      if (more.length > 0)
        throw new ValueError("exportOnnx", `${node} over one axis`, showShape(axes));
      return [places(graph, node, [x], [], spec, { axis, keepdims: Number(keepdims) })];
    });
  emitters.on(cumsumOp.primitive, ([x], axis, [spec]) => [
    graph.one("CumSum", [x, graph.numbers([axis], "int32")], spec),
  ]);
  emitNorms(emitters);
}

const over = ({ axes, keepdims }: Reduction) => ({ axes, keepdims: Number(keepdims) });

/** Softmax, layer norm and the Fourier transform. */
function emitNorms(emitters: Emitters): void {
  const { graph } = emitters;
  for (const [op, node] of [
    [softmaxOp, "Softmax"],
    [logSoftmaxOp, "LogSoftmax"],
  ] as const) {
    emitters.node(op.primitive, node, (axis) => ({ axis }));
    emitters.on(op.backward, () => refuseOp(op.backward.name));
  }
  emitters.node(layerNormOp.primitive, "LayerNormalization", (epsilon) => ({
    axis: -1,
    epsilon: { float: epsilon },
  }));
  emitters.on(layerNormOp.backward, () => refuseOp(layerNormOp.backward.name));
  emitters.on(fftOp.primitive, ([x], sign, [spec]) => {
    const [n = 1, pair = 2] = x.shape.slice(-2);
    const rows = [sizeOf(x.shape.slice(0, -2)), n, pair];
    const of = { shape: rows, dtype: x.dtype };
    const inverse = Number(sign === 1);
    const y = graph.one("DFT", [graph.reshape(x, rows)], of, { axis: 1, inverse });
    // the inverse of ONNX is divided by n
    const whole = inverse ? graph.one("Mul", [y, graph.numbers([n], x.dtype)], of) : y;
    return [graph.reshape(whole, spec.shape)];
  });
}
