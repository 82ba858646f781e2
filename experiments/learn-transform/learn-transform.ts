/** @file Recovers fast transforms from input-output samples by gradient descent. */
import { cast, noGrad, rng } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import {
  butterfly,
  composeSchedules,
  dct,
  dft,
  type Factors,
  generalMixer,
  hadamard,
  type MixerKind,
  reverseSchedule,
  rotationMixer,
  type Schedule,
  toDense,
} from "@spm/mixer";
import type { LinearMap } from "@spm/nn";
import { matrixPicture, seriesChart } from "@spm/report";
import { strip } from "@spm/report/draw";
import type { Experiment, Table } from "../parts/experiment.ts";
import { readNumbers } from "../parts/lists.ts";
import { uninterrupted } from "../parts/steps.ts";
import { type Recovered, recover } from "./recover.ts";

const names = ["DFT", "Hadamard", "DCT"] as const;
type TransformName = (typeof names)[number];
const transforms: Readonly<Record<TransformName, (length: number) => Factors>> = {
  DFT: dft,
  Hadamard: hadamard,
  DCT: dct,
};
const ENOUGH = 1e-4;

/** One transform of one length, searched with one set of options from several starts. */
interface Row {
  readonly transform: TransformName;
  readonly length: number;
  /** Name of the mixer. */
  readonly kind: string;
  readonly schedule: string;
  readonly stages: number;
  readonly diagonals: boolean;
  readonly starts: readonly Recovered[];
}

/** Options of a search: by default with learned diagonals, and on the transform's own pairs. */
interface SearchOptions {
  readonly diagonals?: boolean;
  readonly over?: (width: number) => Schedule;
  /** Receives W as pictures with captions, at the first start. */
  readonly frames?: [caption: string, svg: string][];
}

/** Pairs that are independent of the transform, deep enough to sort and to mix. */
const over = (width: number): Schedule =>
  composeSchedules(
    composeSchedules(butterfly(width), reverseSchedule(butterfly(width))),
    butterfly(width),
  );

/** Which fast transforms a mixer finds, from which starts, and with what errors. */
export const learnTransform: Experiment<{
  lengths: string;
  steps: number;
  starts: number;
  rate: number;
}> = {
  name: "learn-transform",
  question: "Is a fast transform found from samples of it by gradient descent?",
  settings: { lengths: "8,16,32,64", steps: 1500, starts: 8, rate: 0.05 },
  quick: { lengths: "8", steps: 200, starts: 1 },
  async run({ settings: { lengths, steps, starts, rate }, seed, signal, log }) {
    const sizes = readNumbers("lengths", lengths);
    if (!sizes.every((n) => Number.isInteger(n) && n >= 2 && Number.isInteger(Math.log2(n))))
      throw new ValueError(
        "learn-transform",
        "lengths that are powers of two from 2 on",
        `"${lengths}"`,
      );
    const longest = Math.max(...sizes);
    const shown = Math.max(...sizes.filter((n) => n <= 16), Math.min(...sizes));
    const frames: [caption: string, svg: string][] = [];

    const look = async (
      transform: TransformName,
      length: number,
      mixer: MixerKind,
      { diagonals = true, over, frames }: SearchOptions = {},
    ): Promise<Row[]> => {
      const exact = transforms[transform](length);
      const target = noGrad(() => cast(toDense(exact), "float32"));
      const schedule = over?.(exact.schedule.n) ?? exact.schedule;
      const kind = mixer.parameterisation.name;
      const found: Recovered[] = [];
      for await (const start of uninterrupted(Array(starts).keys(), signal)) {
        const random = rng(seed * 1000 + start);
        const show = (step: number, layer: LinearMap): void =>
          void frames?.push([`step ${step}`, matrixPicture(layer.toDense())]);
        const watch =
          frames && start === 0
            ? {
                watch: show,
                watchAt: [0.02, 0.05, 0.1, 0.2, 1].map((part) => Math.ceil(part * steps)),
              }
            : {};
        const search = { target, mixer, schedule, diagonals, steps, rate, random, signal };
        const recovered = await recover({ ...search, ...watch });
        if (!signal.aborted) found.push(recovered);
      }
      if (found.length === 0) return [];
      const row = {
        transform,
        length,
        kind,
        schedule: schedule.name,
        stages: schedule.stages,
        diagonals,
        starts: found,
      };
      log(
        `${transform} ${length}, ${kind}: ` +
          `${found.map(({ rmse }) => rmse.toExponential(1)).join(", ")}`,
      );
      return [row];
    };

    const known: Row[] = [];
    for (const transform of names)
      for (const length of sizes) {
        const filmed = transform === "DFT" && length === shown ? { frames } : {};
        known.push(...(await look(transform, length, rotationMixer, filmed)));
        known.push(...(await look(transform, length, generalMixer)));
      }
    const bare: Row[] = [];
    for (const transform of ["DFT", "Hadamard"] as const)
      bare.push(...(await look(transform, longest, rotationMixer, { diagonals: false })));
    const blind: Row[] = [];
    for (const length of new Set([Math.min(...sizes), longest]))
      blind.push(...(await look("DFT", length, generalMixer, { over })));

    const asked = known.filter(({ transform }) => transform !== "DCT");
    const worst = Math.max(...asked.flatMap((row) => row.starts.map(({ rmse }) => rmse)));
    const met = asked
      .flatMap(({ starts: found }) => found)
      .filter(({ rmse }) => rmse < ENOUGH).length;
    const all = asked.length * starts;
    return {
      summary:
        "With learned diagonals and the transform's own pairs, " +
        `${met} of ${all} searches for the DFT and the Hadamard transform ` +
        `(lengths ${lengths}, ${steps} steps) end below an RMSE of 1e-4; ` +
        (asked.length === 0
          ? "interrupted before any ended."
          : `the worst ends at ${worst.toExponential(1)}.`),
      sections: [
        {
          heading: "On the transform's own pairs",
          text:
            "Random start (Haar), d_in and d_out learned. " +
            "RMSE is that of the entries of W, of the best and of the worst start.",
          table: tableOf(known),
          figure: {
            name: "learn-transform",
            svg: curves(
              known.filter(({ length }) => length === longest),
              longest,
            ),
          },
        },
        {
          heading: "Without diagonals",
          text:
            "With the diagonals held at 1, rotations end at W = (I − 2P) " +
            "T, a few directions exactly negated: each adds 4 to ‖W − T‖². " +
            "A sign between two stages cannot turn back but through the other pairs, " +
            "while an entry of a diagonal can pass through 0. " +
            "Asymmetry is that of W Tᵀ, 0 for I − 2P.",
          table: tableOf(bare, true),
        },
        {
          heading: "On pairs that know nothing of the transform",
          text:
            "A butterfly, its reverse and a butterfly again, " +
            "in which the bit reversal must be found, too.",
          table: tableOf(blind),
        },
        ...(frames.length === 0
          ? []
          : [
              {
                heading: "W over training",
                text: `The DFT of ${shown} as a rotation mixer finds it.`,
                figure: {
                  name: "learn-transform-strip",
                  svg: strip(`DFT ${shown} over training`, frames),
                },
              },
            ]),
      ],
      results: { known: known.map(plain), bare: bare.map(plain), blind: blind.map(plain) },
    };
  },
};

function tableOf(rows: readonly Row[], signs = false): Table {
  return {
    head: [
      "transform",
      "length",
      "kind",
      "pairs",
      "stages",
      "parameters",
      "below 1e-4",
      "best",
      "worst",
      "relative, worst",
    ].concat(signs ? ["negated directions", "asymmetry, worst"] : []),
    rows: rows.map(({ transform, length, kind, schedule, stages, starts }) => {
      const errors = starts.map(({ rmse }) => rmse);
      return [
        transform,
        `${length}`,
        kind,
        schedule,
        `${stages}`,
        `${starts[0]?.parameters ?? 0}`,
        `${errors.filter((e) => e < ENOUGH).length} of ${errors.length}`,
        Math.min(...errors).toExponential(1),
        Math.max(...errors).toExponential(1),
        Math.max(...starts.map(({ relative }) => relative)).toExponential(1),
        ...(signs
          ? [
              starts.map(({ reversed }) => reversed.toFixed(2)).join(", "),
              Math.max(...starts.map(({ asymmetry }) => asymmetry)).toExponential(1),
            ]
          : []),
      ];
    }),
  };
}

function curves(rows: readonly Row[], length: number): string {
  return seriesChart({
    title: `RMSE over training, length ${length}, first start`,
    x: { label: "step" },
    y: { label: "RMSE of W's entries", scale: "log" },
    series: rows.map(({ transform, kind, starts: [first] }) => ({
      name: `${transform}, ${kind}`,
      points: (first?.trace ?? []).map(({ step, rmse }) => ({ x: step, y: rmse })),
    })),
  });
}

const plain = ({ starts, ...row }: Row) => ({
  ...row,
  starts: starts.map(({ trace: _, ...numbers }) => numbers),
});
