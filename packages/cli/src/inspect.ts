/** @file `spm inspect`: what is in a checkpoint, or in any other safetensors file. */
import { existsSync, statSync } from "node:fs";
import { SpmError } from "@spm/core";
import { modelKinds } from "@spm/models";
import { checkDescription, moduleKinds } from "@spm/nn/extend";
import { CheckpointError, type Safetensors } from "@spm/trainer";
import { formatCount } from "@spm/trainer/format";
import { readSafetensors, verifyCheckpoint } from "@spm/trainer/node";
import { columnsOf } from "./terminal.ts";
import { textTable } from "./text-table.ts";

/**
 * The tensors and the metadata of a file as text, and for a checkpoint whether its bytes are those
 * that were written.
 *
 * @param full - whether long metadata is shown whole.
 * @returns `damage` says what is wrong with a checkpoint; undefined for one that is whole, and for
 * files without a checksum
 * @throws SafetensorsError when the format is broken or it cannot be read; CheckpointError for a
 * folder
 */
export function inspectFile(
  path: string,
  full = false,
): { readonly text: string; readonly damage: string | undefined } {
  const { entries, metadata } = opened(path);
  const size = ({ begin, end }: (typeof entries)[number]): number => end - begin;
  const count = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
  const rows = entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => [
      entry.name,
      entry.type,
      `[${entry.shape.join(", ")}]`,
      formatCount(count(entry.shape)),
      formatCount(size(entry)),
    ]);
  const elements = entries.reduce((sum, { shape }) => sum + count(shape), 0);
  const bytes = entries.reduce((sum, entry) => sum + size(entry), 0);
  const about = Object.entries(metadata).map(([name, value]) =>
    full ? `${name}: ${value}` : shortened(`${name}: ${value}`),
  );
  const tree = modelLines(metadata["spm.model"], elements, full);
  const total = `${formatCount(entries.length)} tensors, ${formatCount(bytes)} bytes`;
  const checked = "checksum" in metadata || metadata.format?.startsWith("spm-checkpoint");
  const damage = checked ? damageOf(path) : undefined;
  const verdict = damage
    ? `DAMAGED: ${damage}`
    : checked
      ? "whole: its bytes match the checksum"
      : "no checksum to check";
  const table = textTable(["tensor", "dtype", "shape", "elements", "bytes"], rows);
  return { text: [...tree, table, "", total, ...about, verdict, ""].join("\n"), damage };
}

function opened(path: string): Safetensors {
  if (existsSync(path) && statSync(path).isDirectory())
    throw new CheckpointError(
      "inspect",
      "a file",
      `the folder ${path}`,
      "name a file in it; those of a run are in its folder checkpoints",
    );
  return readSafetensors(path);
}

/** Why a checkpoint cannot be resumed from. */
function damageOf(path: string): string | undefined {
  try {
    verifyCheckpoint(path);
    return undefined;
  } catch (error) {
    if (error instanceof SpmError) return error.message;
    throw error;
  }
}

/**
 * The modules of a description, a line each, and what keeps it from being built, before an empty
 * line; nothing for a file without one.
 */
function modelLines(text: string | undefined, elements: number, full: boolean): string[] {
  if (text === undefined) return [];
  const description = jsonOf(text);
  const { modules } = Object(description) as { readonly modules?: unknown };
  const rows = Object.entries(Object(modules) as Record<string, unknown>).map(([path, module]) => {
    const { kind, same, ...fields } = Object(module) as Record<string, unknown>;
    const facts = Object.entries(fields).map(([name, value]) => `${name} ${shownValue(value)}`);
    const what = same === undefined ? String(kind) : `the same as ${String(same)}`;
    return [path === "" ? "the model" : path, what, facts.join(", ")] as const;
  });
  const widest = (k: 0 | 1): number => rows.reduce((most, row) => Math.max(most, row[k].length), 0);
  const [first, second] = [widest(0), widest(1)];
  const lines = rows.map(([path, kind, facts]) => {
    const line = `${path.padEnd(first)}  ${kind.padEnd(second)}  ${facts}`.trimEnd();
    return full ? line : shortened(line);
  });
  return [...lines, ...faultOf(description, elements), ""];
}

/** The JSON of a text; undefined for one that is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Why a description can't be built, and what to do, in a line. */
function faultOf(description: unknown, elements: number): string[] {
  const kinds = [...moduleKinds, ...modelKinds];
  try {
    // a byte of codes is up to eight numbers
    if (description !== undefined) checkDescription(description, { kinds, numbers: 8 * elements });
    else throw new CheckpointError("loadModel", "JSON as spm.model", "another text");
    return [];
  } catch (error) {
    if (!(error instanceof SpmError)) throw error;
    const [why, help = "loadModel(file, { into: model }) gives the weights to a model"] =
      error.message.split("\nhelp: ");
    return [`spm.model can't be built here: ${why}; ${help}`];
  }
}

/** A value without the quotes of JSON: `butterfly, n 1024, stages 10` of a schedule. */
function shownValue(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value))
    return value.length > 8 ? `${value.length} long` : JSON.stringify(value);
  const { name, ...rest } = value as Record<string, unknown>;
  const facts = Object.entries(rest).map(([key, part]) => `${key} ${shownValue(part)}`);
  return `(${[...(name === undefined ? [] : [String(name)]), ...facts].join(" ")})`;
}

/** A line that a terminal has room for. */
function shortened(text: string): string {
  const width = columnsOf(process.stdout);
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
