/** @file What one golden case comes to. */
import type { NdArray, Tensor } from "@spm/core";
import { errorOf, type GoldenTensor, type Precision } from "./golden-tensor.ts";

/** A named case; `run` is missing where nothing of ours answers to it yet. */
export interface GoldenCase {
  readonly name: string;
  readonly run:
    | ((precision: Precision) => readonly Comparison[] | Promise<readonly Comparison[]>)
    | undefined;
}

/** One tensor of ours against PyTorch's. */
export interface Comparison {
  readonly what: string;
  readonly error: number;
}

export const compare = (
  what: string,
  ours: Tensor | NdArray,
  golden: GoldenTensor,
): Comparison => ({
  what,
  error: errorOf(ours, golden),
});

/** Largest error allowed: float64 carries 16 digits, float32 seven. */
const tolerance: Readonly<Record<Precision, number>> = { float64: 1e-9, float32: 2e-5 };

export type Verdict =
  | { readonly name: string; readonly verdict: "passed"; readonly error: number }
  | {
      readonly name: string;
      readonly verdict: "failed";
      readonly error: number;
      readonly why: string;
    }
  | { readonly name: string; readonly verdict: "not yet" };

/** Runs a case. An op that throws has failed. */
export async function judge({ name, run }: GoldenCase, precision: Precision): Promise<Verdict> {
  if (run === undefined) return { name, verdict: "not yet" };
  try {
    const comparisons = await run(precision);
    const worst = comparisons.reduce((a, b) => (b.error > a.error ? b : a));
    if (worst.error <= tolerance[precision]) return { name, verdict: "passed", error: worst.error };
    return {
      name,
      verdict: "failed",
      error: worst.error,
      why: `${worst.what} is off by ${worst.error.toExponential(1)}`,
    };
  } catch (error) {
    return { name, verdict: "failed", error: Number.POSITIVE_INFINITY, why: String(error) };
  }
}
