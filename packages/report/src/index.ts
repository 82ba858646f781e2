/** @file @spm/report: charts, pictures of mixers, and the page of a run, as SVG and HTML. */
export { type Axis, chart, curvesSvg, type Quantity } from "./curves.ts";
export { factsHtml, htmlPage } from "./html-page.ts";
export { overlaid } from "./overlay.ts";
export { LIGHT, type Palette } from "./palette.ts";
export { matrixPicture } from "./pictures/matrix.ts";
export { type Flow, type Reach, reach, reachPicture } from "./pictures/reach.ts";
export { type Spectrum, spectrum, spectrumPicture } from "./pictures/spectrum.ts";
export { stageAngles, stageAnglesPicture } from "./pictures/stage-angles.ts";
export { strip } from "./pictures/strip.ts";
export { renderReport, writeReport } from "./report.ts";
export {
  type ChartAxis,
  type ChartPoint,
  type ChartSeries,
  type SeriesChart,
  seriesChart,
} from "./series-chart.ts";
export { type SummaryRow, summarize } from "./summary.ts";
export { escapeXml, type SvgAttributes, svgElement, svgPicture, svgText } from "./svg.ts";
