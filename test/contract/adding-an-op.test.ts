/**
 * @file CONTRIBUTING.md says how to add an op: its diff, applied to a copy of core, is all that it
 * takes: the op, and its name in the index.
 */
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
  const hunks = diff.split(/^--- .*\n/m).slice(1);
  expect(hunks).toHaveLength(2); // the op, and its name among the public ones

  cpSync(join(root, "packages/core/src"), copy, { recursive: true });
  for (const hunk of hunks) {
    const [, touched = ""] = /^\+\+\+ b\/packages\/core\/src\/(.*)\n/.exec(hunk) ?? [];
    const file = join(copy, touched);
    const source = readFileSync(file, "utf8");
    const body = hunk.slice(hunk.indexOf("@@\n") + 3).split("\n");
    const [before, after] = [/^ /, /^[ +]/].map((kept) =>
      body.filter((line) => kept.test(line)).map((line) => line.slice(1)),
    );
    const context = before!.join("\n");
    expect(source).toContain(context); // the context is what stands there
    writeFileSync(file, source.replace(context, after!.join("\n")));
  }

  const core: typeof import("@spm/core") = await import(pathToFileURL(join(copy, "index.ts")).href);
  const extend: typeof import("@spm/core/extend") = await import(
    pathToFileURL(join(copy, "extend.ts")).href
  );
  const atan = Reflect.get(core, "atan") as import("@spm/core/extend").UnaryOp;
  const x = core.tensor([0.3, -2], { dtype: "float64" });
  expect([...extend.elements(atan(x).ndarray())]).toEqual([Math.atan(0.3), Math.atan(-2)]);
  expect(Reflect.get(x, "atan").call(x).shape).toEqual([2]);
  expect(extend.primitives().map((p) => p.name)).toContain("atan");
  const op = (x: import("@spm/core").Tensor) => atan(x);
  core.gradcheck(op, [x]);
  core.gradgradcheck(op, [x]);
});
