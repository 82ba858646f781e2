/** @file The replacement of linear maps in an existing model. */

import { noGrad, type Rng, type Tensor } from "@spm/core";
import { checkOptions, type OptionNames, printsAs, ValueError } from "@spm/core/extend";
import { type LinearChoice, linear } from "./linear-kinds.ts";
import { LinearMap } from "./linear-map.ts";
import { checkModule, type Module, type Place, parameterBytes, places } from "./module.ts";
import type { Cost } from "./summary.ts";
import { count, textTable } from "./text-table.ts";

/** Options of {@link replaceLinear}. */
export interface ReplaceLinearOptions {
  readonly random: Rng;
  /**
   * Whether a map is replaced.
   * @defaultValue all are
   */
  readonly where?: (map: LinearMap, path: string) => boolean;
  /**
   * Factor on the initial output of the new maps, as of `LinearOptions`.
   * @defaultValue 1
   */
  readonly gain?: number;
  /**
   * Brings the new map near the old one's W [out, in] by assigning its parameters, e.g.
   * `(w, map) => map.assignDense(w)`; the bias is then taken over.
   * @defaultValue the new map keeps the initial parameters of its factory
   */
  readonly fromDense?: (weight: Tensor, replacement: LinearMap) => void;
}

const names: OptionNames<ReplaceLinearOptions> = {
  random: true,
  where: true,
  gain: true,
  fromDense: true,
};

/** A replaced map, before and after. */
export interface Replacement {
  readonly path: string;
  readonly before: Cost & { readonly kind: string };
  readonly after: Cost & { readonly kind: string };
}

/**
 * The report of {@link replaceLinear}, which prints as a table; FLOP are of a row through each
 * linear map.
 */
export interface ReplacementReport {
  readonly layers: readonly Replacement[];
  /**
   * The cost of the whole model: all its parameters, the FLOP of all its linear maps (of one in two
   * places twice).
   */
  readonly before: Cost;
  readonly after: Cost;
}

/**
 * Replaces linear maps of an existing model in place. A map in two places gets one replacement.
 * Parameters that leave the model are released: an optimizer that still holds them throws TapeError
 * at its next step, before it writes.
 * @returns parameters, FLOP and bytes before and after, map by map
 * @throws ValueError, before anything is replaced, when `where` picks none or a map is in a frozen
 * place
 * @example
 * const model = new Sequential([new Linear(64, 64, { random: rng(1) }), relu]);
 * replaceLinear(model, "general", { random: rng(2) }).layers.length; // 1
 */
export function replaceLinear(
  model: Module,
  choice: LinearChoice,
  options: ReplaceLinearOptions,
): ReplacementReport {
  checkModule("replaceLinear", model);
  checkOptions("replaceLinear", options, names);
  const { where = () => true } = options;
  const all = linearPlaces(model);
  const chosen = all.filter(({ map, path }) => where(map, path));
  if (chosen.length === 0)
    throw new ValueError(
      "replaceLinear",
      "at least one linear map to replace",
      `none of ${all.length} chosen`,
      model instanceof LinearMap
        ? "the model is a linear map itself: make it the field of another module"
        : undefined,
    );
  const frozen = chosen.find(({ owner }) => Object.isFrozen(owner));
  if (frozen)
    throw new ValueError(
      "replaceLinear",
      "maps in places that can be assigned",
      `a frozen "${frozen.path}"`,
    );

  const before = costOf(model);
  const successors = new Map<LinearMap, LinearMap>();
  const layers: Replacement[] = [];
  for (const { map, path } of chosen) {
    if (successors.has(map)) continue;
    const successor = successorOf(map, choice, options);
    successors.set(map, successor);
    layers.push({ path, before: described(map), after: described(successor) });
  }
  for (const { replace, map } of chosen) replace(successors.get(map) ?? map);
  const left = new Set(model.parameters());
  for (const map of successors.keys())
    for (const p of map.parameters()) if (!left.has(p)) p.dispose();

  const report = { layers, before, after: costOf(model) };
  return printsAs(report, asTable);
}

type LinearPlace = Omit<Place, "value"> & { readonly map: LinearMap };

/** The places of linear maps, those inside of another linear map left out. */
function linearPlaces(model: Module): LinearPlace[] {
  const found = places(model).flatMap(({ value, ...place }) =>
    value instanceof LinearMap ? [{ ...place, map: value }] : [],
  );
  return found.filter(({ path }) => !found.some((outer) => path.startsWith(`${outer.path}.`)));
}

function successorOf(
  map: LinearMap,
  choice: LinearChoice,
  { random, gain, fromDense }: ReplaceLinearOptions,
): LinearMap {
  const scale = gain === undefined ? {} : { gain };
  const successor = linear(choice, map.inFeatures, map.outFeatures, {
    random,
    bias: map.bias !== null,
    ...scale,
  });
  successor.train(map.training);
  if (fromDense === undefined) return successor;
  noGrad(() => fromDense(map.toDense(), successor));
  if (map.bias !== null) successor.bias?.assign(map.bias);
  return successor;
}

function described(map: LinearMap): Cost & { kind: string } {
  const cost = {
    parameters: map.parameterCount(),
    bytes: parameterBytes(map),
    flops: map.flopsPerRow,
  };
  return { kind: map.label, ...cost };
}

function costOf(model: Module): Cost {
  const flops = linearPlaces(model).reduce((total, { map }) => total + map.flopsPerRow, 0);
  return { parameters: model.parameterCount(), bytes: parameterBytes(model), flops };
}

function asTable({ layers, before, after }: ReplacementReport): string {
  const numbers = (a: Cost, b: Cost): string[] =>
    (["parameters", "flops", "bytes"] as const).map((key) => `${count(a[key])} → ${count(b[key])}`);
  const rows = layers.map((layer) => {
    const kinds = `${layer.before.kind} → ${layer.after.kind}`;
    return [layer.path, kinds, ...numbers(layer.before, layer.after)];
  });
  const head = ["layer", "kind", "parameters", "FLOP a row", "bytes"];
  return textTable(head, [...rows, ["model", "", ...numbers(before, after)]], 2);
}
