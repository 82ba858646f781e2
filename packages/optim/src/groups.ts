/** @file Parameter groups: who is updated, with which options. */
import { Parameter, Tensor } from "@spm/core";
import { DTypeError, showShape, showSpec, ValueError } from "@spm/core/extend";
import { checkNotNegative } from "./check.ts";
import type { CommonOptions, Decided, ParameterGroup, ParametersOrGroups, Rule } from "./rule.ts";

/** A group with every option decided. */
export interface Group<Options extends CommonOptions> {
  readonly params: readonly Parameter[];
  readonly options: Decided<Options>;
}

/**
 * Fills each group's options from the optimizer's and the rule's defaults.
 * @throws ValueError for options out of range, no parameter or one given twice; DTypeError for what
 * is no parameter
 */
export function resolveGroups<Options extends CommonOptions>(
  rule: Rule<Options>,
  params: ParametersOrGroups<Options>,
  options: Options,
): Group<Options>[] {
  const groups = params.some((p) => p instanceof Parameter)
    ? [{ ...options, params: params as readonly Parameter[] }]
    : (params as readonly ParameterGroup<Options>[]);
  const seen = new Set<Parameter>();
  const resolved = groups.map(({ params: own, ...overrides }) => {
    const decided: Decided<Options> = {
      ...rule.defaults,
      ...options,
      ...overrides,
    } as Decided<Options>;
    const { learningRate, weightDecay }: Required<CommonOptions> = decided;
    checkNotNegative(rule.name, {
      ...(typeof learningRate === "number" && { learningRate }),
      weightDecay,
    });
    rule.check?.(decided);
    for (const p of own) {
      if (!(p instanceof Parameter)) {
        const got: unknown = p;
        throw new DTypeError(
          rule.name,
          "parameters, or groups { params, ... }",
          got instanceof Tensor ? showSpec(got) : got,
        );
      }
      if (seen.has(p))
        throw new ValueError(
          rule.name,
          "each parameter once",
          `one of shape ${showShape(p.shape)} twice (as ` +
            `number ${[...seen].indexOf(p)} and ${seen.size})`,
          "a shared parameter belongs in the list once",
        );
      seen.add(p);
    }
    return { params: own, options: decided };
  });
  if (seen.size === 0) throw new ValueError(rule.name, "at least 1 parameter", 0);
  return resolved;
}
