/** @file Modules one after another, and around a shortcut. */
import { add, type Tensor } from "@spm/core";
import { ShapeError, sameShape, showShape } from "@spm/core/extend";
import { Module } from "./module.ts";

/** A module, or a function without state such as `relu`. */
export type Layer = Module | ((x: Tensor) => Tensor);

const run = (layer: Layer, x: Tensor): Tensor =>
  layer instanceof Module ? layer.forward(x) : layer(x);

/**
 * y = f_k(… f₁(x)).
 * @example new Sequential([new Linear(784, 64, { random }), relu, new Linear(64, 10, { random })]);
 */
export class Sequential extends Module {
  readonly layers: readonly Layer[];

  constructor(layers: readonly Layer[]) {
    super();
    this.layers = [...layers];
  }

  forward(x: Tensor): Tensor {
    return this.layers.reduce((h, layer) => run(layer, h), x);
  }
}

/**
 * y = x + f(x) (He et al. 2016). f keeps the shape of x.
 * @throws ShapeError where it does not
 * @example new Residual(new Sequential([new LayerNorm(64), new Linear(64, 64, { random })]));
 */
export class Residual extends Module {
  readonly branch: Layer;

  constructor(branch: Layer) {
    super();
    this.branch = branch;
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
