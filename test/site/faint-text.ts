/** @file The contrast of a page's text with its ground, as Chromium has computed its colours. */
import type { Page } from "playwright-core";
import { contrast, mixed, type Rgb } from "../contract/contrast.ts";

/** A colour as a style sheet computes it: `rgb(…)`, or `color(srgb …)` of a mixture. */
function parsed(colour: string): { readonly rgb: Rgb; readonly alpha: number } {
  const [, kind, list = ""] = /^(rgba?\(|color\(srgb )([^)]+)\)$/.exec(colour) ?? [];
  const [r = 0, g = 0, b = 0, alpha = 1] = list.split(/[ ,/]+/).map(Number);
  if (kind === undefined) throw new Error(`contrast: expected rgb(…), got ${colour}`);
  const scale = kind.startsWith("rgb") ? 1 : 255;
  return { rgb: [r * scale, g * scale, b * scale], alpha };
}

/** Text, its colour, how opaque it is, and what lies under it, from the page upwards. */
interface Written {
  readonly text: string;
  readonly ink: string;
  readonly opacity: number;
  readonly grounds: readonly string[];
}

/** The ground of an empty page, and a text of each pair of colours that its visible text has. */
function writtenIn(): { readonly canvas: string; readonly written: readonly Written[] } {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "Canvas";
  const canvas = getComputedStyle(probe).color;
  probe.remove();
  const found = new Map<string, Written>();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent?.trim() ?? "";
    const parent = walker.currentNode.parentElement;
    if (text === "" || parent === null) continue;
    const { width, height } = parent.getBoundingClientRect();
    const shown =
      width > 1 &&
      height > 1 &&
      parent.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!shown || parent.closest(":disabled, script, style, svg") !== null) continue;
    const grounds: string[] = [];
    let opacity = 1;
    for (let at: Element | null = parent; at !== null; at = at.parentElement) {
      const style = getComputedStyle(at);
      opacity *= Number(style.opacity);
      const clear = style.backgroundColor === "rgba(0, 0, 0, 0)" || style.backgroundClip === "text";
      if (!clear) grounds.unshift(style.backgroundColor);
    }
    const ink = getComputedStyle(parent).webkitTextFillColor;
    found.set(JSON.stringify([ink, opacity, grounds]), { text, ink, opacity, grounds });
  }
  return { canvas, written: [...found.values()] };
}

/** Measures pages, and each pair of colours once. */
export class FaintText {
  /** Pairs of colours that were measured. */
  readonly pairs: Set<string> = new Set();

  /** The texts of a page, of pairs not seen before, whose contrast is below `least`. */
  async in(page: Page, least: number): Promise<string[]> {
    const faint: string[] = [];
    const { canvas, written } = await page.evaluate(writtenIn);
    for (const { text, ink, opacity, grounds } of written) {
      const ground = grounds
        .map(parsed)
        .reduce((under: Rgb, { rgb, alpha }) => mixed(under, rgb, alpha), parsed(canvas).rgb);
      const { rgb, alpha } = parsed(ink);
      const over = mixed(ground, rgb, alpha * opacity);
      const pair = `${over.map(Math.round)} on ${ground.map(Math.round)}`;
      if (this.pairs.has(pair)) continue;
      this.pairs.add(pair);
      const got = contrast(over, ground);
      if (got < least) faint.push(`${text.slice(0, 40)}: ${pair}, ${got.toFixed(2)}`);
    }
    return faint;
  }
}
