/** @file Pictures of a mixer during training and after it. */
import { noGrad } from "@spm/core";
import type { MixerLayer } from "@spm/nn";
import { matrixPicture, reachPicture, spectrumPicture, stageAnglesPicture } from "@spm/report";
import { strip } from "@spm/report/draw";
import type { Section } from "./experiment.ts";

/**
 * Frames of one layer, taken between steps of training; the sections show the last in detail and
 * all as strips. CPU backends only.
 */
export class MixerAlbum {
  readonly #name: string;
  readonly #layer: MixerLayer;
  readonly #frames: {
    readonly caption: string;
    readonly angles: string;
    readonly matrix: string;
  }[] = [];

  /** @param name - of the layer, for titles */
  constructor(name: string, layer: MixerLayer) {
    this.#name = name;
    this.#layer = layer;
  }

  /** Takes a frame: the current angles and matrix. */
  take(caption: string): void {
    const { factors } = this.#layer;
    const angles = stageAnglesPicture(factors);
    this.#frames.push({ caption, angles, matrix: this.#withMatrix(matrixPicture) });
  }

  /** The sections of the report; the names of the pictures begin with `file`. */
  sections(file: string): Section[] {
    const [name, layer] = [this.#name, this.#layer];
    const { factors, mixer } = layer;
    const figure = (suffix: string, svg: string): { name: string; svg: string } => ({
      name: `${file}-${suffix}`,
      svg,
    });
    return [
      {
        heading: `${name}: the angle of each pair, stage by stage`,
        text:
          "Rows are stages, the first at the top; " +
          "of a free block it is the nearest rotation's angle.",
        figure: figure("angles", stageAnglesPicture(factors)),
      },
      {
        heading: `${name}: the dense matrix that it makes`,
        figure: figure("matrix", this.#withMatrix(matrixPicture)),
      },
      {
        heading: `${name}: its spectrum`,
        text: mixer.parameterisation.orthogonal
          ? "The stages are orthogonal: what leaves the circle is the work of the diagonals."
          : "The blocks need not be orthogonal: " +
            "what leaves the circle is their and the diagonals' work.",
        figure: figure("spectrum", this.#withMatrix(spectrumPicture)),
      },
      {
        heading: `${name}: how an input reaches the outputs`,
        text:
          "One input coordinate, followed through the stages; " +
          "the bars are a column of the matrix.",
        figure: figure("reach", reachPicture(factors, layer.inFeatures >> 1)),
      },
      ...this.#strips(file),
    ];
  }

  /** Four frames in a row, from the first to the last; empty for fewer than two. */
  #strips(file: string): Section[] {
    const last = this.#frames.length - 1;
    const spread = [0, this.#frames.length >> 2, this.#frames.length >> 1, last];
    const some = this.#frames.filter((_, k) => spread.includes(k));
    if (some.length < 2) return [];
    return (["angles", "matrix"] as const).map((part) => ({
      heading: `${this.#name}: ${part} over training`,
      figure: {
        name: `${file}-${part}-strip`,
        svg: strip(
          `${this.#name}: ${part}`,
          some.map((frame) => [frame.caption, frame[part]]),
        ),
      },
    }));
  }

  #withMatrix(picture: (w: ReturnType<MixerLayer["toDense"]>) => string): string {
    return noGrad(() => picture(this.#layer.toDense()));
  }
}
