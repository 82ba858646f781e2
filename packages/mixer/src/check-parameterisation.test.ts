/** @file The check of a parameterisation finds each function that is wrong, and says which. */
import { cos, mul, neg, ones, sin, stack, type Tensor } from "@spm/core";
import { binary, unary } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { checkParameterisation } from "./check-parameterisation.ts";
import { defineMixer } from "./mixer.ts";
import {
  defineParameterisation,
  type Names,
  type ParameterisationDefinition,
} from "./parameterisation/define.ts";
import { general } from "./parameterisation/general.ts";
import { reflection } from "./parameterisation/reflection.ts";
import { rotation } from "./parameterisation/rotation.ts";

/** Checks a kind of which some functions were exchanged. */
function check<const N extends Names>(
  kind: ParameterisationDefinition<N>,
  wrong: Partial<ParameterisationDefinition<N>>,
): void {
  checkParameterisation(defineMixer(defineParameterisation({ ...kind, ...wrong })));
}

/** A definition without closed forms, which then follow from `compose`. */
const composing = <const N extends Names>({
  blocks: _blocks,
  pullBack: _pullBack,
  ...definition
}: ParameterisationDefinition<N>): ParameterisationDefinition<N> => definition;

const turning = composing(rotation);

const errors: readonly [name: string, what: string, run: () => void][] = [
  [
    "compose",
    "blocks as 2×2 matrices",
    () =>
      check(turning, {
        compose: ({ angles }) => {
          const [c, s] = [cos(angles), sin(angles)];
          const blocks = stack([stack([c, neg(s)], -1), stack([s, c], -1)], -1);
          return { blocks, unpairedScales: ones([4], { dtype: angles.dtype }) };
        },
      }),
  ],
  [
    "compose",
    "no room for leading axes",
    () =>
      check(turning, {
        compose: ({ angles }, unpaired) => {
          const [c, s] = [cos(angles), sin(angles)];
          const blocks = stack([c, neg(s), s, c], 1);
          return { blocks, unpairedScales: ones([unpaired], { dtype: angles.dtype }) };
        },
      }),
  ],
  [
    "blocks",
    "a sign",
    () =>
      check(rotation, {
        blocks: (parameters, unpaired) => {
          const { blocks, unpairedScales } = rotation.blocks(parameters, unpaired);
          return { blocks: blocks.map((v, k) => (k % 4 === 1 ? -v : v)), unpairedScales };
        },
      }),
  ],
  [
    "blocks",
    "scales",
    () =>
      check(general, {
        blocks: (parameters, unpaired) => {
          const { blocks, unpairedScales } = general.blocks(parameters, unpaired);
          return { blocks, unpairedScales: unpairedScales.map(() => 1) };
        },
      }),
  ],
  [
    "pullBack",
    "half of it",
    () =>
      check(rotation, {
        pullBack: (sums, at, parameters) => {
          const { angles } = rotation.pullBack(sums, at, parameters);
          return { angles: angles.map((v) => v / 2) };
        },
      }),
  ],
  ["orthogonal", "free blocks", () => check(general, { orthogonal: true })],
  [
    "orthogonal",
    "shears, whose determinant is 1",
    () =>
      check(turning, {
        angle: undefined as never,
        compose: ({ angles }, unpaired) => {
          const one = ones(angles.shape, { dtype: angles.dtype });
          const blocks = stack([one, angles, mul(0, angles), one], -1);
          return { blocks, unpairedScales: ones([unpaired], { dtype: angles.dtype }) };
        },
      }),
  ],
  [
    "orthogonal",
    "unpaired coordinates turned around",
    () =>
      check(turning, {
        compose: (parameters, unpaired) => {
          const { blocks, unpairedScales } = rotation.compose(parameters, unpaired);
          return { blocks, unpairedScales: neg(unpairedScales) };
        },
      }),
  ],
  [
    "angle",
    "twice the angle",
    () =>
      check(turning, {
        compose: ({ angles }, unpaired) => rotation.compose({ angles: mul(2, angles) }, unpaired),
      }),
  ],
  ["determinant", "the other sign", () => check(reflection, { determinant: 1 })],
  ["determinant", "any, where it is one", () => check(rotation, { determinant: "any" })],
  ["transpose", "the block itself", () => check(rotation, { transpose: (own) => own })],
  ["inverse", "the transpose", () => check(general, { inverse: general.transpose })],
  [
    "inverse",
    "scales left as they are",
    () =>
      check(general, {
        inverse: (own) => ({
          blocks: general.inverse?.(own).blocks ?? own.blocks,
          unpairedScales: own.unpairedScales,
        }),
      }),
  ],
  [
    "nearest",
    "another angle",
    () =>
      check(rotation, {
        nearest: (blocks, scales) => {
          const { angles } = rotation.nearest(blocks, scales);
          return { angles: angles.map((v) => -v) };
        },
      }),
  ],
  [
    "nearest",
    "right for the kind's own blocks alone",
    () =>
      check(rotation, {
        nearest: (blocks) => ({
          angles: Float64Array.from({ length: blocks.length / 4 }, (_, p) =>
            Math.atan2(blocks[4 * p + 2] ?? 0, blocks[4 * p] ?? 0),
          ),
        }),
      }),
  ],
  [
    "nearest",
    "no scales",
    () =>
      check(general, {
        nearest: (blocks) => ({ blocks, unpairedScales: new Float64Array() }),
      }),
  ],
  [
    "initial",
    "one angle too few",
    () =>
      check(rotation, {
        initial: (schedule, random, init, noise) => ({
          angles: rotation.initial(schedule, random, init, noise).angles.slice(1),
        }),
      }),
  ],
  [
    "scaleRows",
    "columns",
    () =>
      check(general, {
        scaleRows: ({ blocks, unpairedScales }, first, second, unpaired) => ({
          blocks: mul(blocks, stack([first, second, first, second], -1)),
          unpairedScales: mul(unpairedScales, unpaired),
        }),
      }),
  ],
];

describe("finds what is wrong", () => {
  test.each(errors)("%s: %s", (name, _, run) => {
    expect(run).toThrow(new RegExp(`^checkParameterisation: expected ${name} of "`));
  });

  test("the message says what was expected, and by how much it is off", () => {
    expect(() => check(rotation, { transpose: (own) => own })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: checkParameterisation: expected transpose of "rotation" to make Wᵀ, got 1.82 off]`,
    );
    expect(() => check(rotation, { determinant: "any" })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: checkParameterisation: expected determinant of "rotation" to be the sign that lets hadamard(8) be exact, as the kind has its blocks, got 1.35 off]`,
    );
  });

  describe("a wrong derivative of an op in compose", () => {
    const first = unary({ name: "sine", forward: Math.sin, vjp: (ct, x) => mul(ct, sin(x)) });
    // right once: −cos′ is not sin's
    const slope = binary({
      name: "slope",
      forward: (ct, x) => ct * Math.cos(x),
      vjp: (ct, a, x) => [() => mul(ct, cos(x)), () => mul(ct, mul(a, sin(x)))],
    });
    const second = unary({ name: "sine", forward: Math.sin, vjp: (ct, x) => slope(ct, x) });
    const by = (sine: (x: Tensor) => Tensor) => () =>
      check(turning, {
        compose: ({ angles }, unpaired) => {
          const [c, s] = [cos(angles), sine(angles)];
          const blocks = stack([c, neg(s), s, c], -1);
          return { blocks, unpairedScales: ones([unpaired], { dtype: angles.dtype }) };
        },
      });
    test.each([
      ["first", first],
      ["second", second],
    ])("the %s", (_, sine) => {
      expect(by(sine)).toThrow(/^gradcheck: expected a derivative/);
    });

    test("and not the right one", () => {
      expect(by(sin)).not.toThrow();
    });
  });
});
