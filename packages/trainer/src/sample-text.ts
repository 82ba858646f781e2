/** @file Samples of a language model while it trains. */
import type { Callback } from "./hooks.ts";

/** When to sample, and how. */
export interface SampleOptions {
  /** Draws a text from the model as it is. */
  readonly draw: () => string | Promise<string>;
  /** Takes the text; the step it was drawn after comes with it. */
  readonly show: (text: string, step: number) => void | Promise<void>;
  /** Steps between samples; after each evaluation unless said. */
  readonly every?: number;
}

/**
 * A callback that shows what the model writes, so that one sees it learn. Draw with a generator of
 * its own: one that the model shares would change the training.
 *
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
export function sampleText({ draw, show, every }: SampleOptions): Callback {
  const sample = async ({ step }: { readonly step: number }): Promise<void> =>
    show(await draw(), step);
  if (every === undefined) return { onEvaluate: sample };
  return {
    onStep: async (position) => (position.step % every === 0 ? sample(position) : undefined),
  };
}
