/** @file Every n-th write, sync, rename, open and read fails, or is short, in a real process. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { full } from "../full.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("a disk that fails at any call: an error, no file that lies, a resume as ever", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...["--import", "tsx", "--conditions=@spm/source", "test/files/fail-and-compare.ts"],
      full ? "1" : "9",
    ],
    { cwd: root, maxBuffer: 2 ** 26 },
  );
  const { attempts, refused, faults, halfway } = JSON.parse(stdout.split("\n").at(-2) ?? "");
  expect(faults.slice(0, 5)).toEqual([]);
  expect(attempts).toBeGreaterThan(full ? 700 : 35);
  expect(refused).toBeGreaterThan(attempts / 2);
  expect(halfway).toBeGreaterThan(0);
});
