/** @file @spm/report/draw: what pictures and pages of one's own are drawn with. */
export { type Axis, chart, type Quantity } from "./curves.ts";
export { factsHtml, htmlPage } from "./html-page.ts";
export { overlaid } from "./overlay.ts";
export { LIGHT, type Palette } from "./palette.ts";
export { type Flow, type Reach, reach } from "./pictures/reach.ts";
export { type Spectrum, spectrum } from "./pictures/spectrum.ts";
export { stageAngles } from "./pictures/stage-angles.ts";
export { strip } from "./pictures/strip.ts";
export { escapeXml, type SvgAttributes, svgElement, svgPicture, svgText } from "./svg.ts";
