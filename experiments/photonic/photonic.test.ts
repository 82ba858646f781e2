/** @file Light in meshes: features, the power that a mesh keeps, coarse angles, the drawing. */
import { normal, rng, setBackend, square, sum, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { loadMnist } from "@spm/data/mnist";
import { rotationMixer } from "@spm/mixer";
import { wasm } from "@spm/wasm";
import { beforeAll, expect, test } from "vitest";
import { fourierFeatures, MODES } from "./features.ts";
import { meshPicture } from "./mesh-picture.ts";
import { meshes, meshNames, PhotonicNet } from "./meshes.ts";
import { coarse } from "./training.ts";

beforeAll(async () => setBackend(await wasm()));

test("features are the Fourier coefficients of an image, at norm 1", async () => {
  const { train } = await loadMnist();
  const { x, y } = (await fourierFeatures(train, 5, 3)).batch(Int32Array.of(2));
  expect([...elements(y.ndarray())]).toEqual([train.labels[7]]);
  const found = elements(x.ndarray());
  const coefficient = (u: number, v: number): [number, number] => {
    let [re, im] = [0, 0];
    for (let row = 0; row < 28; row++)
      for (let column = 0; column < 28; column++) {
        const light = train.pixels[7 * 784 + 28 * row + column] ?? 0;
        re += light * Math.cos((2 * Math.PI * (u * row + v * column)) / 28);
        im -= light * Math.sin((2 * Math.PI * (u * row + v * column)) / 28);
      }
    return [re, im];
  };
  const all = Array.from({ length: 64 }, (_, k) => coefficient((k >> 3) - 4, (k & 7) - 4));
  const size = Math.hypot(...all.flat());
  for (const k of [0, 13, 36, 63]) {
    expect(found[k]).toBeCloseTo((all[k]?.[0] ?? 0) / size, 5);
    expect(found[64 + k]).toBeCloseTo((all[k]?.[1] ?? 0) / size, 5);
  }
});

test("a mesh keeps the power of the light, whatever its angles", () => {
  const x = normal(rng(1), [2, MODES]);
  const power = (of: typeof x): number => sum(square(of)).ndarray().data[0] ?? 0;
  const counts = meshNames.map((mesh) => {
    const net = new PhotonicNet(mesh, rng(2));
    const y = rotationMixer(x, net.first, { schedule: meshes[mesh] });
    expect(power(y) / power(x)).toBeCloseTo(1, 4);
    return net.interferometers;
  });
  expect(counts).toEqual([896, 1792, 16_256, 4064, 890]);
});

test("an angle of few bits is one of 2^b around the circle", () => {
  const found = elements(coarse(2)(tensor([0.1, 0.8, -2, 3.1])).ndarray());
  expect([...found].map((v) => Math.round((2 * v) / Math.PI))).toEqual([0, 1, -1, 2]);
});

test("the drawing has a colour for each angle, and none for light that passes", () => {
  const schedule = meshes["rectangular-log"];
  const none = schedule.first.length;
  const still = meshPicture(schedule, new Array(none).fill(0), "still");
  const turned = meshPicture(schedule, [Math.PI / 2, ...new Array(none - 1).fill(0)], "turned");
  const crosses = (svg: string): number => svg.match(/fill="none"/g)?.length ?? 0;
  expect([crosses(still), crosses(turned)]).toEqual([0, 1]);
  expect(meshPicture(meshes.rectangular, new Array(8128).fill(0), "map")).toContain("stage 128");
});
