/** @file Products against sums over every index: matmul, einsum, outer, triangles. */
import * as c from "@spm/core";
import * as numeric from "@spm/numeric";
import fc from "fast-check";
import { test } from "vitest";
import { anyDType, operand, runs, shapes, tensorOf, whole } from "./arbitrary.ts";
import { agree, broadcast, build, get, indices, outcome, type Plain } from "./plain.ts";

const float64 = fc.constant<c.DType>("float64");
const size = fc.integer({ min: 0, max: 3 });

/** NumPy's matmul from its definition; undefined where the shapes don't fit. */
function product(a: Plain, b: Plain): Plain | undefined {
  if (a.shape.length === 0 || b.shape.length === 0) return undefined;
  const left = a.shape.length === 1 ? { ...a, shape: [1, ...a.shape] } : a;
  const right = b.shape.length === 1 ? { ...b, shape: [...b.shape, 1] } : b;
  const [m, k] = left.shape.slice(-2) as [number, number];
  const [inner, n] = right.shape.slice(-2) as [number, number];
  const batch = broadcast(left.shape.slice(0, -2), right.shape.slice(0, -2));
  if (k !== inner || batch === undefined) return undefined;
  const lookup = (x: Plain, lead: number[], i: number, j: number) => {
    const own = x.shape
      .slice(0, -2)
      .map((s, axis) => (s === 1 ? 0 : lead[lead.length - x.shape.length + 2 + axis]!));
    return get(x, [...own, i, j]);
  };
  const full = build([...batch, m, n], (index) => {
    const [i, j] = index.slice(-2) as [number, number];
    const lead = index.slice(0, -2);
    return Array.from(
      { length: k },
      (_, q) => lookup(left, lead, i, q) * lookup(right, lead, q, j),
    ).reduce((s, v) => s + v, 0);
  });
  const shape = [
    ...batch,
    ...(a.shape.length === 1 ? [] : [m]),
    ...(b.shape.length === 1 ? [] : [n]),
  ];
  return { shape, values: full.values };
}

test("matmul", () => {
  const pairs = fc.tuple(shapes, shapes, size, size, size).chain(([lead, other, m, k, n]) => {
    const left = fc.oneof(
      { weight: 4, arbitrary: fc.constant([...lead.slice(0, 2), m, k]) },
      fc.constant([k]),
      shapes,
    );
    const right = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          [...lead.slice(1, 2), k, n],
          [k, n],
          [...lead.slice(0, 2).map(() => 1), k, n],
        ),
      },
      fc.constant([k]),
      fc.constant([...other.slice(0, 1), k, n]),
    );
    return fc.tuple(
      operand(left, float64, whole),
      operand(
        right,
        fc.oneof({ weight: 9, arbitrary: float64 }, fc.constant<c.DType>("float32")),
        whole,
      ),
    );
  });
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      const valid = a.dtype === b.dtype;
      return agree(
        outcome(() => c.matmul(tensorOf(a), tensorOf(b))),
        (valid ? product(a.plain, b.plain) : undefined) ?? "refused",
      );
    }),
    runs,
  );
});

/** Einstein's summation by trying every assignment of the letters; a size of 1 broadcasts. */
function summation(terms: string[], output: string, xs: readonly Plain[]): Plain | "refused" {
  const sizes = new Map<string, number>();
  if (terms.length !== xs.length) return "refused";
  for (const [k, term] of terms.entries()) {
    const { shape } = xs[k]!;
    if (term.length !== shape.length) return "refused";
    for (const [i, letter] of [...term].entries()) {
      const among = [sizes.get(letter) ?? 1, shape[i]!].filter((n) => n !== 1);
      if (new Set(among).size > 1 || shape[i] !== shape[term.indexOf(letter)]) return "refused";
      sizes.set(letter, among[0] ?? 1);
    }
  }
  if ([...output].some((letter, i) => !sizes.has(letter) || output.indexOf(letter) !== i))
    return "refused";
  const summed = [...sizes.keys()].filter((letter) => !output.includes(letter));
  return build(
    [...output].map((letter) => sizes.get(letter)!),
    (index) => {
      let total = 0;
      for (const rest of indices(summed.map((letter) => sizes.get(letter)!))) {
        const value = (letter: string) =>
          output.includes(letter) ? index[output.indexOf(letter)]! : rest[summed.indexOf(letter)]!;
        const place = (x: Plain, term: string) =>
          [...term].map((letter, i) => (x.shape[i] === 1 ? 0 : value(letter)));
        total += xs.reduce((p, x, k) => p * get(x, place(x, terms[k]!)), 1);
      }
      return total;
    },
  );
}

/** A term, in which `...` stands for the last so many of two capital letters. */
const spelt = (text: string, dots: number): string => text.replace("...", "YZ".slice(2 - dots));

test("einsum", () => {
  const letter = fc.constantFrom("i", "j", "k", "l");
  const some = fc.array(letter, { maxLength: 2 }).map((list) => list.join(""));
  const term = fc
    .tuple(some, fc.constantFrom("...", "", ""), fc.constantFrom("", "i", "j"))
    .map((parts) => parts.join(""));
  const dotted = fc.tuple(term, fc.nat(2));
  const sizes = fc.record({ i: size, j: size, k: size, l: size, Y: size, Z: size });
  const cases = fc
    .tuple(fc.array(dotted, { minLength: 1, maxLength: 3 }), term, sizes, fc.boolean())
    .chain(([terms, output, n, wrong]) =>
      fc.tuple(
        fc.constant(terms),
        fc.constant(output),
        fc.tuple(
          ...terms.map(([text, dots]) => {
            const letters = [...spelt(text, dots)];
            return fc
              .array(fc.integer({ min: 0, max: 5 }), {
                minLength: letters.length,
                maxLength: letters.length,
              })
              .chain((ones) => {
                const sizeOf = (l: string, i: number) =>
                  ones[i] === 0 ? 1 : n[l as "i"] + (wrong && i === 1 ? 1 : 0);
                return operand(fc.constant(letters.map(sizeOf)), float64, whole);
              });
          }),
        ),
      ),
    );
  fc.assert(
    fc.property(cases, fc.boolean(), ([terms, output, xs], implicit) => {
      const texts = terms.map(([text]) => text);
      const all = texts.map((text) => text.replace("...", "")).join("");
      const once = [...new Set(all)]
        .filter((l) => all.split(l).length === 2)
        .sort()
        .join("");
      const equation = implicit ? texts.join(",") : `${texts.join(", ")} -> ${output}`;
      const most = Math.max(0, ...terms.map(([t, dots]) => (t.includes("...") ? dots : 0)));
      return agree(
        outcome(() => c.einsum(equation, ...xs.map(tensorOf))),
        summation(
          terms.map(([text, dots]) => spelt(text, dots)),
          spelt(implicit ? `...${once}` : output, most),
          xs.map((x) => x.plain),
        ),
      );
    }),
    runs,
  );
});

test("outer, triu and tril", () => {
  const diagonal = fc.integer({ min: -4, max: 4 });
  fc.assert(
    fc.property(
      operand(shapes, float64),
      operand(shapes, float64, whole),
      operand(shapes, anyDType),
      diagonal,
      (a, b, x, d) => {
        const vectors = a.plain.shape.length === 1 && b.plain.shape.length === 1;
        const outer = vectors
          ? build(
              [a.plain.shape[0]!, b.plain.shape[0]!],
              ([i, j]) => a.plain.values[i!]! * b.plain.values[j!]!,
            )
          : "refused";
        const triangle = (keep: (above: number) => boolean) =>
          x.plain.shape.length < 2
            ? "refused"
            : build(x.plain.shape, (index) =>
                keep(index.at(-1)! - index.at(-2)!) ? get(x.plain, index) : 0,
              );
        return (
          agree(
            outcome(() => numeric.outer(tensorOf(a), tensorOf(b))),
            outer,
          ) &&
          agree(
            outcome(() => numeric.triu(tensorOf(x), d)),
            triangle((above) => above >= d),
          ) &&
          agree(
            outcome(() => numeric.tril(tensorOf(x), d)),
            triangle((above) => above <= d),
          )
        );
      },
    ),
    runs,
  );
});

test("fft of pairs and of real signals", () => {
  const row = fc.constantFrom(1, 2, 4, 8, 3, 0);
  const arbitrary = fc
    .tuple(fc.integer({ min: 0, max: 2 }), row, fc.constantFrom(2, 2, 2, 3))
    .chain(([lead, n, pair]) =>
      operand(fc.constantFrom([lead, n, pair], [n, pair], [n]), float64, whole),
    );
  const dft = (x: Plain, sign: number): Plain =>
    build(x.shape, (index) => {
      const [k, part] = index.slice(-2) as [number, number];
      const n = x.shape.at(-2)!;
      return Array.from({ length: n }, (_, j) => {
        const angle = (sign * 2 * Math.PI * ((j * k) % n)) / n;
        const [re, im] = [0, 1].map((p) => get(x, [...index.slice(0, -2), j, p])) as [
          number,
          number,
        ];
        return part === 0
          ? re * Math.cos(angle) - im * Math.sin(angle)
          : re * Math.sin(angle) + im * Math.cos(angle);
      }).reduce((s, v) => s + v, 0);
    });
  fc.assert(
    fc.property(arbitrary, (x) => {
      const { shape } = x.plain;
      const valid = shape.length >= 2 && shape.at(-1) === 2 && shape.at(-2)! >= 1;
      const n = shape.at(-2)!;
      const forward = valid ? dft(x.plain, -1) : "refused";
      const backward = valid
        ? { shape, values: dft(x.plain, 1).values.map((v) => v / n) }
        : "refused";
      const real = () => numeric.irfft(numeric.rfft(tensorOf(x)), { n: shape.at(-1)! });
      return (
        agree(
          outcome(() => numeric.fft(tensorOf(x))),
          forward,
          1e-12,
        ) &&
        agree(
          outcome(() => numeric.ifft(tensorOf(x))),
          backward,
          1e-12,
        ) &&
        agree(outcome(real), shape.at(-1)! >= 1 ? x.plain : "refused", 1e-12)
      );
    }),
    runs,
  );
});
