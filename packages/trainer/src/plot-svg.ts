/** @file What every plot needs: ticks of a logarithmic axis, and its SVG as text. */

/** Round values between the least and the greatest of positive ones: 1, 2, 5 a decade, only 1 where decades are many. */
export function logTicks(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const powers: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) powers.push(power);
  const digits = powers.length > 4 ? [1] : [1, 2, 5];
  return powers
    .flatMap((power) => digits.map((digit) => digit * 10 ** power))
    .filter((tick) => tick >= low && tick <= high);
}

/** An element's text, with ids of its own: Plot counts its clip paths through the life of the process. */
export function serialize(element: Element, prefix: string): string {
  const ids = new Map<string, string>();
  return element.outerHTML.replace(/plot-clip-\d+/g, (id) => {
    if (!ids.has(id)) ids.set(id, `${prefix}-clip-${ids.size}`);
    return ids.get(id) as string;
  });
}
