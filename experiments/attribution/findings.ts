/** @file The findings on compressed gradients. */
import type { LinearKind } from "@spm/nn";
import { seriesChart } from "@spm/report";
import { formatCount } from "@spm/trainer/format";
import type { Findings, Section } from "../parts/experiment.ts";
import { showSpread, spreadOf } from "../parts/statistics.ts";
import type { HalfModel } from "./half-models.ts";
import type { RowRecord } from "./measure.ts";
import type { Records } from "./records.ts";
import { isByLayer, type RowName, rowNames } from "./rows.ts";
import type { Throughput } from "./throughput.ts";

/** One row of the table over its seeds. */
interface Group {
  readonly kind: LinearKind;
  readonly row: RowName;
  readonly k: number;
  readonly records: readonly RowRecord[];
}

const meanOf = (values: readonly number[]): number => spreadOf(values)?.mean ?? Number.NaN;
const ldsOf = ({ records }: Group): number => meanOf(records.map(({ source }) => source.lds));
const secondsOf = ({ records }: Group): number => meanOf(records.map(({ seconds }) => seconds));

/** Tables of LDS and seconds, a picture of both, and the throughput on layers of a GPT. */
export function attributionFindings({
  models,
  rows,
  throughput,
}: Records): Pick<Findings, "summary" | "sections"> {
  const groups = groupsOf(rows);
  const trained = models.length === 0 ? "Interrupted." : `${models.length} models are trained.`;
  return {
    summary: [summaryOf(groups), speedOf(throughput)].filter(Boolean).join(" ") || trained,
    sections: [
      ...(groups.length === 0 ? [] : [tableOf(groups), pictureOf(groups)]),
      ...(models.length === 0 ? [] : [modelsOf(models)]),
      ...(throughput.length === 0 ? [] : [throughputOf(throughput)]),
    ],
  };
}

function groupsOf(rows: readonly RowRecord[]): Group[] {
  const groups = new Map<string, Group>();
  for (const record of rows) {
    const { kind, row, k } = record;
    const name = `${kind} ${row} ${k}`;
    const before = groups.get(name)?.records ?? [];
    groups.set(name, { kind, row, k, records: [...before, record] });
  }
  const place = ({ row }: Group): number => rowNames.indexOf(row);
  return [...groups.values()].sort((a, b) => place(a) - place(b));
}

/** The best row, and how much faster GraSS is than a Gaussian projection. */
function summaryOf(groups: readonly Group[]): string {
  const [best] = groups.toSorted((a, b) => ldsOf(b) - ldsOf(a));
  if (best === undefined) return "";
  const said = [`The best row: ${nameOf(best)}, LDS ${ldsOf(best).toFixed(3)}.`];
  for (const grass of groups.filter(({ row }) => row === "GraSS")) {
    const dense = groups.find(({ row, k }) => row === "Gaussian" && k === grass.k);
    if (dense === undefined) continue;
    said.push(
      `k = ${grass.k}: GraSS ${ldsOf(grass).toFixed(3)}, a Gaussian projection ` +
        `${ldsOf(dense).toFixed(3)} in ${(secondsOf(dense) / secondsOf(grass)).toFixed(0)} times ` +
        "the seconds.",
    );
  }
  return said.join(" ");
}

const nameOf = ({ kind, row, k }: Group): string => {
  if (row === "whole") return `${kind}, ${row}`;
  return `${kind}, ${row}, ${isByLayer(row) ? `${k} a layer` : `k = ${k}`}`;
};

const tableOf = (groups: readonly Group[]): Section => ({
  heading: "What scores foretell, and what compressing costs",
  text:
    "LDS: Spearman's correlation over models trained on random halves of the sum of scores of " +
    "the half and the margin that its model has; the mean over test images that did not choose " +
    "λ. All models: those that gave gradients are among them, as the source scores. Others: only " +
    "models that gave none. Seconds of compressing all images at a checkpoint, the mean; dense " +
    "projections are timed on some images and columns. Mean over seeds, and the range.",
  table: {
    head: ["gradients of", "LDS, all models", "LDS, others", "λ", "seconds", "p", "seeds"],
    rows: groups.map((group) => {
      const { records } = group;
      const three = (value: number): string => value.toFixed(3);
      const spread = (pick: (record: RowRecord) => number, show = three): string =>
        showSpread(spreadOf(records.map(pick)), show);
      const chosen = new Set(
        records.flatMap(({ source, others }) => [source.damping, others.damping]),
      );
      return [
        nameOf(group),
        spread(({ source }) => source.lds),
        spread(({ others }) => others.lds),
        [...chosen].sort((a, b) => a - b).join(", "),
        group.row === "whole"
          ? "–"
          : spread(
              ({ seconds }) => seconds,
              (s) => String(Number(s.toPrecision(2))),
            ),
        formatCount(records[0]?.parameters ?? 0),
        String(records.length),
      ];
    }),
  },
});

function pictureOf(groups: readonly Group[]): Section {
  const whole = groups.find(({ kind, row }) => kind === "dense" && row === "whole");
  const compressed = groups.filter(({ row }) => row !== "whole");
  return {
    heading: "LDS by seconds",
    figure: {
      name: "lds-by-seconds",
      svg: seriesChart({
        title: "LDS by seconds of compressing",
        x: { label: "seconds a checkpoint", scale: "log" },
        y: { label: "LDS, all models" },
        series: [...new Set(compressed.map(({ row }) => row))].map((name) => ({
          name,
          points: compressed
            .filter(({ row }) => row === name)
            .sort((a, b) => a.k - b.k)
            .map((group) => {
              const each = group.records.map(({ source }) => source.lds);
              const [low, high] = [Math.min(...each), Math.max(...each)];
              return { x: secondsOf(group), y: ldsOf(group), low, high };
            }),
        })),
        ...(whole && { level: { y: ldsOf(whole), name: "not compressed" } }),
      }),
    },
  };
}

function modelsOf(models: readonly HalfModel[]): Section {
  const kinds = [...new Set(models.map(({ kind }) => kind))];
  return {
    heading: "The models",
    table: {
      head: ["layers", "models", "accuracy"],
      rows: kinds.map((kind) => {
        const own = models.filter((model) => model.kind === kind);
        const accuracy = spreadOf(own.map((model) => model.accuracy));
        return [kind, String(own.length), showSpread(accuracy, (v) => `${(100 * v).toFixed(1)} %`)];
      }),
    },
  };
}

function throughputOf(throughput: readonly Throughput[]): Section {
  const [first] = throughput;
  return {
    heading: "Layers of a character GPT",
    text:
      `${first?.layers} dense layers, ${formatCount(first?.parameters ?? 0)} parameters, a batch ` +
      `of ${first?.tokens} tokens, ${first?.k} numbers a layer; medians of alternate rounds.`,
    table: {
      head: ["compressor", "tokens / second", "tokens / second, compressing alone"],
      rows: throughput.map(({ compressor, tokens, seconds }) => [
        compressor,
        formatCount(Math.round(tokens / seconds.whole)),
        formatCount(Math.round(tokens / seconds.compressing)),
      ]),
    },
  };
}

/** FactGraSS against LoGra in a sentence. */
function speedOf(throughput: readonly Throughput[]): string {
  const of = (name: string) => throughput.find(({ compressor }) => compressor === name)?.seconds;
  const [fact, logra] = [of("FactGraSS"), of("LoGra")];
  if (fact === undefined || logra === undefined) return "";
  const times = (a: number, b: number): string => (a / b).toFixed(2);
  return (
    `On the layers of a GPT FactGraSS compresses ${times(logra.compressing, fact.compressing)} ` +
    `times as many tokens a second as LoGra, ${times(logra.whole, fact.whole)} times with the ` +
    "pass forward and back."
  );
}
