/** @file Layers on signals and images in files. */

import {
  count,
  either,
  type Field,
  flag,
  list,
  nullable,
  number,
  size,
  word,
} from "../description/fields.ts";
import { type ModuleKind, moduleKind, present } from "../description/module-kind.ts";
import type { InterpolateOptions } from "../functional/interpolate.ts";
import { Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d } from "./convolution.ts";
import { groupedModule } from "./grouped-map.ts";
import {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AvgPool1d,
  AvgPool2d,
  MaxPool1d,
  MaxPool2d,
} from "./pooling.ts";
import { Upsample } from "./upsample.ts";

/** One size for all axes, or one for each. */
const each = (field: Field<number>): Field<number | readonly number[]> =>
  either(field, list(field));

const channels = { inChannels: size, outChannels: size, kernel: list(size), groups: size };
const steps = { stride: list(size), dilation: list(size) };
const convolution = { ...channels, ...steps, padding: either(word("same"), each(count)) };
const transposed = {
  ...channels,
  ...steps,
  padding: list(count),
  outputPadding: list(count),
  bias: flag,
};
const pooling = {
  size: list(size),
  stride: each(size),
  padding: each(count),
  dilation: each(size),
  ceilMode: flag,
};
const average = { ...pooling, countIncludePad: flag };
const adaptive = { size: list(size) };

/** The layers; each has the constructor of the others in its row. */
export const spatialModules: readonly ModuleKind[] = [
  groupedModule,
  ...Object.entries({ Conv1d, Conv2d }).map(([name, Layer]) =>
    moduleKind(name, Layer, convolution, ({ inChannels, outChannels, ...options }, { random }) => {
      return new Layer(inChannels, outChannels, { ...options, random });
    }),
  ),
  ...Object.entries({ ConvTranspose1d, ConvTranspose2d }).map(([name, Layer]) =>
    moduleKind(
      name,
      Layer,
      transposed,
      ({ inChannels, outChannels, ...options }, { random }) =>
        new Layer(inChannels, outChannels, { ...options, random }),
      ({ outChannels }) => outChannels,
    ),
  ),
  ...Object.entries({ MaxPool1d, MaxPool2d }).map(([name, Layer]) =>
    moduleKind(name, Layer, pooling, ({ size, ...options }) => new Layer(size, options)),
  ),
  ...Object.entries({ AvgPool1d, AvgPool2d }).map(([name, Layer]) =>
    moduleKind(name, Layer, average, ({ size, ...options }) => new Layer(size, options)),
  ),
  ...Object.entries({
    ...{ AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveAvgPool1d, AdaptiveAvgPool2d },
  }).map(([name, Layer]) => moduleKind(name, Layer, adaptive, ({ size }) => new Layer(size))),
  moduleKind(
    "Upsample",
    Upsample,
    {
      size: nullable(each(size)),
      scaleFactor: nullable(each(number)),
      mode: word("nearest", "linear", "bilinear"),
      alignCorners: nullable(flag),
    },
    (options) => new Upsample(present(options) as InterpolateOptions),
  ),
];
