/** @file Layers that are computed here and in PyTorch, and compared: outputs and all gradients. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { add, mul, normal, type Rng, rng, type Tensor, tensor, vjp } from "@spm/core";
import { elements } from "@spm/core/extend";
import {
  brick,
  butterfly,
  fromPairs,
  type MixerKind,
  mixers,
  type Rectangular,
  randomMatching,
  type Schedule,
  shuffle,
} from "@spm/mixer";
import { pairsOf } from "@spm/mixer/extend";
import { functionalCall, type LinearKind, linearKinds, MixerLayer } from "@spm/nn";
import { readSafetensors, writeSafetensors } from "@spm/trainer/node";

/** A layer to compare, as compare.py reads it. */
export interface LayerCase {
  readonly kind: LinearKind;
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** Of a mixer. */
  readonly form?: { readonly schedule: Schedule; readonly rectangular: Rectangular };
  readonly dtype: "float32" | "float64";
}

/** The largest |a − b| / max(1, ‖b‖∞) of a tensor in a case. */
export interface Difference {
  readonly what: string;
  readonly dtype: string;
  readonly error: number;
}

const ROWS = 3;

/** A schedule of each name over n coordinates, and two of explicit pairs. */
function schedulesOf(n: number): Schedule[] {
  const own: [number, number][][] = n > 2 ? [[[n - 1, 0]], [], [[1, 2]]] : [[]];
  return [
    butterfly(n),
    butterfly(n, 3 * butterfly(n).stages - 1),
    shuffle(n),
    brick(n),
    randomMatching(n, 4, rng(n)),
    fromPairs(n, own),
  ];
}

/** A square layer of every kind, schedule and dtype for each n. */
export const squareCases = (sizes: readonly number[]): LayerCase[] =>
  sizes.flatMap((n) => everyKind(schedulesOf(n), n, n, ["pad"]));

/** Layers in → out of every kind, form and dtype. */
export const rectangularCases = (inFeatures: number, outFeatures: number): LayerCase[] => {
  const [small, large] = [inFeatures, outFeatures].toSorted((a, b) => a - b) as [number, number];
  const power = (n: number): number => 2 ** Math.ceil(Math.log2(n));
  return [
    ...everyKind([butterfly(power(large)), shuffle(large)], inFeatures, outFeatures, ["pad"]),
    ...everyKind([butterfly(power(small)), shuffle(small)], inFeatures, outFeatures, ["split"]),
  ];
};

/** Layers in → out of every kind that is no mixer, and of every dtype. */
export const plainCases = (inFeatures: number, outFeatures: number): LayerCase[] =>
  (Object.keys(linearKinds).filter((kind) => !(kind in mixers)) as LinearKind[]).flatMap((kind) =>
    dtypes.map((dtype) => ({ kind, inFeatures, outFeatures, dtype })),
  );

const dtypes = ["float32", "float64"] as const;

const everyKind = (
  schedules: readonly Schedule[],
  inFeatures: number,
  outFeatures: number,
  forms: readonly Rectangular[],
): LayerCase[] =>
  Object.keys(mixers).flatMap((name) =>
    schedules.flatMap((schedule) =>
      forms.flatMap((rectangular) =>
        dtypes.map((dtype) => ({
          kind: name as keyof typeof mixers,
          inFeatures,
          outFeatures,
          form: { schedule, rectangular },
          dtype,
        })),
      ),
    ),
  );

/** The differences of all outputs and gradients, of layers drawn here and of layers drawn there. */
export function differences(python: string, cases: readonly LayerCase[]): Difference[] {
  const folder = mkdtempSync(join(tmpdir(), "spm-pytorch-"));
  try {
    return compared(python, cases, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compared(python: string, cases: readonly LayerCase[], folder: string): Difference[] {
  const random = rng(24);
  const drawn = cases.map((one) => drawCase(random, one));
  const described = cases.map(({ form, ...rest }) => ({
    ...rest,
    ...(form && { ...form, schedule: fields(form.schedule) }),
  }));
  writeFileSync(join(folder, "cases.json"), JSON.stringify(described));
  const named = drawn.flatMap((tensors, k) =>
    Object.entries(tensors).map(([name, value]) => [`${k}.${name}`, value] as const),
  );
  writeSafetensors(join(folder, "given.safetensors"), Object.fromEntries(named));
  const script = fileURLToPath(new URL("compare.py", import.meta.url));
  const { status, stderr } = spawnSync(python, ["-B", script, folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`compare.py: ${stderr}`);
  const found = readSafetensors(join(folder, "found.safetensors"));
  return cases.flatMap((one, k) => {
    const theirs = Object.fromEntries(
      Object.keys(drawn[k] ?? {}).map((name) => [name, found.tensor(`drawn.${k}.${name}`)]),
    );
    return (["given", "drawn"] as const).flatMap((by) =>
      Object.entries(results(one, by === "given" ? (drawn[k] ?? {}) : theirs)).map(
        ([name, ours]) => ({
          what: `${title(one)}, ${by}: ${name}`,
          dtype: one.dtype,
          error: distance(ours, found.tensor(`${by}.${k}.${name}`)),
        }),
      ),
    );
  });
}

const title = ({ kind, inFeatures, outFeatures, form }: LayerCase): string =>
  `${kind} ${inFeatures} → ${outFeatures}, ${form?.schedule.name}, ${form?.rectangular}`;

/** A schedule as files describe it. */
const fields = (schedule: Schedule): object =>
  ["butterfly", "shuffle", "brick"].includes(schedule.name)
    ? { name: schedule.name, n: schedule.n, stages: schedule.stages }
    : { name: schedule.name, n: schedule.n, pairs: pairsOf(schedule) };

const kinds: Readonly<Record<string, MixerKind>> = mixers;

function layerOf({ kind, inFeatures, outFeatures, form, dtype }: LayerCase, random: Rng) {
  const mixer = kinds[kind];
  return mixer === undefined || form === undefined
    ? linearKinds[kind].create(inFeatures, outFeatures, { random })
    : new MixerLayer(mixer, inFeatures, outFeatures, { random, ...form, dtype });
}

/** Parameters a little off their start, x and the cotangent of y. */
function drawCase(random: Rng, one: LayerCase): Record<string, Tensor> {
  const { dtype } = one;
  const state = layerOf(one, random).stateDict();
  const moved = Object.entries(state).map(([name, p]) => {
    const start = tensor(elements(p.ndarray()), { shape: p.shape, dtype });
    return [name, add(start, mul(0.1, normal(random, p.shape, 0, 1, { dtype })))] as const;
  });
  return {
    ...Object.fromEntries(moved),
    x: normal(random, [ROWS, one.inFeatures], 0, 1, { dtype }),
    ct: normal(random, [ROWS, one.outFeatures], 0, 1, { dtype }),
  };
}

/** y and the gradients by x and each parameter. */
function results(
  one: LayerCase,
  { x, ct, ...state }: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  if (x === undefined || ct === undefined) throw new Error("a case without x or ct");
  const layer = layerOf(one, rng(1));
  const names = Object.keys(state);
  const f = (x: Tensor, ...own: Tensor[]): Tensor =>
    functionalCall(layer, Object.fromEntries(names.map((name, k) => [name, own[k] ?? x])), x);
  const { value, pullback } = vjp(f, x, ...Object.values(state));
  const grads = pullback(ct).map((grad, k) => [`grad.${["x", ...names][k]}`, grad] as const);
  return { y: value, ...Object.fromEntries(grads) };
}

/** The largest |a − b| / max(1, ‖b‖∞). */
export function distance(a: Tensor, b: Tensor): number {
  const [ours, theirs] = [a, b].map((t) => [...elements(t.ndarray())]) as [number[], number[]];
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  const scale = theirs.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  return ours.reduce((most, v, i) => Math.max(most, Math.abs(v - theirs[i]!) / scale), 0);
}
