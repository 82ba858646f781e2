/**
 * @file The peer on the GPU: PyTorch, the script torch-peer.py in a process of its own. Without it
 * its columns stay empty.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Milliseconds of a forward pass, and of a forward pass with all gradients. */
export interface Times {
  readonly forward: number;
  readonly train: number;
}

/** Eager and compiled; `failed` is the peer's own reason. */
export interface EagerCompiled<T> {
  readonly eager?: T;
  readonly compiled?: T;
  readonly failed?: string;
}

interface Answers {
  /** `copy` is that of x, on the device. */
  readonly dense: {
    readonly copy?: number;
    readonly fp32?: Times;
    readonly tf32?: Times;
    readonly bf16?: Times;
  };
  readonly mixer: EagerCompiled<Times>;
  readonly mlp: EagerCompiled<number>;
  readonly gpt: EagerCompiled<number>;
}

/** The running peer. */
export interface Torch {
  /** Its version and device, or the reason that there is none. */
  readonly label: string;
  readonly missing: boolean;
  /** Its answer to a question; empty where there is no peer. */
  ask<K extends keyof Answers>(
    what: K,
    request: Readonly<Record<string, number | string>>,
  ): Promise<Partial<Answers[K]>>;
  stop(): void;
}

/** Starts `python3 bench/torch-peer.py`. */
export async function startTorch(): Promise<Torch> {
  const script = fileURLToPath(new URL("torch-peer.py", import.meta.url));
  const child = spawn("python3", [script], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const none = new Promise<{ value: string }>((resolve) => {
    child.on("error", () => resolve({ value: '{ "missing": "no python3" }' }));
    child.on("exit", (code) => resolve({ value: `{ "missing": "python3 ended with ${code}" }` }));
  });
  const answer = async (): Promise<Record<string, unknown>> => {
    const { value } = (await Promise.race([lines.next(), none])) as { value: string };
    return JSON.parse(value ?? '{ "missing": "python3 ended" }');
  };
  const hello = await answer();
  const missing = hello.missing !== undefined;
  return {
    missing,
    label: missing
      ? `${hello.missing}: its columns are left out`
      : `PyTorch ${hello.torch} on ${hello.device}`,
    async ask(what, request) {
      if (missing) return {};
      child.stdin.write(`${JSON.stringify({ what, ...request })}\n`);
      return (await answer()) as never;
    },
    stop: () => void child.stdin.end(),
  };
}
