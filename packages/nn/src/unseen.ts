/** @file Parts of a model that its forward uses and no walk of its fields finds. */
import { Parameter } from "@spm/core";
import { drawnFrom, inspectCalls, showSpec, ValueError } from "@spm/core/extend";
import { generatorsOf, instancesIn } from "./held.ts";
import { Module } from "./module.ts";

/**
 * Runs `f`, and describes the parameters and generators that forwards of a model used and that no
 * walk of its fields finds, such as those in `#private` fields: nothing trains, saves or moves
 * them.
 * @param model - a module, or any object with parameters in its fields and a forward
 * @example
 * class Hidden extends Module {
 *   readonly #gain = parameter(ones([8]));
 *   forward = (x: Tensor) => mul(x, this.#gain);
 * }
 * const model = new Hidden();
 * unseenIn(model, () => model.forward(ones([8]))).unseen;
 * // ["float32[8], which mul takes in the forward of Hidden"]
 */
export function unseenIn<T>(
  model: { readonly constructor: { readonly name: string } },
  f: () => T,
): { result: T; unseen: string[] } {
  const modules: object[] = model instanceof Module ? [...model.namedModules().values()] : [model];
  const seen = new Set<object>([
    ...instancesIn(model, Parameter).values(),
    ...generatorsOf(model).values(),
  ]);
  const unseen = new Map<object, string>();
  const undo = modules.map((module) => {
    const own = Object.getOwnPropertyDescriptor(module, "forward");
    const forward: unknown = Reflect.get(module, "forward");
    if (typeof forward !== "function" || Object.isFrozen(module)) return () => {};
    const where = `in the forward of ${module.constructor.name}`;
    const note = (part: object, text: string): void => {
      if (!seen.has(part) && !unseen.has(part)) unseen.set(part, text);
    };
    const watched = (...inputs: unknown[]): unknown => {
      const { result, generators } = drawnFrom(() =>
        inspectCalls(
          (op, operands) => {
            for (const x of operands)
              if (x instanceof Parameter) note(x, `${showSpec(x)}, which ${op} takes ${where}`);
          },
          () => Reflect.apply(forward, module, inputs) as unknown,
        ),
      );
      for (const random of generators) note(random, `a generator that is drawn from ${where}`);
      return result;
    };
    Object.defineProperty(module, "forward", {
      value: watched,
      configurable: true,
      writable: true,
    });
    return () => {
      Reflect.deleteProperty(module, "forward");
      if (own !== undefined) Object.defineProperty(module, "forward", own);
    };
  });
  try {
    return { result: f(), unseen: [...unseen.values()] };
  } finally {
    for (const restore of undo) restore();
  }
}

/**
 * Refuses what {@link unseenIn} found.
 * @throws ValueError that names all of it
 * @example refuseUnseen("fit", []);
 */
export function refuseUnseen(op: string, unseen: readonly string[]): void {
  if (unseen.length > 0)
    throw new ValueError(
      op,
      "every parameter and generator in a field of the model, also in arrays, Maps and Sets",
      unseen.join("; "),
      "a #private field can't be walked: make it a public one, or `private` in TypeScript",
    );
}
