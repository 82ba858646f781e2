/** @file `spm export`: a trained model as an ONNX file. */
import { add, div, mul, reshape, sub, type Tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import type { ImageEncoding } from "@spm/data/datasets";
import { Gpt, Mlp } from "@spm/models";
import { type Module, Sequential, softmax } from "@spm/nn";
import { type ExportOnnxOptions, exportOnnx, type OnnxFile, type OnnxInput } from "@spm/onnx";
import type { ProgressStream } from "@spm/trainer";
import { formatCount } from "@spm/trainer/format";
import { loadModel as loadDescribed, writeAtomically } from "@spm/trainer/node";
import { classNames, numberTarget } from "./assess.ts";
import { gptOfRun } from "./experiment-run.ts";
import { assertNew } from "./new-file.ts";
import type { Registries } from "./registries.ts";
import { languageModel } from "./saved-gpt.ts";
import { hasTask, loadModel, openCheckpoint } from "./saved-model.ts";
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
  /** One sample, for a file that describes its model and has no task. */
  readonly input?: OnnxInput;
}

/**
 * Writes a model as ONNX, and prints its input, its output and its nodes. Nothing is written unless
 * all of it can be expressed.
 *
 * @param run - a run folder or a checkpoint of `spm train`, a GPT that `spm experiment charlm`
 * saved, or with `input` any file of a model that describes itself
 * @throws RunError for a place that is taken; CheckpointError for what is none; ValueError for an
 * input that is missing, unneeded, or refused by the model; BackendError for an op without a
 * counterpart in ONNX
 */
export async function exportModel(
  run: string,
  { onnx, input }: ExportModelOptions,
  stdout: ProgressStream,
  registries: Registries,
): Promise<void> {
  assertNew("export", onnx);
  const path = gptOfRun("export", run);
  if (hasTask(path) && input !== undefined)
    throw new ValueError(
      "export",
      "no --input for what spm trained, whose inputs are known",
      path,
      "leave --input out",
    );
  const { model, options } = hasTask(path) ? await trained(path, registries) : given(path, input);
  const file = await exportOnnx(model, options).catch((error: unknown) => {
    throw input === undefined ? error : orHelp(error, model);
  });
  writeAtomically(onnx, file.bytes);
  stdout.write(described(onnx, options, file));
}

/** The model that a file describes, for an input that is given. */
function given(path: string, input: OnnxInput | undefined): Exportable {
  const model = loadDescribed(path);
  const known = inputOf(model);
  if (input !== undefined && (known === undefined || known.dtype === (input.dtype ?? "float32")))
    return { model, options: { inputs: { x: input } } };
  const help = known ? `--input ${known.text}` : "--input 28,6, or --input int32:64 for tokens";
  throw new ValueError(
    "export",
    `--input with the ${known ? `${known.dtype} ` : ""}sizes of one sample for ${model.label}`,
    input === undefined ? `none: ${path} has no task of spm train` : showInput(input),
    `${help}, without the batch`,
  );
}

const showInput = ({ shape, dtype = "float32" }: OnnxInput): string =>
  dtype === "float32" ? `${shape}, which is float32` : `${dtype}:${shape}`;

/** The input of a model whose class says it, as --input has it. */
function inputOf(model: Module): { readonly dtype: string; readonly text: string } | undefined {
  if (model instanceof Gpt) return { dtype: "int32", text: `int32:${model.context}` };
  if (model instanceof Mlp) return { dtype: "float32", text: `${model.layers[0]?.inFeatures}` };
  return undefined;
}

/** The error of an export; of a forward that lacks an input it says what gives it several. */
function orHelp(error: unknown, model: Module): unknown {
  const { length } = model.forward;
  const [got = ""] = error instanceof Error ? error.message.split("\n") : [];
  if (length < 2 || !got.endsWith("got undefined")) return error;
  return new ValueError(
    "export",
    "a model of one input",
    `${model.label}, whose forward has ${length}: ${got}`,
    "exportOnnx of @spm/onnx takes inputs by name, in a program",
  );
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
