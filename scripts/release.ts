/**
 * @file Releases the packages: `npm run release -- --dry-run` says what would be published, and
 * changes nothing; without the flag it is published.
 *
 * All happens in a clone of the last commit: changesets give the next version and the changelogs,
 * the remote `origin` gives each package its repository, then everything is built, packed, and
 * looked at by publint and attw, and three programs are bundled and compared with their ceilings.
 * npm signs where a package comes from (provenance) in the continuous integration of a host that it
 * knows; elsewhere nothing is published.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { bundledBytes, ceilings } from "../test/packaging/sizes.ts";

type Manifest = {
  name: string;
  version: string;
  files: readonly string[];
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  repository?: { type: string; url: string; directory: string };
};

const root = fileURLToPath(new URL("..", import.meta.url));
const dry = process.argv.includes("--dry-run");
const git = (...args: string[]): string =>
  execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

function refuse(why: string, help: string): never {
  console.error(`release: ${why}\n  help: ${help}`);
  process.exit(1);
}

const remote = git("remote").split("\n").includes("origin")
  ? git("remote", "get-url", "origin")
  : "";
if (!dry) {
  if (git("status", "--porcelain") !== "") refuse("expected no changes", "commit them first");
  if (remote === "") refuse("expected a remote named origin", "git remote add origin URL");
  if (!process.env.CI)
    refuse("expected continuous integration, where npm can sign", "npm run release -- --dry-run");
}

const clone = mkdtempSync(join(tmpdir(), "spm-release-"));
process.on("exit", () => rmSync(clone, { recursive: true, force: true }));
const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: clone, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

run("git", "clone", "--quiet", "--no-hardlinks", root, ".");
run(process.execPath, "scripts/install.mjs");
const names = readdirSync(join(clone, "packages"));
const pathOf = (name: string): string => join(clone, "packages", name, "package.json");
const manifestOf = (name: string): Manifest => JSON.parse(readFileSync(pathOf(name), "utf8"));
const change = (name: string, f: (manifest: Manifest) => object): void =>
  writeFileSync(pathOf(name), `${JSON.stringify(f(manifestOf(name)), null, 2)}\n`);

// changesets take a new version of a peer for a major change of whoever has it, which at 0.x makes
// each minor one 1.0: of dependencies they don't
const peers = new Map(names.map((name) => [name, manifestOf(name).peerDependencies ?? {}]));
const own = (all: Record<string, string>, keep: boolean): Record<string, string> =>
  Object.fromEntries(Object.entries(all).filter(([key]) => key.startsWith("@spm/") === keep));
for (const name of names)
  change(name, ({ peerDependencies = {}, dependencies = {}, ...rest }) => ({
    ...rest,
    peerDependencies: own(peerDependencies, false),
    dependencies: { ...dependencies, ...own(peerDependencies, true) },
  }));
run("node_modules/.bin/changeset", "version");
for (const name of names)
  change(name, ({ dependencies = {}, peerDependencies: _, files, ...rest }) => ({
    ...rest,
    files: [...files, "CHANGELOG.md"], // which changesets have written
    ...(remote !== "" && {
      repository: { type: "git", url: remote, directory: `packages/${name}` },
    }),
    dependencies: Object.fromEntries(
      Object.entries(dependencies).filter(([key]) => peers.get(name)?.[key] === undefined),
    ),
    peerDependencies: peers.get(name),
  }));

run(
  process.execPath,
  "node_modules/typescript/bin/tsc",
  "-b",
  ...names.map((n) => `packages/${n}`),
);
const packs = [
  "-r",
  "--filter",
  "./packages/*",
  "pack",
  "--pack-destination",
  join(clone, "packed"),
];
run(process.execPath, "scripts/pnpm.mjs", ...packs);

const faults: string[] = [];
console.log("package              version    packed KB  files");
for (const name of names) {
  const { version, ...manifest } = manifestOf(name);
  const tarball = join(clone, "packed", `spm-${name}-${version}.tgz`);
  const bytes = readFileSync(tarball);
  const files = run("tar", "-tzf", tarball).trim().split("\n").length;
  const size = (statSync(tarball).size / 1000).toFixed(1);
  const cells = [manifest.name.padEnd(20), version.padEnd(9), size.padStart(10)];
  console.log(cells.join(" "), String(files).padStart(6));
  const pack = { tarball: new Uint8Array(bytes).buffer };
  const { messages } = await publint({ pack, strict: true });
  for (const message of messages)
    faults.push(`${manifest.name}: ${formatMessage(message, { ...manifest }, { color: false })}`);
  try {
    run("node_modules/.bin/attw", "--profile", "esm-only", "--no-emoji", "--no-color", tarball);
  } catch (error) {
    faults.push(`${manifest.name}: attw: ${(error as { stdout?: string }).stdout ?? error}`);
  }
}

console.log("\na page with          KB gzipped   ceiling");
for (const [name, ceiling] of Object.entries(ceilings)) {
  const bytes = await bundledBytes(name);
  const [kilobytes, most] = [bytes, ceiling].map((b) => (b / 1000).toFixed(1).padStart(10));
  console.log(`${name.padEnd(20)} ${kilobytes} ${most}`);
  if (bytes > ceiling) faults.push(`${name}: more than its ceiling`);
}
console.log(`\npublint, attw: ${faults.length === 0 ? "nothing to say" : faults.join("\n")}`);
console.log(`repository: ${remote || "none; help: git remote add origin URL"}`);
console.log("provenance: signed by npm in continuous integration, not from this machine");
if (faults.length > 0) process.exitCode = 1;
else if (dry) console.log("dry run: nothing was changed, nothing published");
else
  run(process.execPath, "scripts/pnpm.mjs", "-r", "publish", "--provenance", "--access", "public");
