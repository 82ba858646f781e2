/** @file Which positions a position reads, factor by factor, of a circle of n positions. */
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { checkChoice, checkSizes } from "@spm/nn/extend";

/** The protocols of {@link Paramixer}: `chord` reads ahead, `cdil` to both sides, dilated. */
export type LinkProtocol = "chord" | "cdil";

/** Options of {@link linkShifts}. */
export interface LinkOptions {
  /**
   * Whether there are ⌊log₂ n⌋ or ⌈log₂ n⌉ factors, where n is no power of two.
   * @defaultValue "ceil"
   */
  readonly rounding?: "floor" | "ceil";
}

const names: OptionNames<LinkOptions> = { rounding: true };

/** Neighbours on either side in CDIL. */
const REACH = 4;

/**
 * The links of each factor m < M = log₂ n, rounded, as shifts: position i reads i + shift (mod n),
 * itself first. `chord`: 2⁰ … 2^(M−1), the same M + 1 links for all m (Stoica et al. 2001). `cdil`:
 * ±2ᵐ, ±2 · 2ᵐ, ±3 · 2ᵐ, ±4 · 2ᵐ, nine links. After the last factor of either kind, ceil form,
 * every position has seen all (Khalitov et al. 2022).
 * @throws ShapeError for n < 1; ValueError for another protocol
 * @example linkShifts("chord", 8); // three times [0, 1, 2, 4]
 */
export function linkShifts(
  protocol: LinkProtocol,
  n: number,
  options: LinkOptions = {},
): (readonly number[])[] {
  checkOptions("linkShifts", options, names);
  const { rounding = "ceil" } = options;
  checkChoice("linkShifts", ["chord", "cdil"], protocol);
  checkChoice("linkShifts", ["floor", "ceil"], rounding);
  checkSizes("linkShifts", "n", n);
  const factors = Math[rounding](Math.log2(n));
  const chord = [0, ...Array.from({ length: factors }, (_, k) => 2 ** k)];
  const ahead = Array.from({ length: REACH }, (_, k) => k + 1);
  const dilated = (by: number) => [0, ...ahead.map((k) => k * by), ...ahead.map((k) => -k * by)];
  return Array.from({ length: factors }, (_, m) =>
    protocol === "chord" ? chord : dilated(2 ** m),
  );
}
