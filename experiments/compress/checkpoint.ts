/** @file A dense MLP from a safetensors file of any program. */
import { noGrad, rng, tensor } from "@spm/core";
import { elements, ValueError } from "@spm/core/extend";
import { Mlp } from "@spm/models";
import { parseSafetensors } from "@spm/trainer";

const OURS = "model.";

/**
 * The MLP whose layers are the file's matrices: every `NAME.weight` [out, in] with its `NAME.bias`
 * [out], in the order of the numbers in their names (PyTorch's `nn.Sequential` counts on; `spm
 * train` prefixes `model.`). Other tensors of the file are ignored. On the current backend, in
 * float32.
 * @throws SafetensorsError for a malformed file; ValueError when the layers' sizes do not fit each
 * other
 */
export function mlpFrom(file: Uint8Array): Mlp {
  const { entries, tensor: stored } = parseSafetensors(file);
  const here = (name: string) => {
    const value = stored(name);
    return tensor(elements(value.ndarray()), { shape: value.shape, dtype: "float32" });
  };
  const names = entries.map(({ name }) => name);
  const prefix = names.some((name) => name.startsWith(OURS)) ? OURS : "";
  const layers = entries
    .flatMap(({ name, shape: [outFeatures, inFeatures, ...more] }) =>
      name.startsWith(prefix) &&
      name.endsWith(".weight") &&
      outFeatures !== undefined &&
      inFeatures !== undefined &&
      more.length === 0
        ? [{ layer: name.slice(0, -"weight".length), inFeatures, outFeatures }]
        : [],
    )
    .sort((a, b) => a.layer.localeCompare(b.layer, "en", { numeric: true }));
  const last = layers.at(-1);
  if (last === undefined)
    throw new ValueError("mlpFrom", "layers, NAME.weight [out, in]", names.join(", "));
  const values = layers.map(({ layer }) => {
    if (!names.includes(`${layer}bias`)) throw new ValueError("mlpFrom", `"${layer}bias"`, "none");
    return { weight: here(`${layer}weight`), bias: here(`${layer}bias`) };
  });
  const sizes = [...layers.map(({ inFeatures }) => inFeatures), last.outFeatures];
  for (const [k, { layer, outFeatures }] of layers.entries())
    if (outFeatures !== sizes[k + 1])
      throw new ValueError("mlpFrom", `${sizes[k + 1]} outputs of "${layer}"`, outFeatures);
  const model = new Mlp({ sizes, random: rng(0) });
  const state = values.flatMap(({ weight, bias }, k) => [
    [`layers.${k}.weight`, weight] as const,
    [`layers.${k}.bias`, bias] as const,
  ]);
  noGrad(() => model.loadStateDict(Object.fromEntries(state)));
  return model;
}
