/// <reference types="vite/client" />
/** @file The look of the site: VitePress's own, with pictures and formulas that scroll. */
import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import "./style.css";

const theme: Theme = {
  extends: DefaultTheme,
  async enhanceApp() {
    if (import.meta.env.SSR) return;
    import("./train-here.ts").then(({ defineTrainHere }) => defineTrainHere());
  },
};
export default theme;
