/** @file Samples of a language model while it trains. */
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import type { Callback } from "./hooks.ts";

/** Options of {@link sampleText}. */
export interface SampleOptions {
  /** Draws a text from the current model. */
  readonly draw: () => string | Promise<string>;
  /** Shows a text, drawn after `step` steps. */
  readonly show: (text: string, step: number) => void | Promise<void>;
  /** Steps between samples. Without it, a sample follows each evaluation. */
  readonly every?: number;
}

const names: OptionNames<SampleOptions> = { draw: true, show: true, every: true };

/**
 * A callback that shows texts of a language model while it trains. Draw them with a separate
 * generator: one that the model shares changes the training.
 *
 * @throws ValueError for an `every` that is no count; OptionError for an unknown option
 * @example
 * ```ts
 * import { sampleText } from "@spm/trainer";
 * const callbacks = [
 *   sampleText({
 *     draw: () => "text from the model",
 *     show: (text, step) => console.log(step, text),
 *   }),
 * ];
 * ```
 */
export function sampleText(options: SampleOptions): Callback {
  checkOptions("sampleText", options, names);
  const { draw, show, every } = options;
  const sample = async ({ step }: { readonly step: number }): Promise<void> =>
    show(await draw(), step);
  if (every === undefined) return { needs: [], onEvaluate: sample };
  if (!Number.isSafeInteger(every) || every < 1)
    throw new ValueError("sampleText", "a whole number ≥ 1 as every", every);
  return {
    onStep: async (position) => (position.step % every === 0 ? sample(position) : undefined),
  };
}
