/**
 * @file Leads Vulkan to the software GPU that comes with Chromium, where no other is named. An
 * import for its effect, of vitest's own process: its workers inherit the environment.
 */
import { existsSync } from "node:fs";

const driver = "/usr/lib/chromium/vk_swiftshader_icd.json";
if (existsSync(driver)) process.env.VK_ICD_FILENAMES ??= driver;
