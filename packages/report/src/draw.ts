/** @file @spm/report/draw: parts for pictures and pages beyond those of `@spm/report`. */
export { type Axis, chart, type Quantity } from "./curves.ts";
export {
  factsHtml,
  foldedFacts,
  html,
  htmlPage,
  type Markup,
  markup,
  type PageTable,
  type TableCell,
  tableHtml,
} from "./html-page.ts";
export { overlaid } from "./overlay.ts";
export { LIGHT, type Palette } from "./palette.ts";
export { type ImagePicture, imagePicture } from "./pictures/image.ts";
export { type Flow, type Reach, reach } from "./pictures/reach.ts";
export { type Spectrum, spectrum } from "./pictures/spectrum.ts";
export { stageAngles } from "./pictures/stage-angles.ts";
export { strip } from "./pictures/strip.ts";
export { filesOf } from "./report.ts";
export { escapeXml, type SvgAttributes, svgElement, svgPicture, svgText } from "./svg.ts";
export { testOutcomeHtml } from "./test-outcome.ts";
