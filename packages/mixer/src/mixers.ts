/**
 * @file Every kind of mixer by name: models, reports, the command line and the tests take them from
 * here.
 */
import { generalMixer, type Mixer } from "./mixer.ts";
import { reflectionMixer } from "./parameterisation/reflection.ts";
import { rotationMixer } from "./parameterisation/rotation.ts";

/** The kinds of mixer. A new one is its file and a line here. */
export const mixers = {
  rotation: rotationMixer as Mixer<["angles"]>,
  general: generalMixer as Mixer<["blocks", "unpairedScales"]>,
  reflection: reflectionMixer as Mixer<["angles"]>,
};
