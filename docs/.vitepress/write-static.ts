/**
 * @file Writes what the site has besides VitePress's pages: the API reference, the sources, the
 * playground.
 */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
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
await step("Writing the pages of the sources", 1, () => addSource(folder));
await step("Writing the API reference", 30, () => writeApi(join(folder, "api")));
await step("Building the playground", 2, () => buildPlayground(join(folder, "playground")));
