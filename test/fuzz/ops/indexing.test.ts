/** @file Indexing by tensors, numbers and ranges against lookups, one element at a time. */
import * as c from "@spm/core";
import fc from "fast-check";
import { test } from "vitest";
import { anyDType, axes, operand, runs, shapes, tensorOf, whole } from "./arbitrary.ts";
import { agree, broadcast, build, get, indices, outcome, type Plain, toTensor } from "./plain.ts";

const counted = (axis: number, rank: number): number | undefined =>
  axis >= -rank && axis < rank ? (axis + rank) % rank : undefined;
const within = (i: number, n: number): number | undefined =>
  i >= -n && i < n ? (i < 0 ? i + n : i) : undefined;
const small = fc.integer({ min: -4, max: 3 });
const int32 = fc.constant<c.DType>("int32");
const indexOf = (shape: fc.Arbitrary<readonly number[]> = shapes) =>
  operand(shape, fc.oneof({ weight: 6, arbitrary: int32 }, anyDType), small).filter(
    ({ dtype, plain }) => dtype !== "bool" || plain.values.every((v) => v === 0 || v === 1),
  );

test("take", () => {
  fc.assert(
    fc.property(operand(shapes, anyDType), indexOf(), axes, (x, index, axis) => {
      const { shape } = x.plain;
      const k = counted(axis, shape.length);
      const picks = index.plain.values.map((i) =>
        k === undefined ? undefined : within(i, shape[k]!),
      );
      // nothing is read: no index is looked at
      const empty = k !== undefined && shape.some((n, a) => a !== k && n === 0);
      const valid =
        k !== undefined && index.dtype === "int32" && (empty || !picks.includes(undefined));
      const taken = valid
        ? build(shape.toSpliced(k, 1, ...index.plain.shape), (place) => {
            const inner = place.slice(k, k + index.plain.shape.length);
            const i = within(get(index.plain, inner), shape[k]!)!;
            return get(x.plain, place.toSpliced(k, inner.length, i));
          })
        : "refused";
      return agree(
        outcome(() => c.take(tensorOf(x), tensorOf(index), axis)),
        taken,
      );
    }),
    runs,
  );
});

test("gather, and scatterAdd as its transpose", () => {
  const pair = operand(shapes, fc.constant<c.DType>("float64"), whole).chain((x) => {
    const shape = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.tuple(...x.plain.shape.map((n) => fc.integer({ min: 0, max: n }))),
      },
      { weight: 1, arbitrary: shapes },
    );
    return fc.tuple(fc.constant(x), indexOf(shape));
  });
  fc.assert(
    fc.property(pair, axes, ([x, index], axis) => {
      const { shape } = x.plain;
      const k = counted(axis, shape.length);
      const fits =
        k !== undefined &&
        index.dtype === "int32" &&
        index.plain.shape.length === shape.length &&
        index.plain.shape.every((n, i) => i === k || n <= shape[i]!) &&
        index.plain.values.every((i) => within(i, shape[k]!) !== undefined);
      const place = (at: number[]) => at.with(k!, within(get(index.plain, at), shape[k!]!)!);
      const gathered = fits ? build(index.plain.shape, (at) => get(x.plain, place(at))) : "refused";
      const ours = outcome(() => c.gather(tensorOf(x), tensorOf(index), axis));
      if (!agree(ours, gathered)) return false;
      const ones = { shape: index.plain.shape, values: index.plain.values.map((_, i) => i + 1) };
      const summands = () => c.tensor(Float64Array.from(ones.values), { shape: ones.shape });
      const scattered = fits
        ? build(shape, (target) => {
            const hits = indices(ones.shape).filter((at) => place(at).join() === target.join());
            return hits.reduce((sum, at) => sum + get(ones, at), 0);
          })
        : "refused";
      return agree(
        outcome(() => c.scatterAdd(summands(), tensorOf(index), axis, shape)),
        scattered,
      );
    }),
    runs,
  );
});

test("oneHot", () => {
  fc.assert(
    fc.property(indexOf(), fc.integer({ min: -1, max: 4 }), (labels, classes) => {
      const { shape, values } = labels.plain;
      const valid =
        labels.dtype === "int32" && classes >= 0 && values.every((v) => v >= 0 && v < classes);
      const expected = valid
        ? build([...shape, classes], (at) =>
            Number(within(get(labels.plain, at.slice(0, -1)), classes) === at.at(-1)),
          )
        : "refused";
      return agree(
        outcome(() => c.oneHot(tensorOf(labels), classes)),
        expected,
      );
    }),
    runs,
  );
});

test("segmentSum and indexAdd", () => {
  const pair = operand(shapes, fc.constant<c.DType>("float64"), whole).chain((x) =>
    fc.tuple(fc.constant(x), axes, fc.integer({ min: -1, max: 3 }), indexOf()),
  );
  fc.assert(
    fc.property(pair, ([x, axis, segments, ids]) => {
      const { shape } = x.plain;
      const k = counted(axis, shape.length);
      const empty = shape.some((n) => n === 0);
      const fits =
        k !== undefined &&
        segments >= 0 &&
        ids.dtype === "int32" &&
        ids.plain.shape.length === 1 &&
        ids.plain.shape[0] === shape[k] &&
        (empty || ids.plain.values.every((i) => within(i, segments) !== undefined));
      const sums = fits
        ? build(shape.with(k, segments), (at) =>
            ids.plain.values.reduce(
              (sum, id, i) =>
                within(id, segments) === at[k] ? sum + get(x.plain, at.with(k, i)) : sum,
              0,
            ),
          )
        : "refused";
      const [data, index] = [tensorOf(x), tensorOf(ids)];
      const into = () =>
        c.zeros(k === undefined ? shape : shape.with(k, segments), { dtype: "float64" });
      return (
        agree(
          outcome(() => c.segmentSum(data, index, segments, axis)),
          sums,
        ) &&
        agree(
          outcome(() => c.indexAdd(into(), index, data, axis)),
          sums,
        )
      );
    }),
    runs,
  );
});

test("roll, tile and repeat", () => {
  const counts = fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 4 });
  fc.assert(
    fc.property(operand(shapes, anyDType), axes, small, counts, (x, axis, n, list) => {
      const { shape } = x.plain;
      const k = counted(axis, shape.length);
      const rolled =
        k === undefined
          ? "refused"
          : build(shape, (at) => {
              const size = shape[k]!;
              return get(x.plain, at.with(k, (((at[k]! - n) % size) + size) % size));
            });
      const rank = Math.max(list.length, shape.length);
      const aligned = (sizes: readonly number[]) => [
        ...Array<number>(rank - sizes.length).fill(1),
        ...sizes,
      ];
      const long = aligned(shape);
      const tiled = list.includes(-1)
        ? "refused"
        : build(
            aligned(list).map((times, a) => times * long[a]!),
            (at) => get(x.plain, at.map((i, a) => i % long[a]!).slice(rank - shape.length)),
          );
      const repeated =
        k === undefined || list.length !== shape[k] || list.includes(-1)
          ? "refused"
          : build(
              shape.with(
                k,
                list.reduce((a, b) => a + b, 0),
              ),
              (at) => {
                const from = list.flatMap((times, i) => Array<number>(times).fill(i));
                return get(x.plain, at.with(k, from[at[k]!]!));
              },
            );
      const y = tensorOf(x);
      return (
        agree(
          outcome(() => c.roll(y, n, axis)),
          rolled,
        ) &&
        agree(
          outcome(() => c.tile(y, list)),
          tiled,
        ) &&
        agree(
          outcome(() => c.repeat(y, list, axis)),
          repeated,
        )
      );
    }),
    runs,
  );
});

/** An index as `at` takes it: a mask is of one or two axes that are sized as drawn here. */
const anIndex = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.integer({ min: -4, max: 3 }).map((i) => ({ kind: "number", i }) as const),
  },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 0, max: 2 }).map((start) => ({ kind: "range", start }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "new" } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: "dots" } as const) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom([], [1], [2], [2, 1], [1, 2]),
        fc.array(fc.integer({ min: -2, max: 1 }), { minLength: 2, maxLength: 2 }),
      )
      .map(([shape, list]) => ({
        kind: "list" as const,
        plain: build(shape, (at) => list[at.reduce((a, b) => a + b, 0)]!),
      })),
  },
  {
    weight: 1,
    arbitrary: operand(
      fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
      fc.constant<c.DType>("bool"),
    ).map((mask) => ({ kind: "mask", mask }) as const),
  },
);
type AnIndex = typeof anIndex extends fc.Arbitrary<infer T> ? T : never;

const toIndex = (i: AnIndex): c.Index => {
  if (i.kind === "number") return i.i;
  if (i.kind === "range") return { start: i.start };
  if (i.kind === "new") return null;
  if (i.kind === "mask") return tensorOf(i.mask);
  return i.kind === "dots" ? "..." : toTensor(i.plain, "int32");
};

/** An index read together with others: positions on some axes of x, for each place of `plain`. */
interface Read {
  readonly axes: readonly number[];
  readonly shape: readonly number[];
  readonly at: (place: readonly number[]) => readonly (number | undefined)[];
}

/** What stands for an axis of the result: an axis of x from a start, a new one, or the reads. */
type Entry = { readonly axis: number | null; readonly start: number } | "read";

/** What `at` should give, by NumPy's rules. */
function indexed(x: Plain, index: readonly AnIndex[]): Plain | "refused" {
  const axesOf = (i: AnIndex) =>
    i.kind === "mask" ? i.mask.plain.shape.length : Number(i.kind !== "new" && i.kind !== "dots");
  const used = index.reduce((n, i) => n + axesOf(i), 0);
  if (used > x.shape.length || index.filter((i) => i.kind === "dots").length > 1) return "refused";
  const whole = Array.from(
    { length: x.shape.length - used },
    (): AnIndex => ({ kind: "range", start: 0 }),
  );
  const where = index.findIndex((i) => i.kind === "dots");
  const full =
    where < 0
      ? [...index, ...whole]
      : [...index.slice(0, where), ...whole, ...index.slice(where + 1)];
  const [entries, reads, fixed]: [Entry[], Read[], Map<number, number | undefined>] = [
    [],
    [],
    new Map(),
  ];
  let axis = 0;
  for (const i of full) {
    const n = x.shape[axis]!;
    if (i.kind === "new") entries.push({ axis: null, start: 0 });
    else if (i.kind === "number") fixed.set(axis, within(i.i, n));
    else if (i.kind === "range") entries.push({ axis, start: Math.min(i.start, n) });
    else if (i.kind === "list") {
      entries.push("read");
      reads.push(listed(i.plain, axis, n));
    } else if (i.kind === "mask") {
      const { shape } = i.mask.plain;
      if (shape.some((m, k) => m !== x.shape[axis + k])) return "refused";
      entries.push("read");
      reads.push(chosen(i.mask.plain, axis));
    }
    axis += axesOf(i);
  }
  const common = broadcast(...reads.map(({ shape }) => shape), []);
  if (common === undefined || [...fixed.values()].includes(undefined)) return "refused";
  const first = entries.indexOf("read");
  const together = entries.slice(first, first + reads.length).every((e) => e === "read");
  const kept = entries.filter((e) => e !== "read");
  const before = together && first >= 0 ? first : 0;
  const sizes = kept.map((e) => (e.axis === null ? 1 : x.shape[e.axis]! - e.start));
  const places = (at: readonly number[]) => {
    const place = at.slice(before, before + common.length);
    return reads.map(({ axes, shape, at: of }) => {
      const own = shape.map((n, k) => (n === 1 ? 0 : place[common.length - shape.length + k]!));
      return [axes, of(own)] as const;
    });
  };
  const shape = [...sizes.slice(0, before), ...common, ...sizes.slice(before)];
  const lost = indices(shape).some((at) => places(at).some(([, is]) => is.includes(undefined)));
  if (lost) return "refused";
  return build(shape, (at) => {
    const source = x.shape.map((_, k) => fixed.get(k) ?? 0);
    const rest = at.toSpliced(before, common.length);
    for (const [k, e] of kept.entries()) if (e.axis !== null) source[e.axis] = e.start + rest[k]!;
    for (const [axes, is] of places(at)) for (const [k, a] of axes.entries()) source[a] = is[k]!;
    return get(x, source);
  });
}

const listed = (plain: Plain, axis: number, n: number): Read => ({
  axes: [axis],
  shape: plain.shape,
  at: (place) => [within(get(plain, place), n)],
});

function chosen(mask: Plain, axis: number): Read {
  const places = indices(mask.shape).filter((place) => get(mask, place) !== 0);
  return {
    axes: mask.shape.map((_, k) => axis + k),
    shape: [places.length],
    at: ([i = 0]) => places[i] ?? [],
  };
}

test("at", () => {
  // an index into nothing is take's business
  const full = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 });
  fc.assert(
    fc.property(operand(full, anyDType), fc.array(anIndex, { maxLength: 5 }), (x, index) => {
      const expected = indexed(x.plain, index);
      // where nothing is read, no index is looked at
      const nothing = index.some(
        (i) =>
          (i.kind === "range" && i.start > 0) ||
          (i.kind === "mask" && !i.mask.plain.values.includes(1)),
      );
      if (nothing && index.some((i) => i.kind === "list")) return true;
      return agree(
        outcome(() => c.at(tensorOf(x), ...index.map(toIndex))),
        expected,
      );
    }),
    runs,
  );
});
