/** @file Rows of the comparison on MNIST: maps of any structure, or one for all hidden layers. */
import type { LinearFactory } from "@spm/nn";
import type { LinearMap } from "@spm/nn/extend";
import { type MapRow, mapKinds, mapRow } from "../parts/map-rows.ts";

/** A row, and whether the maps between its hidden layers are one. */
export interface MnistRow extends MapRow {
  readonly tied: boolean;
}

/** A row of a name like `monarch`, `dense-13` or `tied-dense-37x4`: one map between four layers. */
export function mnistRow(name: string): MnistRow {
  const [, rest = name] = name.match(/^tied-(.+)$/) ?? [];
  return { ...mapRow(rest), row: name, tied: rest !== name };
}

/** The maps of a row; of a tied one those of equal sizes are the same. */
export function mapsOf({ kind, tied }: Pick<MnistRow, "kind" | "tied">): LinearFactory {
  const { create } = mapKinds[kind];
  if (!tied) return create;
  const made = new Map<string, LinearMap>();
  return (inFeatures, outFeatures, options) => {
    const sizes = `${inFeatures} → ${outFeatures}`;
    const map = made.get(sizes) ?? create(inFeatures, outFeatures, options);
    made.set(sizes, map);
    return map;
  };
}
