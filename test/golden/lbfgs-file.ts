/**
 * @file The `searches` of `optim_settings.json`: steps of L-BFGS on two functions, by losses,
 * evaluations and parameters. In float64 in either precision, since a step decides by losses.
 */
import * as c from "@spm/core";
import { cosh } from "@spm/numeric";
import { lbfgs } from "@spm/optim";
import { type Comparison, compare, type GoldenCase } from "./case.ts";
import { goldenTensor, numbersError, toTensor } from "./golden-tensor.ts";
import {
  asList,
  asNumbers,
  asObject,
  asString,
  type JsonObject,
  MalformedError,
} from "./python-json.ts";

/** The functions of all parameters, x [7]. */
const losses: Readonly<Record<string, (x: c.Tensor) => c.Tensor>> = {
  valley: (x) => {
    const [first, next] = [c.at(x, { stop: 6 }), c.at(x, { start: 1 })];
    const steep = c.mul(100, c.square(c.sub(next, c.square(first))));
    return c.sum(c.add(steep, c.square(c.sub(1, first))));
  },
  bowl: (x) => {
    const weights = c.arange(8, { start: 1, dtype: "float64" });
    return c.add(c.sum(c.mul(cosh(x), weights)), c.square(c.sub(c.sum(x), 1)));
  },
};

/** Our word for PyTorch's. */
const renamed: Readonly<Record<string, string>> = {
  lr: "learningRate",
  max_iter: "maxIterations",
  max_eval: "maxEvaluations",
  history_size: "historySize",
  tolerance_grad: "toleranceGrad",
  tolerance_change: "toleranceChange",
  line_search_fn: "lineSearch",
};

/** @throws MalformedError */
export function searchCase(item: JsonObject, where: string): GoldenCase {
  const name = asString(item.name, `${where}.name`);
  const loss = losses[asString(item.loss, `${where}.loss`)];
  if (loss === undefined) throw new MalformedError(`${where}.loss`, "a known function", item.loss);
  const options = Object.fromEntries(
    Object.entries(asObject(item.options, `${where}.options`)).map(([key, value]) => [
      renamed[key] ?? key,
      value,
    ]),
  );
  const trajectory = asList(item.params, `${where}.params`).map((step, i) =>
    asList(step, `${where}.params[${i}]`).map((value) => goldenTensor(value, where)),
  );
  const run = async (): Promise<Comparison[]> => {
    const parameters = trajectory[0]!.map((start) => c.parameter(toTensor(start, "float64")));
    const optimizer = lbfgs(parameters, options);
    const flat = () => c.concat(parameters.map((p) => c.reshape(p, [-1])));
    const found: Comparison[] = [];
    const [seen, counts]: [number[], number[]] = [[], []];
    for (const [k, expected] of trajectory.slice(1).entries()) {
      seen.push(await optimizer.step(() => c.valueAndGrad(() => loss(flat()), parameters)));
      counts.push(optimizer.evaluations);
      for (const [i, p] of parameters.entries())
        found.push(compare(`parameter ${i} after step ${k + 1}`, p, expected[i]!));
    }
    const compared = (what: string, ours: number[], key: string): Comparison => ({
      what,
      error: numbersError(ours, asNumbers(item[key], `${where}.${key}`)),
    });
    optimizer.dispose();
    return [
      ...found,
      compared("losses", seen, "losses"),
      compared("evaluations", counts, "evaluations"),
    ];
  };
  return { name, run };
}
