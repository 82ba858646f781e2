/** @file Stand-ins, in a model that is being built, for parts that its description lists. */
import type { Tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { LinearMap } from "../linear-map.ts";
import { Module } from "../module.ts";
import { allow } from "./allowance.ts";

const absent = (): never => {
  throw new ValueError("loadModel", "a part that the description lists", "a forward before that");
};

/** In the place of a linear map in → out, of any kind and without memory. */
export class UnbuiltMap extends LinearMap {
  readonly bias = null;
  readonly flopsPerRow = 0;

  constructor(inFeatures: number, outFeatures: number) {
    super(inFeatures, outFeatures);
    allow("a linear map", 0);
  }

  forward(): Tensor {
    return absent();
  }

  toDense(): Tensor {
    return absent();
  }
}

/**
 * Stands in a model that is being built for a module whose description follows, of any shape
 * [...] → [...]. Its forward throws.
 * @example
 * class Tower extends Module {
 *   constructor(readonly top: Module) {
 *     super();
 *     describe(this, {});
 *   }
 *   forward(x: Tensor): Tensor {
 *     return this.top.forward(x);
 *   }
 * }
 * moduleKind("Tower", Tower, {}, () => new Tower(new Unbuilt())).name; // "Tower"
 */
export class Unbuilt extends Module {
  forward(): Tensor {
    return absent();
  }
}
