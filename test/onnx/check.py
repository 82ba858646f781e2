"""Checks ONNX files and runs them in NumPy: argv[1] is a folder with list.json, in which each entry
has the file's name, the input and the expected output. Prints a line of JSON: what differs most."""

import json
import math
import sys

import numpy as np
import onnx
from onnx import checker, helper, numpy_helper, shape_inference

erf = np.vectorize(math.erf, otypes=[np.float64])


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def cut(x, starts, ends, axes, steps):
    index = [slice(None)] * x.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps):
        end = None if step < 0 and end < -x.shape[axis] else end
        index[axis] = slice(start, end, step)
    return x[tuple(index)]


def layer_norm(x, weight, bias, axis, epsilon):
    centred = x - x.mean(axis, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis, keepdims=True) + epsilon) * weight + bias


def dft(x, axis, inverse):
    z = x[..., 0] + 1j * x[..., 1]
    z = (np.fft.ifft if inverse else np.fft.fft)(z, axis=axis)
    return np.stack([z.real, z.imag], -1).astype(x.dtype)


def scatter(zeros, index, x, axis):
    out = zeros.copy()
    places = list(np.indices(index.shape))
    places[axis] = index
    np.add.at(out, tuple(places), x)
    return out


def topk(x, k, axis, largest):
    order = np.argsort(-x if largest else x, axis=axis, kind="stable")
    index = np.take(order, range(int(k[0])), axis=axis)
    return np.take_along_axis(x, index, axis), index


def pairs(pads):
    half = len(pads) // 2
    return list(zip(pads[:half], pads[half:]))


UNARY = {
    "Neg": np.negative, "Sign": np.sign, "Floor": np.floor, "Ceil": np.ceil, "Round": np.round,
    "Abs": np.abs, "Sqrt": np.sqrt, "Exp": np.exp, "Log": np.log, "Sin": np.sin, "Cos": np.cos,
    "Tanh": np.tanh, "Sinh": np.sinh, "Cosh": np.cosh, "Asinh": np.arcsinh, "Erf": erf,
    "Sigmoid": lambda x: 1 / (1 + np.exp(-x)), "Softplus": lambda x: np.logaddexp(x, 0),
    "Relu": lambda x: np.maximum(x, 0), "Not": np.logical_not, "Identity": lambda x: x,
}
BINARY = {
    "Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide, "Pow": np.power,
    "Max": np.maximum, "Min": np.minimum, "Equal": np.equal, "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal, "And": np.logical_and, "Or": np.logical_or,
    "MatMul": np.matmul,
}


def keep(a):
    return {"axis": tuple(a["axes"]), "keepdims": bool(a["keepdims"])}


OPS = {
    **{name: lambda a, x, f=f: f(x) for name, f in UNARY.items()},
    **{name: lambda a, x, y, f=f: f(x, y) for name, f in BINARY.items()},
    "Where": lambda a, mask, x, y: np.where(mask, x, y),
    "Cast": lambda a, x: np.trunc(x).astype(helper.mapping.TENSOR_TYPE_TO_NP_TYPE[a["to"]]),
    "Reshape": lambda a, x, shape: x.reshape(shape),
    "Transpose": lambda a, x: x.transpose(a["perm"]),
    "Expand": lambda a, x, shape: x * np.ones(shape, x.dtype),
    "Shape": lambda a, x: np.array(x.shape[a["start"] : a["end"]], np.int64),
    "Concat": lambda a, *xs: np.concatenate(xs, a["axis"]),
    "Split": lambda a, x, sizes: np.split(x, np.cumsum(sizes)[:-1], a["axis"]),
    "Slice": lambda a, *operands: cut(*operands),
    "Pad": lambda a, x, pads, value: np.pad(x, pairs(pads), constant_values=value),
    "Gather": lambda a, x, index: np.take(x, index, a["axis"]),
    "GatherElements": lambda a, x, index: np.take_along_axis(x, index, a["axis"]),
    "ScatterElements": lambda a, zeros, index, x: scatter(zeros, index, x, a["axis"]),
    "TopK": lambda a, x, k: topk(x, k, a["axis"], a["largest"]),
    "ArgMax": lambda a, x: x.argmax(a["axis"]),
    "ArgMin": lambda a, x: x.argmin(a["axis"]),
    "CumSum": lambda a, x, axis: np.cumsum(x, int(axis)),
    "ReduceSum": lambda a, x, axes: x.sum(tuple(axes), keepdims=bool(a["keepdims"])),
    "ReduceMax": lambda a, x: x.max(**keep(a)),
    "ReduceMin": lambda a, x: x.min(**keep(a)),
    "ReduceLogSumExp": lambda a, x: np.log(np.exp(x).sum(**keep(a))),
    "ReduceL2": lambda a, x: np.sqrt((x**2).sum(**keep(a))),
    "Softmax": lambda a, x: softmax(x, a["axis"]),
    "LogSoftmax": lambda a, x: np.log(softmax(x, a["axis"])),
    "LayerNormalization": lambda a, x, w, b: layer_norm(x, w, b, a["axis"], a["epsilon"]),
    "DFT": lambda a, x: dft(x, a["axis"], a["inverse"]),
}


def run(graph, x):
    values = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    values[graph.input[0].name] = x
    for node in graph.node:
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        result = OPS[node.op_type](attributes, *(values[name] for name in node.input))
        results = result if isinstance(result, (list, tuple)) else [result]
        values.update(zip(node.output, results))
    return values[graph.output[0].name]


def main(folder):
    with open(f"{folder}/list.json", encoding="utf8") as file:
        entries = json.load(file)
    found = []
    for entry in entries:
        model = onnx.load(f"{folder}/{entry['file']}")
        checker.check_model(model, full_check=True)
        inferred = shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
        x = np.array(entry["input"], entry["type"]).reshape(entry["inputShape"])
        want = np.array(entry["output"], np.float64)
        got = run(model.graph, x)
        sizes = inferred.graph.output[0].type.tensor_type.shape.dim
        shape = [size.dim_param or size.dim_value for size in sizes]
        right = list(got.shape) == entry["outputShape"]
        worst = float(np.abs(got.reshape(-1) - want).max()) if right else None
        found.append({
            "name": entry["name"], "worst": worst, "shape": shape,
            "opset": model.opset_import[0].version, "ir": model.ir_version,
            "ops": sorted({node.op_type for node in model.graph.node}),
        })
    print(json.dumps({"found": found, "known": sorted(OPS)}))


main(sys.argv[1])
