/** @file The public names of @spm/data/files: tables and images by path. Needs Node. */
export {
  type ImageOptions,
  type Images,
  imageFiles,
  imageFolder,
  readImages,
} from "./images/image-folder.ts";
export { openTable } from "./table/open-table.ts";
