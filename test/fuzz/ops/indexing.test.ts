/** @file Indexing by tensors, numbers and ranges against lookups, one element at a time. */
import * as c from "@spm/core";
import fc from "fast-check";
import { test } from "vitest";
import { anyDType, axes, operand, runs, shapes, tensorOf, whole } from "./arbitrary.ts";
import { agree, build, get, indices, outcome, type Plain } from "./plain.ts";

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

/** An index as `at` takes it, and as a list of positions where its axis stays. */
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
    weight: 1,
    arbitrary: fc.array(small, { maxLength: 2 }).map((list) => ({ kind: "list", list }) as const),
  },
);
type AnIndex = typeof anIndex extends fc.Arbitrary<infer T> ? T : never;

const toIndex = (i: AnIndex): c.Index => {
  if (i.kind === "number") return i.i;
  if (i.kind === "range") return { start: i.start };
  if (i.kind === "new") return null;
  return i.kind === "dots" ? "..." : c.tensor(Int32Array.from(i.list));
};

/** What `at` should give, by working out which positions each axis of the result stands for. */
function indexed(x: Plain, index: readonly AnIndex[]): Plain | "refused" {
  const used = index.filter((i) => i.kind !== "new" && i.kind !== "dots").length;
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
  const sources: { axis: number | null; positions: (number | undefined)[]; drop: boolean }[] = [];
  let axis = 0;
  for (const i of full) {
    const n = x.shape[axis]!;
    if (i.kind === "new") sources.push({ axis: null, positions: [0], drop: false });
    else if (i.kind === "number")
      sources.push({ axis: axis++, positions: [within(i.i, n)], drop: true });
    else if (i.kind === "list")
      sources.push({ axis: axis++, positions: i.list.map((v) => within(v, n)), drop: false });
    else if (i.kind === "range") {
      const positions = Array.from({ length: n }, (_, v) => v).slice(i.start);
      sources.push({ axis: axis++, positions, drop: false });
    }
  }
  if (sources.some((s) => s.positions.includes(undefined))) return "refused";
  const kept = sources.filter((s) => !s.drop);
  return build(
    kept.map((s) => s.positions.length),
    (at) => {
      const source = x.shape.map(() => 0);
      for (const s of sources)
        if (s.axis !== null) source[s.axis] = s.positions[s.drop ? 0 : at[kept.indexOf(s)]!]!;
      return get(x, source);
    },
  );
}

test("at", () => {
  // an index into nothing is take's business
  const full = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 });
  fc.assert(
    fc.property(operand(full, anyDType), fc.array(anIndex, { maxLength: 5 }), (x, index) => {
      const emptied = index.some(
        (i) => (i.kind === "list" && i.list.length === 0) || (i.kind === "range" && i.start > 0),
      );
      const listed = index.some((i) => i.kind === "list");
      if (emptied && listed) return true; // whether an index is looked at then depends on the order
      return agree(
        outcome(() => c.at(tensorOf(x), ...index.map(toIndex))),
        indexed(x.plain, index),
      );
    }),
    runs,
  );
});
