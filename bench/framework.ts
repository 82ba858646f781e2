/**
 * @file The interface of other frameworks: a dense layer, and a training step of a dense
 * perceptron, one thread, float32.
 */

/** A run that may end later. */
export type Run = () => unknown;

/** Sizes of a perceptron 784 → hidden → hidden → 10 and the images a step. */
export interface MlpSizes {
  readonly hidden: number;
  readonly batch: number;
}

/** Another framework. */
export interface Framework {
  readonly name: string;
  /**
   * A layer n → n with a bias: its forward, and where the framework trains, the forward and all
   * gradients.
   */
  dense(n: number, batch: number): Promise<{ readonly forward: Run; readonly train?: Run }>;
  /** A step of Adam on the cross-entropy; it returns the loss. */
  readonly mlpStep?: (sizes: MlpSizes) => () => Promise<number> | number;
}

/** Numbers in ±scale, the same on each call. */
export function uniform(size: number, scale: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return scale * (state / 2 ** 31 - 1);
  });
}

/** Sizes of a perceptron's weights, [in, out], layer by layer. */
export const mlpShapes = (hidden: number): [number, number][] => [
  [784, hidden],
  [hidden, hidden],
  [hidden, 10],
];

/** Uniform weights of variance 1 / in. */
export const mlpWeights = (fanIn: number, fanOut: number): Float32Array =>
  uniform(fanIn * fanOut, Math.sqrt(3 / fanIn));

/** The class of image i. */
export const labelOf = (i: number): number => (i * 7919) % 10;
