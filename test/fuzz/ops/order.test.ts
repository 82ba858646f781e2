/** @file Sorting and the k largest, against insertion one by one. */
import * as c from "@spm/core";
import fc from "fast-check";
import { test } from "vitest";
import { anyDType, axes, operand, runs, shapes, tensorOf } from "./arbitrary.ts";
import { agree, build, get, outcome } from "./plain.ts";

/** Whether a comes before b in ascending order; NaN is the largest. */
const before = (a: number, b: number): boolean => !Number.isNaN(a) && (Number.isNaN(b) || a < b);

/** Positions of a row in order: each is put behind all that it does not come before. */
function order(row: readonly number[], descending: boolean): number[] {
  const sorted: number[] = [];
  row.forEach((v, i) => {
    const place = sorted.findIndex((j) => (descending ? before(row[j]!, v) : before(v, row[j]!)));
    sorted.splice(place < 0 ? sorted.length : place, 0, i);
  });
  return sorted;
}

test("argsort, sort, topk", () => {
  const k = fc.integer({ min: -1, max: 4 });
  fc.assert(
    fc.property(operand(shapes, anyDType), axes, fc.boolean(), k, (x, axis, descending, count) => {
      const { shape } = x.plain;
      const along =
        axis >= -shape.length && axis < shape.length
          ? (axis + shape.length) % shape.length
          : undefined;
      const row = (at: number[]) =>
        Array.from({ length: shape[along!]! }, (_, i) => get(x.plain, at.with(along!, i)));
      const ordered = (down: boolean, n?: number) =>
        along === undefined
          ? "refused"
          : build(
              n === undefined ? shape : shape.with(along, n),
              (at) => order(row(at), down)[at[along]!]!,
            );
      const values = (down: boolean, n?: number) => {
        const positions = ordered(down, n);
        if (positions === "refused") return positions;
        return build(positions.shape, (at) => get(x.plain, at.with(along!, get(positions, at))));
      };
      const fits = along !== undefined && count >= 0 && count <= shape[along]!;
      return (
        agree(
          outcome(() => c.argsort(tensorOf(x), { axis, descending })),
          ordered(descending),
        ) &&
        agree(
          outcome(() => c.sort(tensorOf(x), { axis, descending })),
          values(descending),
        ) &&
        agree(
          outcome(() => c.topk(tensorOf(x), count, axis).values),
          fits ? values(true, count) : "refused",
        ) &&
        agree(
          outcome(() => c.topk(tensorOf(x), count, axis).indices),
          fits ? ordered(true, count) : "refused",
        )
      );
    }),
    runs,
  );
});
