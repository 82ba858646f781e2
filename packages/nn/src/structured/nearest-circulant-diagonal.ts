/** @file The diagonal-circulant-diagonal product that is near to a matrix. */

/** The numbers of W[o, i] = left[o] · kernel[(o − i) mod n] · right[i], n = max(in, out). */
interface DiagonalsAndSpectrum {
  readonly left: Float64Array;
  readonly kernel: Float64Array;
  readonly right: Float64Array;
}

const mostSweeps = 1000;

/**
 * A product near to W [out, in] in Frobenius norm, by alternating least squares of kernel, left and
 * right, each exact for the others, started from {@link signs} until a sweep explains no more. It
 * ends in a local minimum, which for a W that is such a product is W itself in most cases, not all.
 * O(out · in) a sweep, up to 1000 of them.
 */
export function nearestCirculantDiagonal(weight: readonly Float64Array[]): DiagonalsAndSpectrum {
  const [rows, columns] = [weight.length, weight[0]?.length ?? 0];
  const n = Math.max(rows, columns);
  const [left, right] = signs(weight, columns);
  const kernel = new Float64Array(n);
  const place = (o: number, i: number): number => (o - i + n) % n;
  /** Least squares for a factor: `at` is its place in each entry, `others` what multiplies it. */
  const solve = (
    factor: Float64Array,
    at: (o: number, i: number) => number,
    others: (o: number, i: number) => number,
  ): number => {
    const [dot, power] = [new Float64Array(factor.length), new Float64Array(factor.length)];
    weight.forEach((row, o) => {
      row.forEach((w, i) => {
        const rest = others(o, i);
        dot[at(o, i)]! += w * rest;
        power[at(o, i)]! += rest * rest;
      });
    });
    factor.forEach((_, k) => {
      factor[k] = power[k]! > 0 ? dot[k]! / power[k]! : 0;
    });
    return factor.reduce((t, v, k) => t + v * dot[k]!, 0); // of ‖W‖², what the product explains
  };
  for (let sweep = 0, before = -1, now = 0; sweep < mostSweeps && now > before; sweep++) {
    before = now * (1 + 1e-14);
    solve(kernel, place, (o, i) => left[o]! * right[i]!);
    solve(
      left,
      (o) => o,
      (o, i) => kernel[place(o, i)]! * right[i]!,
    );
    now = solve(
      right,
      (_, i) => i,
      (o, i) => left[o]! * kernel[place(o, i)]!,
    );
  }
  return { left, kernel, right };
}

/**
 * Signs of both diagonals: W[o, i] W[o+1, i+1] has that of left[o] left[o+1] right[i] right[i+1]
 * whatever the kernel, so the vectors that fit these products best, one after the other, are the
 * quotients of neighbouring signs.
 */
function signs(
  weight: readonly Float64Array[],
  columns: number,
): [left: Float64Array, right: Float64Array] {
  const products = weight
    .slice(1)
    .map((row, o) => Float64Array.from(row.subarray(1), (w, i) => w * weight[o]![i]!));
  const largest = products.reduce(
    (best, row) => (norm(row) > norm(best) ? row : best),
    new Float64Array(columns - 1),
  );
  const first = largest.map(signOf);
  const down = products.map((row) => signOf(row.reduce((t, p, i) => t + p * first[i]!, 0)));
  const across = first.map((_, i) =>
    signOf(products.reduce((t, row, o) => t + row[i]! * down[o]!, 0)),
  );
  return [running(down), running(across)];
}

const signOf = (x: number): number => (x < 0 ? -1 : 1);
const norm = (row: Float64Array): number => Math.hypot(...row);

/** 1, s₀, s₀ s₁, … */
function running(quotients: ArrayLike<number>): Float64Array {
  const out = new Float64Array(quotients.length + 1).fill(1);
  for (let k = 1; k < out.length; k++) out[k] = out[k - 1]! * quotients[k - 1]!;
  return out;
}
