/**
 * @file Builds the site and visits it as served below a path: every link of every page leads
 * somewhere, every exported value is in the API reference, no page complains, is wider than a
 * telephone, breaks an option behind its dashes or has text that is hard to read in either theme,
 * the landing page trains, also at a first visit of `npm run docs`, and the search finds without a
 * network.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { createServer } from "vitepress";
import { openChromium } from "../browser/chromium.ts";
import { exportsOf } from "../contract/exports.ts";
import { notRun } from "../ledger/budgets.ts";
import { FaintText } from "./faint-text.ts";
import { brokenLinks, pagesIn } from "./links.ts";
import { serveFolder } from "./serve.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const built = `${root}docs/.vitepress/dist`;
const faults: string[] = [];

/** What a page says on its console, or asks for in vain. */
function listen(page: Page): void {
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    if (["warning", "error"].includes(message.type()))
      faults.push(`${page.url()}: ${message.text()} ${message.location().url}`);
  });
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol !== "data:" && hostname !== "127.0.0.1")
      faults.push(`${page.url()} asks for ${request.url()}`);
  });
}

/** The least contrast of text with its ground (WCAG 2, level AA). */
const LEAST = 4.5;
const faintText = new FaintText();

/** Options in inline code that a line breaks behind their dashes. */
function brokenOptions(): string[] {
  const broken: string[] = [];
  for (const code of document.querySelectorAll(":not(pre) > code")) {
    const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      for (const { 0: dashes, index } of (node.textContent ?? "").matchAll(/--[a-z]/g)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + dashes.length);
        const lines = new Set([...range.getClientRects()].map(({ top }) => top));
        if (lines.size > 1) broken.push(node.textContent ?? "");
      }
    }
  }
  return broken;
}

/** Opens a page, which is to be no wider than the window and readable. */
async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address);
  const [wide, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  if (wide! > window!) faults.push(`${address}: expected a width of ${window}, got ${wide}`);
  for (const option of await page.evaluate(brokenOptions))
    faults.push(`${address}: expected ${option} on one line`);
  for (const faint of await faintText.in(page, LEAST))
    faults.push(`${address}: expected a contrast of ${LEAST}, got ${faint}`);
}

async function search(page: Page, address: string, words: string, found: string): Promise<void> {
  await page.goto(address);
  await page.setViewportSize({ width: 1200, height: 900 });
  await page.click(".VPNavBarSearch button");
  await page.fill("#localsearch-input", words);
  await page.click(".results .result");
  await page.waitForURL((url) => url.pathname.startsWith(found));
}

/** Trains on the page of a fresh `npm run docs`, which has an icon and is not loaded twice. */
async function firstVisit(browser: Browser): Promise<void> {
  process.chdir(root);
  rmSync("docs/.vitepress/cache", { recursive: true, force: true });
  const served = await createServer("docs", { host: "127.0.0.1", port: 0 });
  await served.listen();
  const page = await browser.newPage();
  let loads = 0;
  page.on("load", () => loads++);
  listen(page);
  const answer = await page.goto(served.resolvedUrls?.local[0] ?? "", { timeout: 120_000 });
  if (!(await answer?.text())?.includes('<link rel="icon" href="/icon.svg">'))
    faults.push("`npm run docs`: expected an icon in the page, got none: browsers ask for one");
  await train(page);
  if (loads !== 1) faults.push(`\`npm run docs\`: expected the page to load once, got ${loads}`);
  await page.close();
  await served.close();
}

/** Presses the button of the landing page. @returns what it says in the end */
async function train(page: Page): Promise<string> {
  await page.click("train-here button");
  await page.waitForSelector("train-here button:enabled", { timeout: 120_000 });
  return (await page.textContent("train-here .said")) ?? "";
}

execFileSync("npm", ["run", "-s", "docs:build"], { cwd: root, stdio: "inherit" });
const { checked, broken } = brokenLinks(built);
faults.push(...broken);
console.log(`${checked} links followed`);

const symbols = exportsOf();
const modules = new Map<string, string>();
for (const { from, name } of symbols) {
  const page = `${built}/api/modules/${from.replaceAll(/[@/]/g, "_")}.html`;
  const html = modules.get(from) ?? readFileSync(page, "utf8").replaceAll("<wbr/>", "");
  modules.set(from, html);
  if (!html.includes(`<span>${name}</span>`))
    faults.push(`API reference: expected ${name} of ${from}`);
}
console.log(`${symbols.length} exported values looked up in the API reference`);

const browser = await openChromium();
if (browser === null) process.exit(notRun);
await firstVisit(browser);
const path = "/below/some/path/";
const site = await serveFolder(built, path);
const pages = pagesIn(built).filter((file) => !/^(404|source\/|api\/|playground\/)/.test(file));
const others = [
  "api/index.html",
  "api/modules/_spm_core.html",
  "api/functions/_spm_core.grad.html",
].concat(["source/packages/core/index.html", "playground/index.html"]);
for (const colorScheme of ["light", "dark"] as const) {
  const page = await browser.newPage({ colorScheme, viewport: { width: 390, height: 844 } });
  listen(page);
  for (const file of [...pages, ...others]) await visit(page, site.address + file);
  await page.setViewportSize({ width: 1280, height: 844 });
  for (const file of ["index.html", "guide.html", "playground/index.html"])
    await visit(page, site.address + file); // sidebar and outline, too
  await page.close();
}
console.log(
  `${pages.length + others.length} pages visited in both themes, ` +
    `${faintText.pairs.size} pairs of colours measured`,
);

const page = await browser.newPage();
listen(page);
await page.goto(site.address);
const said = await train(page);
console.log(said);
const [, here, recorded] = /loss (\S+) after .* recorded (\S+)\.$/.exec(said) ?? [];
if (!(Math.abs(Number(here) / Number(recorded) - 1) < 0.5)) faults.push(`landing page: ${said}`);
await search(page, `${site.address}results.html`, "butterfly", path);
await search(page, `${site.address}index.html`, "photonic rates", `${path}experiments/photonic/`);
await page.click(".VPNavBarMenu a:has-text('Guide')"); // a link that stayed from the first page
await page.waitForURL((url) => url.pathname === `${path}guide.html`);
await browser.close();
await site.close();
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
