/**
 * @file Normalising flows with mixers between their couplings, compared with dense LU and
 * circulant-diagonal mixing.
 */
import { concat, matmul, noGrad, normal, type Rng, rng, type Tensor, transpose } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { brick, initialParameters, rotationMixer, toDense } from "@spm/mixer";
import { seriesChart } from "@spm/report";
import type { Experiment } from "../parts/experiment.ts";
import { readNames } from "../parts/lists.ts";
import { planarNames, planarPoints } from "../parts/planar-data.ts";
import { uninterrupted } from "../parts/steps.ts";
import { zip } from "../parts/zip.ts";
import { Flow } from "./flow-model.ts";
import { type MixingName, mixingNames, mixings } from "./mixing.ts";
import { type CloudRow, scatterTable } from "./scatter.ts";
import { apart, integral, nats, roundTrip, samplesOf, trainFlow } from "./training.ts";

const TEST = 2000;
const SHOWN = 500;
const small = (v: number): string => v.toExponential(1);

/** The results of one flow. */
interface Fit {
  readonly density: string;
  readonly mixing: MixingName;
  readonly parameters: number;
  readonly mixed: number;
  readonly nats: number;
  readonly roundTrip: number;
  readonly seconds: number;
}

/**
 * The likelihood of every kind of mixing, on densities of the plane and on one of higher dimension.
 */
export const flow: Experiment<{
  densities: string;
  kinds: string;
  dimensions: number;
  depth: number;
  hidden: number;
  steps: number;
  batch: number;
  rate: number;
  cell: number;
}> = {
  name: "flow",
  question:
    "Do mixers serve a normalising flow, with their exact inverse and determinant in O(nL)?",
  settings: {
    densities: "moons,rings,checkerboard,spirals",
    kinds: "general,rotation,lu,circulant-diagonal,none",
    dimensions: 16,
    depth: 8,
    hidden: 32,
    steps: 600,
    batch: 256,
    rate: 0.004,
    cell: 0.05,
  },
  quick: {
    densities: "moons",
    kinds: "general,lu,circulant-diagonal",
    dimensions: 4,
    depth: 2,
    hidden: 8,
    steps: 20,
    batch: 64,
    cell: 0.3,
  },
  async run({ settings, seed, signal, log }) {
    const { dimensions, depth, hidden, steps, batch, rate, cell } = settings;
    const kinds = readNames("kinds", settings.kinds, mixingNames);
    const densities = readNames("densities", settings.densities, planarNames);
    if (dimensions % 2 !== 0)
      throw new ValueError("flow", "dimensions that are a multiple of 2", dimensions);

    const fit = async (
      density: string,
      mixing: MixingName,
      n: number,
      draw: (count: number, random: Rng) => Tensor,
    ) => {
      const random = rng(seed);
      const model = new Flow(n, depth, hidden, mixings[mixing], random);
      const seconds = await trainFlow(model, {
        draw: (count) => draw(count, random),
        steps,
        batch,
        rate,
        signal,
      });
      if (signal.aborted) return undefined;
      const test = draw(TEST, rng(seed + 1e6));
      const result: Fit = {
        density,
        mixing,
        parameters: model.parameterCount(),
        mixed: model.mixings.reduce((total, part) => total + part.parameterCount(), 0),
        nats: nats(model, test),
        roundTrip: roundTrip(model, test),
        seconds,
      };
      log(
        `${density}, ${mixing}: ${result.nats.toFixed(3)} nats, ` +
          `there and back ${small(result.roundTrip)}`,
      );
      return { model, result };
    };

    const rows: CloudRow[] = [];
    const plane: (Fit & { integral: number })[] = [];
    for await (const density of uninterrupted(densities, signal)) {
      const draw = (count: number, random: Rng): Tensor =>
        planarPoints(density, count, random).points;
      const clouds = [draw(SHOWN, rng(seed + 2e6))];
      for await (const mixing of uninterrupted(kinds, signal)) {
        const fitted = await fit(density, mixing, 2, draw);
        if (fitted === undefined) break;
        const { model, result } = fitted;
        plane.push({ ...result, integral: integral(model, 6, cell) });
        clouds.push(samplesOf(model, SHOWN, 2, rng(seed + 3e6)));
      }
      rows.push({ name: density, clouds });
    }

    const schedule = brick(dimensions);
    const parameters = initialParameters(rotationMixer, schedule, rng(seed + 4e6));
    const turned = transpose(toDense({ mixer: rotationMixer, schedule, parameters }));
    const rings = (count: number, random: Rng): Tensor =>
      matmul(
        concat(
          Array.from({ length: dimensions / 2 }, () => planarPoints("rings", count, random).points),
          -1,
        ),
        turned,
      );
    const wide: Fit[] = [];
    for await (const mixing of uninterrupted(kinds, signal)) {
      const fitted = await fit(`rings, ${dimensions}`, mixing, dimensions, rings);
      if (fitted !== undefined) wide.push(fitted.result);
    }

    const widths = [2, 16, 64, 256];
    const sizes = kinds.map((kind) => ({
      kind,
      counts: widths.map((n) => mixings[kind](n, { random: rng(seed) }).parameterCount()),
    }));
    const errors: { readonly n: number; readonly errors: readonly number[] }[] = [];
    for await (const n of uninterrupted([16, 64, 256], signal))
      errors.push({ n, errors: kinds.map((kind) => there(kind, n, seed)) });

    const fitted = kinds.filter((kind) => plane.some(({ mixing }) => mixing === kind));
    const ofKind = (kind: MixingName): Fit[] => plane.filter(({ mixing }) => mixing === kind);
    const mean = (kind: MixingName): string => {
      const own = ofKind(kind);
      return `${kind} ${(own.reduce((total, f) => total + f.nats, 0) / own.length).toFixed(3)}`;
    };
    const worst = (kind: MixingName): string =>
      `${kind} ${small(Math.max(...ofKind(kind).map((f) => f.roundTrip)))}`;
    return {
      summary:
        `Nats a point on the plane, mean over ${rows.length} densities: ` +
        `${fitted.map(mean).join(", ")}; in ${dimensions} dimensions ` +
        `${wide.map((f) => `${f.mixing} ${f.nats.toFixed(2)}`).join(", ")}. ` +
        "There and back through a trained flow on the plane costs at most, in float32: " +
        `${fitted.map(worst).join(", ")}.`,
      sections: [
        {
          heading: "Densities of the plane",
          text:
            "Negative log-likelihood on 2,000 new points, exact (lower is better; " +
            "of the checkerboard no density has less than ln 18 = 2.890). " +
            `The integral is the midpoint rule over [−6, 6]² on cells of ${cell}. ` +
            "There and back: max |x − decode(encode(x))|, float32.",
          table: {
            head: ["density", "mixing", "nats", "integral", "there and back"],
            rows: plane.map((f) => [
              f.density,
              f.mixing,
              f.nats.toFixed(3),
              f.integral.toFixed(4),
              small(f.roundTrip),
            ]),
          },
          figure: { name: "flow", svg: scatterTable(["data", ...kinds], rows) },
        },
        {
          heading: `${dimensions} dimensions`,
          text:
            `${dimensions / 2} independent pairs of rings, ` +
            "turned by a dense random rotation that no mixing knows.",
          table: {
            head: [
              "mixing",
              "nats",
              "there and back",
              "parameters",
              "of these, mixing",
              "median step, s",
            ],
            rows: wide.map((f) => [
              f.mixing,
              f.nats.toFixed(3),
              small(f.roundTrip),
              `${f.parameters}`,
              `${f.mixed}`,
              f.seconds.toFixed(4),
            ]),
          },
        },
        {
          heading: "What a mixing is made of",
          text:
            "Parameters of one mixing by width, " +
            "and max |x − W⁻¹ W x| of 256 normal rows through it as it starts, in float32.",
          table: {
            head: [
              "mixing",
              ...widths.map((n) => `n = ${n}`),
              ...errors.map(({ n }) => `error, n = ${n}`),
            ],
            rows: sizes.map(({ kind, counts }, k) => [
              kind,
              ...counts.map(String),
              ...errors.map((row) => small(row.errors[k]!)),
            ]),
          },
          figure: {
            name: "flow-parameters",
            svg: seriesChart({
              title: "parameters of one mixing",
              x: { label: "width n", scale: "log", ticks: widths },
              y: { label: "parameters", scale: "log" },
              series: sizes.map(({ kind, counts }) => ({
                name: kind,
                points: zip(widths, counts).map(([x, y]) => ({ x, y })),
              })),
            }),
          },
        },
      ],
      results: {
        plane: plane.map((f) => ({ ...f })),
        wide: wide.map((f) => ({ ...f })),
        sizes: sizes.map((s) => ({ ...s })),
        errors: errors.map((e) => ({ ...e })),
      },
    };
  },
};

/** max |x − W⁻¹ W x| over normal rows. */
function there(kind: MixingName, n: number, seed: number): number {
  const random = rng(seed);
  const mixing = mixings[kind](n, { random });
  const x = normal(random, [256, n]);
  return noGrad(() => apart(mixing.inverse(mixing.forward(x)), x));
}
