/// <reference types="vite/client" />
/** @file The look of the site: VitePress's own, with wide tables and pictures that scroll. */
import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import "./style.css";

const theme: Theme = { extends: DefaultTheme };
export default theme;
