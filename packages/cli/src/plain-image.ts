/** @file A sample as a grey image. */
import { mean, noGrad, reshape } from "@spm/core";
import type { Dataset, LabelledBatch } from "@spm/data";

/** An image and its class. */
export interface PlainImage {
  readonly pixels: readonly number[];
  readonly label: number;
}

/** A sample's pixels, the mean of its channels, and its class. */
export async function imageOf(
  data: Dataset<LabelledBatch>,
  index: number,
  channels: number,
): Promise<PlainImage> {
  const { x, y } = data.batch(Int32Array.of(index));
  const grey = noGrad(() => mean(reshape(x, [channels, -1]), 0));
  const image = { pixels: [...(await grey.data())], label: await y.item() };
  for (const t of [x, y, grey]) t.dispose();
  return image;
}
