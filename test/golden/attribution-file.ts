/**
 * @file `grass.json`: gradients of samples of a small network, what compressors make of them,
 * influence and TRAK scores, a linear layer over a sequence by its factors, LDS.
 */
import * as a from "@spm/attribution";
import {
  add,
  div,
  matmul,
  mean,
  type Parameter,
  parameter,
  relu,
  reshape,
  sum,
  type Tensor,
  tensor,
  transpose,
} from "@spm/core";
import { crossEntropy, Module } from "@spm/nn";
import { type Comparison, compare, type GoldenCase } from "./case.ts";
import type { GoldenTensor, Precision } from "./golden-tensor.ts";
import { Part } from "./part.ts";
import type { JsonObject } from "./python-json.ts";

/** linear, relu, linear, with parameters in the file's order. */
class Net extends Module {
  readonly w1: Parameter;
  readonly b1: Parameter;
  readonly w2: Parameter;
  readonly b2: Parameter;

  constructor(weights: Part, precision: Precision) {
    super();
    this.w1 = parameter(weights.tensor("W1", precision));
    this.b1 = parameter(weights.tensor("b1", precision));
    this.w2 = parameter(weights.tensor("W2", precision));
    this.b2 = parameter(weights.tensor("b2", precision));
  }

  forward(x: Tensor): Tensor {
    const h = relu(add(matmul(x, transposed(this.w1)), this.b1));
    return add(matmul(h, transposed(this.w2)), this.b2);
  }
}

const transposed = (x: Tensor): Tensor => transpose(x, [1, 0]);
const int32 = (values: readonly number[], shape = [values.length]): Tensor =>
  tensor(Int32Array.from(values), { shape });

/** Gradients of losses or margins, [n, p], and the margins [n]. */
function gradients(file: Part, precision: Precision, of: "loss" | "margin", test = false) {
  const mlp = file.part("mlp");
  const net = new Net(mlp.part("weights"), precision);
  const x = mlp.tensor(test ? "x_test" : "x", precision);
  const labels = int32(mlp.numbers(test ? "labels_test" : "labels"));
  const p = net.parameterCount();
  const loss = (x: Tensor, y: Tensor): Tensor =>
    of === "loss" ? crossEntropy(net.forward(x), y) : sum(a.margin(net.forward(x), y));
  // batches of 5 do not divide the samples
  const blocks = a.compressedGradients(
    net,
    loss,
    [x, labels],
    { "": a.wholeGradient(p) },
    {
      batchSize: 5,
    },
  );
  return { whole: only(blocks), margins: a.margin(net.forward(x), labels), p };
}

function only(blocks: a.GradientBlocks): Tensor {
  const { "": whole } = blocks;
  if (whole === undefined) throw new Error("expected the block of the whole model");
  return whole;
}

function sketch(part: Part, precision: Precision): a.Compressor {
  const rows = part.fields.row;
  const each = (key: string): number[][] =>
    Array.isArray(rows) && typeof rows[0] === "number"
      ? part.numbers(key).map((v) => [v])
      : part.lists(key);
  const shape = [each("row").length, each("row")[0]?.length ?? 0];
  const signs = tensor(Float64Array.from(each("sign").flat()), { shape, dtype: precision });
  return a.sparseProjection(int32(each("row").flat(), shape), signs, part.number("k"));
}

const grass = (file: Part, precision: Precision, p: number): a.Compressor =>
  a.chain(a.gradientMask(file.numbers("mask"), p), sketch(file.part("sjlt"), precision));

type Run = (precision: Precision) => readonly Comparison[];

/** The cases of the file. @throws MalformedError */
export function attributionCases(fields: JsonObject, where: string): GoldenCase[] {
  const file = new Part(fields, where);
  const cases: Readonly<Record<string, Run>> = {
    ...gradientCases(file),
    ...compressorCases(file),
    ...scoreCases(file),
    ...layerCases(file.part("linear_layer")),
    lds: (precision) => {
      const part = file.part("lds");
      const [score, truth] = [
        part.tensor("score", precision),
        part.tensor("ground_truth", precision),
      ];
      const each = a.lds(score, part.lists("subsets"), truth);
      const all = { shape: [], data: [part.number("mean")] };
      return [compare("each", each, part.golden("per_test")), compare("mean", mean(each), all)];
    },
  };
  return Object.entries(cases).map(([name, run]) => ({ name: `attribution_${name}`, run }));
}

function gradientCases(file: Part): Record<string, Run> {
  const mlp = file.part("mlp");
  const whole =
    (of: "loss" | "margin", key: string, test = false): Run =>
    (precision) => [compare(of, gradients(file, precision, of, test).whole, mlp.golden(key))];
  return {
    gradients_of_losses: whole("loss", "per_sample_grad_loss"),
    gradients_of_margins: whole("margin", "per_sample_grad_margin"),
    gradients_of_test_margins: whole("margin", "per_sample_grad_margin_test", true),
  };
}

function compressorCases(file: Part): Record<string, Run> {
  const compressed =
    (make: (precision: Precision, p: number) => a.Compressor, golden: GoldenTensor): Run =>
    (precision) => {
      const { whole, p } = gradients(file, precision, "loss");
      return [compare("ĝ", make(precision, p).compress(whole), golden)];
    };
  const rademacher = file.part("rademacher");
  const s3 = file.part("sjlt_s3");
  return {
    grass: compressed((precision, p) => grass(file, precision, p), file.golden("grass")),
    sjlt_s3: compressed((precision) => sketch(s3, precision), s3.golden("output")),
    rademacher: compressed((precision) => {
      const matrix = rademacher.tensor("matrix", precision);
      return a.projection(div(matrix, Math.sqrt(matrix.shape[1] ?? 1)));
    }, rademacher.golden("output")),
  };
}

function scoreCases(file: Part): Record<string, Run> {
  const compressed = (precision: Precision, of: "loss" | "margin") => {
    const [train, test] = [gradients(file, precision, of), gradients(file, precision, of, true)];
    const { compress } = grass(file, precision, train.p);
    const blocks = { train: { "": compress(train.whole) }, test: { "": compress(test.whole) } };
    return { ...blocks, margins: train.margins, p: train.p };
  };
  const influence =
    (key: string, dampingBy: "identity" | "trace"): Run =>
    (precision) => {
      const part = file.part(key);
      const options = { damping: part.number("damping"), dampingBy };
      const scores = a.influence([compressed(precision, "loss")], options);
      return [compare("scores", scores, part.golden("scores"))];
    };
  return {
    fisher: (precision) => {
      const g = compressed(precision, "loss").train[""];
      const fisher = div(matmul(transposed(g), g), g.shape[0] ?? 1);
      return [compare("F", fisher, file.part("influence").golden("fisher"))];
    },
    influence: influence("influence", "identity"),
    influence_adaptive: influence("influence_adaptive", "trace"),
    trak: (precision) => {
      const { p, ...checkpoint } = compressed(precision, "margin");
      const part = file.part("trak");
      const scores = a.trak([checkpoint], { damping: part.number("damping"), parameters: p });
      return [compare("scores", scores, part.golden("scores"))];
    },
  };
}

function layerCases(part: Part): Record<string, Run> {
  const taps = (precision: Precision) =>
    [part.tensor("a", precision), part.tensor("delta", precision)] as const;
  const masked = (second?: a.Compressor) =>
    a.factored(
      a.gradientMask(part.numbers("mask_in"), 8),
      a.gradientMask(part.numbers("mask_out"), 6),
      {
        ...(second && { second }),
      },
    );
  const logra = part.part("logra");
  return {
    layer_gradient: (precision) => {
      const [x, delta] = taps(precision);
      const whole = a.factored(a.wholeGradient(8), a.wholeGradient(6)).compress(x, delta);
      return [compare("G", reshape(whole, [3, 6, 8]), part.golden("full_gradient"))];
    },
    layer_masked: (precision) => [
      compare("Z", masked().compress(...taps(precision)), part.golden("intermediate")),
    ],
    factgrass: (precision) => {
      const { compress } = masked(sketch(part.part("sjlt"), precision));
      return [compare("ĝ", compress(...taps(precision)), part.golden("factgrass"))];
    },
    logra: (precision) => {
      const side = (key: string) => a.projection(transposed(logra.tensor(key, precision)));
      const { compress } = a.factored(side("P_in"), side("P_out"));
      return [compare("ĝ", compress(...taps(precision)), logra.golden("output"))];
    },
  };
}
