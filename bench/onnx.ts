/** @file A peer: onnxruntime-node on one thread, which runs a dense layer forward. */
import protobuf from "protobufjs";
import { type Framework, uniform } from "./framework.ts";
import { importPeer, peerVersion } from "./peers.ts";

/** The part of onnx.proto that a dense layer needs. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Model { int64 ir_version = 1; Graph graph = 7; repeated OperatorSet opset_import = 8; }
  message OperatorSet { string domain = 1; int64 version = 2; }
  message Graph {
    repeated Node node = 1; string name = 2; repeated Constant initializer = 5;
    repeated Value input = 11; repeated Value output = 12;
  }
  message Node {
    repeated string input = 1; repeated string output = 2; string op_type = 4;
    repeated Attribute attribute = 5;
  }
  message Attribute { string name = 1; int64 i = 3; int32 type = 20; }
  message Constant {
    repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9;
  }
  message Value { string name = 1; Type type = 2; }
  message Type { TensorType tensor_type = 1; }
  message TensorType { int32 elem_type = 1; Shape shape = 2; }
  message Shape { repeated Dimension dim = 1; }
  message Dimension { int64 dim_value = 1; }
`);

const FLOAT = 1;
const INTEGER_ATTRIBUTE = 2;

/** y = x Wᵀ + bias as an ONNX file. */
function denseModel(n: number, batch: number): Uint8Array {
  const constant = (name: string, dims: number[]): object => {
    const values = uniform(
      dims.reduce((a, b) => a * b),
      1,
    );
    return { name, dims, dataType: FLOAT, rawData: new Uint8Array(values.buffer) };
  };
  const dim = [{ dimValue: batch }, { dimValue: n }];
  const value = (name: string): object => ({
    name,
    type: { tensorType: { elemType: FLOAT, shape: { dim } } },
  });
  const attribute = [{ name: "transB", i: 1, type: INTEGER_ATTRIBUTE }];
  const model = {
    irVersion: 8,
    opsetImport: [{ domain: "", version: 13 }],
    graph: {
      name: "dense",
      node: [{ opType: "Gemm", input: ["x", "w", "bias"], output: ["y"], attribute }],
      initializer: [constant("w", [n, n]), constant("bias", [n])],
      input: [value("x")],
      output: [value("y")],
    },
  };
  return root.lookupType("Model").encode(model).finish();
}

/** The part of its interface that is used. */
interface Onnx {
  InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{ run(feeds: Readonly<Record<string, unknown>>): Promise<unknown> }>;
  };
  Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => unknown;
}

/** Loads it. */
export async function startOnnx(): Promise<Framework> {
  const { InferenceSession, Tensor } = await importPeer<Onnx>("onnx");
  return {
    name: peerVersion("onnx"),
    async dense(n, batch) {
      const session = await InferenceSession.create(denseModel(n, batch), {
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
      });
      const x = new Tensor("float32", uniform(batch * n, 1), [batch, n]);
      return { forward: () => session.run({ x }) };
    },
  };
}
