/**
 * @file The peer: a dense layer in OpenBLAS on one thread, the program openblas.c in a process of
 * its own.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("openblas.c", import.meta.url));
const folder = fileURLToPath(new URL("../node_modules/.cache/", import.meta.url));

/** Median seconds of a forward, and of a forward and backward. */
export interface DenseTimes {
  readonly forward: number;
  readonly train: number;
}

/** The running peer. */
export interface OpenBlas {
  measure(n: number, batch: number, seconds: number): Promise<DenseTimes>;
  stop(): void;
}

/**
 * Compiles and starts the peer. Where there is no C compiler or no OpenBLAS, says so in a line and
 * ends the process.
 */
export function startOpenBlas(): OpenBlas {
  mkdirSync(folder, { recursive: true });
  const binary = `${folder}openblas`;
  try {
    execFileSync("cc", ["-O2", "-o", binary, source, "-lopenblas"], { stdio: "pipe" });
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: Buffer };
    const reason = /.*\berror\b.*|.*cannot find.*/.exec(String(stderr ?? ""))?.[0] ?? message;
    console.error(
      `bench: expected a C compiler and OpenBLAS, got ${reason.split("\n")[0]}; ` +
        "on Debian: apt-get install gcc libopenblas-dev",
    );
    process.exit(1);
  }
  const child: ChildProcess = spawn(binary, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { OPENBLAS_NUM_THREADS: "1" },
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    async measure(n, batch, seconds) {
      child.stdin!.write(`${n} ${batch} ${seconds}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error("openblas: expected an answer, got the end of its output");
      const [forward, train] = String(value).split(" ").map(Number) as [number, number];
      return { forward, train };
    },
    stop: () => child.stdin!.end(),
  };
}
