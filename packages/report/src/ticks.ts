/** @file Ticks of an axis: round values with labels. */

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
/** The most ticks of a logarithmic axis, where fewer are possible. */
const MOST_TICKS = 9;
const STEPS: readonly (readonly number[])[] = [[1, 2, 5], [1, 3], [1]];

/**
 * Multiples of 1, 2 or 5 times a power of ten, from the last at or below `low` to the first at or
 * above `high`, in at most `most` steps between the two.
 */
export function linearTicks(low: number, high: number, most: number): number[] {
  const power = 10 ** Math.floor(Math.log10((high - low) / most));
  const round = [1, 2, 5].find((digit) => (high - low) / (digit * power) <= most) ?? 10;
  const step = Number((round * power).toPrecision(1));
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, k) =>
    Number(((first + k) * step).toPrecision(12)),
  );
}

/**
 * Labels of ticks with the same number of decimals, such as 0.0, 0.5, 1.0 or −1,000; very small and
 * very large ones as 2·10⁻⁹.
 */
export function linearLabels(ticks: readonly number[]): string[] {
  const largest = Math.max(...ticks.map(Math.abs));
  if (largest > 0 && (largest < 1e-4 || largest >= 1e9))
    return ticks.map((tick) =>
      tick === 0 ? "0" : `${tick < 0 ? "−" : ""}${number(Math.abs(tick))}`,
    );
  const decimals = Math.max(
    0,
    ...ticks.map((tick) => String(Number(tick.toPrecision(12))).split(".")[1]?.length ?? 0),
  );
  const fixed = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return ticks.map((tick) => tick.toLocaleString("en-US", fixed).replace("-", "−"));
}

/**
 * Round values from the last at or below the least of positive numbers to the first at or above the
 * greatest: 1, 2, 5 a decade, or 1, 3, or the decades alone where they are many.
 */
export function logTicks(values: readonly number[]): number[] {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!(low > 0) || !Number.isFinite(high)) return [];
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, k) => first + k);
  const enclosing = (steps: readonly number[]): number[] => {
    const all = powers.flatMap((power) => steps.map((step) => Number(`${step}e${power}`)));
    const below = all.findLastIndex((tick) => tick <= low);
    const above = all.findIndex((tick) => tick >= high);
    return all.slice(below, Math.max(above, below + 1) + 1);
  };
  const choices = STEPS.map(enclosing);
  return choices.find(({ length }) => length <= MOST_TICKS) ?? choices.at(-1)!;
}

/**
 * Labels of ticks such as 0.05, 1,024, 20k, 5M; powers of ten such as 10⁻⁵ where all ticks are
 * decades and some lie outside of 0.0001 to 10⁹.
 */
export function logLabels(ticks: readonly number[]): string[] {
  const decades = ticks.every((tick) => parts(tick)[0] === "1");
  const plain = ticks.every((tick) => tick >= 1e-4 && tick < 1e9);
  return ticks.map((tick) => (decades && !plain ? power(parts(tick)[1]) : number(tick)));
}

function number(value: number): string {
  if (value < 1e-4 || value >= 1e9) {
    const [digits, exponent] = parts(value);
    return digits === "1" ? power(exponent) : `${digits}·${power(exponent)}`;
  }
  for (const [unit, suffix] of [
    [1e6, "M"],
    [1e3, "k"],
  ] as const)
    if (value >= 1e4 && value % unit === 0) return `${value / unit}${suffix}`;
  return value.toLocaleString("en-US", { maximumSignificantDigits: 6 });
}

/** 2e-5 as "2" and −5. */
function parts(value: number): [digits: string, exponent: number] {
  const [digits, exponent] = value.toExponential().split("e") as [string, string];
  return [digits, Number(exponent)];
}

const power = (exponent: number): string => {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]);
  return `10${exponent < 0 ? "⁻" : ""}${digits.join("")}`;
};
