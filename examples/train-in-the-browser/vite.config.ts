/** @file Only in this repository: the packages' sources instead of their builds. */
import { defaultClientConditions, defineConfig, type UserConfig } from "vite";

const config: UserConfig = defineConfig({
  resolve: { conditions: ["@spm/source", ...defaultClientConditions] },
});
export default config;
