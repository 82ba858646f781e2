/** @file `NAME.safetensors.json`: what `NAME.safetensors` beside it holds, as PyTorch wrote it. */
import { existsSync, readFileSync } from "node:fs";
import { parseSafetensors } from "@spm/trainer";
import { compare, type GoldenCase } from "./case.ts";
import { goldenTensor } from "./golden-tensor.ts";
import { asObject, asString, type JsonObject } from "./python-json.ts";

/** What PyTorch's dtypes become: the narrowest of ours that holds them. */
const dtypes: Readonly<Record<string, string>> = {
  "torch.float16": "float32",
  "torch.bfloat16": "float32",
  "torch.float32": "float32",
  "torch.float64": "float64",
  "torch.int64": "int32",
  "torch.int32": "int32",
  "torch.uint8": "int32",
  "torch.bool": "bool",
};

/** A case for each tensor; "not yet" where the file itself is missing. @throws MalformedError */
export function safetensorsCases(listing: JsonObject, where: string, path: string): GoldenCase[] {
  const binary = path.replace(/\.json$/, "");
  const file = existsSync(binary) ? parseSafetensors(readFileSync(binary)) : undefined;
  return Object.entries(listing).map(([name, item]) => {
    const dtype = asString(asObject(item, `${where}.${name}`).dtype, `${where}.${name}.dtype`);
    const golden = goldenTensor(item, `${where}.${name}`);
    if (file === undefined) return { name, run: undefined };
    const run = () => {
      const tensor = file.tensor(name);
      const kind = {
        what: `dtype ${tensor.dtype} for ${dtype}`,
        error: tensor.dtype === dtypes[dtype] ? 0 : Infinity,
      };
      return [kind, compare("content", tensor, golden)];
    };
    return { name, run };
  });
}
