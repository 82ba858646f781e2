/**
 * @file The program of a worker, as text, so that no bundler has to find a file. Words and slots
 * are those of {@link ThreadPool}.
 */

/**
 * 32-bit words of the control block. Tickets number the jobs; a slot is a ticket modulo {@link
 * SLOTS}.
 */
export const words = {
  next: 0,
  limit: 1,
  done: 2,
  sleeping: 3,
  stop: 4,
  failed: 5,
  helped: 6,
} as const;
/** The most threads of a pool. */
export const MOST_THREADS = 256;
/** The word of the k-th worker that says whether it works on a job: on a cache line of its own. */
export const busyWord = (k: number): number => 16 * (k + 1);
/** Jobs that fit at once. */
export const SLOTS = 64;
/** Numbers of a slot: the kernel's index, how many arguments, the arguments. */
export const SLOT = 32;
/** Bytes of the words in front of the slots. */
export const WORDS_BYTES: number = 4 * busyWord(MOST_THREADS);

/** Polls before a thread goes to sleep: some tens of microseconds. */
export const SPINS = 20_000;

/** A module's source: in Node its data comes with the worker, in browsers as a message. */
export const threadSource: string = `
const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
const begin = ({ module, memory, control, busy, port }) => {
  const abort = () => { throw new Error("a kernel aborted"); };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  const kernels = WebAssembly.Module.exports(module).map(({ name }) => exports[name]);
  const words = new Int32Array(memory.buffer, control, ${WORDS_BYTES / 4});
  const slots = new Float64Array(memory.buffer, control + ${WORDS_BYTES}, ${SLOTS * SLOT});
  for (let spins = 0; Atomics.load(words, ${words.stop}) === 0; ) {
    const ticket = Atomics.load(words, ${words.next});
    const limit = Atomics.load(words, ${words.limit});
    if (ticket !== limit) {
      spins = 0;
      const next = (ticket + 1) | 0;
      Atomics.store(words, busy, 1);
      if (Atomics.compareExchange(words, ${words.next}, ticket, next) !== ticket) {
        Atomics.store(words, busy, 0);
        continue;
      }
      const slot = (ticket & ${SLOTS - 1}) * ${SLOT};
      try {
        kernels[slots[slot]](...slots.subarray(slot + 2, slot + 2 + slots[slot + 1]));
      } catch {
        Atomics.store(words, ${words.failed}, 1);
      }
      Atomics.add(words, ${words.helped}, 1);
      Atomics.add(words, ${words.done}, 1);
      Atomics.store(words, busy, 0);
    } else if (++spins > ${SPINS}) {
      while (port && node.receiveMessageOnPort(port)); // asked whether it is alive: it is
      Atomics.add(words, ${words.sleeping}, 1);
      Atomics.wait(words, ${words.limit}, limit);
      Atomics.sub(words, ${words.sleeping}, 1);
      spins = 0;
    }
  }
};
if (node) begin(node.workerData);
else onmessage = ({ data }) => begin(data);
`;
