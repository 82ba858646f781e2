/**
 * @file The modules under `csp/`, which stand in for ndarray and ndarray-ops where strings may not
 * be compiled: the same functions, compiled by these libraries ahead of time.
 */
import { fileURLToPath } from "node:url";
import { type Compiled, recordedClasses, recordedOp } from "./recorded.ts";

/** The largest number of axes for which there is code. */
const MAX_RANK = 12;
/** The functions of ndarray-ops that core calls. */
const OPS = ["assign", "addeq", "add", "sub", "mul", "div"];

const header = (what: string): string =>
  `/** @file ${what}. Written by \`pnpm --filter @spm/core generate\`; never edited. */\n`;

const asFunction = ({ parameters, body }: Compiled): string =>
  `function (${parameters.join(", ")}) {\n${body}\n}`;

/** A class as a function of the dtype, the classes before it, and what orders axes by stride. */
function classOf({ parameters, body }: Compiled, dtype: string): string {
  const outermost = parameters.includes("TrivialArray") ? "var TrivialArray=CTOR_LIST[0]\n" : "";
  const anyDType = body.replaceAll(`'${dtype}'`, "dtype").replaceAll(dtype, "");
  return asFunction({ parameters: ["dtype", "CTOR_LIST", "ORDER"], body: outermost + anyDType });
}

/** The classes of ndarray: they differ by dtype in nothing but its name. */
function classes(): string {
  const data = [new Float32Array(1), new Float64Array(1), new Int32Array(1), new Uint8Array(1)];
  const [first, ...others] = data.map((array) => {
    const dtype = array.constructor.name.replace("Array", "").toLowerCase();
    return recordedClasses(array, MAX_RANK).map((compiled) => classOf(compiled, dtype));
  });
  const text = first?.join(",\n") ?? "";
  if (others.some((other) => other.join(",\n") !== text))
    throw new Error("generate: expected the classes of all dtypes to agree, got others");
  return text;
}

/** A loop whose blocks are as long as its second argument says, axis by axis, instead of 64. */
function loopOf({ body }: Compiled): string {
  const blocks = body.replace(/([js](\d+)(?:<|-?=))64\b/g, "$1B[$2]").replace("(SS,", "(SS,B,");
  return `(${asFunction({ parameters: [], body: blocks })})()`;
}

/** A function of ndarray-ops, which finds its loops in a list by rank. */
function opOf(name: string): string {
  const { wrapper, thunk, loops } = recordedOp(name, MAX_RANK);
  const found = `(${asFunction(thunk)})(compiledFrom([${loops.map(loopOf).join(",\n")}]))`;
  return `${name}: (${asFunction(wrapper)})(${found})`;
}

/** The modules, by path. */
export const sources = (): ReadonlyMap<string, string> =>
  new Map(
    Object.entries({
      "ndarray.js": `${header("The classes of ndarray")}import { makerFrom } from "./find.js";
export default makerFrom([
${classes()}
]);
`,
      "ndarray-ops.js": `${header("Loops of ndarray-ops")}import { compiledFrom } from "./find.js";
export default {
${OPS.map(opOf).join(",\n")}
};
`,
    }).map(([name, text]) => [fileURLToPath(new URL(`../csp/${name}`, import.meta.url)), text]),
  );
