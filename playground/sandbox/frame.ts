/**
 * @file The frame of the sandbox: starts the worker with a port to the page, and ends it. Its
 * origin is opaque: what runs in it has no part of the page, its storage or its cookies.
 */

/** The worker's program, put here by the build. */
declare const WORKER: string;

let worker: Worker | undefined;

// A worker from a data: address has the frame's Content-Security-Policy and, unlike one from a
// blob: of an opaque origin, is a secure context, which WebGPU asks for.
addEventListener("message", ({ source, ports: [port] }: MessageEvent) => {
  if (source !== parent) return;
  worker?.terminate();
  worker = undefined;
  if (port === undefined) return;
  worker = new Worker(`data:text/javascript,${encodeURIComponent(WORKER)}`);
  worker.postMessage(null, [port]);
});
