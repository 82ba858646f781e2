/** @file The page: starts the worker, writes down what it says. */
const text = document.querySelector("pre")!;
const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
worker.addEventListener("message", ({ data }: MessageEvent<string>) => text.append(`${data}\n`));
worker.addEventListener("error", ({ message }) => text.append(`Error: ${message}\n`));
worker.postMessage(60);
