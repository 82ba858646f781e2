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

/** The layers. */
export const spatialModules: readonly ModuleKind[] = [
  groupedModule,
  moduleKind(
    "Conv1d",
    Conv1d,
    convolution,
    ({ inChannels, outChannels, ...options }, { random }) =>
      new Conv1d(inChannels, outChannels, { ...options, random }),
  ),
  moduleKind(
    "Conv2d",
    Conv2d,
    convolution,
    ({ inChannels, outChannels, ...options }, { random }) =>
      new Conv2d(inChannels, outChannels, { ...options, random }),
  ),
  moduleKind(
    "ConvTranspose1d",
    ConvTranspose1d,
    transposed,
    ({ inChannels, outChannels, ...options }, { random }) =>
      new ConvTranspose1d(inChannels, outChannels, { ...options, random }),
    ({ outChannels }) => outChannels,
  ),
  moduleKind(
    "ConvTranspose2d",
    ConvTranspose2d,
    transposed,
    ({ inChannels, outChannels, ...options }, { random }) =>
      new ConvTranspose2d(inChannels, outChannels, { ...options, random }),
    ({ outChannels }) => outChannels,
  ),
  moduleKind(
    "MaxPool1d",
    MaxPool1d,
    pooling,
    ({ size, ...options }) => new MaxPool1d(size, options),
  ),
  moduleKind(
    "MaxPool2d",
    MaxPool2d,
    pooling,
    ({ size, ...options }) => new MaxPool2d(size, options),
  ),
  moduleKind(
    "AvgPool1d",
    AvgPool1d,
    average,
    ({ size, ...options }) => new AvgPool1d(size, options),
  ),
  moduleKind(
    "AvgPool2d",
    AvgPool2d,
    average,
    ({ size, ...options }) => new AvgPool2d(size, options),
  ),
  moduleKind(
    "AdaptiveMaxPool1d",
    AdaptiveMaxPool1d,
    adaptive,
    ({ size }) => new AdaptiveMaxPool1d(size),
  ),
  moduleKind(
    "AdaptiveMaxPool2d",
    AdaptiveMaxPool2d,
    adaptive,
    ({ size }) => new AdaptiveMaxPool2d(size),
  ),
  moduleKind(
    "AdaptiveAvgPool1d",
    AdaptiveAvgPool1d,
    adaptive,
    ({ size }) => new AdaptiveAvgPool1d(size),
  ),
  moduleKind(
    "AdaptiveAvgPool2d",
    AdaptiveAvgPool2d,
    adaptive,
    ({ size }) => new AdaptiveAvgPool2d(size),
  ),
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
