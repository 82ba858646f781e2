/** @file CONTRIBUTING.md says that adding an op touches one file: its diff, applied to a copy of core, is all that it takes. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const copy = mkdtempSync(join(root, "packages/core/.adding-an-op-"));
afterAll(() => rmSync(copy, { recursive: true }));

test("one line makes an op", async () => {
  const guide = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
  const [diff = ""] = /--- a\/packages\/core\/src\/ops[\s\S]*?(?=```)/.exec(guide) ?? [];
  const touched = [...diff.matchAll(/^\+\+\+ b\/packages\/core\/src\/(.*)$/gm)].map((match) => match[1]!);
  expect(touched).toHaveLength(1);

  cpSync(join(root, "packages/core/src"), copy, { recursive: true });
  const file = join(copy, touched[0]!);
  const source = readFileSync(file, "utf8");
  const body = diff.slice(diff.indexOf("@@\n") + 3).split("\n");
  const before = body.filter((line) => line.startsWith(" ")).map((line) => line.slice(1));
  const after = body.filter((line) => /^[ +]/.test(line)).map((line) => line.slice(1));
  expect(source).toContain(before.join("\n").trimEnd()); // the context is what stands there
  writeFileSync(file, source.replace(before.join("\n"), after.join("\n")));

  const core: typeof import("@spm/core") = await import(pathToFileURL(join(copy, "index.ts")).href);
  const atan = Reflect.get(core, "atan") as import("@spm/core").UnaryOp;
  const x = core.tensor([0.3, -2], { dtype: "float64" });
  expect([...core.elements(atan(x).ndarray())]).toEqual([Math.atan(0.3), Math.atan(-2)]);
  expect(Reflect.get(x, "atan").call(x).shape).toEqual([2]);
  expect(core.primitives().map((p) => p.name)).toContain("atan");
  const op = (x: import("@spm/core").Tensor) => atan(x);
  core.gradcheck(op, [x]);
  core.gradgradcheck(op, [x]);
});
