/**
 * @file Every kind of mixer by name, for models, reports, the command line and the tests.
 */
import { generalMixer, type Mixer } from "./mixer.ts";
import { reflectionMixer } from "./parameterisation/reflection.ts";
import { rotationMixer } from "./parameterisation/rotation.ts";

/**
 * The kinds of mixer by name. A new one is its file and a line here.
 * @example Object.keys(mixers).length; // 3
 */
export const mixers = {
  rotation: rotationMixer as Mixer<["angles"]>,
  general: generalMixer as Mixer<["blocks", "unpairedScales"]>,
  reflection: reflectionMixer as Mixer<["angles"]>,
};
