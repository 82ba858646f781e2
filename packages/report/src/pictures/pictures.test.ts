/** @file What the pictures show: the numbers behind them by definition, and a small one drawn. */
import { rng, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import {
  butterfly,
  generalMixer,
  hadamard,
  type MixerKind,
  mixers,
  rotationMixer,
  shuffle,
} from "@spm/mixer";
import { MixerLayer } from "@spm/nn";
import { describe, expect, test } from "vitest";
import { colourOf, cyclic, diverging } from "./colours.ts";
import { heatMap } from "./heat-map.ts";
import { imagePicture } from "./image.ts";
import { matrixPicture } from "./matrix.ts";
import { reach, reachPicture } from "./reach.ts";
import { spectrum, spectrumPicture } from "./spectrum.ts";
import { stageAngles, stageAnglesPicture } from "./stage-angles.ts";
import { strip } from "./strip.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const random = rng(1);
const kinds: [name: string, mixer: MixerKind][] = Object.entries(mixers);
const rotation = new MixerLayer(rotationMixer, 6, 5, { random, schedule: shuffle(7) });
const general = new MixerLayer(generalMixer, 8, 8, { random, gain: 2 });

describe("reach", () => {
  test.each(kinds)("of %s ends in a column of W", (_, mixer) => {
    for (const [layer, coordinate] of [
      [new MixerLayer(mixer, 6, 5, { random, schedule: shuffle(7) }), 5],
      [new MixerLayer(mixer, 8, 8, { random, gain: 2 }), 3],
    ] as const) {
      const w = numbers(layer.toDense());
      const { outputs, states } = reach(layer.factors, coordinate);
      expect(states[0]!.filter((v) => v !== 0)).toHaveLength(1);
      outputs.forEach((v, i) => {
        expect(v).toBeCloseTo(w[i * layer.inFeatures + coordinate]!, 5);
      });
    }
  });

  test("doubles from stage to stage, and keeps the norm of a rotation", () => {
    const { flows, states } = reach(hadamard(8), 2);
    expect(flows.map((flow) => flow.length)).toEqual([2, 4, 8]);
    for (const z of states) expect(Math.hypot(...z)).toBeCloseTo(1, 6);
  });

  test("refuses a coordinate that is not there", () => {
    expect(() => reach(rotation.factors, 6)).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: reach: expected a coordinate in [0, 6), got 6]`,
    );
  });
});

test("stage angles are the angles, a row a stage; of a free block its nearest rotation's", () => {
  const { angles } = rotation.factors.parameters;
  angles.assign(tensor(Float32Array.from(angles.ndarray().data, (_, p) => 0.1 * p)));
  const flat = stageAngles(rotation.factors).flat();
  flat.forEach((angle, p) => {
    expect(angle).toBeCloseTo(0.1 * p, 6);
  });
  const schedule = butterfly(2);
  const [blocks, scales] = [
    tensor([[3 * Math.cos(1), -3 * Math.sin(1), 3 * Math.sin(1), 3 * Math.cos(1)]]),
    tensor([]),
  ];
  const free = { mixer: generalMixer, schedule, parameters: { blocks, unpairedScales: scales } };
  expect(stageAngles(free)[0]![0]).toBeCloseTo(1, 6);
});

test(
  "the spectrum of a rotation lies on the unit circle; " +
    "that of a diagonal is its entries; a wide matrix has no eigenvalues",
  () => {
    const { eigenvalues, singularValues } = spectrum(
      new MixerLayer(rotationMixer, 8, 8, { random }).toDense(),
    );
    for (const [re, im] of eigenvalues!) expect(Math.hypot(re, im)).toBeCloseTo(1, 5);
    for (const v of singularValues) expect(v).toBeCloseTo(1, 5);
    const diagonal = spectrum(
      tensor([
        [2, 0],
        [0, -3],
      ]),
    );
    expect(diagonal.singularValues).toEqual([3, 2]);
    expect(diagonal.eigenvalues!.map(([re]) => re).sort()).toEqual([-3, 2]);
    expect(spectrum(tensor([[3, 0, 4]]))).toEqual({ eigenvalues: null, singularValues: [5] });
  },
);

test("colours: ends, middle, and what lies outside", () => {
  expect([diverging[0], diverging[15], diverging[30]]).toEqual(["#16437e", "#f7f7f5", "#7d1128"]);
  expect(cyclic[0]).toBe(cyclic[30]);
  expect([colourOf(diverging, -9, -1, 1), colourOf(diverging, 9, -1, 1)]).toEqual([
    diverging[0],
    diverging[30],
  ]);
  expect(colourOf(diverging, 5, 5, 5)).toBe(diverging[15]);
});

test("equal neighbours are one run, equal colours one path, NaN is open", () => {
  const scale = { colours: ["#000000", "#ffffff"], low: 0, high: 1 };
  expect(
    heatMap(
      [
        [1, 1, 0],
        [Number.NaN, 1, 1],
      ],
      scale,
      { x: 0, y: 0, width: 2, height: 3 },
    ),
  ).toMatchInlineSnapshot(
    `"<g shape-rendering="crispEdges"><path fill="#ffffff" d="M0 0h4v3h-4zM2 3h4v3h-4z"/><path fill="#000000" d="M4 0h2v3h-2z"/></g>"`,
  );
});

test("a matrix above 128 on a side keeps the largest entry of each neighbourhood", () => {
  const w = new Float32Array(256 * 256);
  w[256 * 7 + 9] = -4;
  const svg = matrixPicture(tensor(w, { shape: [256, 256] }));
  expect(svg).toContain(`<path fill="${diverging[0]}"`);
  expect(svg).toContain("256 inputs");
});

test("each picture is one SVG with a name, every tag closed; a strip holds them all", () => {
  const pictures = [
    stageAnglesPicture(rotation.factors, { title: "a & b" }),
    matrixPicture(rotation.toDense()),
    spectrumPicture(general.toDense()),
    reachPicture(general.factors, 0),
  ];
  const all = strip(
    "all",
    pictures.map((svg, k) => [`step ${k}`, svg]),
  );
  const size = (svg: string): number[] =>
    / width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.slice(1).map(Number);
  for (const svg of [...pictures, all]) {
    expect(svg).toMatch(/^<svg xmlns[\s\S]* role="img" aria-label="[^"]+"[\s\S]*<\/svg>$/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    // ink on a ground of its own: an image on a dark page is read
    const [, ground] =
      /^<svg[^>]* color="#1f2328"[^>]*>\s*<title>.*<\/title>\s*<rect ([^>]*)\/>/.exec(svg)!;
    expect(ground).toMatch(/ fill="#ffffff"$/);
    expect(size(`x ${ground}`)).toEqual(size(svg));
    const open: string[] = [];
    for (const [, close, name, self] of svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g))
      if (close) expect(open.pop()).toBe(name);
      else if (!self) open.push(name!);
    expect(open).toEqual([]);
  }
  const [widest, tallest] = [0, 1].map((k) =>
    Math.max(...pictures.map((svg) => size(svg)[k]!)),
  ) as [number, number];
  // four do not fit side by side: two rows of two
  expect(size(all)[0]).toBeCloseTo(2 * widest + 16);
  expect(size(all)[1]).toBeGreaterThan(2 * tallest);
  expect(pictures[0]).toContain("a &amp; b");
  expect(all.match(/<svg/g)).toHaveLength(5);
});

test("an image has its pixels in shades of grey, black and white at the ends of its range", () => {
  const options = { title: "a <digit>", width: 2, range: [-1, 3] } as const;
  const svg = imagePicture([-1, 3, 1, 9], options);
  expect(svg).toContain('viewBox="0 0 2 2"');
  expect(svg).toContain('aria-label="a &lt;digit&gt;"');
  expect(svg).toContain('<path fill="#000000" d="M0 0h1v1h-1z"/>');
  expect(svg).toContain('<path fill="#ffffff" d="M1 0h1v1h-1zM1 1h1v1h-1z"/>');
  expect(svg).toContain('<path fill="#888888" d="M0 1h1v1h-1z"/>');
  expect(() => imagePicture([1, 2, 3], options)).toThrow("whole rows of 2 pixels");
});
