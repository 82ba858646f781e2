/**
 * @file The parameterisation of docs/custom-parameterisation.md: its code runs as it stands there,
 * from outside; and its diff, with that code as the kind's file, is all that it takes inside.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gradcheck, matmul, normal, rng, sub, type Tensor, zeros } from "@spm/core";
import { elements } from "@spm/core/extend";
import {
  apply,
  butterfly,
  circularConvolution,
  type Factors,
  initialParameters,
  inverseMixer,
  mixers as known,
  logAbsDet,
  type MixerKind,
  shuffle,
  toDense,
} from "@spm/mixer";
import { fromDense } from "@spm/mixer/analysis";
import type { ParameterisationReport } from "@spm/mixer/extend";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(join(root, "docs/custom-parameterisation.md"), "utf8");
const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
const outside = mkdtempSync(join(root, "test/contract/.custom-parameterisation-"));
const inside = mkdtempSync(join(root, "packages/mixer/.adding-a-kind-"));
afterAll(() => {
  for (const folder of [outside, inside]) rmSync(folder, { recursive: true });
});

type Mixers = Record<string, MixerKind>;
let scaled: MixerKind;
let [identity, error]: [Tensor, number] = [zeros([0]), Number.NaN];
let report: ParameterisationReport = {};
beforeAll(async () => {
  const file = join(outside, "page.ts");
  // its checks run on import; what a line says that it comes to is looked at below
  const code = blocks
    .join("\n")
    .replace(/^(.*); \/\/ the identity$/m, "export const identity = $1;")
    .replace(/^(.*); \/\/ 1e-16$/m, "export const error = $1;")
    .replace(/^(check.*); \/\/ \{.*\}$/m, "export const report = $1;");
  writeFileSync(file, code);
  ({
    scaledRotationMixer: scaled,
    identity,
    error,
    report,
  } = await import(pathToFileURL(file).href));
}, 60_000);

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];

test("its lines come to what is said beside them", () => {
  numbers(identity).forEach((v, k) => {
    expect(v).toBeCloseTo(k % 9 === 0 ? 1 : 0, 12);
  });
  expect(identity.shape).toEqual([8, 8]);
  expect(error).toBeLessThan(1e-15);
  expect(report).toMatchObject({ compose: 0 });
  expect(report.transpose).toBeLessThan(1e-15);
  const convolution = toDense(circularConvolution([1, 2, 3, 4]));
  expect(page).toContain("0.56, no `improve`");
  expect(fromDense(convolution, { mixer: scaled }).error).toBeCloseTo(0.56, 2);
});

test("the identity is one of matrices that are not symmetric, too", () => {
  const [, line = ""] = /^(.*); \/\/ the identity$/m.exec(page) ?? [];
  const own = new Function("apply", "inverseMixer", "toDense", "h", `return ${line};`);
  const schedule = butterfly(8);
  const parameters = initialParameters(scaled, schedule, rng(5), { dtype: "float64" });
  numbers(own(apply, inverseMixer, toDense, { mixer: scaled, schedule, parameters })).forEach(
    (v, k) => {
      expect(v).toBeCloseTo(k % 9 === 0 ? 1 : 0, 12);
    },
  );
});

test("fromDense fits the parameters that the kind has, and its error is what one measures", () => {
  // An odd width: coordinates without a partner, which this kind does not scale.
  const w = normal(rng(3), [5, 5], 0, 1, { dtype: "float64" });
  const { factors, error } = fromDense(w, { mixer: scaled, schedule: shuffle(5) });
  const norm = (x: Tensor): number => Math.hypot(...numbers(x));
  expect(norm(sub(toDense(factors), w)) / norm(w)).toBeCloseTo(error, 10);
});

test("has the algebra of its kind", () => {
  const schedule = shuffle(5);
  const draw = (shape: readonly number[]) => normal(rng(2), shape, 1, 0.2, { dtype: "float64" });
  const [angles, radii] = scaled.parameterisation.shapes(schedule).map(draw);
  if (angles === undefined || radii === undefined) throw new Error("two parameters");
  const factors: Factors = { mixer: scaled, schedule, parameters: { angles, radii } };
  const product = matmul(toDense(inverseMixer(factors)), toDense(factors));
  numbers(product).forEach((v, k) => {
    expect(v).toBeCloseTo(k % 6 === 0 ? 1 : 0, 12);
  });
  const logs = numbers(radii).reduce((total, r) => total + 2 * Math.log(r), 0);
  expect(numbers(logAbsDet(factors))[0]).toBeCloseTo(logs, 12);
  gradcheck(
    (angles, radii) => toDense({ ...factors, parameters: { angles, radii } }),
    [angles, radii],
  );
});

test("a file and a line make it a kind of the repository's own", async () => {
  const [code = ""] = blocks;
  cpSync(join(root, "packages/mixer/src"), inside, { recursive: true });
  const relative = code.replace(
    /import \{[^}]*\} from "@spm\/mixer";/,
    `import { defineMixer, type Mixer } from "../mixer.ts";
import { defineParameterisation, type Parameterisation } from "./define.ts";
import { rotation } from "./rotation.ts";`,
  );
  writeFileSync(join(inside, "parameterisation/scaled-rotation.ts"), relative);
  const [diff = ""] = /--- a\/packages[\s\S]*?(?=```)/.exec(page) ?? [];
  const [touched = "", ...others] = [
    ...diff.matchAll(/^\+\+\+ b\/packages\/mixer\/src\/(.*)$/gm),
  ].map(([, path]) => path);
  expect(others).toEqual([]);
  let source = readFileSync(join(inside, touched), "utf8");
  for (const hunk of diff.split("@@\n").slice(1)) {
    const lines = hunk.split("\n").filter((line) => /^[ +]./.test(line));
    const before = lines.flatMap((line) => (line.startsWith(" ") ? [line.slice(1)] : []));
    const [first = "", ...rest] = before;
    expect(source).toContain(before.join("\n")); // the context is what stands there
    source = source.replace(
      [first, ...rest].join("\n"),
      lines.map((line) => line.slice(1)).join("\n"),
    );
  }
  writeFileSync(join(inside, touched), source);

  const { mixers, ...own } = (await import(pathToFileURL(join(inside, "index.ts")).href)) as {
    readonly mixers: Mixers;
    readonly initialParameters: typeof import("@spm/mixer").initialParameters;
    readonly toDense: typeof toDense;
    readonly hadamard: typeof import("@spm/mixer").hadamard;
  };
  expect(Object.keys(mixers)).toEqual([...Object.keys(known), "scaled-rotation"]);
  const mixer = mixers["scaled-rotation"];
  if (mixer === undefined) throw new Error("the new kind");
  const schedule = butterfly(8);
  const parameters = own.initialParameters(mixer, schedule, rng(1), { dtype: "float64" });
  expect(own.toDense({ mixer, schedule, parameters }).shape).toEqual([8, 8]);
  const difference = sub(own.toDense(own.hadamard(8, { mixer })), own.toDense(own.hadamard(8)));
  for (const v of numbers(difference)) expect(Math.abs(v)).toBeLessThan(1e-12);
});
