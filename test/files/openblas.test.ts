import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the bench without OpenBLAS's headers is a line that names the package", async () => {
  const folder = mkdtempSync(join(tmpdir(), "spm-cc-"));
  const cc = join(folder, "cc");
  writeFileSync(cc, '#!/bin/sh\nexec /usr/bin/cc -nostdinc "$@"\n'); // it finds no headers at all
  chmodSync(cc, 0o755);
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const script = 'import("./bench/openblas.ts").then((peer) => peer.startOpenBlas());';
  const stderr = await new Promise<string>((resolve) => {
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const args = ["--import", "tsx", "--input-type=module", "-e", script];
    execFile(process.execPath, args, { cwd: root, env }, (_, __, text) => resolve(text));
  });
  rmSync(folder, { recursive: true });
  expect(stderr).toMatch(
    /^bench: expected a C compiler and OpenBLAS, got [^\n]+ apt-get install gcc libopenblas-dev\n$/,
  );
});
