/**
 * @file The digests in a page and in its worker: what is asked for is in the hash.
 */
import { type Asked, type Computed, computed } from "./digests.ts";

/** What the page found, and what its worker did. */
export interface Found {
  readonly page: Computed;
  readonly worker: Computed;
}

const inWorker = (asked: Asked): Promise<Computed> => {
  const worker = new Worker("worker.js", { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data as Computed);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(asked);
  });
};

// of itself: what a debugger evaluates in a page may compile strings
const asked = JSON.parse(decodeURIComponent(location.hash.slice(1))) as Asked;
const found: Found = { page: await computed(asked), worker: await inWorker(asked) };
document.body.dataset.found = JSON.stringify(found);
