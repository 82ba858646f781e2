/** @file Layers on signals and images. */
export { Conv1d, Conv2d, type ConvolutionOptions } from "./convolution.ts";
export { AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d } from "./pooling.ts";
