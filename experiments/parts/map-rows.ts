/** @file Rows of a comparison by name: a kind of linear map, with sizes of its own. */
import { ValueError } from "@spm/core/extend";
import { type LinearEntry, type LinearKind, linearKinds } from "@spm/nn";
import { sparseKinds } from "./random-sparse.ts";

/** The kinds of maps that experiments compare. */
export type MapKind = LinearKind | keyof typeof sparseKinds;

/** Every kind by name: the linear maps, and random sparse ones. */
export const mapKinds: Readonly<Record<MapKind, LinearEntry>> = { ...linearKinds, ...sparseKinds };

/** Their names. */
const mapNames: readonly MapKind[] = Object.keys(mapKinds) as MapKind[];

/** A row: its name, kind, and what it says of its sizes. */
export interface MapRow {
  readonly row: string;
  readonly kind: MapKind;
  /** undefined where the experiment's own is meant */
  readonly width: number | undefined;
  readonly layers: number | undefined;
  /** The rate that the kind has where none are tried. */
  readonly ownRate: number;
}

/**
 * A row of a name like `monarch`, `dense-13` (of width 13), `dense-112x2` (and of two layers).
 * @throws ValueError for an unknown kind, or a size that is no whole number ≥ 1
 */
export function mapRow(name: string): MapRow {
  const [, stem = name, width, layers] = name.match(/^(.+?)-(\d+)(?:x(\d+))?$/) ?? [];
  const kind = mapNames.find((one) => one === stem);
  const sizes = [width, layers].map((size) => (size === undefined ? undefined : Number(size)));
  if (kind === undefined || sizes.includes(0))
    throw new ValueError(
      "experiment",
      `rows like dense or dense-64, of ${mapNames.join(", ")}`,
      `"${name}"`,
    );
  const [own, deep] = sizes;
  return { row: name, kind, width: own, layers: deep, ownRate: mapKinds[kind].learningRate };
}
