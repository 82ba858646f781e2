/** @file docs/verification.md, made of what is measured here. */
import { fileURLToPath } from "node:url";
import { type Backend, reference } from "@spm/core";
import { checkFolder } from "../golden/check-folder.ts";
import { type Drift, drift, driftSizes } from "./drift.ts";
import { kinds, modesOf } from "./kinds.ts";
import { commonDepths, depths, held, memoryModes, memorySize } from "./memory.ts";
import { casesOf, type Disagreement, disagreement, forms, scheduleNames } from "./three-ways.ts";

/**
 * Largest error allowed between closed form and composed ops, and of either against central
 * differences.
 */
export const bounds = { analytic: 1e-13, differences: 1e-8 } as const;

type Row = readonly (string | number)[];

const table = (head: Row, rows: readonly Row[]): string => {
  const line = (cells: Row) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, k) => (k === 0 ? "---" : "---:"))), ...rows.map(line)].join(
    "\n",
  );
};
const power = (v: number): string => (v === 0 ? "0" : v.toExponential(1));
const bytes = (v: number): string => v.toLocaleString("en-US");

/** The worst of several cases. */
function worst(cases: readonly Disagreement[]): Disagreement {
  const most = (key: keyof Disagreement) => Math.max(...cases.map((c) => c[key]));
  return {
    closedComposed: most("closedComposed"),
    closedDifferences: most("closedDifferences"),
    composedDifferences: most("composedDifferences"),
  };
}

/** The sweep: a row for each kind, backward mode and form, and one for each schedule. */
function gradientRows(
  count: number,
): { readonly name: string; readonly cases: number; readonly worst: Disagreement }[] {
  let seed = 2025; // other cases in each row, the same ones every time
  const all = kinds.flatMap(([name, mixer]) =>
    modesOf(mixer).flatMap((backward) =>
      forms.flatMap((form) =>
        casesOf(mixer, backward, form, count, seed++).map((item) => ({
          groups: [`${name}, ${backward}, ${form}`, `schedule: ${item.scheduleName}`],
          found: disagreement(item),
        })),
      ),
    ),
  );
  const names = [
    ...new Set(all.map(({ groups }) => groups[0]!)),
    ...scheduleNames.map((name) => `schedule: ${name}`),
  ];
  return names.map((name) => {
    const found = all.filter(({ groups }) => groups.includes(name)).map((c) => c.found);
    return { name, cases: found.length, worst: worst(found) };
  });
}

async function goldenLine(): Promise<string> {
  const folder = fileURLToPath(new URL("../golden", import.meta.url));
  const checked = await checkFolder(folder);
  const verdicts = checked.find(({ file }) => file === "spm.json")!.verdicts;
  const errors = verdicts.map((v) => (v.verdict === "passed" ? v.error : Number.POSITIVE_INFINITY));
  return (
    `${verdicts.length} cases, ` +
    `worst relative error ${power(Math.max(...errors))} (1e-9 is allowed)`
  );
}

const driftRow = ({ n, stages, float64, float32, rounding }: Drift): Row => [
  n,
  stages,
  power(float64),
  power(float32),
  power(rounding),
];

/** What is measured beside the reference. */
export interface Others {
  readonly wasm: Backend;
  /** A software adapter; null where there is none. */
  readonly gpu: Backend | null;
}

/** In the cells of a backend that was not there. */
export const ABSENT = "–";

/** The whole page. @param count - random cases in each row of the sweep */
export async function page(count: number, { wasm, gpu }: Others): Promise<string> {
  const gradients = gradientRows(count).map(({ name, cases, worst }) => [
    name,
    cases,
    power(worst.closedComposed),
    power(worst.closedDifferences),
    power(worst.composedDifferences),
  ]);
  const memory = depths.map((stages) => [
    stages,
    ...memoryModes.flatMap((mode) => {
      const { between, peak } = held(reference, stages, mode);
      return [bytes(between), bytes(peak)];
    }),
  ]);
  const peaks = commonDepths.map((stages) => [
    stages,
    ...memoryModes.flatMap((mode) =>
      [reference, wasm, gpu].map((backend) =>
        backend === null ? ABSENT : bytes(held(backend, stages, mode).peak),
      ),
    ),
  ]);
  return `# Verification of the mixer

Made by \`npm run -s verify:mixer\`; everything below was measured by it, on the reference backend
where no other one is named. A test makes the page's tables anew from fewer cases and compares their
rows and bounds with this file.

## Gradients, three ways

By x and by every parameter (those of its kind, both diagonals, bias), in float64: the
**closed form** of the fused kernels, the derivative of the operator **composed** of core's ops, and
**central differences** (step 1e-6). An error is |a − b| / max(1, max |b|) over all gradients of a
case; each cell is the worst of its row. The cases are random: n = 1 … 11, L = 1 … 6, none to two
leading axes. *square* maps n → n, *pad* cuts inputs or outputs off, *stack* and *fold* take two to
four operators side by side. Allowed: ${power(bounds.analytic)} between the first two,
${power(bounds.differences)} against differences, whose own error is about 1e-9.

${table(
  [
    "kind, backward mode, form",
    "cases",
    "closed − composed",
    "closed − differences",
    "composed − differences",
  ],
  gradients,
)}

Second derivatives go through the composed operator; \`gradgradcheck\`, \`jvp\` and \`hvp\` are
tests beside the source (\`packages/mixer/src/mixer.test.ts\`), as are the twelve invariants
(\`test/mixer/invariants.test.ts\`).

## Against PyTorch

\`test/golden/spm.json\`, float64: values, all gradients in every backward mode, the dense matrix,
ln |det|: ${await goldenLine()}.

## Walking back

A butterfly of Haar angles, cycled to L stages, on 8 rows: ‖reverse − stored‖ / ‖stored‖ of the
gradients by x and the angles. The reference kernels compute in float64 whatever the dtype, so in
float32 only what is kept is rounded (z_L once, or every stage), and the drift does not grow with
depth beyond that of float64. The last column is what float32 costs anyway: stored in float32
against stored in float64.

${table(
  ["n", "L", "drift, float64", "drift, float32", "float32 − float64, stored"],
  driftSizes.map(([n, L]) => driftRow(drift(n, L))),
)}

## Memory

One rotation mixer of L stages, n = ${memorySize.n}, batch ${memorySize.batch}, float32, by the
storages alive: bytes that wait *between* forward and backward, and the *peak* at any moment,
gradients included. Input and parameters, there before, are left out; a row of activations is batch
· n · 4 = ${bytes(memorySize.n * memorySize.batch * 4)} bytes.

${table(
  ["L", "reverse: between", "peak", "recompute: between", "peak", "stored: between", "peak"],
  memory,
)}

What is flat, and what is not:

- \`reverse\` keeps z_L alone, B · n numbers **whatever L is**; at the peak the gradients come to
  it, of which the angles' takes 2nL bytes. The kernel works on 64n bytes of scratch, which are not
  counted.
- \`recompute\` keeps nothing at all, and its kernel works on 32nL bytes of scratch, for four rows
  at a time: independent of the batch.
- \`stored\` keeps B · n · (L + 1) numbers: linear in L.
- A *stack of layers* holds, for each layer, its z_L and the y that the next layer reads: linear in
  the number of layers, in any mode. The constant is one mixer's with many stages, not that of many
  mixers: diagonals and nonlinearities between them are not walked back.

The peak of the same step on the other backends, by the same counters: what tensors and residuals
take, but not what a kernel works on while it runs. The GPU is the software adapter, SwiftShader;
its cells are ${ABSENT} where this page was made without one.

${table(["L", ...memoryModes.flatMap((mode) => [`${mode}: reference`, "wasm", "GPU"])], peaks)}

A backend's kernels decide what they keep. Those of wasm work the stages out again in \`stored\`,
too, as in \`recompute\`, which is faster than to write them and read them back. Those of the GPU
take up to six stages in a launch and walk back within it: in \`reverse\` and in \`stored\` alike
they keep the z that each launch but the first starts from, so there neither is flat in L.
`;
}
