/** @file The schemas of what a run leaves, by which files of others are checked. */
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Progress } from "../training-state.ts";
import type { MetricRecord, RunConfig, TestOutcome, TimingRecord } from "./run-record.ts";

const ajv = new Ajv({ allowUnionTypes: true });

const string = { type: "string" };
const boolean = { type: "boolean" };
const number = { type: "number" };
const measured = { type: ["number", "null"] };
const count = { type: "integer", minimum: 0 };
const above0 = { type: "number", exclusiveMinimum: 0 };

/** An object with these members, and maybe others. */
const object = (properties: object, optional: object = {}): object => ({
  type: "object",
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
});
const mapOf = (values: object): object => ({ type: "object", additionalProperties: values });
const listOf = (items: object): object => ({ type: "array", items });

/** A check that is compiled when it is first used. */
function lazily<T>(schema: object): () => ValidateFunction<T> {
  let validate: ValidateFunction<T> | undefined;
  return () => {
    validate ??= ajv.compile<T>(schema);
    return validate;
  };
}

const position = { run: string, split: { enum: ["train", "test"] }, step: count, epoch: count };
const option = { type: ["string", "number", "boolean", "array"], items: { type: "number" } };
const changed = { ...option, type: [...option.type, "null"] };
const machine = { node: string, platform: string, cpu: string, cores: number, memory: number };

const ofModel = {
  summary: string,
  saved: object({ file: string, program: string }),
  epochs: above0,
  stepsPerEpoch: above0,
};
const provenance = object({ versions: mapOf(string) }, { commit: string, changed: boolean });

/** The checks of the files of a run folder. */
export const metricRecord: () => ValidateFunction<MetricRecord> = lazily({
  ...object({ ...position, learningRate: number, loss: measured, accuracy: measured }),
  additionalProperties: measured,
});
export const timingRecord: () => ValidateFunction<TimingRecord> = lazily(
  object({ ...position, seconds: number, elapsed: number }),
);
export const runConfig: () => ValidateFunction<RunConfig> = lazily(
  object(
    {
      title: string,
      command: string,
      started: string,
      models: listOf(object({ run: string, parameters: count }, ofModel)),
      epochs: above0,
      stepsPerEpoch: above0,
      options: mapOf(option),
      machine: object(machine),
    },
    {
      provenance,
      changes: listOf(object({ step: count, name: string, from: changed, to: changed })),
    },
  ),
);

const numbers = listOf(number);
const ofClasses = { kind: { const: "classes" }, names: listOf(string), confusion: listOf(numbers) };
const worst = listOf(
  object(
    { index: count, actual: count, guess: count, probability: number },
    { image: object({ width: { type: "integer", minimum: 1 }, pixels: string }) },
  ),
);
const ofNumbers = {
  kind: { const: "regression" },
  target: string,
  ...{ r2: measured, rmse: measured, mae: measured },
  ...{ actual: numbers, predicted: numbers },
};
/** The check of `outcome.json`. */
export const runOutcome: () => ValidateFunction<{
  readonly tests?: Readonly<Record<string, TestOutcome>>;
}> = lazily(
  object({}, { tests: mapOf({ anyOf: [object(ofClasses, { worst }), object(ofNumbers)] }) }),
);

/** Any number, also one that JSON can't represent. */
const exact = { anyNumber: true };
ajv.addKeyword({
  keyword: "anyNumber",
  validate: (_: true, value: unknown) => typeof value === "number",
  error: { message: "must be number" },
});
const metrics = mapOf(exact);
const order = {
  samples: count,
  batchSize: count,
  seed: measured,
  dropLast: boolean,
  data: { type: ["string", "null"] },
};
const generator = { ...listOf(number), minItems: 4, maxItems: 4 };

/** The checks of a checkpoint's metadata. */
export const checkpointProgress: () => ValidateFunction<Progress> = lazily(
  object({
    step: count,
    loader: object({ epoch: count, position: count, order: object(order) }),
    unevaluated: boolean,
    clock: object({ seconds: exact, elapsed: exact }),
    window: listOf(object({ values: metrics })),
    evaluation: { anyOf: [{ type: "null" }, { ...metrics, required: ["loss"] }] },
    badInRow: count,
    generators: mapOf(generator),
    dataGenerators: mapOf(generator),
    settings: { type: "object" },
    callbacks: { type: "object" },
  }),
);
export const checkpointNumbers: () => ValidateFunction<Record<string, number>> = lazily(metrics);
export const checkpointVersions: () => ValidateFunction<Record<string, string>> = lazily(
  mapOf(string),
);

/** A value that doesn't fit a schema. */
export interface Misfit {
  /** Keys and indices from the root. */
  readonly path: readonly string[];
  /** The rule: "models[0].parameters to be integer". */
  readonly expected: string;
  readonly got: string;
}

/**
 * The first of what doesn't fit a schema; undefined for a value that does.
 *
 * @param validate - a check that Ajv has compiled
 * @example
 * ```ts
 * import { misfit } from "@spm/trainer/node";
 * import type { ValidateFunction } from "ajv";
 * declare const validate: ValidateFunction; // of { type: "array", items: { type: "integer" } }
 * console.log(misfit(validate, [1, 0.5])); // { path: ["1"], expected: "[1] to be integer", … }
 * ```
 */
export function misfit(validate: ValidateFunction, value: unknown): Misfit | undefined {
  if (validate(value)) return undefined;
  const [{ instancePath, keyword, message = keyword, params }] = validate.errors as [ErrorObject];
  const missing = keyword === "required" ? [String(params.missingProperty)] : [];
  const path = instancePath.split("/").slice(1).map(unescaped);
  const found = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], value);
  const rule = missing.length > 0 ? "to be there" : message.replace("must be", "to be");
  const name = [...path, ...missing].map((key, k) => named(key, k)).join("");
  const words = keyword === "enum" ? `to be one of ${params.allowedValues.join(", ")}` : rule;
  const text = missing.length > 0 ? "nothing" : (JSON.stringify(found) ?? "nothing");
  return {
    path,
    expected: `${name === "" ? "the value" : name} ${words}`,
    got: text.length > 80 ? `${text.slice(0, 80)}…` : text,
  };
}

/** A key of a JSON pointer. */
const unescaped = (key: string): string => key.replaceAll("~1", "/").replaceAll("~0", "~");

function named(key: string, depth: number): string {
  if (/^\d+$/.test(key)) return `[${key}]`;
  const short = key.length > 80 ? `${key.slice(0, 80)}…` : key;
  const word = /^[\w$-]+$/.test(short) ? short : JSON.stringify(short);
  return depth === 0 ? word : `.${word}`;
}
