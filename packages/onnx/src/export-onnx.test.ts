import {
  add,
  concat,
  mean,
  mul,
  normal,
  ones,
  parameter,
  rng,
  type Shape,
  sum,
  type Tensor,
} from "@spm/core";
import { brick, butterfly, rotationMixer, type Schedule, shuffle } from "@spm/mixer";
import { Gru, Linear, MixerLayer, Module, Sequential } from "@spm/nn";
import { atan2 } from "@spm/numeric";
import { expect, test } from "vitest";
import { type ExportOnnxOptions, exportOnnx } from "./index.ts";

const random = rng(1);
const of = (...shape: number[]): ExportOnnxOptions => ({ inputs: { x: { shape } } });
const layer = (f: (x: Tensor) => Tensor): Module => new Sequential([f]);

/** The number of nodes of a square mixer without a bias, whose diagonals are folded in. */
async function nodesOf(schedule: Schedule, more: Partial<ExportOnnxOptions> = {}) {
  const { n } = schedule;
  const model = new MixerLayer(rotationMixer, n, n, { schedule, bias: false, random });
  const { nodes } = await exportOnnx(model, { ...of(n), ...more });
  return Object.values(nodes).reduce((a, b) => a + b);
}

test("a mixer of up to 256 coordinates is one node, of any schedule", async () => {
  for (const schedule of [butterfly(256), butterfly(64, 12), shuffle(200), brick(12)])
    expect(await nodesOf(schedule)).toBe(1);
});

test("a butterfly of 9 to 12 stages is two products: 7 nodes", async () => {
  for (const n of [512, 1024]) expect(await nodesOf(butterfly(n))).toBe(7);
});

test("stages of another schedule are 4 nodes each, or all are one matrix", async () => {
  expect(await nodesOf(shuffle(300))).toBe(4 * shuffle(300).stages);
  expect(await nodesOf(shuffle(300), { largestMatrix: 300 })).toBe(1);
});

test("equal weights are in the file once, for all steps of a recurrent network", async () => {
  const model = new Gru(4, 64, { linear: "rotation", random });
  const bytes = async (time: number) => (await exportOnnx(model, of(time, 4))).bytes.length;
  const [short, long] = [await bytes(2), await bytes(4)];
  expect(short).toBeGreaterThan(4 * 3 * 64 * 64);
  expect(long - short).toBeLessThan(10_000);
});

test("the model is in training again afterwards, on its own backend", async () => {
  const model = new Linear(3, 2, { random });
  const { backend } = model.weight;
  const { outputShape, opset, irVersion } = await exportOnnx(model, of(3));
  expect([outputShape, opset, irVersion]).toEqual([["batch", 2], 17, 8]);
  expect(model.training).toBe(true);
  expect(model.weight.backend).toBe(backend);
});

test("several inputs have their names, in the order of the forward's", async () => {
  class Joined extends Module {
    forward(a: Tensor, b: Tensor): Tensor {
      return concat([a, b], 1);
    }
  }
  const inputs = { left: { shape: [2] }, right: { shape: [3] } };
  const { bytes, nodes, outputShape } = await exportOnnx(new Joined(), { inputs, output: "both" });
  expect([nodes, outputShape]).toEqual([{ Concat: 1 }, ["batch", 5]]);
  const node = /left[^a-z]*right[^a-z]*both/.exec(Buffer.from(bytes).toString("latin1"));
  expect(node).not.toBeNull();
});

/** What is refused for a forward of x [batch, ...shape]. */
async function refused(f: (x: Tensor) => Tensor, ...shape: Shape): Promise<string> {
  return exportOnnx(layer(f), of(...shape)).then(
    () => "nothing",
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

test("what ONNX can't express is refused", async () => {
  expect(await refused((x) => mul(x, sum(x).ndarray().get()), 2)).toMatchInlineSnapshot(
    `
    "BackendError: exportOnnx: expected ops on tensors that no number is read of, and parameters in fields of the model, got ndarray: expected a tensor in CPU memory, got one on onnx
    help: where() chooses in the graph; a #private field can't be walked"
  `,
  );
  expect(await refused((x) => mean(x, 0), 2)).toMatchInlineSnapshot(`
    "ShapeError: exportOnnx: expected a forward that is the same for a batch of any size, got a constant of Div for 97 samples and another for 101
    help: only sizes that are multiples of the batch may depend on it"
  `);
  expect(await refused((x) => add(x, ones([x.shape[0] ?? 0, 1])), 2)).toBe("nothing");
  expect(
    await refused((x) => add(x, normal(rng(1), [x.shape[0] ?? 0, 2])), 2),
  ).toMatchInlineSnapshot(`
    "ShapeError: exportOnnx: expected a forward that is the same for a batch of any size, got a constant [97, 2] for 97 samples and [101, 2] for 101
    help: only sizes that are multiples of the batch may depend on it"
  `);
  expect(await refused((x) => atan2(x, 1), 2)).toMatchInlineSnapshot(`
    "BackendError: exportOnnx: expected ops with a counterpart in ONNX, on what depends on an input, got atan2
    help: compose it of others that have one: docs/onnx.md lists them"
  `);
  class Hidden extends Module {
    readonly #gain = parameter(ones([2]));
    forward(x: Tensor): Tensor {
      return mul(x, this.#gain);
    }
  }
  await expect(exportOnnx(new Hidden(), of(2))).rejects.toThrowErrorMatchingInlineSnapshot(`
    [BackendError: exportOnnx: expected ops on tensors that no number is read of, and parameters in fields of the model, got mul: expected all tensors on onnx, got one on reference
    help: where() chooses in the graph; a #private field can't be walked]
  `);
});

test("inputs are checked", async () => {
  const model = new Linear(3, 2, { random });
  const wrong = (options: object) => exportOnnx(model, options as ExportOnnxOptions);
  await expect(wrong({})).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ValueError: exportOnnx: expected inputs by name, got none
    help: inputs: { x: { shape: [784] } }]
  `);
  await expect(wrong({ inputs: { y: { shape: [3] } } })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[ValueError: exportOnnx: expected other names for inputs than the output's, got "y"]`,
  );
  await expect(wrong({ inputs: { x: { shape: [0] } } })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: exportOnnx: expected the shape of one sample for x, got [0]]`,
  );
  await expect(
    wrong({ inputs: { x: { shape: [3], dtype: "float16" } } }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[ValueError: exportOnnx: expected float32, float64, int32, bool, uint8, got "float16"]`,
  );
  await expect(wrong({ ...of(3), metadata: { epochs: 3 } })).rejects.toThrow("got 3");
  await expect(wrong({ ...of(3), opset: 18 })).rejects.toThrow(
    'exportOnnx: unknown option "opset"',
  );
});
