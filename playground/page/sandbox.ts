/** @file The sandbox as the page sees it: run, stop, files for the worker, entries from it. */
import type { BackendName, Contents, Entry, FromWorker, ToWorker } from "../messages.ts";

/** The page's part of a run: shows its entries, and hears of its end. */
interface Listener {
  readonly show: (entry: Entry) => void;
  readonly done: (backend: string | null, milliseconds: number) => void;
}

/** One frame, in which one program runs at a time. */
export interface Sandbox {
  run(code: string, backend: BackendName, listener: Listener): void;
  /** Ends the worker, whatever it is doing. */
  stop(): void;
  /** Hands a drawing to the program. */
  draw(pixels: Float32Array): void;
  /** Hands a file of the visitor's to the program. */
  choose(bytes: Uint8Array, name: string): void;
}

/** Opens the frame, whose origin is opaque: it has no part of the page. */
export async function openSandbox(contents: Contents): Promise<Sandbox> {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.title = "The sandbox in which programs run; it shows nothing.";
  frame.hidden = true;
  frame.src = "sandbox.html";
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
  document.body.append(frame);
  await loaded;

  const fetched = new Map<string, Promise<Uint8Array | null>>();
  const fetchFile = (file: string): Promise<Uint8Array | null> => {
    if (!contents.files.includes(file)) return Promise.resolve(null);
    const known = fetched.get(file);
    if (known !== undefined) return known;
    const bytes = fetch(file).then(
      async (answer) => (answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null),
      () => null,
    );
    fetched.set(file, bytes);
    return bytes;
  };

  let port: MessagePort | undefined;
  const send = (message: ToWorker): void => port?.postMessage(message);
  const stop = (): void => {
    port?.close();
    port = undefined;
    frame.contentWindow?.postMessage(null, "*");
  };
  return {
    stop,
    draw: (pixels) => send({ kind: "drawing", pixels }),
    choose: (bytes, name) => send({ kind: "chosen", bytes, name }),
    run(code, backend, { show, done }) {
      stop();
      const { port1, port2 } = new MessageChannel();
      port = port1;
      port1.onmessage = async ({ data }: MessageEvent<FromWorker>) => {
        if (port !== port1) return;
        if (data.kind === "done") done(data.backend, data.milliseconds);
        else if (data.kind !== "need") show(data);
        else {
          const { file } = data;
          const bytes = await fetchFile(file);
          port1.postMessage({ kind: "file", file, bytes } satisfies ToWorker);
        }
      };
      frame.contentWindow?.postMessage(null, "*", [port2]);
      send({ kind: "run", code, backend, packages: contents.packages });
    },
  };
}
