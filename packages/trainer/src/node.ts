/** @file The public names of @spm/trainer/node: run folders and their reports. */

export { writeAtomically } from "./io/atomic-write.ts";
export { type Checkpoint, encodeCheckpoint, readCheckpoint } from "./io/checkpoint-file.ts";
export {
  checkpointPath,
  checkpointSteps,
  type FoundCheckpoint,
  latestCheckpoint,
} from "./io/checkpoint-folder.ts";
export { type CheckpointOptions, checkpoints } from "./io/checkpoints.ts";
export { type Axis, chart, curvesSvg, LIGHT, type Palette, type Quantity } from "./curves.ts";
export { escapeXml } from "./escape-xml.ts";
export { factsHtml, htmlPage } from "./html-page.ts";
export { machine } from "./io/machine.ts";
export { makeFolder } from "./io/make-folder.ts";
export { overlaid } from "./overlay.ts";
export { recordRun } from "./io/record-run.ts";
export { renderReport, writeReport } from "./report.ts";
export { type Run, readRun } from "./io/run-reader.ts";
export type {
  Machine,
  MetricRecord,
  RecordPosition,
  RunConfig,
  RunModel,
  Split,
  TimingRecord,
} from "./io/run-record.ts";
export { assertFresh, RunWriter } from "./io/run-writer.ts";
export {
  type ChartAxis,
  type ChartPoint,
  type ChartSeries,
  type SeriesChart,
  seriesChart,
} from "./series-chart.ts";
export { type SummaryRow, summarize } from "./summary.ts";
export { tensorBoard } from "./io/tensorboard/tensor-board.ts";
