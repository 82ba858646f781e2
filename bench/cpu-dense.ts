/** @file Dense layers of other frameworks and of this one, in alternating rounds with the mixer. */
import { type Backend, matmul, normal, rng, scope, setBackend, transpose } from "@spm/core";
import {
  type Candidate,
  candidate,
  type Measured,
  measure,
  speedup,
} from "../experiments/parts/harness.ts";
import { candidatesOf, mixerRuns, SAMPLE } from "./cpu-compare.ts";
import type { Framework } from "./framework.ts";

/** A dense layer's times. Ratios are by the rotation mixer's in the same round. */
export interface DenseRow {
  readonly name: string;
  readonly forward: number;
  readonly forwardRatio: number;
  /** null where the framework does not train. */
  readonly train: number | null;
  readonly trainRatio: number | null;
}

/** The measurements of all dense layers. */
export interface DenseRows {
  readonly rows: readonly DenseRow[];
  /**
   * The matrix product x Wᵀ of this framework: its GFLOP/s, and the ratio of each framework's
   * forward to its time.
   */
  readonly gemm: { readonly gflops: number; readonly ratios: Readonly<Record<string, number>> };
}

const SLOW = 5; // seconds: a layer that takes longer is measured in the first round alone

/** Measures all of them at one size. */
export async function compareDense(
  backend: Backend,
  frameworks: readonly Framework[],
  n: number,
  batch: number,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<DenseRows> {
  const rotation = candidatesOf("rotation", mixerRuns(backend, "rotation", n, batch));
  setBackend(backend);
  const [x, w] = [normal(rng(1), [batch, n]), normal(rng(2), [n, n])];
  const product = candidate("product", () => scope(() => void matmul(x, transpose(w))), {
    sample: SAMPLE,
  });
  const theirs = await Promise.all(
    frameworks.map(async (framework) => {
      const { name } = framework;
      const { forward, train } = await framework.dense(n, batch);
      return {
        name,
        forward: candidate(name, forward, { sample: SAMPLE }),
        train: train && candidate(name, train, { sample: SAMPLE }),
      };
    }),
  );
  const candidates = [
    ...rotation,
    product,
    ...theirs.flatMap(({ forward, train }) => (train ? [forward, train] : [forward])),
  ];
  const found = await measure(candidates, { rounds, seconds, slow: SLOW });
  const measuredOf = (one: Candidate): Measured => found[candidates.indexOf(one)] as Measured;
  const [ownForward, ownTrain] = rotation.map(measuredOf) as [Measured, Measured];
  const gemm = measuredOf(product);
  return {
    rows: theirs.map(({ name, forward, train }) => ({
      name,
      forward: measuredOf(forward).seconds,
      forwardRatio: speedup(measuredOf(forward), ownForward),
      train: train ? measuredOf(train).seconds : null,
      trainRatio: train ? speedup(measuredOf(train), ownTrain) : null,
    })),
    gemm: {
      gflops: (2 * batch * n * n) / gemm.seconds / 1e9,
      ratios: Object.fromEntries(
        theirs.map(({ name, forward }) => [name, speedup(measuredOf(forward), gemm)]),
      ),
    },
  };
}
