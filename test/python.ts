/** @file Finds a Python that has a module: the one on the path, or the system's. */
import { spawnSync } from "node:child_process";

/** The first Python that can import `module`, null where none can. */
export function pythonWith(module: string): string | null {
  const can = (python: string): boolean =>
    spawnSync(python, ["-c", `import ${module}`], { stdio: "ignore" }).status === 0;
  return ["python3", "/usr/bin/python3"].find(can) ?? null;
}
