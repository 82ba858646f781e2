import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { encodeSafetensors, parseSafetensors } from "@spm/trainer";
import { expect, test } from "vitest";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const file = parseSafetensors(readFileSync(path("pytorch.safetensors")));
const expected: Record<string, { dtype: string; shape: number[]; data: number[] }> = JSON.parse(
  readFileSync(path("pytorch.safetensors.json"), "utf8"),
);
const OURS: Record<string, string> = {
  "torch.float16": "float32",
  "torch.bfloat16": "float32",
  "torch.float32": "float32",
  "torch.float64": "float64",
  "torch.int64": "int32",
  "torch.int32": "int32",
  "torch.uint8": "int32",
  "torch.bool": "bool",
};

test("holds all that PyTorch wrote, metadata included", () => {
  expect(file.entries.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
  expect(file.metadata).toEqual({ note: "fixture", format: "pt" });
});

test.each(Object.entries(expected))(
  "%s as PyTorch has it",
  async (name, { dtype, shape, data }) => {
    const tensor = file.tensor(name);
    expect([tensor.dtype, tensor.shape]).toEqual([OURS[dtype], shape]);
    expect([...(await tensor.data())]).toEqual(data);
  },
);

test("what is written again reads the same", async () => {
  const tensors = Object.fromEntries(file.entries.map(({ name }) => [name, file.tensor(name)]));
  const again = parseSafetensors(encodeSafetensors(tensors, file.metadata));
  expect(again.metadata).toEqual(file.metadata);
  for (const [name, tensor] of Object.entries(tensors))
    expect(await again.tensor(name).data()).toEqual(await tensor.data());
});
