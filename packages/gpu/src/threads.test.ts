/**
 * @file The index arithmetic of the kernels, evaluated in JavaScript: the expressions are
 * JavaScript, after all.
 */
import { stridesOf } from "@spm/core/extend";
import fc from "fast-check";
import { expect, test } from "vitest";
import { coordinatesOf, floorDivide, threadsFor } from "./threads.ts";

const evaluate = (expression: string, x: number, y: number, z: number): number =>
  Function(
    "thread",
    `return ${expression.replaceAll("this.thread", "thread")}`,
  )({ x, y, z }) as number;

/** Calls `visit` with the place of each result and the thread that makes it. */
function eachThread(
  output: readonly number[],
  visit: (at: number, x: number, y: number, z: number) => void,
): void {
  const [nx = 1, ny = 1, nz = 1] = output;
  let at = 0;
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) visit(at++, x, y, z);
}

test("every thread finds its element, at any rank and stride", () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 6 });
  fc.assert(
    fc.property(
      shapes,
      fc.infiniteStream(fc.integer({ min: -9, max: 9 })),
      fc.nat(50),
      (shape, steps, offset) => {
        const stride = shape.map(() => steps.next().value as number);
        const { output, indices } = threadsFor(shape, [
          { stride, offset },
          { stride: stridesOf(shape), offset: 0 },
        ]);
        expect(output.reduce((a, b) => a * b, 1)).toBe(shape.reduce((a, b) => a * b, 1));
        eachThread(output, (at, x, y, z) => {
          let rest = at;
          const expected = stridesOf(shape).reduce((sum, step, k) => {
            const coordinate = Math.floor(rest / step);
            rest -= coordinate * step;
            return sum + coordinate * stride[k]!;
          }, offset);
          expect(evaluate(indices[0]!, x, y, z) + 0).toBe(expected + 0);
          expect(evaluate(indices[1]!, x, y, z)).toBe(at);
        });
      },
    ),
    { seed: 1 },
  );
});

test("axes apart stay apart", () => {
  const { output, coordinates } = coordinatesOf([2, 3, 4, 5]);
  expect(output).toEqual([5, 4, 6]);
  expect(coordinates.map((c) => evaluate(c, 3, 2, 5))).toEqual([1, 2, 2, 3]);
});

test("the quotient is exact in float32 for every index of an axis", () => {
  const f = Math.fround;
  let wrong = 0;
  for (const by of [3, 5, 7, 11, 97, 1000, 65535])
    for (let index = 0; index < 2 ** 19; index++)
      if (Math.floor(f(f(index + 0.5) / by)) !== Math.floor(index / by)) wrong++;
  expect(wrong).toBe(0);
  expect(floorDivide("this.thread.z", 3)).toBe("(Math.floor((this.thread.z + 0.5) / 3) | 0)");
});

test("a shape that no launch covers is refused", () => {
  expect(() => coordinatesOf([2, 600000, 3])).toThrowErrorMatchingInlineSnapshot(`
    [BackendError: gpu: expected at most 524280 rows and columns and 65535 matrices in a strided kernel, got 2 × 600000 × 3
    help: reshape to fewer, longer axes, or split the batch]
  `);
});
