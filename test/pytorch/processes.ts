/** @file `train_ddp.py` in processes of its own, which find each other by environment variables. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../../python/examples/train_ddp.py", import.meta.url));

/** What its first process prints. */
export interface TrainedOn {
  readonly processes: number;
  /** The loss on the test part before and after. */
  readonly before: number;
  readonly loss: number;
  /** The bytes of gradients that a step all-reduces. */
  readonly gradientBytes: number;
}

/**
 * Trains on with so many processes on the CPU.
 * @throws Error with what a process says that fails
 */
export async function trainOn(
  python: string,
  args: readonly string[],
  processes: number,
): Promise<TrainedOn> {
  const port = await freePort();
  const outputs = await Promise.all(
    Array.from({ length: processes }, (_, rank) =>
      output(python, ["-B", "-W", "ignore", script, ...args], {
        ...process.env,
        RANK: `${rank}`,
        WORLD_SIZE: `${processes}`,
        MASTER_ADDR: "127.0.0.1",
        MASTER_PORT: `${port}`,
        OMP_NUM_THREADS: "1",
        CUDA_VISIBLE_DEVICES: "",
      }),
    ),
  );
  return JSON.parse(outputs[0] ?? "");
}

async function output(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const texts = [child.stdout, child.stderr].map(async (stream) => {
    let text = "";
    for await (const chunk of stream) text += chunk;
    return text;
  });
  const [code] = await once(child, "close");
  const [stdout = "", stderr = ""] = await Promise.all(texts);
  if (code !== 0) throw new Error(`train_ddp.py ended with ${code}: ${stderr}`);
  return stdout;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}
