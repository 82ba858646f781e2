/**
 * @file What forwards on a device keep for their backward passes: weight, life, and doing without.
 */
import {
  type Backend,
  noGrad,
  normal,
  ones,
  rng,
  scope,
  type Tensor,
  tensor,
  vjp,
} from "@spm/core";
import { fromArray } from "@spm/core/extend";
import { gpu } from "@spm/gpu";
import {
  type BackwardMode,
  butterfly,
  initialParameters,
  type MixerKind,
  rotationMixer,
  type Schedule,
  shuffle,
} from "@spm/mixer";
import { inOrder } from "@spm/mixer/extend";
import { crossEntropy, layerNorm, logSoftmax, rmsNorm, softmax } from "@spm/nn";
import { crossEntropyOp, layerNormOp, rmsNormOp } from "@spm/nn/extend";
import { afterAll, describe, expect, test } from "vitest";
import { distance } from "../contract/value-and-gradients.ts";
import { full } from "../full.ts";
import { kinds, modesOf } from "../mixer/kinds.ts";
import { openSoftwareGpu } from "./software-gpu.ts";

const device = await openSoftwareGpu();
const byPasses = await gpu({ mode: "cpu" });
const devices = [device, byPasses].filter((backend) => backend !== null);
afterAll(() => Promise.all(devices.map((backend) => backend.dispose())));

const [rows, n] = [3, 64];

/** What a kernel makes of handles. */
interface Made {
  readonly outputs: readonly unknown[];
  readonly residual?: readonly unknown[];
  /** Why it declines. */
  readonly reason?: string;
}

/** Runs a backend's kernel of a primitive where somebody will differentiate. */
function run(
  { kernels }: Backend,
  primitive: object,
  inputs: readonly unknown[],
  options: unknown,
  residual?: readonly unknown[],
): Made {
  const result = kernels.get(primitive)?.(inputs, options, true, residual) ?? "no kernel";
  if (typeof result === "string") return { outputs: [], reason: result };
  return "outputs" in result ? result : { outputs: result };
}

// Nine stages have all six strides, and some of them twice.
const schedules = [
  ...(full ? [butterfly(n)] : []),
  butterfly(n, 9),
  shuffle(n, 4),
  butterfly(n, 3),
];
// Those with kernels of their own, in the modes that keep something.
const modes = kinds
  .filter(([, { op }]) => byPasses.kernels.has(op.primitive))
  .flatMap(([, mixer]) =>
    modesOf(mixer).flatMap((mode) => (mode === "recompute" ? [] : [[mixer, mode] as const])),
  );
type Options = { readonly schedule: Schedule; readonly backward: BackwardMode };
const mixers = schedules.flatMap((schedule) =>
  modes.map(([mixer, backward]): [name: string, MixerKind, Options] => [
    `${mixer.op.primitive.name} ${backward}, ${schedule.name}, ${schedule.stages} stages`,
    mixer,
    { schedule, backward },
  ]),
);

describe.each(devices.map((backend) => [backend.name, backend] as const))("on %s", (_, backend) => {
  const random = rng(3);
  const moved = (t: Tensor): Tensor => fromArray(t.ndarray(), backend);
  const vector = (): Tensor => moved(normal(random, [n]));
  const [dIn, dOut, bias] = [vector(), vector(), vector()];
  const x = moved(normal(random, [rows, n]));
  const labels = moved(tensor([0, 2, 1], { dtype: "int32" }));
  const liveBuffers = () => backend.report().buffers.live;

  test("every dtype weighs four bytes an element", () => {
    const before = backend.live.bytes;
    scope(() => {
      const made = (["float32", "int32", "bool"] as const).map((dtype) =>
        tensor([1, 0, 1], { backend, dtype }),
      );
      expect(made.map(({ storage }) => storage.bytes)).toEqual([12, 12, 12]);
      expect(backend.live.bytes - before).toBe(36);
    });
    expect(backend.live.bytes).toBe(before);
  });

  test.each(mixers)("%s: what was not kept is worked out again", async (_, mixer, options) => {
    const { op, parameterisation } = mixer;
    const start = initialParameters(mixer, options.schedule, random);
    const parameters = inOrder(parameterisation, start);
    const inputs = [x, dIn, dOut, bias, ...parameters.map(moved)].map(({ handle }) => handle);
    const { outputs, residual } = run(backend, op.primitive, inputs, options);
    expect(residual).toBeDefined();
    const operands = [...outputs, ...outputs, ...inputs]; // y is its own cotangent
    const bars = async (kept?: readonly unknown[]): Promise<Float32Array[]> => {
      const made = run(backend, op.backward, operands, options, kept);
      expect(made.outputs.length).toBe(inputs.length);
      const read = await Promise.all(made.outputs.map((bar) => backend.download(bar)));
      return read.map((values) => Float32Array.from(values));
    };
    const [want, got] = [await bars(residual), await bars()];
    expect(
      got.flatMap((bar, k) => want.slice(k, k + 1).map((right) => distance(bar, right))),
    ).toEqual(got.map(() => expect.closeTo(0, 5)));
  });

  test("a mixer's weighs what it takes, and goes with the scope", () => {
    const schedule = butterfly(n);
    const angles = moved(normal(random, [schedule.first.length]));
    const step = (backward: BackwardMode): number =>
      scope(() => {
        const before = backend.live.bytes;
        const { value, pullback } = vjp(
          (x, angles) => rotationMixer(x, angles, { schedule, dIn, dOut, bias, backward }),
          x,
          angles,
        );
        const kept = backend.live.bytes - before - value.storage.bytes;
        pullback(value);
        return kept;
      });
    expect(step("recompute")).toBe(0);
    const before = { ...backend.live, buffers: liveBuffers() };
    // In one launch the coefficients of 64 · 6 / 2 pairs; by two passes z between them.
    expect(step("stored")).toBe(backend === device ? 4 * 2 * 192 : 4 * rows * n);
    expect({ ...backend.live, buffers: liveBuffers() }).toEqual(before);
  });

  test.each<[string, () => Tensor]>([
    ["softmax", () => softmax(x)],
    ["log softmax", () => logSoftmax(x)],
    ["layer norm", () => layerNorm(x, dIn, bias)],
    ["RMS norm", () => rmsNorm(x, dIn)],
    ["cross-entropy", () => crossEntropy(x, labels)],
  ])("%s keeps nothing where nobody differentiates", (_, call) => {
    const before = { ...backend.live, buffers: liveBuffers() };
    const y = scope(() => noGrad(call));
    expect(backend.live.storages).toBe(before.storages + 1);
    expect(liveBuffers()).toBe(before.buffers + 1);
    y.dispose();
    expect({ ...backend.live, buffers: liveBuffers() }).toEqual(before);
  });
});

describe.runIf(device !== null)("without what its forward kept", () => {
  test.each([
    ["layer norm", layerNormOp, 3],
    ["RMS norm", rmsNormOp, 2],
    ["cross-entropy", crossEntropyOp, 2],
  ] as const)("the backward of %s declines", (_, op, operands) => {
    const backend = device ?? byPasses;
    const { handle } = tensor([[1, 2]], { backend });
    const inputs = Array.from({ length: operands + 2 }, () => handle);
    expect(run(backend, op.backward, inputs, {}).reason).toBe("its forward kept nothing");
    expect(() => backend.fallback?.(op.backward.name, "its forward kept nothing")).toThrow(
      new RegExp(
        "^\\w+ backward: expected a kernel on webgpu .*, " +
          "got one that declines: its forward kept nothing\n",
      ),
    );
  });
});

test("a mixer without blocks is declined", () => {
  const operands = [[rows, n], [n], [n], [n]].map((shape) => ones(shape, { backend: byPasses }));
  const made = run(
    byPasses,
    rotationMixer.op.primitive,
    operands.map(({ handle }) => handle),
    {},
  );
  expect(made.reason).toBe("a mixer without blocks");
});
