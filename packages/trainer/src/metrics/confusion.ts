/** @file The confusion matrix of a classifier, and its accuracy and F1. */
import { ShapeError, ValueError } from "@spm/core/extend";

/** Counts of samples: the row is the actual class, the column the predicted one. */
export type ConfusionMatrix = readonly (readonly number[])[];

/**
 * Counts predictions by actual and predicted class.
 *
 * cᵢⱼ = the number of samples of class i for which class j is predicted
 *
 * @param predicted - classes [samples]
 * @param actual - classes [samples]
 * @param classes - the number of classes
 * @returns counts [classes, classes]. Cost O(samples + classes²)
 * @throws ShapeError for lists of different lengths; ValueError for a class out of range
 * @example
 * ```ts
 * import { confusionMatrix } from "@spm/trainer";
 * confusionMatrix([0, 1, 1], [0, 1, 0], 2); // [[1, 1], [0, 1]]
 * ```
 */
export function confusionMatrix(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  classes: number,
): ConfusionMatrix {
  if (predicted.length !== actual.length)
    throw new ShapeError("confusionMatrix", `${actual.length} predictions`, predicted.length);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < actual.length; i++) {
    const [right, claimed] = [actual[i]!, predicted[i]!];
    const row = counts[right];
    const count = row?.[claimed];
    if (row === undefined || count === undefined)
      throw new ValueError(
        "confusionMatrix",
        `classes in [0, ${classes})`,
        `${claimed} for ${right} at ${i}`,
      );
    row[claimed] = count + 1;
  }
  return counts;
}

/**
 * The fraction of correct predictions, in [0, 1]; NaN without samples.
 *
 * Σᵢ cᵢᵢ / Σᵢⱼ cᵢⱼ
 *
 * @example
 * ```ts
 * import { accuracyOf } from "@spm/trainer";
 * accuracyOf([[1, 1], [0, 2]]); // 0.75
 * ```
 */
export function accuracyOf(confusion: ConfusionMatrix): number {
  const right = confusion.reduce((sum, row, k) => sum + row[k]!, 0);
  return right / confusion.reduce((sum, row) => sum + total(row), 0);
}

/** Precision, recall and F1 of one class, each in [0, 1], and 0 where the divisor is 0. */
export interface ClassScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Samples of the class. */
  readonly support: number;
}

/**
 * Precision, recall and F1 of each class, as in scikit-learn.
 *
 * precision = cₖₖ / Σᵢ cᵢₖ, recall = cₖₖ / Σⱼ cₖⱼ, F1 their harmonic mean
 *
 * @example
 * ```ts
 * import { classScores } from "@spm/trainer";
 * classScores([[1, 1], [0, 2]])[0]?.recall; // 0.5
 * ```
 */
export function classScores(confusion: ConfusionMatrix): ClassScore[] {
  return confusion.map((row, k) => {
    const right = row[k]!;
    const support = total(row);
    const claimed = confusion.reduce((sum, other) => sum + other[k]!, 0);
    return {
      precision: right / (claimed || 1),
      recall: right / (support || 1),
      f1: (2 * right) / (support + claimed || 1),
      support,
    };
  });
}

/**
 * Macro F1, the unweighted mean of the classes' F1, in [0, 1].
 *
 * @example
 * ```ts
 * import { macroF1 } from "@spm/trainer";
 * macroF1([[2, 0], [0, 3]]); // 1
 * ```
 */
export function macroF1(confusion: ConfusionMatrix): number {
  return classScores(confusion).reduce((sum, { f1 }) => sum + f1, 0) / confusion.length;
}

const total = (row: readonly number[]): number => row.reduce((sum, n) => sum + n, 0);
