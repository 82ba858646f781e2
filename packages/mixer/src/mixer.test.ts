/**
 * @file The fused mixer: derivatives of the first and second order, leading axes, sizes 0 and 1,
 * and what it refuses.
 */
import {
  elements,
  grad,
  gradcheck,
  gradgradcheck,
  hvp,
  jvp,
  mul,
  normal,
  rng,
  square,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "@spm/core";
import { describe, expect, test } from "vitest";
import { composedMixer } from "./composed.ts";
import { type BackwardMode, generalMixer, rotationMixer } from "./mixer.ts";
import { general, rotation } from "./parameterisation.ts";
import { brick, butterfly, fromPairs, type Schedule, shuffle } from "./schedule.ts";

const float64 = { dtype: "float64" } as const;
const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));

/** Angles, or blocks and scales. */
type Stages = [angles: Tensor] | [blocks: Tensor, scales: Tensor];
type Operands = [x: Tensor, dIn: Tensor, dOut: Tensor, bias: Tensor, ...stages: Stages];

/** Every operand of a mixer in → n → out, with leading axes on x. */
function inputsOf(
  kind: "rotation" | "general",
  schedule: Schedule,
  fan: { in: number; out: number },
  lead: number[],
): Operands {
  const random = rng(schedule.n + 100 * schedule.stages);
  const draw = (...shape: number[]) => normal(random, shape, 0, 1, float64);
  const parameters: Stages =
    kind === "rotation"
      ? [draw(schedule.first.length)]
      : [draw(schedule.first.length, 4), draw(schedule.leftovers.length)];
  return [draw(...lead, fan.in), draw(fan.in), draw(fan.out), draw(fan.out), ...parameters];
}

const fused =
  (schedule: Schedule, backward: BackwardMode) =>
  (...[x, dIn, dOut, bias, ...stages]: Operands): Tensor => {
    const options = { schedule, backward, dIn, dOut, bias };
    return stages.length === 1
      ? rotationMixer(x, ...stages, options)
      : generalMixer(x, ...stages, options);
  };

const modes = [
  ["rotation", "reverse"],
  ["rotation", "stored"],
  ["rotation", "recompute"],
  ["general", "stored"],
  ["general", "recompute"],
] as const;

describe.each(modes)("%s, %s", (kind, backward) => {
  test.each([
    ["a butterfly", butterfly(4), { in: 4, out: 4 }, [3]],
    ["an odd shuffle with rows and columns cut off", shuffle(5), { in: 4, out: 3 }, [2, 2]],
    ["more rows than a group holds", brick(3, 2), { in: 3, out: 3 }, [5]],
    ["one vector", butterfly(2), { in: 2, out: 2 }, []],
    ["one coordinate", butterfly(1), { in: 1, out: 1 }, [2]],
  ] as const)("first and second derivatives: %s", (_, schedule, fan, lead) => {
    const inputs = inputsOf(kind, schedule, fan, [...lead]);
    const f = fused(schedule, backward);
    gradcheck(f, inputs);
    gradgradcheck(f, inputs);
  });

  test("jvp and hvp agree with those of the composed operator", () => {
    const schedule = shuffle(5);
    const inputs = inputsOf(kind, schedule, { in: 5, out: 4 }, [2]);
    const random = rng(9);
    const tangents = inputs.map((x) => normal(random, x.shape, 0, 1, float64));
    const composed = (...xs: Operands) => composedMixer(schedule, { rotation, general }[kind], xs);
    const f = fused(schedule, backward);
    const [ours, theirs] = [jvp(f, inputs, tangents), jvp(composed, inputs, tangents)];
    numbers(ours.tangent).forEach((v, i) => {
      expect(v).toBeCloseTo(numbers(theirs.tangent)[i]!, 10);
    });
    const loss =
      (g: typeof f) =>
      (...xs: Operands) =>
        sum(square(g(...xs)));
    const expected = hvp(loss(composed), inputs, tangents).map(numbers);
    hvp(loss(f), inputs, tangents).forEach((product, k) => {
      numbers(product).forEach((v, i) => {
        const want = expected[k]![i]!;
        expect(Math.abs(v - want)).toBeLessThan(1e-9 * (1 + Math.abs(want)));
      });
    });
  });

  test("a third derivative: through the vjp of the vjp of the vjp", () => {
    const schedule = butterfly(2);
    const [x, dIn, dOut, bias, first, ...scales] = inputsOf(kind, schedule, { in: 2, out: 2 }, []);
    const cube = (p: Tensor) => {
      const y = fused(schedule, backward)(x, dIn, dOut, bias, p, ...scales);
      return sum(mul(y, mul(y, y)));
    };
    const second = (p: Tensor) => sum(square(grad(cube)(p)));
    gradcheck(grad(second), [first], { tolerance: 1e-4 }); // relative to values in the hundreds
  });

  test("no rows at all", () => {
    const schedule = shuffle(3);
    const inputs = inputsOf(kind, schedule, { in: 3, out: 2 }, [0]);
    const f = fused(schedule, backward);
    expect(f(...inputs).shape).toEqual([0, 2]);
    const all = inputs.map((_, k) => k);
    const grads = grad((...xs: Operands) => sum(f(...xs)), all)(...inputs);
    expect(grads.flatMap(numbers).every((v) => v === 0)).toBe(true);
  });
});

test(
  "coordinates beyond the input get no gradient, " +
    "and beyond the output no say: the corner of the n × n product",
  () => {
    const schedule = butterfly(8);
    const [x, , , , angles] = inputsOf("rotation", schedule, { in: 8, out: 8 }, [2]);
    const padded = mul(x, tensor(Float64Array.of(1, 1, 1, 0, 0, 0, 0, 0)));
    const corner = tensor(
      Float64Array.from([0, 1].flatMap((r) => numbers(x).slice(8 * r, 8 * r + 3))),
      {
        shape: [2, 3],
      },
    );
    const whole = numbers(rotationMixer(padded, angles, { schedule }));
    const part = numbers(
      rotationMixer(corner, angles, { schedule, dOut: tensor(new Float64Array(5).fill(1)) }),
    );
    expect(part).toEqual([...whole.slice(0, 5), ...whole.slice(8, 13)]);
  },
);

test("a user's own pairs", () => {
  const schedule = fromPairs(3, [[[2, 0]]]);
  const y = rotationMixer(
    tensor(Float64Array.of(1, 10, 100)),
    tensor(Float64Array.of(Math.PI / 2)),
    { schedule },
  );
  const [a, b, c] = numbers(y);
  // (z₂, z₀) ← (−z₀, z₂)
  expect([a, b, c].map((v) => Math.round(v! * 1e9) / 1e9)).toEqual([100, 10, -1]);
});

test("refuses what does not fit", () => {
  const schedule = shuffle(5, 2);
  const [x, angles] = [zeros([2, 5]), zeros([4])];
  const [blocks, scales] = [zeros([4, 4]), zeros([2])];
  expect(() =>
    rotationMixer(zeros([2, 6]), angles, { schedule }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotation: expected x of shape [..., in ≤ 5], got [2, 6]]`,
  );
  expect(() => rotationMixer(tensor(1), angles, { schedule })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotation: expected x of shape [..., in ≤ 5], got []]`,
  );
  expect(() => rotationMixer(x, zeros([5]), { schedule })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotation: expected angles of shape [4], got [5]]`,
  );
  expect(() => rotationMixer(x, zeros([4, 1]), { schedule })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotation: expected angles of shape [4], got [4, 1]]`,
  );
  expect(() =>
    rotationMixer(x, angles, { schedule, dIn: zeros([4]) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotation: expected dIn of shape [5], got [4]]`,
  );
  expect(() =>
    rotationMixer(x, angles, { schedule, dOut: zeros([6]) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotation: expected dOut of shape [out ≤ 5], got [6]]`,
  );
  expect(() =>
    rotationMixer(x, angles, { schedule, dOut: zeros([5]), bias: zeros([4]) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotation: expected bias of shape [5], got [4]]`,
  );
  expect(() =>
    generalMixer(x, zeros([16]), scales, { schedule }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: general: expected blocks of shape [4, 4], got [16]]`,
  );
  expect(() =>
    generalMixer(x, blocks, zeros([3]), { schedule }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: general: expected scales of shape [2], got [3]]`,
  );
  expect(() =>
    generalMixer(x, blocks, scales, { schedule, backward: "reverse" }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: general: expected backward "stored" or "recompute", got reverse
    help: 2×2 blocks are too ill-conditioned to walk back]
  `);
  expect(() =>
    rotationMixer(x, zeros([4], float64), { schedule }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [DTypeError: rotation: expected one dtype for all operands, got float32 and float64
    help: cast one: cast(x, "float32")]
  `);
  expect(() =>
    rotationMixer(zeros([5], { dtype: "int32" }), zeros([4], { dtype: "int32" }), { schedule }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [DTypeError: rotation: expected float32 or float64, got int32
    help: cast it: cast(x, "float32")]
  `);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses an angle of %d", (angle) => {
  const angles = tensor([0, 0, angle, 0]);
  expect(() => rotationMixer(zeros([5]), angles, { schedule: shuffle(5, 2) })).toThrow(
    `rotation: expected finite angles, got ${angle} for pair 2\nhelp: did training diverge?`,
  );
});
