/** @file @spm/nn/pictures: what a mixer looks like, as SVG. */
export { matrixPicture } from "./matrix.ts";
export { type Flow, type Reach, reach, reachPicture } from "./reach.ts";
export { type Spectrum, spectrum, spectrumPicture } from "./spectrum.ts";
export { stageAngles, stageAnglesPicture } from "./stage-angles.ts";
export { strip } from "./strip.ts";
