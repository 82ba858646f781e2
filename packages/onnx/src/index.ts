/** @file @spm/onnx: models as ONNX files. */

export {
  type ExportOnnxOptions,
  exportOnnx,
  type OnnxFile,
  type OnnxInput,
} from "./export-onnx.ts";
