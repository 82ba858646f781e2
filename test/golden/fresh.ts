/**
 * @file `npm run -s golden:fresh -- --seed S`: fresh values from PyTorch, checked as those of this
 * folder are. Exits with 77, and says so, where there is no PyTorch.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { notRun } from "../ledger/budgets.ts";
import { pythonWith } from "../python.ts";

const { values } = parseArgs({ options: { seed: { type: "string", default: "7" } } });
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The scripts, and what each imports beyond torch. */
const scripts = [
  {
    script: "golden_spm.py",
    module: "torch",
    lacks: "PyTorch (Debian: apt-get install python3-torch)",
  },
  {
    script: "golden_core.py",
    module: "torch",
    lacks: "PyTorch (Debian: apt-get install python3-torch)",
  },
  {
    script: "golden_numeric.py",
    module: "torch",
    lacks: "PyTorch (Debian: apt-get install python3-torch)",
  },
  {
    script: "golden_losses.py",
    module: "torch",
    lacks: "PyTorch (Debian: apt-get install python3-torch)",
  },
  {
    script: "golden_linalg.py",
    module: "torch",
    lacks: "PyTorch (Debian: apt-get install python3-torch)",
  },
  {
    script: "golden_recurrent.py",
    module: "torch",
    lacks: "PyTorch (Debian: apt-get install python3-torch)",
  },
  {
    script: "golden_layers.py",
    module: "torch",
    lacks: "PyTorch (Debian: apt-get install python3-torch)",
  },
  {
    script: "golden_optim.py",
    module: "torch",
    lacks: "PyTorch (Debian: apt-get install python3-torch)",
  },
  {
    script: "golden_modules.py",
    module: "torch",
    lacks: "PyTorch (Debian: apt-get install python3-torch)",
  },
  {
    script: "golden.py",
    module: "torch.optim._muon",
    lacks: "PyTorch 2.9 or newer, which has Muon",
  },
];

function run(program: string, args: readonly string[]): number {
  return spawnSync(program, args, { stdio: "inherit" }).status ?? 1;
}

/** Writes the files that it can, then checks them. */
function main(folder: string): number {
  let written = 0;
  for (const { script, module, lacks } of scripts) {
    const python = pythonWith(module);
    if (python === null) console.log(`${script}: not run: no python3 has ${lacks}`);
    else {
      const code = run(python, ["-W", "ignore", here(script), values.seed, folder]);
      if (code !== 0) return code;
      written++;
    }
  }
  if (written === 0) return notRun;
  const loader = ["--import", "tsx", "--conditions=@spm/source"];
  return run(process.execPath, [...loader, here("check.ts"), folder]);
}

const folder = mkdtempSync(join(tmpdir(), "golden-fresh-"));
try {
  process.exitCode = main(folder);
} finally {
  rmSync(folder, { recursive: true });
}
