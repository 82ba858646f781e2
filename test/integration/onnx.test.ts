/**
 * @file ONNX files of every model, linear kind and op: accepted by ONNX's checker, and run node by
 * node in NumPy with the outputs that the models have here. In onnxruntime they run in the long
 * form (test/onnx/run.ts).
 */
import { expect, test } from "vitest";
import { checkFiles, python } from "../onnx/check.ts";
import { exported, layers, models, opCases, variants } from "../onnx/models.ts";

test.runIf(python !== null)("files pass the checker and have our outputs in NumPy", async () => {
  const cases = Object.entries({ ...models, ...variants, ...layers, ...opCases });
  const files = [];
  for (const [name, make] of cases) {
    const { file, input, output, type } = await exported(name, make());
    files.push({
      ...{ name, type, bytes: file.bytes, shape: file.outputShape },
      ...{ inputShape: input.shape, input: [...(await input.data())] },
      ...{ outputShape: output.shape, output: [...(await output.data())] },
    });
  }
  const { found, known } = checkFiles(files);
  expect(found.map(({ name }) => name)).toEqual(cases.map(([name]) => name));
  expect(found.filter(({ worst }) => worst === null || !(worst <= 1e-5))).toEqual([]);
  expect(found.map(({ shape }) => shape)).toEqual(files.map(({ shape }) => shape));
  expect(new Set(found.map(({ opset, ir }) => `${opset}, ${ir}`))).toEqual(new Set(["17, 8"]));
  // every operator that the exporter writes is in one of them
  expect(new Set(found.flatMap(({ ops }) => ops))).toEqual(new Set(known));
});
