/** @file The mixer layer in files. */
import type { Rectangular } from "@spm/mixer";
import { parameterCount } from "@spm/mixer/analysis";
import { flag, mixerKind, size, word } from "./description/fields.ts";
import { type ModuleKind, moduleKind } from "./description/module-kind.ts";
import { scheduleField } from "./description/schedule-field.ts";
import { MixerLayer } from "./mixer-layer.ts";

/** {@link MixerLayer} in files. */
export const mixerModule: ModuleKind = moduleKind(
  "MixerLayer",
  MixerLayer,
  {
    mixer: mixerKind,
    inFeatures: size,
    outFeatures: size,
    schedule: scheduleField,
    rectangular: word<Rectangular>("pad", "split"),
    diagonals: flag,
    bias: flag,
    dtype: word("float32", "float64"),
  },
  ({ mixer, inFeatures, outFeatures, ...options }, { random }) =>
    new MixerLayer(mixer, inFeatures, outFeatures, { ...options, random }),
  ({ mixer, inFeatures, outFeatures, schedule }) => {
    const count = Math.ceil(Math.max(inFeatures, outFeatures) / schedule.n);
    return count * (parameterCount(mixer, schedule) + inFeatures + outFeatures);
  },
);
