/**
 * @file Each package has a README with all its parts: what it is, install lines that name the
 * peers, a program, links. (That the programs print what they say, and in full that each install
 * line works alone: test/packaging.)
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { packageNames, packagePage } from "../package-page.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional: boolean }>>;
}

/** The packages that an install line names: `spm-{core,nn}-0.1.0.tgz` are two. */
function named(line: string): string[] {
  return line
    .split(/[\s\\]+/)
    .slice(2)
    .flatMap((word) => {
      const tarballs = /\/spm-(?:\{(.*)\}|(.*))-[\d.]+\.tgz$/.exec(word);
      if (tarballs === null) return [word.replace(/(.)@[\d.]+$/, "$1")];
      return (tarballs[1] ?? tarballs[2] ?? "").split(",").map((name) => `@spm/${name}`);
    });
}

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as Manifest;

/** The peers that an install must bring: those that are not optional. */
const peersOf = ({ peerDependencies = {}, peerDependenciesMeta = {} }: Manifest): string[] =>
  Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional !== true);

describe.each(packageNames)("the README of @spm/%s", (name) => {
  const { text, install, published, program } = packagePage(name);
  const folder = join(root, "packages", name);
  const manifest = manifestOf(name);
  const { version, peerDependencies = {} } = manifest;

  test("says in a paragraph what the package is, in some thirty lines", () => {
    expect(text.startsWith(`# @spm/${name}\n\n`)).toBe(true);
    expect(text.split("\n\n")[1]?.length).toBeGreaterThan(100);
    expect(text.split("\n").length).toBeLessThanOrEqual(36);
  });

  test("has install lines that name the package, its peers and what its program imports", () => {
    const imported = [...program.matchAll(/from "(@spm\/[a-z]+)/g)].map((match) => match[1]!);
    const needed = name === "gpu" ? Object.keys(peerDependencies) : peersOf(manifest);
    for (const line of [install, published])
      expect(named(line)).toEqual(
        expect.arrayContaining([...new Set([`@spm/${name}`, ...needed, ...imported])]),
      );
    expect(install).toContain(`-${version}.tgz`);
    for (const peer of Object.keys(peerDependencies)) expect(text).toContain(`\`${peer}\``);
    for (const [peer, range] of Object.entries(peerDependencies))
      if (install.includes(` ${peer}`)) expect(install).toContain(` ${peer}@${range}`);
  });

  test("has an install line with every tarball that those need, too", () => {
    const tarballs = named(install).filter((each) => each.startsWith("@spm/"));
    for (const tarball of tarballs) {
      const needs = manifestOf(tarball.replace("@spm/", ""));
      const all = [...Object.keys(needs.dependencies ?? {}), ...peersOf(needs)];
      expect(tarballs).toEqual(
        expect.arrayContaining(all.filter((each) => each.startsWith("@spm/"))),
      );
    }
  });

  test("links to the guide and to a page of its design, which are there", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map((match) => match[1]!);
    expect(links.some((link) => link.startsWith("../../docs/guide.md#"))).toBe(true);
    expect(links.some((link) => link.startsWith("../../docs/design/"))).toBe(true);
    for (const link of links) {
      const [path = "", anchor] = link.split("#");
      expect(existsSync(join(folder, path)), link).toBe(true);
      if (anchor === undefined) continue;
      const headings = [...readFileSync(join(folder, path), "utf8").matchAll(/^#+ (.*)$/gm)];
      const anchors = headings.map((match) =>
        match[1]!
          .toLowerCase()
          .replace(/[^\w -]/g, "")
          .replaceAll(" ", "-"),
      );
      expect(anchors).toContain(anchor);
    }
  });
});
