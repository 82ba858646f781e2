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
addSource(folder);
await writeApi(join(folder, "api"));
await buildPlayground(join(folder, "playground"));
