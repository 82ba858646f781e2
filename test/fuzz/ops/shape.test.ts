/** @file Ops that only move elements, against rules on indices. */
import * as c from "@spm/core";
import fc from "fast-check";
import { test } from "vitest";
import { anyDType, axes, operand, related, runs, shapes, tensorOf } from "./arbitrary.ts";
import { agree, broadcast, build, get, getBroadcast, outcome, type Plain } from "./plain.ts";

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const counted = (axis: number, rank: number): number | undefined =>
  axis >= -rank && axis < rank ? (axis + rank) % rank : undefined;
const any = operand(shapes, anyDType);

test("reshape, squeeze and expandDims keep the order of the elements", () => {
  const target = fc.array(fc.integer({ min: -2, max: 4 }), { maxLength: 4 });
  fc.assert(
    fc.property(any, target, axes, (x, shape, axis) => {
      const { shape: from, values } = x.plain;
      const open = shape.filter((n) => n === -1).length;
      const rest = size(shape.filter((n) => n !== -1));
      const missing = rest === 0 ? 0 : size(from) / rest;
      const to = shape.map((n) => (n === -1 ? missing : n));
      const valid =
        open <= 1 && to.every((n) => Number.isInteger(n) && n >= 0) && size(to) === size(from);
      const k = counted(axis, from.length);
      const squeezed =
        k !== undefined && from[k] === 1 ? from.filter((_, i) => i !== k) : undefined;
      const place = counted(axis, from.length + 1);
      return (
        agree(
          outcome(() => c.reshape(tensorOf(x), shape)),
          valid ? { shape: to, values } : "refused",
        ) &&
        agree(
          outcome(() => c.squeeze(tensorOf(x), axis)),
          squeezed ? { shape: squeezed, values } : "refused",
        ) &&
        agree(
          outcome(() => c.squeeze(tensorOf(x))),
          { shape: from.filter((n) => n !== 1), values },
        ) &&
        agree(
          outcome(() => c.expandDims(tensorOf(x), axis)),
          place === undefined ? "refused" : { shape: from.toSpliced(place, 0, 1), values },
        )
      );
    }),
    runs,
  );
});

test("transpose and flip", () => {
  fc.assert(
    fc.property(
      any,
      fc.array(axes, { maxLength: 4 }),
      fc.boolean(),
      axes,
      (x, drawn, natural, axis) => {
        const { shape } = x.plain;
        const order = natural
          ? [...shape.keys()].sort((a, b) => ((a * 7 + axis) % 3) - ((b * 7 + axis) % 3))
          : drawn;
        const plainOrder = order.map((a) => counted(a, shape.length));
        const valid =
          order.length === shape.length &&
          new Set(plainOrder).size === shape.length &&
          !plainOrder.includes(undefined);
        const turned = valid
          ? build(
              plainOrder.map((a) => shape[a!]!),
              (index) =>
                get(
                  x.plain,
                  shape.map((_, k) => index[plainOrder.indexOf(k)]!),
                ),
            )
          : "refused";
        const k = counted(axis, shape.length);
        const mirrored =
          k === undefined
            ? "refused"
            : build(shape, (index) => get(x.plain, index.with(k, shape[k]! - 1 - index[k]!)));
        return (
          agree(
            outcome(() => c.transpose(tensorOf(x), order)),
            turned,
          ) &&
          agree(
            outcome(() => c.flip(tensorOf(x), axis)),
            mirrored,
          )
        );
      },
    ),
    runs,
  );
});

/** The positions that Python's slice takes from a list of n, found by walking. */
function positions({ start, stop, step = 1 }: c.SliceRange, n: number): number[] | undefined {
  if (step === 0) return undefined;
  const list: number[] = [];
  const first = start === undefined ? (step > 0 ? 0 : n - 1) : start < 0 ? start + n : start;
  const last = stop === undefined ? (step > 0 ? n : -1) : stop < 0 ? stop + n : stop;
  const from = step > 0 ? Math.max(first, 0) : Math.min(first, n - 1);
  for (let i = from; step > 0 ? i < last : i > last; i += step) if (i >= 0 && i < n) list.push(i);
  return list;
}

const position = fc.integer({ min: -5, max: 5 });
const range: fc.Arbitrary<c.SliceRange> = fc.record(
  { start: position, stop: position, step: fc.integer({ min: -3, max: 3 }) },
  { requiredKeys: [] },
);

test("slice, with Python's rules", () => {
  fc.assert(
    fc.property(
      any,
      fc.array(fc.option(range, { nil: undefined }), { maxLength: 4 }),
      (x, ranges) => {
        const { shape } = x.plain;
        const taken = shape.map((n, k) => positions(ranges[k] ?? {}, n));
        const valid = ranges.length <= shape.length && taken.every((t) => t !== undefined);
        const part = valid
          ? build(
              taken.map((t) => t.length),
              (index) =>
                get(
                  x.plain,
                  index.map((i, k) => taken[k]![i]!),
                ),
            )
          : "refused";
        return agree(
          outcome(() => c.slice(tensorOf(x), ranges)),
          part,
        );
      },
    ),
    runs,
  );
});

test("pad and broadcastTo", () => {
  const widths = fc.array(fc.integer({ min: -1, max: 2 }), { maxLength: 4 });
  const exact = any.chain((x) => {
    const around = fc.array(fc.integer({ min: 0, max: 2 }), {
      minLength: x.plain.shape.length,
      maxLength: x.plain.shape.length,
    });
    return fc.tuple(
      fc.constant(x),
      fc.oneof(around, widths),
      fc.oneof(around, widths),
      related(x.plain.shape),
    );
  });
  fc.assert(
    fc.property(exact, fc.constantFrom(0, 1, 0.5), ([x, before, after, larger], value) => {
      const { shape } = x.plain;
      const holds = x.dtype.startsWith("float") || Number.isInteger(value);
      const valid =
        before.length === shape.length &&
        after.length === shape.length &&
        [...before, ...after].every((n) => n >= 0) &&
        holds;
      const padded = valid
        ? build(
            shape.map((n, k) => before[k]! + n + after[k]!),
            (index) => {
              const inner = index.map((i, k) => i - before[k]!);
              return inner.every((i, k) => i >= 0 && i < shape[k]!) ? get(x.plain, inner) : value;
            },
          )
        : "refused";
      const common = broadcast(shape, larger);
      const spread =
        common !== undefined && common.join() === larger.join() && common.length === larger.length
          ? build(larger, (index) => getBroadcast(x.plain, index))
          : "refused";
      return (
        agree(
          outcome(() => c.pad(tensorOf(x), before, after, { value })),
          padded,
        ) &&
        agree(
          outcome(() => c.broadcastTo(tensorOf(x), larger)),
          spread,
        )
      );
    }),
    runs,
  );
});

test("concat, stack and split", () => {
  const several = shapes.chain((shape) =>
    fc.tuple(
      fc.array(
        axes.chain((axis) =>
          operand(
            fc.oneof(
              fc.constant(shape),
              fc.constant(shape.map((n, k) => (k === (axis & 3) ? 2 : n))),
            ),
            anyDType,
          ),
        ),
        { maxLength: 3 },
      ),
      axes,
    ),
  );
  fc.assert(
    fc.property(several, fc.integer({ min: 0, max: 4 }), ([xs, axis], count) => {
      const plains = xs.map((x) => x.plain);
      const oneDType = new Set(xs.map((x) => x.dtype)).size === 1;
      const rank = plains[0]?.shape.length ?? 0;
      const k = counted(axis, rank);
      const alike = (skip?: number) =>
        plains.every(
          (p) =>
            p.shape.length === rank &&
            p.shape.every((n, i) => i === skip || n === plains[0]!.shape[i]),
        );
      const joined = oneDType && k !== undefined && alike(k) ? concatenated(plains, k) : "refused";
      const at = counted(axis, rank + 1);
      const stacked =
        oneDType && at !== undefined && alike()
          ? build(plains[0]!.shape.toSpliced(at, 0, plains.length), (index) =>
              get(plains[index[at]!]!, index.toSpliced(at, 1)),
            )
          : "refused";
      const first = xs[0];
      const cut = () => {
        const parts = c.split(tensorOf(first!), count, axis);
        return parts.length === 0 ? tensorOf(first!) : c.concat(parts, axis);
      };
      const n = k === undefined ? undefined : plains[0]!.shape[k]!;
      const divides = n !== undefined && (count === 0 ? n === 0 : n % count === 0);
      return (
        agree(
          outcome(() => c.concat(xs.map(tensorOf), axis)),
          joined,
        ) &&
        agree(
          outcome(() => c.stack(xs.map(tensorOf), axis)),
          stacked,
        ) &&
        (first === undefined || agree(outcome(cut), divides ? first.plain : "refused"))
      );
    }),
    runs,
  );
});

function concatenated(parts: readonly Plain[], axis: number): Plain {
  const ends = parts.map((_, i) => parts.slice(0, i + 1).reduce((n, p) => n + p.shape[axis]!, 0));
  return build(parts[0]!.shape.with(axis, ends.at(-1)!), (index) => {
    const which = ends.findIndex((end) => index[axis]! < end);
    return get(parts[which]!, index.with(axis, index[axis]! - (ends[which - 1] ?? 0)));
  });
}
