/**
 * @file The packages from core to wasm in a page, and in a worker, whose Content-Security-Policy
 * forbids to compile strings, bundled under the condition `csp`: the bits of the libraries.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { full } from "../full.ts";
import type { Found } from "../strict/page.ts";
import { openChromium } from "./chromium.ts";

const browser = await openChromium();
const every = full ? 1 : 8;
const folder = mkdtempSync(join(tmpdir(), "spm-strict-"));
let policy = "";
const server: Server = createServer(({ url = "" }, response) => {
  if (policy !== "") response.setHeader("content-security-policy", policy);
  response.setHeader("cross-origin-opener-policy", "same-origin"); // for memory that threads share
  response.setHeader("cross-origin-embedder-policy", "require-corp");
  if (url.endsWith(".html")) {
    response.setHeader("content-type", "text/html");
    response.end('<!doctype html><script type="module" src="page.js"></script>');
  } else {
    response.setHeader("content-type", "text/javascript");
    response.end(url.endsWith(".js") ? readFileSync(join(folder, url)) : "");
  }
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
afterAll(async () => {
  await browser?.close();
  server.close();
  rmSync(folder, { recursive: true });
});

const entryPoints = ["page", "worker"].map((name) =>
  fileURLToPath(new URL(`../strict/${name}.ts`, import.meta.url)),
);
const bundle = (name: string, conditions: string[]) =>
  build({
    ...{ entryPoints, outdir: join(folder, name), conditions: ["@spm/source", ...conditions] },
    ...{ bundle: true, splitting: true, format: "esm", target: "es2022", logLevel: "silent" },
  });

/** What a bundle finds under a policy, and what the page said on its console. */
async function find(name: string, underPolicy: string, threads: number) {
  policy = underPolicy;
  const page = await browser!.newPage();
  onTestFinished(() => page.close());
  page.setDefaultTimeout(0); // the test has a timeout
  const said: string[] = [];
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") said.push(message.text());
  });
  const { port } = server.address() as AddressInfo;
  await page.goto(
    `http://127.0.0.1:${port}/${name}/index.html#${JSON.stringify({ threads, every })}`,
  );
  await expect
    .poll(async () => said.length > 0 || (await page.getAttribute("body", "data-found")), {
      timeout: 120_000,
    })
    .toBeTruthy();
  const text = await page.getAttribute("body", "data-found");
  const found = text === null ? undefined : (JSON.parse(text) as Found);
  return { said, found };
}

describe.runIf(browser !== null)("where strings may not be compiled", () => {
  test("page and worker have the bits of the libraries, on the reference and on wasm", async () => {
    await bundle("libraries", []);
    await bundle("csp", ["csp"]);
    const { found: want } = await find("libraries", "", 1);
    expect(want?.page.compilesStrings).toBe(true);
    expect(Object.keys(want!.page.reference).length).toBeGreaterThan(250 / every);
    expect(Object.keys(want!.page.wasm).length).toBeGreaterThan(70 / every);

    const strictest = await find("csp", "script-src 'self'", 0);
    const none = { compilesStrings: false, reference: want!.page.reference, wasm: {}, backend: "" };
    expect(strictest).toEqual({ said: [], found: { page: none, worker: none } });

    const both = { ...want!.page, compilesStrings: false };
    const found = { page: both, worker: both };
    const withWasm = "script-src 'self' 'wasm-unsafe-eval'";
    expect(await find("csp", withWasm, 1)).toEqual({ said: [], found });
    const withThreads = `${withWasm}; worker-src 'self' blob:`;
    const threaded = { ...both, backend: "wasm simd ×2" };
    expect(await find("csp", withThreads, 2)).toEqual({
      said: [],
      found: { page: threaded, worker: threaded },
    });
  });
});
