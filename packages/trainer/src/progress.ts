/** @file Progress as one line that fills on a terminal, or as a few plain lines elsewhere. */

import type { Callback, MetricsEvent, TrainingPosition } from "./hooks.ts";
import type { Metrics } from "./measurement.ts";
import { formatDuration } from "./number-format.ts";

/** The output of progress: `process.stdout`, or a stream like it. */
export interface ProgressStream {
  /** Whether the stream is a terminal, whose lines can be redrawn. */
  readonly isTTY?: boolean;
  /** Width in characters. */
  readonly columns?: number;
  write(text: string): unknown;
}

const REDRAW_SECONDS = 0.1;
const PLAIN_LINES = 10;
const BAR = 20;

/**
 * A callback that prints epoch, step, the metrics, steps per second and the time left.
 *
 * On a terminal, it redraws one line at most ten times a second. Elsewhere, it prints eleven lines
 * a run, and one for each evaluation.
 *
 * @param label - the model's name, at the start of each line
 * @example
 * ```ts
 * import { progress } from "@spm/trainer";
 * const callbacks = [progress("rotation", process.stdout)];
 * ```
 */
export function progress(label: string, stream: ProgressStream): Callback {
  const terminal = stream.isTTY === true;
  let latest: MetricsEvent | undefined;
  let drawn = Number.NEGATIVE_INFINITY;
  let plainLines = -1;
  let begun: TrainingPosition | undefined;

  const draw = (position: TrainingPosition): void => {
    drawn = position.elapsed;
    const line = progressLine(label, position, begun, latest?.metrics);
    stream.write(`\r${line.slice(0, Math.max(0, (stream.columns || 80) - 1))}\x1b[K`);
  };
  const print = (text: string): void => {
    const lines = terminal ? folded(text, (stream.columns || 80) - 1) : [text];
    stream.write(terminal ? `\r${lines.join("\x1b[K\n")}\x1b[K\n` : `${text}\n`);
  };

  return {
    observes: true,
    onStart(position) {
      [begun, latest, drawn, plainLines] = [position, undefined, Number.NEGATIVE_INFINITY, -1];
      if (terminal) draw(position);
    },
    onStep(position) {
      if (
        terminal &&
        (position.elapsed - drawn >= REDRAW_SECONDS || position.step === position.steps)
      )
        draw(position);
    },
    onLog(event) {
      latest = event;
      const due = Math.floor((event.step / event.steps) * PLAIN_LINES);
      if (terminal || due <= plainLines) return;
      plainLines = due;
      print(plainLine(label, event, begun));
    },
    onEvaluate(event) {
      print(
        `${head(label, event)}  ${describe(event.metrics)}  (test, ` +
          `after ${formatDuration(event.elapsed)})`,
      );
      if (terminal && event.step < event.steps) draw(event);
    },
    onEnd(position) {
      if (terminal) stream.write(position.step < position.steps ? "\n" : "\r\x1b[K");
    },
  };
}

/** A line as lines of at most `width` characters, broken between its parts. */
function folded(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of text.split("  ")) {
    const longer = `${lines.at(-1)}  ${part}`;
    if (lines.length === 0) lines.push(part);
    else if (longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(`  ${part}`);
  }
  return lines;
}

/** The line of a terminal: a bar, then numbers, of which a narrow terminal cuts off the last. */
function progressLine(
  label: string,
  position: TrainingPosition,
  begun: TrainingPosition | undefined,
  metrics: Metrics | undefined,
): string {
  const filled = Math.round((position.step / position.steps) * BAR);
  const bar = "━".repeat(filled) + "─".repeat(BAR - filled);
  const numbers = [
    `epoch ${position.epoch}/${position.epochs}`,
    `step ${position.step}/${position.steps}`,
    ...(metrics === undefined ? [] : [describe(metrics)]),
    pace(position, begun),
  ];
  return `${label.padEnd(9)} ${bar}  ${numbers.join("  ")}`;
}

function plainLine(
  label: string,
  event: MetricsEvent,
  begun: TrainingPosition | undefined,
): string {
  return `${head(label, event)}  ${describe(event.metrics)}  ${pace(event, begun)}`;
}

const head = (label: string, { epoch, epochs, step, steps }: TrainingPosition): string =>
  `${label.padEnd(9)} epoch ${epoch}/${epochs}  step ` +
  `${String(step).padStart(String(steps).length)}/${steps}`;

/**
 * Training steps per second, and the time left at the pace so far, with evaluations: both since
 * `begun`, so that a resumed training counts its own seconds alone.
 */
function pace(
  { step, steps, seconds, elapsed }: TrainingPosition,
  begun: TrainingPosition | undefined,
): string {
  const taken = step - (begun?.step ?? 0);
  const rate = seconds > (begun?.seconds ?? 0) ? taken / (seconds - (begun?.seconds ?? 0)) : 0;
  const left = ((elapsed - (begun?.elapsed ?? 0)) / taken) * (steps - step);
  return `${rate.toFixed(rate < 10 ? 1 : 0)} steps/s  ${formatDuration(left)} left`;
}

function describe({ loss, accuracy, ...others }: Metrics): string {
  const parts = [`loss ${loss.toFixed(4)}`];
  if (accuracy !== undefined) parts.push(`accuracy ${(accuracy * 100).toFixed(2)} %`);
  for (const [name, value] of Object.entries(others)) parts.push(`${name} ${value.toPrecision(4)}`);
  return parts.join("  ");
}
