/** @file The site: pages of this clone as VitePress shows them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DefaultTheme, defineConfig, type UserConfig } from "vitepress";
import { extendMarkdown, renderForSearch } from "./markdown.ts";
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

const guide = ["guide", "mixer", "faq", "glossary", "reading-the-source"];
const tutorials = ["twenty-minutes", "your-own-data", "training-in-a-page", "custom-op"].concat([
  "custom-parameterisation",
  "coming-from-pytorch",
  "coming-from-tfjs",
  "onnx",
]);
const results = ["results", "results-cpu", "results-gpu", "results-capture", "verification"].concat(
  ["accuracy"],
);
const placed = [...guide, ...tutorials, ...results, "index"].map((name) => `docs/${name}.md`);
const reference = all.filter((file) => /^docs\/[^/]+$/.test(file) && !placed.includes(file));
const inDocs = (names: readonly string[]): string[] => names.map((name) => `docs/${name}.md`);

const sidebar: Item[] = [
  group("Guide", inDocs(guide)),
  group("Tutorials", inDocs(tutorials)),
  group("Results", inDocs(results)),
  group("Experiments", inFolder("experiments/"), true),
  group("Packages", [...inFolder("packages/"), ...inFolder("python/")], true),
  group("Reference", [...reference, "README.md", "CONTRIBUTING.md", "playground/README.md"], true),
  group("Design", inFolder("docs/design/"), true),
];

const nav: DefaultTheme.NavItem[] = [
  { text: "Guide", link: "/guide.html" },
  { text: "Tutorials", link: "/twenty-minutes.html" },
  { text: "Playground", link: "/playground/index.html", target: "_self" },
  { text: "API", link: "/api/index.html", target: "_self" },
  { text: "Results", link: "/results.html" },
  { text: "Experiments", link: "/experiments/" },
];

/** Pages of wide tables, which have the room of the outline, too. */
const wide = ["experiments/README.md", "docs/design/faults.md"];

const start = process.env.NODE_ENV === "production" ? base : "/";
const icon = { rel: "icon", href: `${start}icon.svg` };

const config: UserConfig<DefaultTheme.Config> = defineConfig({
  title: "SPM",
  description: "A small autodiff framework in TypeScript around the Stagewise Pairwise Mixer",
  lang: "en",
  head: [["link", icon]],
  base: start,
  srcDir: "..",
  srcExclude: ["**/.*/**", ".changeset/**", "test/**", "examples/**"],
  rewrites: Object.fromEntries(all.map((file) => [file, sitePath(file) ?? file])),
  ignoreDeadLinks: [/^\/(source|api|playground)\//],
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    anchor: { slugify },
    attrs: { disable: true }, // {l-1} is an index
    config: extendMarkdown,
  },
  themeConfig: {
    nav,
    sidebar,
    search: { provider: "local", options: { _render: renderForSearch } },
    outline: [2, 3],
    footer: { message: "MIT licence. Nothing on these pages is sent anywhere." },
  },
  transformPageData: ({ filePath, frontmatter }) => {
    if (wide.includes(filePath)) frontmatter.aside = false;
  },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === "train-here" } } },
  vite: {
    plugins: [
      {
        name: "icon of a page that is served",
        apply: "serve", // its head is empty at first, and a browser asks for /favicon.ico then
        transformIndexHtml: () => [{ tag: "link", attrs: icon, injectTo: "head" }],
      },
    ],
    optimizeDeps: {
      entries: ["docs/.vitepress/theme/*.ts"],
      include: ["@spm/core > ndarray", "@spm/core > ndarray-ops"], // the scan misses `#ndarray`
    },
    resolve: { conditions: ["@spm/source"] },
    build: { target: "es2022", chunkSizeWarningLimit: 1000 }, // kB: the index of the search
    publicDir: join(root, "docs/.vitepress/static"),
  },
  buildEnd: ({ outDir }) => makeRelative(outDir),
});
export default config;
