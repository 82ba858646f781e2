/** @file `spm export`: a trained model as an ONNX file. */
import { add, div, mul, reshape, sub, type Tensor } from "@spm/core";
import type { ImageEncoding } from "@spm/data/datasets";
import type { Gpt, Mlp } from "@spm/models";
import { type Module, Sequential, softmax } from "@spm/nn";
import { type ExportOnnxOptions, exportOnnx, type OnnxFile, type OnnxInput } from "@spm/onnx";
import type { ProgressStream } from "@spm/trainer";
import { formatCount } from "@spm/trainer/format";
import { loadModel as loadDescribed, writeAtomically } from "@spm/trainer/node";
import { classNames, numberTarget } from "./assess.ts";
import { assertNew } from "./new-file.ts";
import type { Registries } from "./registries.ts";
import { languageModel } from "./saved-gpt.ts";
import { loadModel, openCheckpoint } from "./saved-model.ts";
import type { SavedConfig } from "./saved-task.ts";

/** A model with what its file needs to be told. */
interface Exportable {
  readonly model: Module;
  readonly options: ExportOnnxOptions;
}

/** Options of {@link exportModel}. */
export interface ExportModelOptions {
  /** The file to write. */
  readonly onnx: string;
  /** One sample, for a file that describes its model; without it the file is that of a training. */
  readonly input?: OnnxInput;
}

/**
 * Writes a model as ONNX, and prints its input, its output and its nodes. Nothing is written unless
 * all of it can be expressed.
 *
 * @param path - a run folder or a checkpoint of `spm train`, a GPT that `spm experiment charlm`
 * saved, or with `input` any file of a model that describes itself
 * @throws RunError for a place that is taken; CheckpointError for what is none; BackendError for an
 * op without a counterpart in ONNX
 */
export async function exportModel(
  path: string,
  { onnx, input }: ExportModelOptions,
  stdout: ProgressStream,
  registries: Registries,
): Promise<void> {
  assertNew("export", onnx);
  const { model, options } =
    input === undefined
      ? await trained(path, registries)
      : { model: loadDescribed(path), options: { inputs: { x: input } } };
  const file = await exportOnnx(model, options);
  writeAtomically(onnx, file.bytes);
  stdout.write(described(onnx, options, file));
}

async function trained(path: string, registries: Registries): Promise<Exportable> {
  const checkpoint = await openCheckpoint(path);
  const gpt = languageModel("export", path, checkpoint);
  return gpt ? ofGpt(gpt) : ofMlp(loadModel(path, checkpoint, registries));
}

/** A language model on its whole context. */
const ofGpt = ({ model, vocabulary }: { model: Gpt; vocabulary: string }): Exportable => ({
  model,
  options: {
    inputs: { tokens: { shape: [model.context], dtype: "int32" } },
    output: "logits",
    metadata: { vocabulary },
  },
});

/** A perceptron with its preprocessing, as far as that is arithmetic. */
function ofMlp({
  model,
  config,
}: {
  readonly model: Mlp;
  readonly config: SavedConfig;
}): Exportable {
  const { encoding, vocabulary, features, classes } = config;
  const metadata = {
    ...(encoding !== undefined && { encoding: JSON.stringify(encoding) }),
    ...(vocabulary !== undefined && { vocabulary }),
  };
  const target = numberTarget(encoding);
  if (target !== undefined) {
    const inUnits = (y: Tensor): Tensor => add(mul(y, target.std), target.mean);
    return {
      model: new Sequential([model, inUnits]),
      options: { inputs: { features: { shape: [features] } }, output: "value", metadata },
    };
  }
  const named = { ...metadata, classes: JSON.stringify(classNames(encoding, classes)) };
  if (encoding?.kind !== "images")
    return {
      model: new Sequential([model, softmax]),
      options: {
        inputs: { features: { shape: [features] } },
        output: "probabilities",
        metadata: vocabulary === undefined ? named : metadata,
      },
    };
  const { channels, height, width } = encoding;
  return {
    model: new Sequential([standardised(encoding), model, softmax]),
    options: {
      inputs: { pixels: { shape: [channels, height, width], dtype: "uint8" } },
      output: "probabilities",
      metadata: named,
    },
  };
}

/** (x / 255 − mean) / std of pixels [batch, channels, height, width], a row for each image. */
const standardised =
  ({ mean, std }: ImageEncoding) =>
  (pixels: Tensor): Tensor => {
    const rows = reshape(pixels, [pixels.shape[0] ?? 0, -1]);
    return div(sub(div(rows, 255), mean), std);
  };

/** A file in a few lines. */
function described(
  out: string,
  { inputs, output = "y" }: ExportOnnxOptions,
  file: OnnxFile,
): string {
  const { bytes, nodes, opset, irVersion, outputShape } = file;
  const shown = Object.entries(inputs).map(
    ([name, { shape, dtype = "float32" }]) => `${name} ${dtype}[batch, ${shape.join(", ")}]`,
  );
  const counts = Object.entries(nodes).toSorted(([, a], [, b]) => b - a);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  return [
    `${out}: ${formatCount(bytes.length)} bytes, opset ${opset}, IR version ${irVersion}`,
    `${shown.join(", ")} → ${output} float32[${outputShape.join(", ")}]`,
    `${formatCount(total)} nodes: ${counts.map(([op, count]) => `${op} ${count}`).join(", ")}`,
    "",
  ].join("\n");
}
