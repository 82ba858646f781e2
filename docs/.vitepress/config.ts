/** @file The site: pages of this clone as VitePress shows them. */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type DefaultTheme, defineConfig, type UserConfig } from "vitepress";
import { base, makeRelative } from "./relative-base.ts";
import { linkAddress, pages, root, sitePath, slugify } from "./site-paths.ts";

type Item = DefaultTheme.SidebarItem;

/** An item of the sidebar: a page by its file in the clone, under its first heading. */
function item(file: string): Item {
  const [, title] = /^# (.*)$/m.exec(readFileSync(join(root, file), "utf8")) ?? [];
  return { text: title?.replaceAll("`", "") ?? file, link: linkAddress("README.md", file) };
}
const group = (text: string, files: readonly string[], collapsed = false): Item => ({
  text,
  collapsed,
  items: files.map(item),
});
const all = pages();
const inFolder = (start: string): string[] => all.filter((file) => file.startsWith(start));

const sidebar: Item[] = [
  group("Guide", ["docs/guide.md", "docs/mixer.md", "README.md", "CONTRIBUTING.md"]),
  group("Tutorials", [
    "docs/your-own-data.md",
    "docs/onnx.md",
    "docs/coming-from-pytorch.md",
    "docs/custom-op.md",
    "docs/custom-parameterisation.md",
  ]),
  group("Results", [
    "docs/results.md",
    "docs/results-cpu.md",
    "docs/results-gpu.md",
    "docs/results-capture.md",
    "docs/verification.md",
    "docs/accuracy.md",
  ]),
  group("Experiments", inFolder("experiments/"), true),
  group("Packages", inFolder("packages/"), true),
  group("Design", inFolder("docs/design/"), true),
];

const nav: DefaultTheme.NavItem[] = [
  { text: "Guide", link: "/guide.html" },
  { text: "API", link: "/api/index.html", target: "_self" },
  { text: "Results", link: "/results.html" },
  { text: "Experiments", link: "/experiments/" },
];

const start = process.env.NODE_ENV === "production" ? base : "/";

const config: UserConfig<DefaultTheme.Config> = defineConfig({
  title: "SPM",
  description: "A small autodiff framework in TypeScript around the Stagewise Pairwise Mixer",
  lang: "en",
  head: [["link", { rel: "icon", href: `${start}icon.svg` }]],
  base: start,
  srcDir: "..",
  srcExclude: ["**/.*/**", ".changeset/**", "test/**", "examples/**"],
  rewrites: Object.fromEntries(all.map((file) => [file, sitePath(file) ?? file])),
  ignoreDeadLinks: [/^\/(source|api|playground)\//],
  markdown: {
    anchor: { slugify },
    attrs: { disable: true }, // {l-1} is an index
    config: (md) => {
      md.core.ruler.push("links of the clone", ({ tokens, env }) => {
        const file = relative(root, env.realPath ?? env.path);
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const link = token.attrGet("href");
          if (link !== null && !/^([a-z]+:|#|\/)/.test(link))
            token.attrSet("href", linkAddress(file, link));
        }
      });
    },
  },
  themeConfig: {
    nav,
    sidebar,
    search: { provider: "local" },
    outline: [2, 3],
    footer: { message: "MIT licence. Nothing on these pages is sent anywhere." },
  },
  vite: { publicDir: join(root, "docs/.vitepress/static") },
  buildEnd: ({ outDir }) => makeRelative(outDir),
});
export default config;
