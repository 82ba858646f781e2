/**
 * @file The work of a recorded step that is done anew on the host at each repetition: numbers that
 * change from step to step, and counts that advance.
 */

/** Listens while a step is recorded. */
export interface StepRecorder {
  /** Options of an op were computed on the host: `again` computes those of the next step. */
  renews(options: object, again: () => object): void;
  /** After each repetition `advance` runs, as it ran in the recorded step. */
  advances(advance: () => void): void;
  /** The step can't be repeated without running it. */
  refuse(reason: string): void;
}

/**
 * The recorder of the step that runs now, null where none is recorded.
 * @example recorder.value?.refuse("one that asks the user");
 */
export const recorder: { value: StepRecorder | null } = { value: null };

/** Whether {@link renewed} runs: what it reads is read anew at each repetition. */
const renewing = { value: false };

/**
 * The options of an update op, which a captured step computes anew each time.
 * @param compute - a function of the host's state alone
 * @example
 * const numbers = renewed(() => ({ decay: 0.9 }));
 * averageUpdate([tensor([1]), tensor([3])], numbers);
 */
export function renewed<Options extends object>(compute: () => Options): Options {
  const { value: before } = renewing;
  renewing.value = true;
  try {
    const options = compute();
    recorder.value?.renews(options, compute);
    return options;
  } finally {
    renewing.value = before;
  }
}

/**
 * A number that changes from step to step. Read outside of {@link renewed} it becomes part of the
 * recorded step, which can't be repeated then.
 * @example changing("a rule that reads the number of the step", 3); // 3
 */
export function changing(reader: string, value: number): number {
  if (!renewing.value) recorder.value?.refuse(reader);
  return value;
}
