/**
 * @file @spm/report: charts, pictures of mixers, and the page of a run, as SVG and HTML.
 * `@spm/report/draw` has the parts for other pictures and pages.
 */
export { type CurvesOptions, curvesSvg } from "./curves.ts";
export type { PictureOptions } from "./pictures/frame.ts";
export { matrixPicture } from "./pictures/matrix.ts";
export { reachPicture } from "./pictures/reach.ts";
export { spectrumPicture } from "./pictures/spectrum.ts";
export { stageAnglesPicture } from "./pictures/stage-angles.ts";
export { type ReportOptions, renderReport, writeReport } from "./report.ts";
export {
  type ChartAxis,
  type ChartLevel,
  type ChartPoint,
  type ChartSeries,
  type SeriesChart,
  seriesChart,
} from "./series-chart.ts";
export { type RunSummary, summarize } from "./summary.ts";
