/** @file ReLU with a slope below 0 that is learnt. */

import { full, type Parameter, parameter, type Tensor } from "@spm/core";
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { size } from "./description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "./description/module-kind.ts";
import { prelu } from "./functional/index.ts";
import { Module } from "./module.ts";
import { checkSizes } from "./options.ts";

/** Options of {@link Prelu}. */
export interface PreluOptions {
  /**
   * Slopes: one for each channel, the axis 1, or a single one for all.
   * @defaultValue 1
   */
  readonly channels?: number;
  /**
   * The slopes at first.
   * @defaultValue 0.25
   */
  readonly initial?: number;
}

const names: OptionNames<PreluOptions> = { channels: true, initial: true };

/**
 * x where x > 0, w·x elsewhere, with w learnt (He et al. 2015). x [batch, channels, ...], or [...]
 * for one slope → x's shape. Loads torch.nn.PReLU's state.
 * @throws ShapeError unless channels is a whole number ≥ 1
 * @example new Prelu({ channels: 3 }).forward(ones([2, 3])).shape; // [2, 3]
 */
export class Prelu extends Module {
  /** [channels], which no weight decay should pull to 0 */
  readonly weight: Parameter;

  constructor(options: PreluOptions = {}) {
    super();
    checkOptions("Prelu", options, names);
    const { channels = 1, initial = 0.25 } = options;
    checkSizes("Prelu", "channels", channels);
    describe(this, { channels });
    this.weight = parameter(() => full([channels], initial), { decay: false });
  }

  forward(x: Tensor): Tensor {
    return prelu(x, this.weight);
  }
}

/** PReLU in files. */
export const preluModule: ModuleKind = moduleKind(
  "Prelu",
  Prelu,
  { channels: size },
  ({ channels }) => new Prelu({ channels }),
  ({ channels }) => channels,
);
