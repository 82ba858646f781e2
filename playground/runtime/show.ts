/** @file Matrices and mixers as pictures. */
import { reference, Tensor, to, withBackend } from "@spm/core";
import { ShapeError, showShape, ValueError } from "@spm/core/extend";
import { type Factors, toDense } from "@spm/mixer";
import { matrixPicture, reachPicture, spectrumPicture, stageAnglesPicture } from "@spm/report";
import type { Entry } from "../messages.ts";

/** Options of `show`. */
export interface ShowOptions {
  readonly title?: string;
}

/** A layer that has the factors of a mixer. */
interface Mixing {
  readonly factors: Factors;
}

/** The values that `show` draws: numbers [n] or [rows, columns], a mixer's layer or factors. */
export type Showable = Tensor | Factors | Mixing;

const picture = (title: string, svg: string, description: string): Entry => ({
  kind: "picture",
  title,
  svg,
  description: `${title}: ${description}`,
});

/** The picture of a tensor [rows, columns], or [n] as one row, in CPU memory. */
function ofTensor(x: Tensor, title: string): Entry {
  if (x.shape.length === 0 || x.shape.length > 2)
    throw new ShapeError(
      "show",
      "one axis or two",
      showShape(x.shape),
      "show(at(x, 0)) shows a part",
    );
  const w = x.shape.length === 1 ? x.reshape([1, -1]) : x;
  const size = `${w.shape[0]} rows of ${w.shape[1]} numbers, red above 0, blue below`;
  return picture(title, matrixPicture(w, { title }), size);
}

/** The most coordinates whose ways can be told apart in a picture. */
const WAYS = 64;

/** Pictures of a mixer in CPU memory. */
function ofMixer(factors: Factors, title: string): Entry[] {
  const { schedule } = factors;
  const w = toDense(factors);
  const named = (what: string): { readonly title: string } => ({ title: `${title}: ${what}` });
  const [angles, matrix, reach, spectrum] = [
    named("the angle of each pair"),
    named("its matrix"),
    named("the reach of the first input"),
    named("its spectrum"),
  ];
  const pairs = `${schedule.stages} stages of pairs of ${schedule.n} coordinates, a row each`;
  return [
    picture(angles.title, stageAnglesPicture(factors, angles), pairs),
    picture(matrix.title, matrixPicture(w, matrix), showShape(w.shape)),
    ...(schedule.n > WAYS
      ? []
      : [picture(reach.title, reachPicture(factors, 0, reach), "stage after stage")]),
    picture(spectrum.title, spectrumPicture(w, spectrum), "singular values and eigenvalues"),
  ];
}

/** The factors with their tensors in CPU memory. */
async function onReference(factors: Factors): Promise<Factors> {
  const here = async <T>(value: T): Promise<T | Tensor> =>
    value instanceof Tensor ? to(value, reference) : value;
  const all = async <T extends object>(of: T): Promise<T> =>
    Object.fromEntries(
      await Promise.all(Object.entries(of).map(async ([name, v]) => [name, await here(v)])),
    );
  const { parameters, ...rest } = factors;
  return { ...(await all(rest)), parameters: await all(parameters) };
}

/** The pictures of a value: at once where it is in CPU memory. */
export function shown(value: Showable, title: string | undefined): Entry[] | Promise<Entry[]> {
  if (value instanceof Tensor)
    return value.backend.arrayOf === undefined
      ? to(value, reference).then((x) => [ofTensor(x, title ?? "matrix")])
      : [ofTensor(value, title ?? "matrix")];
  const factors = "factors" in Object(value) ? (value as Mixing).factors : (value as Factors);
  if (factors?.schedule === undefined)
    throw new ValueError("show", "a tensor, a mixer layer or a mixer's factors", String(value));
  const device = Object.values(factors.parameters).some((p) => p.backend.arrayOf === undefined);
  return device
    ? onReference(factors).then((here) =>
        withBackend(reference, () => ofMixer(here, title ?? "mixer")),
      )
    : ofMixer(factors, title ?? "mixer");
}
