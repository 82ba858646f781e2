/** @file Checks of what training is given: model, loader, loss function, optimizer. */
import { Parameter, type Tensor } from "@spm/core";
import { DTypeError, kindOf, showSpec, ValueError } from "@spm/core/extend";
import { DataLoader } from "@spm/data";
import { instancesIn } from "@spm/nn/extend";
import type { Json } from "./io/json.ts";
import type { LossFunction, Measurement } from "./measurement.ts";

/** @throws ValueError for anything but a loader */
export function checkLoader(op: string, loader: unknown): void {
  if (loader instanceof DataLoader) return;
  const help = "new DataLoader(data, { batchSize: 32, seed: 1 })";
  throw new ValueError(op, "a DataLoader", kindOf(loader), help);
}

const LOSS_HELP =
  "give it model and batch: loss: (model, { x, y }) => ({ loss: mse(model.forward(x), y) })";

/** @throws ValueError for anything but a function */
export function checkLoss(op: string, loss: unknown): void {
  if (typeof loss === "function") return;
  throw new ValueError(op, "a loss function of (model, batch)", kindOf(loss), LOSS_HELP);
}

/**
 * Calls a loss function.
 * @throws ValueError where it fails on model and batch, as a function of two tensors does
 */
export function callLoss<Model, Batch>(
  loss: LossFunction<Model, Batch>,
  model: Model,
  batch: Batch,
): Measurement {
  try {
    return loss(model, batch);
  } catch (error) {
    const noTensor =
      error instanceof DTypeError &&
      [model, batch].some((value) => error.message.includes(`got ${kindOf(value)}`));
    if (!(error instanceof TypeError) && !noTensor) throw error;
    const { name, message } = error;
    const cause = new ValueError(
      "fit",
      "a loss function of (model, batch)",
      `${kindOf(loss)}, which threw ${name}: ${message}`,
      LOSS_HELP,
    );
    cause.cause = error;
    throw cause;
  }
}

/** The part of an optimizer that training calls. */
export interface Updater {
  /** The parameters that are trained, in the order of their gradients. */
  readonly parameters: readonly Parameter[];
  /** Updates the parameters. */
  step(grads: readonly Tensor[]): void;
  /** The learning rate of the last step. */
  readonly learningRate: number;
  /**
   * Options that a checkpoint keeps and a resumed training compares, group by group.
   * @defaultValue nothing is compared
   */
  readonly settings?: Json;
}

/** @throws ValueError for anything but an optimizer */
export function checkOptimizer(op: string, optimizer: Updater): void {
  const { parameters, step } = (optimizer ?? {}) as Partial<Updater>;
  if (
    typeof step === "function" &&
    Array.isArray(parameters) &&
    parameters.length > 0 &&
    parameters.every((p) => p instanceof Parameter)
  )
    return;
  const help = "adam(model.parameters(), { learningRate: 1e-3 })";
  throw new ValueError(op, "an optimizer of at least 1 parameter", kindOf(optimizer), help);
}

/**
 * Refuses parameters that are another model's. A model whose fields have none at all, such as a
 * function, is not judged.
 * @param part - what holds the parameters, for the message
 * @throws ValueError when some of them are in no field of the model
 */
export function checkOwned(
  model: unknown,
  parameters: readonly Parameter[],
  part: "the optimizer" | "the average",
): void {
  const mine = new Set<Parameter>(instancesIn(model, Parameter).values());
  if (mine.size === 0) return;
  const foreign = parameters.filter((p) => !mine.has(p));
  if (foreign.length === 0) return;
  const specs = foreign.slice(0, 3).map(showSpec).join(", ");
  throw new ValueError(
    "fit",
    `${part} of this model's parameters`,
    `${foreign.length} of ${parameters.length} that are in no field of it (${specs})`,
    foreign.length === parameters.length
      ? `make ${part} of model.parameters(), after the model`
      : "put what is trained with the model, such as a temperature, into a field of it",
  );
}
