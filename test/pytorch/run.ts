/**
 * @file `npm run -s test:python`: `python/spm_torch` is installed without a network and passes its
 * own tests, and the long forms of the tests beside it pass. Exits with 77, and says so, where
 * there is no PyTorch.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { notRun } from "../ledger/budgets.ts";
import { pythonWith } from "../python.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a program, and tells whether it succeeded. */
function succeeds(
  program: string,
  args: readonly string[],
  { cwd = root, env = {} }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): boolean {
  const options = { cwd, env: { ...process.env, ...env }, stdio: "inherit" } as const;
  return spawnSync(program, args, options).status === 0;
}

/** Installs the package from a copy, imports it from there, and runs its tests on what came out. */
function packagePasses(python: string, folder: string): boolean {
  const [copy, site] = [join(folder, "spm_torch"), join(folder, "site")];
  cpSync(join(root, "python/spm_torch"), copy, { recursive: true });
  const offline = ["--no-build-isolation", "--no-deps", "--no-index", "--quiet"];
  const typed =
    "import os, spm_torch; assert os.path.exists(os.path.join(spm_torch.__path__[0], 'py.typed'))";
  const env = { PYTHONPATH: site };
  const tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "pythonpath=", "tests"];
  return (
    succeeds(python, ["-m", "pip", "install", ...offline, "--target", site, copy]) &&
    succeeds(python, ["-c", typed], { cwd: folder, env }) &&
    succeeds(python, tests, { cwd: copy, env })
  );
}

/** Runs the kernels in Triton's interpreter, where a Python has Triton. */
function kernelsPass(): boolean {
  const python = pythonWith("torch, triton");
  if (python === null) {
    console.log("Triton's kernels: not run: no python3 has Triton");
    return true;
  }
  const tests = ["-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"];
  return succeeds(python, [...tests, "tests/test_butterfly_kernel.py"], {
    cwd: join(root, "python/spm_torch"),
    env: { TRITON_INTERPRET: "1" },
  });
}

function main(folder: string): number {
  const python = pythonWith("torch, pytest");
  if (python === null) {
    console.log("python/spm_torch: not run: no python3 has PyTorch and pytest");
    console.log("help: apt-get install python3-torch python3-pytest python3-pip python3-wheel");
    return notRun;
  }
  const vitest = ["vitest", "run", "--project", "integration", "test/integration/pytorch"];
  const passed =
    packagePasses(python, folder) &&
    kernelsPass() &&
    succeeds("npx", vitest, { env: { SPM_FULL: "1" } });
  return passed ? 0 : 1;
}

const folder = mkdtempSync(join(tmpdir(), "spm-python-"));
try {
  process.exitCode = main(folder);
} finally {
  rmSync(folder, { recursive: true });
}
