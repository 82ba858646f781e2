/** @file Linear maps side by side, each on a part of the coordinates. */

import { concat, pad, split, type Tensor } from "@spm/core";
import { size } from "../description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { UnbuiltMap } from "../description/unbuilt.ts";
import { type LinearChoice, linear } from "../linear-kinds.ts";
import { LinearMap, type LinearOptions } from "../linear-map.ts";
import { BlockDiagonal } from "../structured/index.ts";

/** y = (A₁ x₁, …, A_q x_q) of the q equal parts of x. x [..., in] → [..., out]. */
class GroupedMap extends LinearMap {
  readonly maps: readonly LinearMap[];
  /** That of each map is its own. */
  readonly bias = null;

  constructor(maps: readonly LinearMap[], inFeatures: number, outFeatures: number) {
    super(inFeatures, outFeatures);
    describe(this, { inFeatures, outFeatures, groups: maps.length });
    this.maps = maps;
  }

  forward(x: Tensor): Tensor {
    this.checkInput(x);
    const parts = split(x, this.maps.length, -1);
    return concat(
      parts.map((part, k) => this.maps[k]?.forward(part) ?? part),
      -1,
    );
  }

  toDense(): Tensor {
    const rows = this.maps.map((map, k) => {
      const before = k * map.inFeatures;
      const after = this.inFeatures - before - map.inFeatures;
      return pad(map.toDense(), [0, before], [0, after]);
    });
    return concat(rows);
  }

  get flopsPerRow(): number {
    return this.maps.reduce((total, map) => total + map.flopsPerRow, 0);
  }

  /** The maps count their own. */
  override flops(): number {
    return 0;
  }
}

/**
 * A linear map in → out of `groups` parts that see nothing of each other, which divide both sizes.
 * Dense ones are one block-diagonal map, whose blocks have the variance of torch.nn.Linear's.
 */
export function groupedMap(
  choice: LinearChoice,
  inFeatures: number,
  outFeatures: number,
  groups: number,
  options: LinearOptions,
): LinearMap {
  if (groups === 1) return linear(choice, inFeatures, outFeatures, options);
  if (choice === "dense") {
    const gain = (options.gain ?? 1) / Math.sqrt(3);
    return new BlockDiagonal(inFeatures, outFeatures, { ...options, gain, blocks: groups });
  }
  const sizes = [inFeatures / groups, outFeatures / groups] as const;
  const maps = Array.from({ length: groups }, () => linear(choice, ...sizes, options));
  return new GroupedMap(maps, inFeatures, outFeatures);
}

/** Maps side by side in files, each a module of its own. */
export const groupedModule: ModuleKind = moduleKind(
  "GroupedMap",
  GroupedMap,
  { inFeatures: size, outFeatures: size, groups: size },
  ({ inFeatures, outFeatures, groups }) => {
    const map = (): UnbuiltMap => new UnbuiltMap(inFeatures / groups, outFeatures / groups);
    return new GroupedMap(Array.from({ length: groups }, map), inFeatures, outFeatures);
  },
);
