/** @file The digests in a worker. */
import { type Asked, computed } from "./digests.ts";

addEventListener("message", async ({ data }: MessageEvent<Asked>) =>
  postMessage(await computed(data)),
);
