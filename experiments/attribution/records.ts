/** @file What runs of the parts left in their folders, as one. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ValueError } from "@spm/core/extend";
import type { Json } from "@spm/trainer";
import type { HalfModel } from "./half-models.ts";
import type { RowRecord } from "./measure.ts";
import type { Throughput } from "./throughput.ts";

/** All that was measured. */
export interface Records {
  readonly models: HalfModel[];
  readonly rows: RowRecord[];
  readonly throughput: Throughput[];
}

/** The same as JSON; a model that is no checkpoint has no parameters. */
interface Stored extends Omit<Records, "models"> {
  readonly models: (Omit<HalfModel, "parameters"> & { readonly parameters: string })[];
}

/** The records in the run folders of a folder; none for the folder "none". @throws ValueError */
export function readRecords(folder: string): Records {
  const records: Records = { models: [], rows: [], throughput: [] };
  if (folder === "none") return records;
  const files = existsSync(folder)
    ? readdirSync(folder).map((name) => join(folder, name, "results.json"))
    : [];
  const found = files.filter((file) => existsSync(file)).sort();
  if (found.length === 0) throw new ValueError("experiment", "a folder of runs as from", folder);
  for (const file of found) {
    const { models, rows, throughput } = JSON.parse(readFileSync(file, "utf8")) as Stored;
    records.rows.push(...rows);
    records.throughput.push(...throughput);
    for (const { parameters, ...model } of models) {
      const bytes = Uint8Array.from(Buffer.from(parameters, "base64"));
      records.models.push({ ...model, parameters: new Float32Array(bytes.buffer) });
    }
  }
  return records;
}

/** Records as `results.json`, with the parameters of the first models of each kind. */
export function stored(
  { models, rows, throughput }: Records,
  checkpoints: number,
): { readonly [name: string]: Json } {
  return {
    models: models.map(({ parameters, margins, ...model }) => ({
      ...model,
      margins: margins.map((margin) => Number(margin.toPrecision(7))),
      parameters:
        model.index < checkpoints ? Buffer.from(parameters.buffer).toString("base64") : "",
    })),
    rows: rows.map((row) => ({ ...row, source: { ...row.source }, others: { ...row.others } })),
    throughput: throughput.map((one) => ({ ...one, seconds: { ...one.seconds } })),
  };
}
