/** @file The description of a model: all its modules by path. */
import { reference, withBackend } from "@spm/core";
import { kindOf, Rng, sizeOf, ValueError } from "@spm/core/extend";
import { Module, type Place, places, stateOf } from "../module.ts";
import { buildModel } from "./build-model.ts";
import { type Description, descriptionOf, kindsOf } from "./module-kind.ts";
import { differenceOf } from "./rebuilt.ts";
import { SCHEMA } from "./schema.ts";

/** A module that is the same object as one before it. */
export interface SameModule {
  /** The path of that one. */
  readonly same: string;
}

/** A model as a file describes it, plain JSON: docs/file-format.md. */
export interface ModelDescription {
  readonly schema: 1;
  /** The beginning of the names of its tensors. */
  readonly prefix: string;
  /** Every module by path, outer before inner, the model itself as "". */
  readonly modules: Readonly<Record<string, Description | SameModule>>;
}

/**
 * The description of a model, from which `loadModel` builds it again, or the reason why it has
 * none. It is built again here, and has to differ in nothing but the values of its tensors: a part
 * of a class without a kind, a function without a name, a parameter in two places, a field or a
 * forward of one's own or a changed one have no description. Cost: a model beside it.
 * @param prefix - the beginning of the names of its tensors in the file
 * @example
 * const found = describeModel(new LayerNorm(8));
 * typeof found === "string" ? found : found.modules[""].kind; // "LayerNorm"
 */
export function describeModel(model: Module, prefix = ""): ModelDescription | string {
  if (!(model instanceof Module)) throw new ValueError("describeModel", "a module", kindOf(model));
  const modules = new Map<string, Description | SameModule>();
  const first = new Map<object, string>();
  const itself: Pick<Place, "path" | "value"> = { path: "", value: model };
  for (const { path, value } of [itself, ...places(model)]) {
    const before = first.get(value);
    if (before === undefined) first.set(value, path);
    if (!(value instanceof Module)) {
      if (before !== undefined) return `"${path}" is the same parameter as "${before}"`;
      continue;
    }
    if (before !== undefined) {
      modules.set(path, { same: before });
      continue;
    }
    const found = descriptionOf(value);
    if (found === "part" && path !== "") continue;
    if (found === "part") return `${model.label} is a part of another module`;
    if ("reason" in found && typeof found.reason === "string")
      return path === "" ? found.reason : `${found.reason}, at "${path}"`;
    modules.set(path, found as Description);
  }
  const description = { schema: SCHEMA, prefix, modules: Object.fromEntries(modules) } as const;
  return whyNotBuilt(model, description) ?? description;
}

/** First values that nobody reads, at once. */
class NoDraws extends Rng {
  override bits(): number {
    return 1;
  }

  override normal(): number {
    return 0;
  }
}

/** The reason why a description doesn't build its model again; null where it does. */
function whyNotBuilt(model: Module, description: ModelDescription): string | null {
  const numbers = [...stateOf(model).values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const options = { kinds: kindsOf(model), numbers, random: new NoDraws([0, 0, 0, 1]) };
  try {
    const { model: built } = withBackend(reference, () => buildModel(description, options));
    try {
      return differenceOf(model, built);
    } finally {
      built.dispose();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `it can't be built again: ${error.message.split("\n")[0]}`;
  }
}
