/** @file Dense layers in other frameworks, and ours, in alternating rounds with the mixer. */
import { type Backend, matmul, normal, rng, scope, setBackend, transpose } from "@spm/core";
import { mixerRuns } from "./cpu-compare.ts";
import { timeOf } from "./cpu-training.ts";
import type { Framework } from "./framework.ts";
import { median } from "./harness.ts";

/** A dense layer's times. Ratios are by the rotation mixer's in the same round. */
export interface DenseRow {
  readonly name: string;
  readonly forward: number;
  readonly forwardRatio: number;
  /** null where the framework does not train. */
  readonly train: number | null;
  readonly trainRatio: number | null;
}

/** What was measured of all dense layers. */
export interface DenseRows {
  readonly rows: readonly DenseRow[];
  /** Our matrix product x Wᵀ: GFLOP/s, and each framework's forward by its time. */
  readonly gemm: { readonly gflops: number; readonly ratios: Readonly<Record<string, number>> };
}

const SLOW = 5; // seconds: what takes longer is measured in the first round alone

/** Measures all of them at one size. */
export async function compareDense(
  backend: Backend,
  frameworks: readonly Framework[],
  n: number,
  batch: number,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<DenseRows> {
  const rotation = mixerRuns(backend, "rotation", n, batch);
  setBackend(backend);
  const [x, w] = [normal(rng(1), [batch, n]), normal(rng(2), [n, n])];
  const gemm = (): void => scope(() => void matmul(x, transpose(w)));
  const theirs = await Promise.all(
    frameworks.map(async (framework) => ({
      name: framework.name,
      ...(await framework.dense(n, batch)),
    })),
  );
  for (const run of [gemm, ...theirs.map(({ forward }) => forward)]) await run(); // warm
  const taken: {
    forward: number;
    train: number;
    gemm: number;
    peers: { forward: number; train: number }[];
  }[] = [];
  for (let k = 0; k < rounds; k++) {
    const own = {
      forward: await timeOf(rotation.forward, seconds / 2),
      train: await timeOf(rotation.train, seconds / 2),
    };
    const peers: { forward: number; train: number }[] = [];
    const product = await timeOf(gemm, seconds);
    for (const [i, { forward, train }] of theirs.entries()) {
      const before = taken[0]?.peers[i]?.train ?? 0;
      const again = async (): Promise<number> =>
        train === undefined ? Number.NaN : timeOf(train, seconds);
      peers.push({
        forward: await timeOf(forward, seconds),
        train: before > SLOW ? before : await again(),
      });
    }
    taken.push({ ...own, gemm: product, peers });
  }
  const middle = (of: (round: (typeof taken)[number]) => number): number => median(taken.map(of));
  return {
    rows: theirs.map(({ name, train }, i) => ({
      name,
      forward: middle((r) => r.peers[i]!.forward),
      forwardRatio: middle((r) => r.peers[i]!.forward / r.forward),
      train: train ? middle((r) => r.peers[i]!.train) : null,
      trainRatio: train ? middle((r) => r.peers[i]!.train / r.train) : null,
    })),
    gemm: {
      gflops: (2 * batch * n * n) / middle((r) => r.gemm) / 1e9,
      ratios: Object.fromEntries(
        theirs.map(({ name }, i) => [name, middle((r) => r.peers[i]!.forward / r.gemm)]),
      ),
    },
  };
}
