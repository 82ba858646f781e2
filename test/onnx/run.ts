/**
 * @file `npm run test:onnx`: every model of `models.ts` as an ONNX file in onnxruntime-node, and in
 * onnxruntime-web in Chromium, in a page that may compile no strings. Outputs equal ours within
 * 1e-5. The runtimes are installed on demand into `bench/.peers`.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Shape, TypedArray } from "@spm/core";
import { importPeer, peerFolder, peerVersion } from "../../bench/peers.ts";
import { openChromium } from "../browser/chromium.ts";
import { notRun } from "../ledger/budgets.ts";
import { type Exported, exported, layers, models, opCases, variants } from "./models.ts";

const TOLERANCE = 1e-5;

/** The part of onnxruntime that is used. */
interface Runtime {
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{ run(feeds: object): Promise<Readonly<Record<string, Result>>> }>;
  };
  readonly Tensor: new (type: string, data: unknown, dims: Shape) => unknown;
}
interface Result {
  readonly data: ArrayLike<number>;
  readonly dims: Shape;
}

/** An output of a runtime. */
interface Output {
  readonly values: readonly number[];
  readonly shape: Shape;
}

/** Runs a model on an input, in Node or in a page: it names nothing from outside. */
async function runIn(
  { InferenceSession, Tensor }: Runtime,
  model: Uint8Array,
  type: string,
  values: readonly number[],
  shape: Shape,
): Promise<Output> {
  const arrays = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };
  const data = arrays[type as keyof typeof arrays].from(values);
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const { y } = await session.run({ x: new Tensor(type, data, shape) });
  if (y === undefined) throw new Error("no output y");
  return { values: Array.from(y.data, Number), shape: [...y.dims] };
}

/** What is wrong with an output; undefined if nothing is. */
function wrong({ values, shape }: Output, want: TypedArray, wantShape: Shape): string | undefined {
  if (`${shape}` !== `${wantShape}`) return `shape [${shape}], not [${wantShape}]`;
  const off = (most: number, v: number, i: number): number =>
    Math.max(most, Math.abs(v - (values[i] ?? Number.NaN)));
  const worst = [...want].reduce(off, 0);
  return worst <= TOLERANCE ? undefined : `off by ${worst}`;
}

/** A page that has onnxruntime-web, under a policy that forbids to compile strings. */
async function openPage(files: readonly Exported[]) {
  const browser = await openChromium();
  if (browser === null) return null;
  const dist = join(peerFolder("onnxWeb"), "dist");
  const server = createServer(({ url = "" }, response) => {
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    response.setHeader(
      "content-security-policy",
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
    );
    const [, kind = "", name = ""] = url.split("/");
    if (kind === "models") return response.end(files[Number(name)]?.file.bytes);
    response.setHeader("content-type", kind === "ort" ? typeOf(name) : "text/html");
    return response.end(kind === "ort" ? readFileSync(join(dist, name)) : "<!doctype html>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const close = async () => {
    await browser.close();
    server.close();
  };
  return { page, close };
}

const typeOf = (name: string): string =>
  name.endsWith(".wasm") ? "application/wasm" : "text/javascript";

const failures: string[] = [];
const cases = Object.entries({ ...models, ...variants, ...layers, ...opCases });
const files: Exported[] = [];
for (const [name, make] of cases) files.push(await exported(name, make()));

/** Runs all files, and notes what is wrong. */
async function compare(
  where: string,
  run: (file: Exported, k: number) => Promise<Output>,
): Promise<void> {
  const before = failures.length;
  for (const [k, file] of files.entries()) {
    const { output, name } = file;
    const fault = await run(file, k).then(
      async (got) => wrong(got, await output.data(), output.shape),
      (error: unknown) => String(error),
    );
    if (fault !== undefined) failures.push(`${where}, ${name}: ${fault}`);
  }
  const right = files.length - (failures.length - before);
  console.log(`${where}: ${right} of ${files.length} models equal ours within ${TOLERANCE}`);
}

/** Exits as a long form that lacks something. */
function lacking(error: unknown): never {
  console.log(`ONNX files run nowhere: onnxruntime could not be installed: ${error}`);
  process.exit(notRun);
}

const runtime = await importPeer<Runtime>("onnx").catch(lacking);
await compare(peerVersion("onnx"), async ({ file, type, input }) =>
  runIn(runtime, file.bytes, type, [...(await input.data())], input.shape),
);
const opened = await openPage(files);
if (opened !== null) {
  const { page, close } = opened;
  await page.evaluate(`globalThis.runIn = ${runIn}`);
  await compare(`${peerVersion("onnxWeb")} in Chromium`, async ({ type, input }, k) =>
    page.evaluate(
      async ([k, type, values, shape]) => {
        const path = "/ort/ort.wasm.min.mjs";
        const ort = await import(path);
        ort.env.wasm.numThreads = 1;
        const model = new Uint8Array(await (await fetch(`/models/${k}`)).arrayBuffer());
        const { runIn: run } = globalThis as unknown as { runIn: typeof runIn };
        return run(ort, model, type, values, shape);
      },
      [k, type, [...(await input.data())], input.shape] as const,
    ),
  );
  await close();
}
for (const failure of failures) console.log(failure);
process.exitCode = failures.length > 0 ? 1 : opened === null ? notRun : 0;
