/** @file Only in this repository: the packages' sources instead of their builds. */
export { default } from "../train-in-the-browser/vite.config.ts";
