/**
 * @file The worker of the sandbox: takes a program from the page, makes modules of it and of the
 * packages' files, and runs it. Its frame lets nothing be fetched; files come by messages.
 */
import type { FromWorker, ToWorker } from "../messages.ts";
import type { Runtime } from "../runtime/index.ts";
import { failureOf } from "./failure.ts";
import { modules } from "./modules.ts";
import { withoutTypes } from "./typescript.ts";

/** Connects with the page, once it has sent its port. */
function connect(port: MessagePort): void {
  const send = (message: FromWorker): void => port.postMessage(message);
  const waiting = new Map<string, (bytes: Uint8Array | null) => void>();
  const fetched = new Map<string, Promise<Uint8Array>>();
  let runtime: Runtime | undefined;

  /** A file of the site. @throws Error when there is no such file */
  const file = (name: string): Promise<Uint8Array> => {
    const known = fetched.get(name);
    if (known !== undefined) return known;
    const answer = new Promise<Uint8Array>((resolve, reject) => {
      waiting.set(name, (bytes) =>
        bytes === null ? reject(new Error(`file: the playground has no ${name}`)) : resolve(bytes),
      );
    });
    fetched.set(name, answer);
    send({ kind: "need", file: name });
    return answer;
  };

  async function run({ code, backend, packages }: ToWorker & { kind: "run" }): Promise<void> {
    const started = performance.now();
    const program: { code: string; address: string | undefined } = { code, address: undefined };
    const fail = (error: unknown): void =>
      send({ kind: "error", failure: failureOf(error, program) });
    addEventListener("error", (event) => {
      event.preventDefault();
      fail(event.error ?? event.message);
    });
    addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      fail(event.reason);
    });
    const text = new TextDecoder();
    const made = modules(
      packages,
      async (name) => text.decode(await file(name)),
      (source) => URL.createObjectURL(new Blob([source], { type: "text/javascript" })),
    );
    try {
      const load = async (name: string): Promise<object> => import(await made.package(name, 1));
      const { start } = (await load("@spm/playground")) as typeof import("../runtime/index.ts");
      runtime = await start({ send, fail, file, backend, load });
      program.address = await made.program(withoutTypes(code));
      await import(program.address);
    } catch (error) {
      fail(error);
    }
    await runtime?.settled();
    const used = runtime?.backend() ?? null;
    send({ kind: "done", backend: used, milliseconds: performance.now() - started });
  }

  port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    if (data.kind === "run") void run(data);
    else if (data.kind === "file") waiting.get(data.file)?.(data.bytes);
    else if (data.kind === "chosen") runtime?.chosen(data.bytes, data.name);
    else runtime?.drawn(data.pixels);
  };
}

addEventListener("message", ({ ports: [port] }: MessageEvent) => port && connect(port), {
  once: true,
});
