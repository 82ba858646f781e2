/** @file A Chromium without a screen or a GPU: it computes WebGPU and WebGL2 in software. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const softwareGpu = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-angle=swiftshader",
];
/**
 * As root, which containers often are, Chromium has no sandbox; and it shall ask nobody for
 * anything.
 */
const alone = [
  "--no-sandbox",
  "--no-first-run",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Opens it, or says on the standard output why tests of it don't run. */
export async function openChromium(): Promise<Browser | null> {
  const executablePath = places.find((path) => existsSync(path));
  if (executablePath !== undefined)
    return chromium.launch({ executablePath, args: [...alone, ...softwareGpu] });
  process.stdout.write(
    `Browser tests don't run: no Chromium at ${places.join(", ")}; apt-get install chromium\n`,
  );
  return null;
}
