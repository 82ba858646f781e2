/** @file Programs that a bundler made keep the methods of tensors, and print what they hold. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(fileURLToPath(new URL(".bundle-", import.meta.url)));
afterAll(() => rmSync(folder, { recursive: true }));
const entry = join(folder, "program.ts");
writeFileSync(
  entry,
  `import { rng, tensor } from "@spm/core";
  import { butterfly } from "@spm/mixer";
  import { Linear } from "@spm/nn";
  import { sgd } from "@spm/optim";
  const linear = new Linear(1, 1, { random: rng(1) });
  console.log(tensor([1, 2]).add(1));
  for (const value of [butterfly(2), linear, sgd(linear.parameters())])
    console.log(String(value).split("\\n").at(-1));`,
);
const conditions = ["@spm/source"];

test.each([
  {
    bundler: "esbuild",
    bundle: (outfile: string) =>
      esbuild({ entryPoints: [entry], bundle: true, format: "esm", outfile, conditions }),
  },
  {
    bundler: "Vite",
    bundle: (outfile: string) =>
      vite({
        configFile: false,
        root: folder,
        logLevel: "error",
        resolve: { conditions },
        build: {
          lib: { entry, formats: ["es"], fileName: () => "out.mjs" },
          outDir: join(outfile, ".."),
        },
      }),
  },
])("$bundler", async ({ bundler, bundle }) => {
  const outfile = join(folder, bundler, "out.mjs");
  await bundle(outfile);
  const printed = execFileSync(process.execPath, [outfile], { encoding: "utf8" });
  expect(printed).toMatchInlineSnapshot(`
    "Tensor float32[2] on reference
    [2., 3.]
    1 ─●───
    total   8 bytes                 2
      { learningRate: 0.01, momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 }
    "
  `);
});

test("tables and images are read without Node", async () => {
  const entry = join(folder, "data.ts");
  const outfile = join(folder, "data.mjs");
  writeFileSync(
    entry,
    `import { csvRows, decodeImage, jsonRows, npyRows, readTable } from "@spm/data/table";
    for (const rows of [await csvRows("a;b\\n1,5;x\\n"), await jsonRows('{"a":1}')])
      console.log((await readTable(rows)).columns.length);
    for (const read of [decodeImage, npyRows])
      try {
        read(new Uint8Array(20));
      } catch (error) {
        console.log(error.name);
      }`,
  );
  // for a browser, where an import of Node's modules is an error
  await esbuild({ entryPoints: [entry], bundle: true, format: "esm", outfile, conditions });
  const printed = execFileSync(process.execPath, [outfile], { encoding: "utf8" });
  expect(printed).toBe("2\n1\nDataError\nDataError\n");
});
