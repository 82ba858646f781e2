/**
 * @file `neural_collapse.json`: the twelve metrics of features and weights, with means and
 * covariances; a LayerNorm ResNet's features, L2-regularised loss and gradients.
 */
import { add, mul, Parameter, parameter, rng, type Tensor, tensor, valueAndGrad } from "@spm/core";
import { LayerNormResNet, squaredNorm } from "@spm/models";
import { crossEntropy } from "@spm/nn";
import { places } from "@spm/nn/extend";
import { type CollapseMetrics, classStatistics, neuralCollapse } from "@spm/trainer";
import { type Comparison, compare, type GoldenCase } from "./case.ts";
import { numbersError, type Precision, toTensor } from "./golden-tensor.ts";
import { Part } from "./part.ts";
import type { JsonObject } from "./python-json.ts";

/** The file's names of the metrics. */
const names: Readonly<Record<keyof CollapseMetrics, string>> = {
  nc1Whitened: "nc1_pinv",
  nc1Trace: "nc1_trace",
  nc2Norms: "nc2_norm",
  nc2Angles: "nc2_angle",
  nc2Means: "nc2_frob_means",
  nc2Weights: "nc2_frob_weights",
  nc2WeightNorms: "nc2_weight_norm",
  nc3Duality: "nc3_frob",
  nc3Products: "nc3_wh",
  nc3Cosines: "nc3_sample_cosine",
  nc4: "nc4_mismatch",
  centreLogits: "w_mean_plus_b",
};

const int32 = (values: readonly number[]): Tensor => tensor(Int32Array.from(values));

/** The cases of the file. @throws MalformedError */
export function collapseCases(fields: JsonObject, where: string): GoldenCase[] {
  const file = new Part(fields, where);
  return [
    ...file.parts("cases").map((part) => ({
      name: `collapse_${part.text("name")}`,
      run: () => metricsCase(part),
    })),
    { name: "collapse_residual_net", run: netCase(file.part("residual_net")) },
  ];
}

/** The metrics are computed in float64 in either precision of a check. */
function metricsCase(part: Part): Comparison[] {
  const [features, weight, bias] = ["features", "weight", "bias"].map((key) =>
    part.tensor(key, "float64"),
  ) as [Tensor, Tensor, Tensor];
  const labels = int32(part.numbers("labels"));
  const golden = part.part("metrics");
  const metrics = neuralCollapse(features, labels, weight, { bias });
  const found = classStatistics(features, labels, weight.shape[0] ?? 0);
  return [
    ...(Object.keys(names) as (keyof CollapseMetrics)[]).map((key) => ({
      what: key,
      error: numbersError([metrics[key]], [golden.number(names[key])]),
    })),
    compare("means", found.means, golden.golden("class_means")),
    compare("the global mean", found.globalMean, golden.golden("global_mean")),
    compare("Σ_W", found.within, golden.golden("sigma_w")),
    compare("Σ_B", found.between, golden.golden("sigma_b")),
  ];
}

function netCase(part: Part): (precision: Precision) => Comparison[] {
  const golden = [...part.goldens("blocks"), part.golden("classifier")];
  const grads = [...part.part("grads").goldens("blocks"), part.part("grads").golden("classifier")];
  const [classes = 0, width = 0] = golden.at(-1)?.shape ?? [];
  const depth = golden.length - 1;
  return (precision) => {
    const model = new LayerNormResNet({ width, depth, classes, random: rng(1) });
    const weights = places(model).filter(({ value }) => value instanceof Parameter);
    for (const [k, weight] of golden.entries())
      weights[k]?.replace(parameter(toTensor(weight, precision)));
    const [x, labels] = [part.tensor("x", precision), int32(part.numbers("labels"))];
    const half = part.number("lam") / 2;
    const loss = (): Tensor =>
      add(crossEntropy(model.forward(x), labels), mul(half, squaredNorm(model)));
    const { value, grads: found } = valueAndGrad(loss, model.parameters());
    return [
      compare("the features", model.embed(x), part.golden("features")),
      compare("the loss", value, { shape: [], data: [part.number("loss")] }),
      { what: "the parameters", error: numbersError([found.length], [grads.length]) },
      ...found.map((grad, k) => compare(`gradient ${k}`, grad, grads[k] ?? part.golden("x"))),
    ];
  };
}
