/** @file Modules one after another, and a module with a skip connection. */

import { add, type Tensor } from "@spm/core";
import { kindOf, ShapeError, sameShape, showShape, ValueError } from "@spm/core/extend";
import { activation, type Field, list } from "./description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "./description/module-kind.ts";
import { Unbuilt } from "./description/unbuilt.ts";
import { Module } from "./module.ts";

/** A module, or a function without state such as `relu`. */
export type Layer = Module | ((x: Tensor) => Tensor);

/** @throws ValueError for anything but a module or a function */
function checkLayer(op: string, layer: unknown, place = ""): void {
  const isClass = typeof layer === "function" && layer.prototype instanceof Module;
  if (layer instanceof Module || (typeof layer === "function" && !isClass)) return;
  const name = isClass ? `the class ${layer.name}` : kindOf(layer);
  const help = isClass ? `make one: new ${layer.name}(…)` : undefined;
  throw new ValueError(op, `a module or a function${place}`, name, help);
}

const run = (layer: Layer, x: Tensor): Tensor =>
  layer instanceof Module ? layer.forward(x) : layer(x);

/**
 * Layers one after another, y = f_k(… f₁(x)). x [...] → the shape that the last layer gives.
 * @example
 * const random = rng(1);
 * const layers = [new Linear(3, 8, { random }), relu, new Linear(8, 2, { random })];
 * new Sequential(layers).forward(ones([4, 3])).shape; // [4, 2]
 */
export class Sequential extends Module {
  readonly layers: readonly Layer[];

  /** @throws ValueError for a layer that is neither a module nor a function */
  constructor(layers: readonly Layer[]) {
    super();
    if (!Array.isArray(layers))
      throw new ValueError(
        "Sequential",
        "an array of layers",
        kindOf(layers),
        "new Sequential([…])",
      );
    for (const [k, layer] of layers.entries()) checkLayer("Sequential", layer, ` as layer ${k}`);
    this.layers = [...layers];
    describe(this, { layers });
  }

  forward(x: Tensor): Tensor {
    return this.layers.reduce((h, layer) => run(layer, h), x);
  }
}

/**
 * A layer with a skip connection, y = x + f(x) (He et al. 2016). x [...] → the same shape, which f
 * keeps.
 * @throws ShapeError where it does not
 * @example new Residual(new LayerNorm(8)).forward(ones([2, 8])).shape; // [2, 8]
 */
export class Residual extends Module {
  readonly branch: Layer;

  constructor(branch: Layer) {
    super();
    checkLayer("Residual", branch);
    this.branch = branch;
    describe(this, { branch });
  }

  forward(x: Tensor): Tensor {
    const y = run(this.branch, x);
    if (!sameShape(x.shape, y.shape))
      throw new ShapeError(
        "Residual",
        `a branch that keeps the shape ${showShape(x.shape)}`,
        showShape(y.shape),
      );
    return add(x, y);
  }
}

/** A function by its name, or null for a module, which the file has under its own path. */
const layerField: Field<Layer> = {
  expected: `${activation.expected}, or null in the place of a module`,
  encode: (layer) => (layer instanceof Module ? null : activation.encode(layer)),
  decode: (json) => (json === null ? new Unbuilt() : activation.decode(json)),
};

/** {@link Sequential} and {@link Residual} in files. */
export const sequentialModules: readonly ModuleKind[] = [
  moduleKind("Sequential", Sequential, { layers: list(layerField, 0) }, ({ layers }) => {
    return new Sequential(layers);
  }),
  moduleKind("Residual", Residual, { branch: layerField }, ({ branch }) => new Residual(branch)),
];
