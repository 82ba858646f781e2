/**
 * @file Taps: the inputs of each layer and the cotangent of its output, from one backward pass, and
 * the gradients of each sample of a batch.
 */

import {
  customVjp,
  expandDims,
  type Parameter,
  parameter,
  type Tensor,
  valueAndGrad,
  vmap,
  zeros,
} from "@spm/core";
import { checkFunction, checkList, checkTensors } from "@spm/core/extend";
import { checkModule, Module, ModuleBuffer, places } from "./module.ts";

/** One call of a layer in a pass forward and back. */
export interface Tap {
  readonly layer: Module;
  /** The layer's path in the model, "" of the model itself. */
  readonly path: string;
  /** Those of the call, [...] each. */
  readonly inputs: readonly Tensor[];
  /** The cotangent of its output, of the output's shape. */
  readonly cotangent: Tensor;
}

/**
 * A pass forward and back through a model in which `visit` is shown every call of a layer that has
 * parameters in its own fields, from the last call to the first: all that gradients by them are
 * made of, by sample as well, without computing any. A layer that is called twice has two taps.
 * Tensors that `visit` makes are released unless it returns them through `keep`, as are the
 * cotangents themselves.
 * @param loss - a scalar [], of the model's forward
 * @returns the loss []. Cost: that of a backward pass without the gradients of parameters
 * @throws ShapeError unless the loss is a scalar
 * @example
 * const layer = new Linear(3, 2, { random: rng(1) });
 * withTaps(layer, () => sum(layer.forward(ones([4, 3]))), ({ cotangent }) => {
 *   console.log(cotangent.shape); // [4, 2]
 * });
 */
export function withTaps(model: Module, loss: () => Tensor, visit: (tap: Tap) => void): Tensor {
  const [first] = model.parameters();
  // all layers' outputs depend on it, so cotangents reach them
  const probe = parameter(zeros([], first && { backend: first.backend }));
  const layers = [...model.namedModules()].filter(([, layer]) => ownParameters(layer).length > 0);
  const forward = (): Tensor => {
    const restore = layers.map(([path, layer]) => tapForward(layer, path, probe, visit));
    try {
      return loss();
    } finally {
      for (const put of restore) put();
    }
  };
  return valueAndGrad(forward, [probe]).value;
}

/** The parameters in a module's own fields, without those of modules in them. */
function ownParameters(module: Module): Parameter[] {
  const all = places(module);
  const inner = all.flatMap(({ path, value }) => (value instanceof Module ? [`${path}.`] : []));
  return all.flatMap(({ path, value }) =>
    value instanceof Module ||
    value instanceof ModuleBuffer ||
    inner.some((p) => path.startsWith(p))
      ? []
      : [value],
  );
}

/**
 * Puts a field in front of a module's forward that passes the output and taps its cotangent.
 * @returns what takes it away
 */
function tapForward(
  layer: Module,
  path: string,
  probe: Parameter,
  visit: (tap: Tap) => void,
): () => void {
  const own = Object.getOwnPropertyDescriptor(layer, "forward");
  const forward = layer.forward.bind(layer);
  const tapped = (...inputs: Tensor[]): Tensor => {
    const pass = customVjp(
      (y: Tensor, _: Tensor) => y,
      (cotangent) => {
        visit({ layer, path, inputs, cotangent });
        return [cotangent, null];
      },
    );
    return pass(forward(...inputs), probe);
  };
  Object.defineProperty(layer, "forward", { value: tapped, configurable: true });
  return () => {
    Reflect.deleteProperty(layer, "forward");
    if (own) Object.defineProperty(layer, "forward", own);
  };
}

/** The result of {@link perSampleGradients} for B samples. */
export interface PerSampleGradients {
  /** [B] */
  readonly losses: Tensor;
  /** By the parameters' paths, [B, ...] each. */
  readonly grads: Readonly<Record<string, Tensor>>;
}

/**
 * The gradients of each of B samples by every parameter of a model, as if each were alone in the
 * batch: one vmapped pass forward and back.
 * @param loss - of one sample to a scalar []; the sample is a batch [1, ...] of each tensor, so
 * that it may be the loss of training
 * @param batch - [B, ...] each
 * @returns the losses [B], and by the parameters' paths gradients [B, ...]. Memory: at most that of
 * the gradients and of one step of training
 * @throws ShapeError for an empty batch; BackendError for a layer that reads numbers; TapeError for
 * a loss that is no function
 * @example
 * const model = new Linear(3, 2, { random: rng(1) });
 * const loss = (x: Tensor) => sum(square(model.forward(x)));
 * perSampleGradients(model, loss, [ones([4, 3])]).grads.weight?.shape; // [4, 2, 3]
 */
export function perSampleGradients(
  model: Module,
  loss: (...sample: Tensor[]) => Tensor,
  batch: readonly Tensor[],
): PerSampleGradients {
  checkModule("perSampleGradients", model);
  checkFunction("perSampleGradients", loss);
  checkTensors("perSampleGradients", ...checkList("perSampleGradients", batch, "tensors"));
  const named = [...model.namedParameters()];
  const parameters = named.map(([, p]) => p);
  const ofSample = (...sample: Tensor[]) => {
    const alone = sample.map((x) => expandDims(x, 0));
    const { value, grads } = valueAndGrad(() => loss(...alone), parameters);
    const byPath = grads.map((by, k) => [named[k]?.[0] ?? "", by] as const);
    return { losses: value, grads: Object.fromEntries(byPath) };
  };
  return vmap(ofSample)(...batch);
}
