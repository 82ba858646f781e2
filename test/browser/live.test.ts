/**
 * @file The page of `spm train --live` in Chromium: it loads nothing from elsewhere, follows the
 * training, keeps open what is open, says when it has ended, and is readable on a phone, in either
 * theme, and on paper. A long form: `npm run test:reports`.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { full } from "../full.ts";
import { spm, withRunFolder } from "../integration/spm-process.ts";
import { FaintText } from "../site/faint-text.ts";
import { openChromium } from "./chromium.ts";

if (!full) process.stdout.write("The live page in Chromium is a long form: npm run test:reports\n");
const browser = full ? await openChromium() : null;
afterAll(() => browser?.close());

const small = "train mnist --samples 2000 --test-samples 200 --hidden 32 --layer rotation".split(
  " ",
);

/** The page's width of content beyond its window, its least type in charts, and its hints. */
const measure = (page: Page) =>
  page.evaluate(() => ({
    beyond: document.documentElement.scrollWidth - window.innerWidth,
    type: Math.min(
      ...[...document.querySelectorAll(".chart text")].map((text) => {
        const { height } = text.getBoundingClientRect();
        return height;
      }),
    ),
    hints: [...document.querySelectorAll(".scroll")].map((box) => ({
      wide: box.scrollWidth > box.clientWidth,
      told: getComputedStyle(box, "::before").visibility === "visible",
    })),
    ground: getComputedStyle(document.body).backgroundColor,
  }));

describe.runIf(browser !== null)("a live page in Chromium", () => {
  test("follows a training to its end, and is readable everywhere", {
    timeout: 240_000,
  }, async () => {
    const page = await (browser as NonNullable<typeof browser>).newPage();
    const complaints: string[] = [];
    const asked: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("request", (request) => asked.push(request.url()));
    await withRunFolder(async (folder) => {
      let address = "";
      let look: Promise<void> | undefined;
      const marks = (): Promise<number> => page.locator("g[aria-label=dot] path").count();
      const watch = async (): Promise<void> => {
        await page.goto(address);
        await page.locator("summary", { hasText: "rotation" }).last().click();
        const before = await marks();
        await expect.poll(marks, { timeout: 120_000 }).toBeGreaterThan(before + 3);
        expect(await page.locator("#live").textContent()).toBe(
          "training: this page updates itself",
        );
        expect(await page.locator("details[open] pre").count()).toBe(1);
      };
      const args = [...small, "--epochs", "40", "--live", "--out", folder];
      const { code, stderr } = await spm(args, (stdout) => {
        [, address = ""] = /^live: (\S+)$/m.exec(stdout) ?? [];
        if (address !== "") look ??= watch();
      });
      await look;
      expect([code, stderr]).toEqual([0, ""]);
      expect(await page.locator("#live").textContent()).toMatch(/^training has ended/);
      expect(await page.locator(".gallery figure").count()).toBe(25);
      expect(await page.locator("[role=note]").count()).toBe(0);
      expect(asked.filter((url) => !url.startsWith(address))).toEqual([]);
      expect(complaints).toEqual([]);
      expect(readdirSync(folder)).toContain("report.html");

      const grounds: string[] = [];
      for (const colorScheme of ["light", "dark"] as const)
        for (const width of [390, 1280]) {
          const context = await (browser as NonNullable<typeof browser>).newContext({
            colorScheme,
          });
          const saved = await context.newPage();
          await saved.setViewportSize({ width, height: 900 });
          await saved.goto(`file://${join(folder, "report.html")}`);
          // a hint is an animation by scrolling, which begins with a frame of its own
          const right = async (): Promise<boolean> =>
            (await measure(saved)).hints.every(({ wide, told }) => told === wide);
          await expect.poll(right, { timeout: 10_000 }).toBe(true);
          const { beyond, type, hints, ground } = await measure(saved);
          expect([width, beyond]).toEqual([width, 0]);
          expect(type).toBeGreaterThan(10);
          expect(hints.some(({ wide }) => wide)).toBe(width === 390);
          grounds.push(ground);
          await saved.evaluate(() => {
            for (const details of document.querySelectorAll("details")) details.open = true;
          });
          expect(await new FaintText().in(saved, 4.5)).toEqual([]);
          await saved.emulateMedia({ media: "print" });
          const { ground: paper, hints: printed } = await measure(saved);
          expect(paper).toBe("rgba(0, 0, 0, 0)");
          expect(printed.every(({ told }) => !told)).toBe(true);
          await context.close();
        }
      expect(new Set(grounds).size).toBe(2);
    });
  });
});
