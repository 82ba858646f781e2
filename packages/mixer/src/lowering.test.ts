/** @file A backend that has kernels for free blocks alone runs every kind of mixer through them. */
import {
  type Backend,
  type NdArray,
  normal,
  reference,
  rng,
  type Shape,
  setBackend,
  type Tensor,
  tensor,
  vjp,
} from "@spm/core";
import { elements, KernelTable } from "@spm/core/extend";
import { afterEach, describe, expect, test } from "vitest";
import type { BackwardMode } from "./forward-backward.ts";
import { generalMixer, type MixerKind } from "./mixer.ts";
import { mixers } from "./mixers.ts";
import { reflectionMixer } from "./parameterisation/reflection.ts";
import { butterfly, shuffle } from "./patterns.ts";
import type { Schedule } from "./schedule.ts";

const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const kinds: [name: string, mixer: MixerKind][] = Object.entries(mixers);

/** The reference, with kernels for some forwards, which note their names and how they go back. */
function backendFor(...having: MixerKind[]): Backend & { readonly ran: string[] } {
  const ran: string[] = [];
  const kernels = new KernelTable<NdArray>();
  for (const { primitive } of having.map(({ op }) => op))
    kernels.set(primitive, (inputs, options, recorded) => {
      ran.push(`${primitive.name}, ${options.backward}`);
      return primitive.forward(inputs, options, recorded);
    });
  return { ...reference, name: "stub", kernels, live: { storages: 0, bytes: 0 }, ran };
}

/** What a mixer gives on a backend: its value, the gradients by x, d_in and the parameters. */
function valueAndGradients(
  mixer: MixerKind,
  schedule: Schedule,
  backend: Backend,
  backward?: BackwardMode,
): number[][] {
  setBackend(backend);
  const random = rng(schedule.n);
  const draw = (shape: Shape): Tensor =>
    tensor(elements(normal(random, shape, 0, 1, { dtype: "float64" }).ndarray()), { shape });
  const run = (x: Tensor, dIn: Tensor, ...parameters: Tensor[]) =>
    mixer.run(x, parameters, { schedule, dIn, ...(backward && { backward }) });
  const { value, pullback } = vjp(
    run,
    draw([3, schedule.n]),
    draw([schedule.n]),
    ...mixer.parameterisation.shapes(schedule).map(draw),
  );
  return [value, ...pullback(draw(value.shape))].map(numbers);
}

function expectClose(ours: number[][], theirs: number[][]): void {
  expect(ours.map(({ length }) => length)).toEqual(theirs.map(({ length }) => length));
  const expected = theirs.flat();
  for (const [i, v] of ours.flat().entries())
    expect(Math.abs(v - (expected[i] ?? Number.NaN))).toBeLessThan(1e-12);
}

afterEach(() => setBackend(reference));

test("reflections run through the kernel of free blocks, with the same gradients by angles", () => {
  const backend = backendFor(generalMixer);
  const schedule = butterfly(8);
  const lowered = valueAndGradients(reflectionMixer, schedule, backend);
  expect(backend.ran).toEqual(["general, recompute"]);
  expectClose(lowered, valueAndGradients(reflectionMixer, schedule, reference));
});

describe.each(kinds)("%s", (name, mixer) => {
  const { orthogonal } = mixer.parameterisation;
  const modes = ["stored", "recompute", ...(orthogonal ? ["reverse"] : [])] as BackwardMode[];

  test.each(modes)("%s, on kernels for free blocks: the reference's gradients", (mode) => {
    for (const schedule of [butterfly(8), shuffle(7)]) {
      const backend = backendFor(generalMixer);
      const lowered = valueAndGradients(mixer, schedule, backend, mode);
      expect(backend.ran).toEqual([`general, ${mode === "reverse" ? "recompute" : mode}`]);
      expectClose(lowered, valueAndGradients(mixer, schedule, reference, mode));
    }
  });

  test("on kernels of its own: these, and not those for free blocks", () => {
    const schedule = shuffle(7);
    const expected = valueAndGradients(mixer, schedule, reference);
    for (const backend of [backendFor(mixer), backendFor(generalMixer, mixer)]) {
      expect(valueAndGradients(mixer, schedule, backend)).toEqual(expected);
      expect(backend.ran).toEqual([`${name}, ${orthogonal ? "reverse" : "recompute"}`]);
    }
  });

  test("is refused by its own name, before anything is composed", () => {
    const backend = backendFor(generalMixer);
    setBackend(backend);
    const schedule = butterfly(4);
    const short = mixer.parameterisation
      .shapes(schedule)
      .map(([length = 0, ...each], k) => (k === 0 ? [length - 1, ...each] : [length, ...each]))
      .map((shape) => normal(rng(1), shape));
    expect(() => mixer.run(normal(rng(1), [4]), short, { schedule })).toThrow(`${name}: expected`);
    expect(backend.ran).toEqual([]);
  });
});
