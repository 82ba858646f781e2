/**
 * @file Writes what the site has besides VitePress's pages: the API reference, the sources, the
 * playground.
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { buildPlayground } from "../../playground/build.ts";
import { writeApi } from "./api-pages.ts";
import { root } from "./site-paths.ts";
import { addSource } from "./source-pages.ts";

const folder = join(root, "docs/.vitepress/static");
mkdirSync(folder, { recursive: true });
copyFileSync(join(root, "docs/.vitepress/icon.svg"), join(folder, "icon.svg"));

/** Says what is written, how long that takes on two cores, and how long it took. */
async function step(what: string, seconds: number, write: () => Promise<void> | void) {
  process.stdout.write(`${what}, about ${seconds} s … `);
  const begin = performance.now();
  await write();
  console.log(`${((performance.now() - begin) / 1000).toFixed(1)} s`);
}

/** Is written once the reference is whole, with the time at which it was begun. */
const stamp = join(root, "node_modules/.cache/api-reference");

/** Whether the reference is there and newer than all that it is made from. */
function hasApi(): boolean {
  if (!existsSync(stamp) || !existsSync(join(folder, "api/index.html"))) return false;
  const made = statSync(stamp).mtimeMs;
  const from = ["packages", "docs/.vitepress", "pnpm-lock.yaml", "tsconfig.base.json"];
  const list = ["ls-files", "-co", "--exclude-standard", "-z", "--", ...from];
  const files = execFileSync("git", list, { cwd: root, encoding: "utf8", maxBuffer: 1e8 });
  return files
    .split("\0")
    .filter((file) => file !== "")
    .every(
      (file) => (statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? made) < made,
    );
}

async function writeWholeApi(): Promise<void> {
  rmSync(stamp, { force: true });
  const begin = new Date();
  await writeApi(join(folder, "api"));
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, "");
  utimesSync(stamp, begin, begin); // what was edited meanwhile is newer
}

await step("Writing the pages of the sources", 1, () => addSource(folder));
if (hasApi()) console.log("The API reference is that of the sources.");
else await step("Writing the API reference", 30, writeWholeApi);
await step("Building the playground", 2, () => buildPlayground(join(folder, "playground")));
