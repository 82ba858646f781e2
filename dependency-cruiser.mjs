/**
 * @file The architecture, as rules: which package may import which, and who may name an outside
 * library.
 */
const order = [
  "core",
  "numeric",
  "linalg",
  "mixer",
  "nn",
  "models",
  "optim",
  "attribution",
  "wasm",
  "gpu",
  "data",
  "trainer",
  "report",
  "onnx",
  "cli",
];
const test = "\\.test\\.ts$";

/**
 * No package imports one that stands below it in the import order.
 *
 * @type {import("dependency-cruiser").IForbiddenRuleType[]}
 */
const importOrder = order.slice(0, -1).map((name, position) => ({
  name: `${name}-imports-only-above`,
  comment: `The import order is ${order.join(" → ")}.`,
  severity: "error",
  from: { path: `^packages/${name}/` },
  to: { path: `^packages/(${order.slice(position + 1).join("|")})/` },
}));

/**
 * Only `from` may import the outside library `library`, types included.
 *
 * @param {string} library
 * @param {string} from
 * @returns {import("dependency-cruiser").IForbiddenRuleType}
 */
const onlyFrom = (library, from) => ({
  name: `only-from-one-place-${library.replace(/[^a-z]+/g, "-")}`,
  comment: `Only ${from} imports ${library}.`,
  severity: "error",
  from: { path: "^(packages|experiments)/", pathNot: from },
  to: { path: `(^|/)node_modules/(@types/)?(${library})/` },
});

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...importOrder,
    {
      name: "experiments-are-private",
      comment: "What ships works without the experiments; the command looks for them in a clone.",
      severity: "error",
      from: { path: "^packages/", pathNot: "^packages/cli/src/experiments\\.ts$" },
      to: { path: "^experiments/" },
    },
    {
      name: "playground-is-private",
      comment: "The playground is a page made of the packages; none of them knows of it.",
      severity: "error",
      from: { path: "^(packages|experiments)/" },
      to: { path: "^playground/" },
    },
    onlyFrom("ndarray|ndarray-ops", "^packages/core/src/array(\\.test)?\\.ts$"), // as #ndarray, too
    onlyFrom("gpu\\.js", "^packages/gpu/"),
    onlyFrom("@tensorflow/[^/]+", "^$"),
    onlyFrom("papaparse", "^packages/data/src/table/csv\\.ts$"),
    onlyFrom("fflate", "^packages/data/src/table/npy\\.ts$"),
    onlyFrom("fast-png|jpeg-js", "^packages/data/src/images/decode-image\\.ts$|\\.test\\.ts$"),
    {
      name: "no-circles",
      comment: "Files import each other in one direction only, types included.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-sources-of-others",
      comment: "Another package is imported by its name, never by a path into its sources.",
      severity: "error",
      from: { path: "^(packages/[^/]+|experiments)/" },
      to: { path: "^(packages|experiments)/", pathNot: "^$1/", dependencyTypes: ["local"] },
    },
    {
      name: "no-tests-in-sources",
      comment: "What ships does not import tests.",
      severity: "error",
      from: { path: "^(packages|experiments)/", pathNot: test },
      to: { path: [test, "^test/"] },
    },
    {
      name: "declared",
      comment: "What ships imports only what its own package.json declares for run time.",
      severity: "error",
      from: { path: "^packages/", pathNot: [test, "^packages/[^/]+/generate/"] },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        dependencyTypesNot: ["npm", "npm-peer", "aliased-subpath-import"],
      },
    },
    {
      name: "resolvable",
      comment: "Every import leads to a file.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: {
      path: [
        "^(packages/[^/]+|experiments|playground)/dist/",
        "^packages/wasm/assembly/",
        "^packages/core/csp/ndarray",
      ],
    },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.test.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@spm/source", "import", "node", "types", "default"],
    },
  },
};
