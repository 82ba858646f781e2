/**
 * @file Other frameworks for comparison, installed on demand into `bench/.peers`: no package
 * depends on them.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const folder = fileURLToPath(new URL(".peers/", import.meta.url));
// put together here so that no package.json or lockfile holds the name
const scope = ["@tensor", "flow"].join("");

/** The frameworks that are compared, pinned. */
const versions = {
  jax: ["@jax-js/jax", "0.1.25"],
  tf: [`${scope}/tfjs`, "4.22.0"],
  tfWasm: [`${scope}/tfjs-backend-wasm`, "4.22.0"],
  onnx: ["onnxruntime-node", "1.27.0"],
  onnxWeb: ["onnxruntime-web", "1.27.0"],
} as const;

/** A peer's name and version, to print. */
export const peerVersion = (peer: keyof typeof versions): string =>
  versions[peer].join(" ").replace(/^@\S+\//, "");

/** A peer's folder, installed if it is missing. @throws where the registry can't be reached */
export function peerFolder(peer: keyof typeof versions): string {
  const [name, version] = versions[peer];
  if (!existsSync(join(folder, "node_modules", name))) {
    console.log(`Installing ${name}@${version} into bench/.peers …`);
    mkdirSync(folder, { recursive: true });
    if (!existsSync(join(folder, "package.json")))
      writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    execFileSync("npm", ["install", ...options, `${name}@${version}`], {
      cwd: folder,
      stdio: "inherit",
    });
  }
  return join(folder, "node_modules", name);
}

/** A peer's module, installed if it is missing. @throws where the registry can't be reached */
export async function importPeer<Module>(peer: keyof typeof versions): Promise<Module> {
  peerFolder(peer);
  const [name] = versions[peer];
  // Node 20 has none, and one of them looks for a GPU there
  Object.assign(globalThis, { navigator: globalThis.navigator ?? {} });
  const path = createRequire(join(folder, "package.json")).resolve(name);
  return import(pathToFileURL(path).href);
}
